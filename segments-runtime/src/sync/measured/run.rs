//! Starting and stopping experiments: explicit actions, which no declaration causes.

use segments_model::{ExperimentKey, VariationKey};
use serde_json::{Value as Json, json};

use super::super::client::connect;
use super::super::config::SyncConfig;
use super::super::error::SyncError;
use super::super::failed::FailedRequest;
use super::super::reader::Reader;
use super::super::runtime;
use super::super::writer::Writer;

/// Starts the next iteration of an experiment.
///
/// ```no_run
/// use segments_runtime::SyncConfig;
/// use segments_runtime::model::ExperimentKey;
/// use segments_runtime::sync::start_experiment;
///
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// let key = ExperimentKey::from_static("careful-answers");
/// start_experiment(&SyncConfig::from_env()?, &key, None).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If there is no such experiment, or LaunchDarkly refuses: the flag of the experiment has to be on.
pub async fn start_experiment(
    config: &SyncConfig,
    key: &ExperimentKey,
    reason: Option<&str>,
) -> Result<(), SyncError> {
    let mut instruction = json!({"kind": "startIteration"});
    if let Some(reason) = reason {
        instruction["changeJustification"] = json!(reason);
    }
    runtime::needed(async { instruct(config, key, |_| Some(instruction)).await }).await
}

/// Stops the running iteration of an experiment, and serves everybody the winner, or else the baseline.
///
/// ```no_run
/// use segments_runtime::SyncConfig;
/// use segments_runtime::model::{ExperimentKey, VariationKey};
/// use segments_runtime::sync::stop_experiment;
///
/// # async fn stop() -> Result<(), Box<dyn std::error::Error>> {
/// let key = ExperimentKey::from_static("careful-answers");
/// let winner = VariationKey::from_static("careful");
/// stop_experiment(&SyncConfig::from_env()?, &key, Some(&winner), Some("more resolved")).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If there is no such experiment or no such treatment, or LaunchDarkly refuses.
pub async fn stop_experiment(
    config: &SyncConfig,
    key: &ExperimentKey,
    winner: Option<&VariationKey>,
    reason: Option<&str>,
) -> Result<(), SyncError> {
    let instruction = |experiment: &segments_model::wire::Experiment| {
        let treatments = experiment.running().or(experiment.latest())?;
        let mut treatments = treatments.treatments.iter().flatten();
        let treatment = treatments.find(|it| match winner {
            Some(winner) => it.name == winner.as_str(),
            None => it.baseline,
        });
        let mut instruction = json!({"kind": "stopIteration"});
        instruction["winningTreatmentId"] = json!(treatment?.id.as_ref()?);
        if let Some(reason) = reason {
            instruction["winningReason"] = json!(reason);
        }
        Some(instruction)
    };
    runtime::needed(async { instruct(config, key, instruction).await }).await
}

async fn instruct(
    config: &SyncConfig,
    key: &ExperimentKey,
    instruction: impl FnOnce(&segments_model::wire::Experiment) -> Option<Json>,
) -> Result<(), SyncError> {
    let read = |error: FailedRequest| SyncError::Read {
        scope: config.scope(),
        error: Box::new(error),
    };
    let writer = Writer {
        reader: Reader::new(connect(config)?, config),
    };
    let experiment = writer.reader.experiment(key).await.map_err(read)?;
    let experiment = experiment.ok_or_else(|| SyncError::NoExperiment {
        key: key.to_string(),
        scope: config.scope(),
    })?;
    let Some(instruction) = instruction(&experiment) else {
        return Err(SyncError::NoTreatment {
            key: key.to_string(),
        });
    };
    writer.instruct(key, &instruction).await.map_err(read)
}
