//! Taking turns: if many replicas start together, one of them writes.
//!
//! LaunchDarkly documents no lock, but enough for a lease: creating a segment that exists is refused (409
//! `key_exists`), every segment has a version, and a list shows both. So replicas wait for a random time,
//! read again, and treat segments that moved meanwhile as another replica's work, which they leave alone
//! until nothing moves anymore. A moving version is a lease that expires by itself: a killed replica
//! moves nothing, and the next one continues. The first write is sent alone; a replica that finds another
//! was faster steps back.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::apply;
use super::client::Client;
use super::clock::after;
use super::config::SyncConfig;
use super::error::SyncError;
use super::plan::{self, Declared, Plan, Unproved};
use super::report::{Action, Outcome, Report, Row};

/// The longest time to wait before the first write.
const LONGEST: Duration = Duration::from_secs(2);

/// Makes the environment agree, unless another replica is at it; then waits for it.
pub(crate) async fn apply(
    mut seen: Unproved,
    client: Arc<Client>,
    config: &SyncConfig,
    declared: &Declared<'_>,
) -> Result<Report, SyncError> {
    let turns = Turns {
        client: &client,
        config,
        declared,
        // Later, what is to be done is done, whoever else does it.
        until: after(Instant::now(), config.options.deadline / 2),
        look: Look::new(&seen.plan),
    };
    let mut done: Vec<Report> = Vec::new();
    loop {
        let mut plan = turns.wait(seen).await.prove(config, declared);
        plan.look_up_kinds(client.clone(), config).await;
        let polite = Instant::now() < turns.until && turns.look.is_worth_it(&plan);
        let applied = apply::apply_in_turn(plan, client.clone(), config, polite).await;
        let mut report = match applied {
            Ok(report) => report,
            Err(SyncError::Incomplete(report)) => *report,
            Err(error) => return Err(error),
        };
        let left = report
            .settled()
            .any(|it| matches!(it.outcome, Outcome::Planned(_)));
        if polite && left {
            match plan::look(client.clone(), config, declared, false).await {
                Ok(again) => {
                    seen = again;
                    done.push(report);
                    continue;
                }
                // What was done before is told all the same.
                Err(SyncError::Read { error, .. }) => report.give_up(&error),
                Err(error) => return Err(error),
            }
        }
        for earlier in &done {
            report.remember(earlier);
        }
        return report.complete();
    }
}

/// The cost of reading the environment once.
struct Look {
    requests: usize,
    round_trip: Duration,
}

impl Look {
    fn new(plan: &Plan) -> Self {
        let requests = plan.report.requests.reads.max(1);
        let sent = u32::try_from(requests).unwrap_or(u32::MAX);
        Self {
            requests,
            round_trip: plan.report.elapsed / sent,
        }
    }

    /// Returns whether it costs less than the writes that it may spare.
    fn is_worth_it(&self, plan: &Plan) -> bool {
        writes(plan) > self.requests
    }
}

/// How many writes are due.
fn writes(plan: &Plan) -> usize {
    let due = plan.report.settled().map(|it| match it.outcome {
        Outcome::Planned(Action::Create { changes }) if !changes.is_empty() => 2,
        Outcome::Planned(_) => 1,
        _ => 0,
    });
    due.sum()
}

/// What is due, each with the version that was seen.
fn due(plan: &Plan) -> Vec<(Row, Option<u64>)> {
    let work = plan.work.iter();
    work.map(|work| (work.row, work.task.version())).collect()
}

struct Turns<'a> {
    client: &'a Arc<Client>,
    config: &'a SyncConfig,
    declared: &'a Declared<'a>,
    until: Instant,
    look: Look,
}

impl Turns<'_> {
    /// Waits until nobody else writes, and returns what is due then.
    async fn wait(&self, mut seen: Unproved) -> Unproved {
        let mut longest = self.first_wait(&seen.plan);
        while self.look.is_worth_it(&seen.plan) {
            let wait = self.config.options.clock.up_to(longest);
            if Instant::now() + wait > self.until || self.client.wait(wait).await.is_err() {
                break;
            }
            let again = plan::look(self.client.clone(), self.config, self.declared, false).await;
            // What could be read before can be applied; what is wrong now will show there.
            let Ok(again) = again else { break };
            if !again.plan.report.reached {
                break;
            }
            let moved = due(&again.plan) != due(&seen.plan);
            seen = again;
            if !moved {
                break;
            }
            longest = longest.saturating_mul(2).min(LONGEST);
        }
        seen
    }

    /// Long enough that the replica with the shortest wait is mostly done before the next one looks.
    fn first_wait(&self, plan: &Plan) -> Duration {
        let rounds = 2 + writes(plan).div_ceil(self.config.options.concurrency) * 2;
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        let work = self.look.round_trip.saturating_mul(rounds);
        let shortest = self.config.options.retry.first;
        work.saturating_mul(4).max(shortest).min(LONGEST)
    }
}
