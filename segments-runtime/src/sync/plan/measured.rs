//! The remote metrics and experiments: the declared ones, and this owner's others.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use segments_model::{Experiment, ExperimentKey, Metric, MetricKey};

use super::super::config::SyncConfig;
use super::super::decide::{Terms, decide};
use super::super::failed::FailedRequest;
use super::super::measured::{ExperimentGoal, MetricGoal};
use super::super::ownership::{self, Claim, Claimant};
use super::super::prune;
use super::super::reader::{Reader, Tagged};
use super::super::report::{Action, Keep, Measured, Outcome};
use super::super::request::PAGE;
use super::super::revision::InForce;
use super::super::syncable::Syncable;
use super::{Sighting, Task};

/// The result for one of them.
pub(crate) struct Found {
    pub(crate) measured: Measured,
    pub(crate) outcome: Outcome,
    /// Its due changes.
    pub(crate) task: Option<Task>,
    /// What it looked like, if it exists.
    pub(crate) sighting: Option<Sighting>,
}

impl Found {
    /// One of which nothing is due.
    fn settled(measured: Measured, outcome: Outcome) -> Self {
        Self {
            measured,
            outcome,
            task: None,
            sighting: None,
        }
    }
}

/// Reads all of them, several at once, and decides about each. This owner's others are looked for where
/// they are to be told, and where they may be deleted.
pub(crate) async fn look(
    reader: &Reader,
    config: &SyncConfig,
    (metrics, experiments): (&[Metric], &[Experiment]),
    others: bool,
    in_force: InForce,
) -> Result<Vec<Found>, FailedRequest> {
    let claimant = config.claimant().declaring();
    let revision = config.options.revision;
    let goals = metrics
        .iter()
        .map(|it| MetricGoal::new(it, &claimant, revision));
    let mut found = Vec::new();
    for ((outcome, remote), metric) in each(reader, config, goals.collect(), in_force)
        .await?
        .into_iter()
        .zip(metrics)
    {
        let due = matches!(outcome, Outcome::Planned(_));
        found.push(Found {
            measured: Measured::Metric(metric.key.clone()),
            outcome,
            sighting: remote.as_ref().map(Sighting::of_metric),
            task: due.then(|| Task::Metric {
                metric: Arc::new(metric.clone()),
                remote: remote.map(Box::new),
            }),
        });
    }
    let environment = &config.environment;
    let goals = experiments
        .iter()
        .map(|it| ExperimentGoal::new(it, environment, &claimant, revision));
    for ((outcome, remote), experiment) in each(reader, config, goals.collect(), in_force)
        .await?
        .into_iter()
        .zip(experiments)
    {
        let due = matches!(outcome, Outcome::Planned(_));
        let seen = remote.as_ref().map(|it| &it.experiment);
        found.push(Found {
            measured: Measured::Experiment(experiment.key.clone()),
            outcome,
            sighting: seen.map(Sighting::of_experiment),
            task: due.then(|| Task::Experiment {
                experiment: Arc::new(experiment.clone()),
                remote: remote.map(Box::new),
            }),
        });
    }
    if others || config.options.prune {
        found.extend(other_metrics(reader, config, metrics, in_force).await);
    }
    if others {
        found.extend(other_experiments(reader, config, experiments).await);
    }
    Ok(found)
}

/// Reads all of one kind, and decides about each. Metrics are of the project and experiments of the environment,
/// so which declarations are in force is told by those of one kind.
async fn each<G: Syncable>(
    reader: &Reader,
    config: &SyncConfig,
    goals: Vec<G>,
    in_force: InForce,
) -> Result<Vec<(Outcome, Option<G::Remote>)>, FailedRequest> {
    let reads: Vec<_> = goals.iter().map(|goal| goal.read(reader)).collect();
    let reads = stream::iter(reads).buffered(config.options.concurrency);
    let remotes: Vec<Option<G::Remote>> = reads.try_collect().await?;
    let shown = goals.iter().zip(&remotes).filter_map(|(goal, remote)| {
        let remote = remote.as_ref()?;
        let ours = goal.claim(remote) == Claim::Ours;
        ours.then(|| goal.revisions(remote))
    });
    let newest = shown.flatten().map(|revision| revision.number).max();
    let in_force = in_force.beside(newest, config.options.revision);
    let decided = goals.iter().zip(remotes).map(|(goal, remote)| {
        let terms = Terms::new(goal, remote.as_ref(), &config.options, in_force);
        (decide(goal, remote.as_ref(), terms), remote)
    });
    Ok(decided.collect())
}

/// This owner's metrics that are no longer declared. That a list cannot be read stops nothing: it is about what
/// is not declared.
async fn other_metrics(
    reader: &Reader,
    config: &SyncConfig,
    declared: &[Metric],
    in_force: InForce,
) -> Vec<Found> {
    let list = reader.every_page(PAGE, |from| reader.scope.list_metrics(from, PAGE));
    let listed = match list.await {
        Ok(listed) => listed,
        Err(error) => {
            tracing::warn!(%error, "cannot look for metrics that are no longer declared");
            return Vec::new();
        }
    };
    let declared: HashSet<&str> = declared.iter().map(|it| it.key.as_str()).collect();
    let ours = ours(listed, &config.claimant());
    let owned = ours.len();
    let leaving = ours.into_iter().filter(|key| !declared.contains(&**key));
    let leaving: Vec<_> = leaving
        .filter_map(|key| MetricKey::parse(key).ok())
        .collect();
    if !config.options.prune {
        let metrics = leaving.into_iter().map(Measured::Metric);
        return metrics
            .map(|it| Found::settled(it, Outcome::Undeclared))
            .collect();
    }
    metrics_leaving(reader, config, leaving, owned, in_force).await
}

/// This owner's experiments that are no longer declared. No sync deletes one.
async fn other_experiments(
    reader: &Reader,
    config: &SyncConfig,
    declared: &[Experiment],
) -> Vec<Found> {
    let listed = match reader.experiments().await {
        Ok(listed) => listed,
        Err(error) => {
            tracing::warn!(%error, "cannot look for experiments that are no longer declared");
            return Vec::new();
        }
    };
    let declared: HashSet<&str> = declared.iter().map(|it| it.key.as_str()).collect();
    let leaving = ours(listed, &config.claimant()).into_iter();
    let leaving = leaving.filter(|key| !declared.contains(&**key));
    let leaving = leaving.filter_map(|key| ExperimentKey::parse(key).ok());
    leaving
        .map(|key| Found::settled(Measured::Experiment(key), Outcome::Undeclared))
        .collect()
}

fn ours(listed: Vec<Tagged>, claimant: &Claimant) -> Vec<String> {
    let ours = listed
        .into_iter()
        .filter(|it| claimant.claim(ownership::owners(it.tags())) == Claim::Ours);
    ours.map(|it| it.key).collect()
}

/// What becomes of metrics that are no longer declared, where nothing may speak against deleting one. Who uses
/// each is asked only where nothing speaks against deleting any.
async fn metrics_leaving(
    reader: &Reader,
    config: &SyncConfig,
    keys: Vec<MetricKey>,
    owned: usize,
    in_force: InForce,
) -> Vec<Found> {
    let always = always(config, keys.len(), owned, in_force);
    if !always.is_empty() {
        let metrics = keys.into_iter().map(Measured::Metric);
        let stays = |measured| {
            let because = always.clone();
            Found::settled(measured, Outcome::InUse { because })
        };
        return metrics.map(stays).collect();
    }
    let reads: Vec<_> = keys
        .iter()
        .map(|key| reader.metric_with_uses(key))
        .collect();
    let reads = stream::iter(reads).buffered(config.options.concurrency);
    let reads: Vec<_> = reads.collect().await;
    let found = keys.into_iter().zip(reads).filter_map(|(key, read)| {
        let because = against(config, &read);
        let measured = Measured::Metric(key.clone());
        if !because.is_empty() {
            return Some(Found::settled(measured, Outcome::InUse { because }));
        }
        // It went while it was looked at.
        let remote = Box::new(read.ok().flatten()?);
        let changes = Vec::new();
        Some(Found {
            measured,
            outcome: Outcome::Planned(Action::Delete { changes }),
            sighting: Some(Sighting::of_metric(&remote)),
            task: Some(Task::DeleteMetric { key, remote }),
        })
    });
    found.collect()
}

/// What speaks against deleting any metric.
fn always(config: &SyncConfig, count: usize, owned: usize, in_force: InForce) -> Vec<Keep> {
    let at_most = config.options.prune_at_most;
    let limit = at_most.of(owned);
    let superseded = match in_force {
        InForce::Ours => None,
        InForce::Newer(revision) => Some(Keep::Superseded { revision }),
        InForce::Disputed(revision) => Some(Keep::SameRevision { revision }),
    };
    let too_many = (count > limit).then(|| Keep::TooMany {
        count,
        of: owned,
        limit,
        how: at_most.how(),
    });
    superseded.into_iter().chain(too_many).collect()
}

/// The reasons not to delete a metric. A response that does not contain its users is a reason.
pub(crate) fn against(
    config: &SyncConfig,
    read: &Result<Option<segments_model::wire::Metric>, FailedRequest>,
) -> Vec<Keep> {
    let metric = match read {
        Ok(Some(metric)) => metric,
        Ok(None) => return Vec::new(),
        Err(error) => {
            return vec![Keep::Unknown {
                what: "experiments",
                why: error.to_string(),
            }];
        }
    };
    let terms = prune::Terms::of(config, &config.claimant());
    let mut keep = terms.against_marks(metric.tags(), metric.creation_date);
    for (what, count) in [
        ("experiments", metric.experiment_count),
        ("groups of metrics", metric.metric_group_count),
    ] {
        match count {
            Some(0) => {}
            Some(count) => keep.push(Keep::UsedBy {
                what: format!("{count} {what}"),
            }),
            None => keep.push(Keep::Unknown {
                what,
                why: "the response for the metric does not count them".to_owned(),
            }),
        }
    }
    for (what, count) in [
        ("guarded rollouts", metric.active_guarded_rollout_count),
        ("flags", metric.attached_flag_count),
    ] {
        if let Some(count) = count.filter(|count| *count > 0) {
            keep.push(Keep::UsedBy {
                what: format!("{count} {what}"),
            });
        }
    }
    keep
}
