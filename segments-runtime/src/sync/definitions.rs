//! What a program declares, to be synced.

use segments_model::{Definition, Experiment, Metric, Targeting};

use crate::registry::Program;

/// Everything that a program declares. Segments alone are enough: wherever this is asked for, a
/// reference to definitions will do.
///
/// ```
/// use segments_runtime::sync::Definitions;
///
/// let declared = Definitions::from(&[]);
/// assert!(declared.segments.is_empty() && declared.targetings.is_empty());
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Definitions<'a> {
    /// The segments.
    pub segments: &'a [Definition],
    /// The variations that AI Configs and flags serve.
    pub targetings: &'a [Targeting],
    /// The metrics.
    pub metrics: &'a [Metric],
    /// The experiments.
    pub experiments: &'a [Experiment],
}

impl Definitions<'_> {
    /// Returns whether nothing is declared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            segments,
            targetings,
            metrics,
            experiments,
        } = self;
        segments.is_empty() && targetings.is_empty() && metrics.is_empty() && experiments.is_empty()
    }
}

impl<'a> From<&'a [Definition]> for Definitions<'a> {
    fn from(segments: &'a [Definition]) -> Self {
        Self {
            segments,
            ..Self::default()
        }
    }
}

impl<'a, const N: usize> From<&'a [Definition; N]> for Definitions<'a> {
    fn from(segments: &'a [Definition; N]) -> Self {
        Self::from(segments.as_slice())
    }
}

impl<'a> From<&'a Vec<Definition>> for Definitions<'a> {
    fn from(segments: &'a Vec<Definition>) -> Self {
        Self::from(segments.as_slice())
    }
}

impl<'a> From<&'a Program> for Definitions<'a> {
    fn from(program: &'a Program) -> Self {
        Self {
            segments: &program.segments,
            targetings: &program.targetings,
            metrics: &program.metrics,
            experiments: &program.experiments,
        }
    }
}

impl<'a> From<&'a (Vec<Definition>, Vec<Targeting>)> for Definitions<'a> {
    fn from((segments, targetings): &'a (Vec<Definition>, Vec<Targeting>)) -> Self {
        Self {
            segments,
            targetings,
            ..Self::default()
        }
    }
}
