//! What a sync would do.

mod fingerprint;
mod kinds;
mod survey;

use std::collections::HashSet;
use std::fmt;
use std::future::pending;
use std::sync::Arc;

use segments_model::{Definition, EnvironmentKey, Environments, SegmentKey, wire};
use serde::Serialize;
use tokio::time::Instant;

use super::client::Client;
use super::config::SyncConfig;
use super::degraded;
use super::error::{DefinitionsError, SyncError};
use super::order;
use super::reader::Reader;
use super::report::{
    KindOutcome, KindReport, Report, SegmentReport, Settled, TargetingReport, body,
};
use super::targeting;
use super::{Declared, apply, connect, runtime};
use survey::{Here, Survey};

/// What a sync would do, decided and not done: a value to show, to compare and to
/// [apply](Plan::apply). It holds what was seen, so what was shown is what is done; what others
/// change between the two stays, unless it contradicts the declarations.
///
/// It is [`Serialize`] for tools. Keys of members are counted there, not named, so a plan cannot be
/// read back from a file; to apply a plan that was reviewed elsewhere, make it again and compare
/// the [fingerprints](Plan::fingerprint).
///
/// See the example of [`plan`](super::plan()).
#[derive(Clone, Serialize)]
pub struct Plan {
    /// Everything that is due, and everything else that was found.
    #[serde(flatten)]
    pub(crate) report: Report,
    #[serde(skip)]
    pub(crate) work: Vec<Work>,
    /// What is due of AI Configs and flags.
    #[serde(skip)]
    pub(crate) targetings: Vec<targeting::Work>,
}

/// One segment that is due.
#[derive(Clone)]
pub(crate) struct Work {
    /// Its place in the report.
    pub(crate) place: usize,
    pub(crate) task: Task,
    /// How many segments have to be settled one after the other before it.
    pub(crate) depth: usize,
}

/// What is to be done with it.
#[derive(Clone)]
pub(crate) enum Task {
    /// It is made as declared, from what was seen.
    Settle {
        definition: Arc<Definition>,
        remote: Option<Box<wire::Segment>>,
    },
    /// It is deleted, once these targetings ask it no more.
    Delete {
        key: SegmentKey,
        released_by: Vec<usize>,
    },
}

/// Keys of members are in there, so only the words are shown.
impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report {
            segments,
            targetings,
            ..
        } = &self.report;
        f.debug_tuple("Plan")
            .field(segments)
            .field(targetings)
            .finish()
    }
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        // Destructured, so that a new part of a plan cannot be forgotten here.
        let Plan {
            report,
            work,
            targetings,
        } = self;
        let kinds_due = report
            .kinds
            .iter()
            .any(|kind| kind.outcome == KindOutcome::Due);
        work.is_empty() && targetings.is_empty() && !kinds_due
    }

    /// The segments, with what is due and what else was found.
    pub fn segments(&self) -> &[SegmentReport] {
        &self.report.segments
    }

    /// The AI Configs and flags, with what is due and what else was found.
    pub fn targetings(&self) -> &[TargetingReport] {
        &self.report.targetings
    }

    /// Segments, AI Configs and flags, one after the other.
    pub fn settled(&self) -> impl Iterator<Item = Settled<'_>> {
        self.report.settled()
    }

    /// The context kinds that are due, and those that are archived.
    pub fn kinds(&self) -> &[KindReport] {
        &self.report.kinds
    }

    /// Where, and how many segments are due for what.
    pub fn headline(&self) -> String {
        self.report.headline()
    }

    /// How many requests it took to make the plan; none of them a write.
    pub fn requests(&self) -> usize {
        self.report.requests()
    }

    /// Looks up the context kinds that the project may lack, if something is due.
    pub(crate) async fn look_up_kinds(&mut self, client: Arc<Client>, config: &SyncConfig) {
        if !self.report.reached {
            return;
        }
        let started = Instant::now();
        let reader = Reader::new(client, config);
        let before = reader.client.requests();
        self.add_kinds(&reader, config).await;
        self.report.requests += reader.client.requests() - before;
        self.report.elapsed += started.elapsed();
    }

    /// What was found, as a report.
    pub fn into_report(self) -> Report {
        self.report
    }

    /// Does what the plan says, and reports what came of every segment.
    ///
    /// # Errors
    ///
    /// [`SyncError::Incomplete`], with the report, when a segment could not be settled.
    pub async fn apply(self, config: &SyncConfig) -> Result<Report, SyncError> {
        self.apply_until(config, pending()).await
    }

    /// The same, until `stop` is ready, such as the first Ctrl-C. What is under way by then is
    /// finished, so that the report knows what came of it; what was not begun stays
    /// [due](super::Outcome::Due), and the next apply goes on from there. Dropping the future instead
    /// leaves open whether the requests that are under way take effect.
    ///
    /// ```no_run
    /// # async fn apply(plan: segments_runtime::sync::Plan) -> Result<(), Box<dyn std::error::Error>> {
    /// # let config = segments_runtime::SyncConfig::from_env()?;
    /// let shutdown = async { tokio::time::sleep(std::time::Duration::from_secs(5)).await };
    /// let report = plan.apply_until(&config, shutdown).await?;
    /// let left = report.drifted().count();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`apply`](Plan::apply).
    pub async fn apply_until(
        self,
        config: &SyncConfig,
        stop: impl Future<Output = ()>,
    ) -> Result<Report, SyncError> {
        runtime::needed(async { apply::apply_until(self, connect(config)?, config, stop).await })
            .await
    }
}

/// What is due, segment by segment, and how many segments are as declared.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        body(f, &self.report)?;
        writeln!(f, "{}", self.report.headline())
    }
}

/// Reads the environment, decides about every segment, and looks up the context kinds that this takes.
pub(crate) async fn plan(
    client: Arc<Client>,
    config: &SyncConfig,
    declared: Declared<'_>,
) -> Result<Plan, SyncError> {
    let mut plan = look(client.clone(), config, declared).await?;
    plan.look_up_kinds(client, config).await;
    Ok(plan)
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

/// Reads the environment and decides about every segment.
pub(crate) async fn look(
    client: Arc<Client>,
    config: &SyncConfig,
    declared: Declared<'_>,
) -> Result<Plan, SyncError> {
    let started = Instant::now();
    for segment in declared.segments {
        known(&segment.key, &segment.environments, &config.environment)?;
    }
    for targeting in declared.targetings {
        known(
            &targeting.resource,
            &targeting.environments,
            &config.environment,
        )?;
    }
    let definitions = declared.segments.iter();
    let definitions = definitions.map(|definition| definition.in_environment(&config.environment));
    let definitions: &[Here<'_>] = &definitions.collect::<Vec<_>>();
    let targetings = declared.targetings.iter();
    let targetings: Vec<_> = targetings
        .map(|it| it.in_environment(&config.environment).into_owned())
        .collect();
    let mut resources = HashSet::new();
    for targeting in &targetings {
        if !resources.insert(&targeting.resource) {
            let resource = targeting.resource.to_string();
            return Err(DefinitionsError::DuplicateTargeting(resource).into());
        }
    }
    let depths = order::depths(definitions)?;
    let reader = Reader::new(client, config);
    let mut survey = Survey::new(config, definitions, &targetings);
    let cause = match survey.look(&reader).await {
        Ok(()) => None,
        Err(failed) if degraded::continues(config, &failed) => Some(Box::new(failed)),
        Err(failed) => {
            return Err(SyncError::Read {
                scope: format!("{}/{}", config.project, config.environment),
                error: Box::new(failed),
            });
        }
    };
    let mut plan = survey.into_plan(cause, &depths);
    plan.report.requests = reader.client.requests();
    plan.report.elapsed = started.elapsed();
    Ok(plan)
}
