//! The targeting of AI Configs and flags as a kind of resource.
//!
//! It uses the same pipeline as segments ([`Syncable`](super::syncable::Syncable)). The differences are
//! here: only the service knows the identifiers of variations, a targeting is never created or deleted
//! (people create AI Configs and flags), and its owner is a tag of the whole AI Config or flag that names
//! the environment.

mod diff;
mod imperative;
mod instructions;
mod marks;
mod parts;
mod running;
mod syncable;
mod variations;

use futures_util::stream::{self, StreamExt};
use segments_model::{EnvironmentKey, Targeting, wire};

use super::config::SyncConfig;
use super::decide::{Terms, decide};
use super::failed::FailedRequest;
use super::let_go::LetGo;
use super::ownership::{Claim, Owner};
use super::reader::Reader;
use super::report::{ItemError, Outcome};
use super::revision::InForce;

pub(crate) use diff::Goal;
pub use imperative::target_segments;
pub(crate) use running::running;

/// The result for one declared targeting.
pub(crate) struct Found {
    pub(crate) outcome: Outcome,
    /// The parts that were declared once and are not any more.
    pub(crate) let_go: Vec<LetGo>,
    /// The highest revision that it shows, if it is this owner's.
    pub(crate) newest: Option<u64>,
    pub(crate) remote: Option<Box<wire::Targeting>>,
}

/// Reads every declared targeting, several at once, and decides about it.
pub(crate) async fn look(
    reader: &Reader,
    config: &SyncConfig,
    targetings: &[Targeting],
    in_force: InForce,
) -> Result<Vec<Found>, FailedRequest> {
    let claimant = config.claimant().declaring();
    let reads: Vec<_> = targetings
        .iter()
        .map(|targeting| reader.targeting(&targeting.resource))
        .collect();
    let mut reads = stream::iter(reads).buffered(config.options.concurrency);
    let mut found = Vec::with_capacity(targetings.len());
    while let Some(remote) = reads.next().await {
        let remote = remote?;
        let goal = Goal::of(config, &targetings[found.len()], &claimant);
        let terms = Terms::new(&goal, remote.as_ref(), &config.options, in_force);
        let mut outcome = decide(&goal, remote.as_ref(), terms);
        let mut let_go = match (&outcome, &remote) {
            (Outcome::Unchanged | Outcome::Planned(_), Some(remote)) => goal.let_go(remote),
            _ => Vec::new(),
        };
        if config.options.strict && !let_go.is_empty() {
            let parts = std::mem::take(&mut let_go);
            outcome = Outcome::Failed(ItemError::LetGo { parts });
        }
        let ours = remote
            .as_ref()
            .filter(|it| claim(config, &it.tags) == Claim::Ours);
        let revisions = ours.map(|it| marks::revisions(&it.tags, &config.environment));
        let numbers = revisions.into_iter().flatten().map(|it| it.number);
        found.push(Found {
            outcome,
            let_go,
            newest: numbers.max(),
            remote: remote.map(Box::new),
        });
    }
    Ok(found)
}

/// The tags with which the owner, under each of its names, marks what it targets in the environment.
pub(crate) fn owner_tags(config: &SyncConfig) -> Vec<String> {
    let claimant = config.claimant();
    let names = std::iter::once(&claimant.owner).chain(&claimant.formerly);
    names
        .map(|owner| marks::owner_tag(owner, &config.environment))
        .collect()
}

/// Returns the owners that the tags of an AI Config or a flag name for its targeting in an environment.
///
/// ```
/// use segments_runtime::model::EnvironmentKey;
/// use segments_runtime::sync::targeting_owners;
///
/// let tags = ["targeted-by.shop.in.production".to_owned()];
/// assert_eq!(targeting_owners(&tags, &EnvironmentKey::from_static("production")), ["shop"]);
/// ```
#[must_use]
pub fn targeting_owners(tags: &[String], environment: &EnvironmentKey) -> Vec<String> {
    let owners = marks::owners(tags, environment).into_iter();
    owners.map(str::to_owned).collect()
}

/// The owner of a resource with these tags.
pub(crate) fn claim(config: &SyncConfig, tags: &[String]) -> Claim {
    let environment = &config.environment;
    let names = marks::owners(tags, environment);
    config
        .claimant()
        .claim_as(names, |owner| marks::name(owner, environment))
}

/// Returns whether one of these owners is this one, under any of its names.
pub(crate) fn is_among(config: &SyncConfig, owners: &[String]) -> bool {
    let claimant = config.claimant();
    let called = |owner: &Owner| marks::name(owner, &config.environment);
    let mut owners = owners.iter().map(String::as_str);
    owners.any(|owner| claimant.claim_as([owner], called) == Claim::Ours)
}
