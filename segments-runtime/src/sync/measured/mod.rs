//! Metrics and experiments as kinds of resources.
//!
//! They use the same pipeline as segments ([`Syncable`](super::syncable::Syncable)). A metric belongs to
//! the project, an experiment to the environment. Nothing here starts, stops or reshuffles an experiment
//! except [`start_experiment`] and [`stop_experiment`], which somebody has to call.

mod experiment;
mod metric;
mod run;

pub(crate) use experiment::{Goal as ExperimentGoal, Remote as ExperimentRemote};
pub(crate) use metric::Goal as MetricGoal;
pub use run::{start_experiment, stop_experiment};
