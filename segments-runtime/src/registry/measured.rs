//! The metrics and experiments of a program.

use segments_model::experiment::check_together;
use segments_model::{Experiment, ExperimentKey, Metric, MetricKey, Targeting};

use super::declarable::{Declarable, collect, with_places, without_places};
use super::problem::{Problem, RegistryError};
use super::registered::{Registered, RegisteredAt};
use super::targetings::targetings;

/// The registration of a metric.
#[doc(hidden)]
#[derive(Debug)]
pub struct MetricDeclaration(pub fn() -> Registered<Metric>);

/// The registration of an experiment.
#[doc(hidden)]
#[derive(Debug)]
pub struct ExperimentDeclaration(pub fn() -> Registered<Experiment>);

inventory::collect!(MetricDeclaration);
inventory::collect!(ExperimentDeclaration);

/// Returns the metrics of this program, ordered by key.
///
/// # Errors
///
/// If two metrics have one key and differ.
pub fn metrics() -> Result<Vec<Metric>, RegistryError> {
    let declared = inventory::iter::<MetricDeclaration>.into_iter();
    collect(declared.map(|MetricDeclaration(make)| make()).collect())
}

/// Returns the experiments of this program, ordered by key.
///
/// # Errors
///
/// If two experiments have one key and differ, or if an experiment does not fit the metrics, AI Configs
/// and flags of the program, or another experiment.
pub fn experiments() -> Result<Vec<Experiment>, RegistryError> {
    let mut declared = inventory::iter::<ExperimentDeclaration>.into_iter();
    if declared.next().is_none() {
        return Ok(Vec::new());
    }
    experiments_beside(&targetings()?, &metrics()?)
}

/// The same beside AI Configs, flags and metrics that are collected already.
pub(super) fn experiments_beside(
    targetings: &[Targeting],
    metrics: &[Metric],
) -> Result<Vec<Experiment>, RegistryError> {
    let declared = inventory::iter::<ExperimentDeclaration>.into_iter();
    let declared = declared.map(|ExperimentDeclaration(make)| make()).collect();
    let declared = with_places(declared)?;
    let experiments: Vec<&Experiment> = declared.iter().map(|(it, _)| it).collect();
    let targetings: Vec<_> = targetings.iter().collect();
    let metrics: Vec<_> = metrics.iter().collect();
    let found = check_together(&experiments, &targetings, &metrics);
    let problems = found.into_iter().map(|related| {
        let (experiment, place) = &declared[related.experiment];
        Problem::Experiment {
            key: experiment.key.clone(),
            place: *place,
            finding: related.finding,
        }
    });
    let problems: Vec<_> = problems.collect();
    if problems.is_empty() {
        Ok(without_places(declared))
    } else {
        Err(RegistryError { problems })
    }
}

impl Declarable for Metric {
    type Key = MetricKey;

    fn key(&self) -> &MetricKey {
        &self.key
    }

    fn duplicate(key: MetricKey, first: RegisteredAt, second: RegisteredAt) -> Problem {
        let what = format!("metric {key}");
        Problem::DuplicateMeasured {
            what,
            first,
            second,
        }
    }
}

impl Declarable for Experiment {
    type Key = ExperimentKey;

    fn key(&self) -> &ExperimentKey {
        &self.key
    }

    fn duplicate(key: ExperimentKey, first: RegisteredAt, second: RegisteredAt) -> Problem {
        let what = format!("experiment {key}");
        Problem::DuplicateMeasured {
            what,
            first,
            second,
        }
    }
}
