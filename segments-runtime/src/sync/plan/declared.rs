//! The declarations, as they are in one environment.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::fmt;

use segments_model::{
    Definition, EnvironmentKey, Environments, Experiment, Metric, SegmentKey, Targeting,
};

use super::former;
use crate::sync::config::SyncConfig;
use crate::sync::definitions::Definitions;
use crate::sync::definitions_error::DefinitionsError;
use crate::sync::order;
use crate::sync::report::Measured;

/// A definition as it is in the environment.
pub(crate) type Here<'a> = Cow<'a, Definition>;

/// Everything that is declared for the environment, and fits together: it is settled once, however
/// often the environment is looked at.
pub(crate) struct Declared<'a> {
    pub(crate) definitions: Vec<Here<'a>>,
    /// How many others have to be settled one after the other before each segment.
    pub(super) depths: Vec<usize>,
    /// Segments that are declared not to exist here.
    pub(super) absent: BTreeSet<SegmentKey>,
    pub(crate) targetings: Vec<Targeting>,
    pub(super) metrics: &'a [Metric],
    pub(super) experiments: &'a [Experiment],
}

impl<'a> Declared<'a> {
    /// # Errors
    ///
    /// When the definitions contradict each other, or are not for this environment.
    pub(crate) fn new(
        config: &SyncConfig,
        declared: Definitions<'a>,
    ) -> Result<Self, DefinitionsError> {
        let Definitions {
            segments,
            targetings,
            metrics,
            experiments,
        } = declared;
        let environment = &config.environment;
        for segment in segments {
            known(&segment.key, &segment.environments, environment)?;
        }
        for targeting in targetings {
            known(&targeting.resource, &targeting.environments, environment)?;
        }
        let definitions = segments.iter().map(|it| it.in_environment(environment));
        let (absent, definitions): (Vec<_>, Vec<_>) = definitions.partition(|it| it.absent);
        let targetings = targetings.iter().map(|it| it.in_environment(environment));
        let here = Self {
            depths: order::depths(&definitions)?,
            definitions,
            absent: absent.iter().map(|it| it.key.clone()).collect(),
            targetings: targetings.map(Cow::into_owned).collect(),
            metrics,
            experiments,
        };
        once(here.targetings.iter().map(|it| it.resource.to_string()))?;
        once(here.measured().map(|it| it.to_string()))?;
        former::check(config, &here.targetings)?;
        Ok(here)
    }

    /// The metrics, then the experiments, by name.
    pub(super) fn measured(&self) -> impl Iterator<Item = Measured> {
        let metrics = self.metrics.iter().map(|it| it.key.clone());
        let experiments = self.experiments.iter().map(|it| it.key.clone());
        metrics
            .map(Measured::Metric)
            .chain(experiments.map(Measured::Experiment))
    }
}

/// Refuses what is declared twice.
fn once(names: impl Iterator<Item = String>) -> Result<(), DefinitionsError> {
    let mut known = HashSet::new();
    for name in names {
        if let Some(name) = known.replace(name) {
            return Err(DefinitionsError::Duplicate(name));
        }
    }
    Ok(())
}

/// Refuses an environment that a declaration does not know although it names all that there are.
fn known<T>(
    declared: impl fmt::Display,
    environments: &Environments<T>,
    environment: &EnvironmentKey,
) -> Result<(), DefinitionsError> {
    if environments.includes(environment) {
        return Ok(());
    }
    Err(DefinitionsError::UnknownEnvironment {
        declared: declared.to_string(),
        environment: environment.to_string(),
        known: environments.keys().map(ToString::to_string).collect(),
    })
}
