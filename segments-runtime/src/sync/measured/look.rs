//! What is found of metrics and experiments: of those that are declared, and of this owner's others.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use segments_model::{Experiment, ExperimentKey, Metric, MetricKey};

use super::super::config::SyncConfig;
use super::super::decide::{Terms, decide};
use super::super::failed::FailedRequest;
use super::super::ownership::{self, Claim, Claimant};
use super::super::plan::Task;
use super::super::prune;
use super::super::reader::Reader;
use super::super::report::{Action, Keep, Outcome};
use super::super::request::PAGE;
use super::super::revision::InForce;
use super::super::syncable::Syncable;
use super::{ExperimentGoal, Measured, MetricGoal};

/// What was found about one.
pub(crate) struct Found {
    pub(crate) measured: Measured,
    pub(crate) outcome: Outcome,
    /// What is due of it.
    pub(crate) task: Option<Task>,
}

/// Reads all of them, several at once, and decides about each.
pub(crate) async fn look(
    reader: &Reader,
    config: &SyncConfig,
    (metrics, experiments): (&[Metric], &[Experiment]),
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
        found.push(Found {
            measured: Measured::Experiment(experiment.key.clone()),
            outcome,
            task: due.then(|| Task::Experiment {
                experiment: Arc::new(experiment.clone()),
                remote: remote.map(Box::new),
            }),
        });
    }
    if !metrics.is_empty() || !experiments.is_empty() || config.options.prune {
        found.extend(others(reader, config, (metrics, experiments), in_force).await);
    }
    Ok(found)
}

async fn each<G: Syncable>(
    reader: &Reader,
    config: &SyncConfig,
    goals: Vec<G>,
    in_force: InForce,
) -> Result<Vec<(Outcome, Option<G::Remote>)>, FailedRequest> {
    let reads: Vec<_> = goals.iter().map(|goal| goal.read(reader)).collect();
    let mut reads = stream::iter(reads).buffered(config.options.concurrency);
    let mut found = Vec::with_capacity(goals.len());
    while let Some(remote) = reads.next().await {
        let remote = remote?;
        let goal = &goals[found.len()];
        let terms = Terms::new(goal, remote.as_ref(), &config.options, in_force);
        found.push((decide(goal, remote.as_ref(), terms), remote));
    }
    Ok(found)
}

/// This owner's that are declared no more. That a list cannot be read stops nothing: it is about what is not
/// declared.
async fn others(
    reader: &Reader,
    config: &SyncConfig,
    (metrics, experiments): (&[Metric], &[Experiment]),
    in_force: InForce,
) -> Vec<Found> {
    let claimant = config.claimant();
    let mut found = Vec::new();
    let list = reader.every_page(PAGE, |from| reader.scope.list_metrics(from, PAGE));
    match list.await {
        Ok(listed) => {
            let ours = ours(&listed, &claimant);
            let owned = ours.len();
            let keys = ours
                .into_iter()
                .filter_map(|key| MetricKey::parse(key).ok());
            let keys: Vec<_> = keys
                .filter(|key| metrics.iter().all(|metric| metric.key != *key))
                .collect();
            found.extend(metrics_leaving(reader, config, keys, owned, in_force).await);
        }
        Err(error) => tracing::warn!(%error, "cannot look for metrics that are no longer declared"),
    }
    if experiments.is_empty() {
        return found;
    }
    match reader.experiments().await {
        Ok(listed) => {
            let keys = ours(&listed, &claimant).into_iter();
            let keys = keys.filter_map(|key| ExperimentKey::parse(key).ok());
            let keys = keys.filter(|key| experiments.iter().all(|it| it.key != *key));
            found.extend(keys.map(|key| Found {
                measured: Measured::Experiment(key),
                outcome: Outcome::Undeclared,
                task: None,
            }));
        }
        Err(error) => {
            tracing::warn!(%error, "cannot look for experiments that are no longer declared");
        }
    }
    found
}

fn ours(listed: &[super::super::reader::Tagged], claimant: &Claimant) -> Vec<String> {
    let ours = listed
        .iter()
        .filter(|it| claimant.claim(ownership::owners(it.tags())) == Claim::Ours);
    ours.map(|it| it.key.clone()).collect()
}

/// What becomes of metrics that are declared no more: they stay, unless pruning is asked for and nothing
/// speaks against it.
async fn metrics_leaving(
    reader: &Reader,
    config: &SyncConfig,
    keys: Vec<MetricKey>,
    owned: usize,
    in_force: InForce,
) -> Vec<Found> {
    let mut found = Vec::new();
    let at_most = config.options.prune_at_most;
    let limit = at_most.of(owned);
    let count = keys.len();
    let too_many = count > limit;
    for key in keys {
        let measured = Measured::Metric(key.clone());
        if !config.options.prune {
            let (outcome, task) = (Outcome::Undeclared, None);
            found.push(Found {
                measured,
                outcome,
                task,
            });
            continue;
        }
        let read = reader.metric_with_uses(&key).await;
        let mut keep = against(config, &read);
        keep.extend(match in_force {
            InForce::Ours => None,
            InForce::Newer(revision) => Some(Keep::Superseded { revision }),
            InForce::Disputed(revision) => Some(Keep::SameRevision { revision }),
        });
        keep.extend(too_many.then(|| Keep::TooMany {
            count,
            of: owned,
            limit,
            how: at_most.how(),
        }));
        match read {
            Ok(None) => {}
            Ok(Some(remote)) if keep.is_empty() => found.push(Found {
                measured,
                outcome: Outcome::Planned(Action::Delete {
                    changes: Vec::new(),
                }),
                task: Some(Task::DeleteMetric {
                    key,
                    remote: Box::new(remote),
                }),
            }),
            _ => found.push(Found {
                measured,
                outcome: Outcome::InUse { because: keep },
                task: None,
            }),
        }
    }
    found
}

/// What speaks against deleting a metric. An answer that does not say who uses it is a reason.
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
                why: "the answer for the metric does not count them".to_owned(),
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
