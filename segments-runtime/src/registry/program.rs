//! Everything that a program declares.

use segments_model::{Definition, Experiment, Metric, Targeting};

use super::measured::{experiments_beside, metrics};
use super::problem::{Problem, RegistryError, Warning};
use super::segments::checked;
use super::targetings::targetings;

/// Everything that this program declares, each ordered by key.
///
/// Example: [`program`].
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Program {
    /// The segments.
    pub segments: Vec<Definition>,
    /// The targeting of AI Configs and flags.
    pub targetings: Vec<Targeting>,
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// The experiments.
    pub experiments: Vec<Experiment>,
}

/// Collects everything that this program declares.
///
/// ```standalone_crate
/// # fn main() -> Result<(), segments_runtime::registry::RegistryError> {
/// let program = segments_runtime::registry::program()?;
/// println!("{} segments, {} metrics", program.segments.len(), program.metrics.len());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// When something does not make sense, alone or beside the rest: all problems of all of them.
pub fn program() -> Result<Program, RegistryError> {
    Ok(collected()?.0)
}

/// Checks all segments and contexts of this program together: reports everything that a file with the
/// same segments would get. One line in a test:
///
/// ```standalone_crate
/// # fn main() -> Result<(), segments_runtime::registry::RegistryError> {
/// assert_eq!(segments_runtime::registry::check()?, []);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As [`definitions`](super::definitions) and [`targetings`](super::targetings).
pub fn check() -> Result<Vec<Warning>, RegistryError> {
    Ok(collected()?.1)
}

/// The same, and what is probably not meant.
pub(super) fn collected() -> Result<(Program, Vec<Warning>), RegistryError> {
    let mut problems = Vec::new();
    let (segments, warnings) = kept(checked(), &mut problems);
    let targetings = kept(targetings(), &mut problems);
    let metrics = kept(metrics(), &mut problems);
    // What is wrong beside something that is wrong itself may be right beside what was meant.
    let experiments = if problems.is_empty() {
        kept(experiments_beside(&targetings, &metrics), &mut problems)
    } else {
        Vec::new()
    };
    if !problems.is_empty() {
        return Err(RegistryError { problems });
    }
    let program = Program {
        segments,
        targetings,
        metrics,
        experiments,
    };
    Ok((program, warnings))
}

/// What was collected; its problems are kept, if it has some.
fn kept<T: Default>(collected: Result<T, RegistryError>, problems: &mut Vec<Problem>) -> T {
    collected.unwrap_or_else(|error| {
        problems.extend(error.problems);
        T::default()
    })
}
