//! Who is served which variation of AI Configs and flags, made as declared.
//!
//! The same road as that of segments: read, compare, decide, patch, look at the answer. What differs
//! stands in here: variations have identifiers that the service alone knows, a targeting is never
//! made or deleted (people make AI Configs and flags), and it is marked as somebody's by a tag of
//! the whole AI Config or flag that names the environment.

mod converge;
mod decide;
mod diff;
mod imperative;
mod instructions;
mod marks;
mod parts;
mod running;
mod variations;

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use segments_model::{EnvironmentKey, Resource, Targeting, wire};
use serde_json::Value as Json;

use super::change::Change;
use super::config::SyncConfig;
use super::decide::Terms;
use super::failed::FailedRequest;
use super::let_go::LetGo;
use super::ownership::Claim;
use super::reader::Reader;
use super::report::{ItemError, Outcome};
use super::revision::InForce;

use instructions::{Form, instructions};
use variations::Variations;

pub(crate) use converge::Converge;
pub(crate) use diff::Goal;
pub use imperative::target_segments;
pub use parts::TargetingPart;
pub(crate) use running::running;

/// One targeting that is due.
#[derive(Clone)]
pub(crate) struct Work {
    /// Its place among the targetings of the report.
    pub(crate) place: usize,
    pub(crate) targeting: Arc<Targeting>,
    /// Whether it is declared no more, and ends.
    pub(crate) ends: bool,
    /// As it was seen.
    pub(crate) remote: Box<wire::Targeting>,
}

/// What was found about one declared targeting.
pub(crate) struct Found {
    pub(crate) outcome: Outcome,
    /// The parts that were declared once and are not any more.
    pub(crate) let_go: Vec<LetGo>,
    pub(crate) remote: Option<Box<wire::Targeting>>,
}

/// Reads every declared targeting, several at once, and decides about it.
pub(crate) async fn look(
    reader: &Reader,
    config: &SyncConfig,
    targetings: &[Targeting],
    terms: Terms,
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
        let terms = match &remote {
            Some(remote) => imported(config, &goal.targeting.resource, remote, terms),
            None => terms,
        };
        let mut outcome = goal.decide(remote.as_ref(), terms);
        let mut let_go = match (&outcome, &remote) {
            (Outcome::Unchanged | Outcome::Planned(_), Some(remote)) => goal.let_go(remote),
            _ => Vec::new(),
        };
        if config.options.strict && !let_go.is_empty() {
            let parts = std::mem::take(&mut let_go);
            outcome = Outcome::Failed(ItemError::LetGo { parts });
        }
        found.push(Found {
            outcome,
            let_go,
            remote: remote.map(Box::new),
        });
    }
    Ok(found)
}

/// The same terms, where the declaration may have been imported from what is there.
pub(crate) fn imported(
    config: &SyncConfig,
    resource: &Resource,
    remote: &wire::Targeting,
    terms: Terms,
) -> Terms {
    let imported = config.options.is_targeting_as_imported(resource, remote);
    Terms { imported, ..terms }
}

/// The tags with which the owner, under each of its names, marks what it targets in the environment.
pub(crate) fn owner_tags(config: &SyncConfig) -> Vec<String> {
    let claimant = config.claimant();
    let names = std::iter::once(&claimant.owner).chain(&claimant.formerly);
    names
        .map(|owner| marks::owner_tag(owner, &config.environment))
        .collect()
}

/// Whom the tags of an AI Config or a flag name as the owner of what it serves in an environment.
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

/// Whose something is that carries these tags.
pub(crate) fn claim(config: &SyncConfig, tags: &[String]) -> Claim {
    let environment = &config.environment;
    let names = marks::owners(tags, environment);
    config
        .claimant()
        .claim_as(names, |owner| marks::name(owner, environment))
}

/// On which terms something ends: it is this owner's, or it is left alone.
pub(crate) fn terms(config: &SyncConfig) -> Terms {
    Terms {
        adoption: config.options.adoption,
        imported: false,
        override_running: config.options.override_running,
        in_force: InForce::Ours,
    }
}

/// The instructions with which an approval is asked for, as JSON.
pub(crate) fn asked(work: &Work, changes: &[Change]) -> Vec<Json> {
    let Ok(variations) = Variations::find(&work.targeting, &work.remote.variations) else {
        return Vec::new();
    };
    let instructions = instructions(changes, &variations, Form::Identifier);
    let json = instructions.iter();
    json.map(|it| serde_json::to_value(it).unwrap_or_default())
        .collect()
}

/// What approvals and roles call a resource.
pub(crate) fn specifier(resource: &Resource) -> String {
    format!("{}/{}", kind(resource), resource.key())
}

/// What approvals call the kind of a resource. That of AI Configs is inferred.
fn kind(resource: &Resource) -> &'static str {
    match resource {
        Resource::AiConfig(_) => "aiconfig",
        Resource::Flag(_) => "flag",
    }
}
