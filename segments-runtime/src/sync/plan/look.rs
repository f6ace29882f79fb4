//! Reads an environment, and plans its changes.

use std::sync::Arc;

use tokio::time::Instant;

use super::Plan;
use super::declared::Declared;
use super::survey::Survey;
use super::unproved::Unproved;
use crate::sync::client::Client;
use crate::sync::config::SyncConfig;
use crate::sync::definitions::Definitions;
use crate::sync::degraded;
use crate::sync::error::SyncError;
use crate::sync::prove;
use crate::sync::reader::Reader;

/// Reads the environment, decides about every segment, and looks up the context kinds that this takes
/// and the experiments that it spoils.
pub(crate) async fn plan(
    client: Arc<Client>,
    config: &SyncConfig,
    declared: Definitions<'_>,
) -> Result<Plan, SyncError> {
    let declared = Declared::new(config, declared)?;
    let seen = look(client.clone(), config, &declared, true).await?;
    let mut plan = seen.prove(config, &declared);
    plan.look_up_kinds(client.clone(), config).await;
    plan.look_for_experiments(client, config).await;
    Ok(plan)
}

impl Unproved {
    /// Finds out whom it moves, and refuses what must not happen.
    pub(crate) fn prove(self, config: &SyncConfig, declared: &Declared<'_>) -> Plan {
        let started = Instant::now();
        let Self {
            mut plan, asking, ..
        } = self;
        prove::prove(&mut plan, config, declared, &asking);
        plan.report.elapsed += started.elapsed();
        plan
    }
}

/// Reads the environment and decides about every segment. A thorough look also finds what is declared no
/// more of all but segments, and counts what segments list.
pub(crate) async fn look(
    client: Arc<Client>,
    config: &SyncConfig,
    declared: &Declared<'_>,
    thorough: bool,
) -> Result<Unproved, SyncError> {
    let started = Instant::now();
    let reader = Reader::new(client, config);
    let mut survey = Survey::new(config, declared, thorough);
    let cause = match Box::pin(survey.look(&reader)).await {
        Ok(()) => None,
        Err(failed) if degraded::continues(config, &failed) => Some(Box::new(failed)),
        Err(failed) => {
            return Err(SyncError::Read {
                scope: config.scope(),
                error: Box::new(Box::pin(reader.place(failed)).await),
            });
        }
    };
    let mut seen = survey.into_plan(cause);
    let plan = &mut seen.plan;
    plan.narrow(&config.options.only)?;
    plan.report.requests = reader.client.requests();
    plan.report.elapsed = started.elapsed();
    Ok(seen)
}
