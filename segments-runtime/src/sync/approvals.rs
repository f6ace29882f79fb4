//! Changes that need an approval: which parts of a plan need one, the state of requests, and applying
//! approved requests.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::approval::Approval;
use super::change::Change;
use super::client::connect;
use super::comment::comment;
use super::config::SyncConfig;
use super::error::SyncError;
use super::failed::FailedRequest;
use super::plan::{Plan, Task};
use super::reader::{Items, Reader};
use super::report::Outcome;
use super::syncable::Syncable;
use super::{diff, runtime, targeting};

/// The kinds of changes in an environment that need an approval.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NeedsApproval {
    /// Whether changes of segments need one.
    pub segments: bool,
    /// Whether changes of flags need one.
    pub flags: bool,
    /// Whether changes of AI Configs need one.
    pub ai_configs: bool,
}

impl NeedsApproval {
    /// Returns whether any changes need an approval.
    #[must_use]
    pub fn any(&self) -> bool {
        self.segments || self.flags || self.ai_configs
    }
}

/// `segments and flags`.
impl fmt::Display for NeedsApproval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (self.segments, "segments"),
            (self.flags, "flags"),
            (self.ai_configs, "AI Configs"),
        ];
        let names = names.iter().filter(|(needed, _)| *needed);
        let names: Vec<&str> = names.map(|(_, name)| *name).collect();
        f.write_str(&names.join(" and "))
    }
}

/// The state of an approval request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Review {
    /// Nobody has decided yet.
    Pending,
    /// The request may be applied.
    Approved,
    /// The request was declined.
    Declined,
}

/// An approval request for exactly what a plan would change of one segment, AI Config or flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ApprovalRequest {
    /// The segment's key, or `flag/<key>` or `ai-config/<key>`.
    pub what: String,
    /// The request's identifier.
    pub id: String,
    /// The state of the request.
    pub review: Review,
}

/// `approval request 12ab for staff: approved`.
impl fmt::Display for ApprovalRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let review = match self.review {
            Review::Pending => "pending",
            Review::Approved => "approved",
            Review::Declined => "declined",
        };
        write!(
            f,
            "approval request {} for {}: {review}",
            self.id, self.what
        )
    }
}

#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    required: bool,
}

/// An environment, as far as approvals go (API documentation, *getEnvironment*).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Environment {
    #[serde(default)]
    approval_settings: Option<Settings>,
    #[serde(default)]
    resource_approval_settings: std::collections::BTreeMap<String, Settings>,
}

/// An approval request of a list (API documentation, *getApprovalRequests*).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    resource_id: String,
    #[serde(default)]
    review_status: String,
    #[serde(default)]
    instructions: Vec<Json>,
}

/// Returns which changes of the environment need an approval.
///
/// # Errors
///
/// If the environment cannot be read.
pub async fn needs_approval(config: &SyncConfig) -> Result<NeedsApproval, SyncError> {
    runtime::needed(async {
        let reader = Reader::new(connect(config)?, config);
        let request = reader.scope.get_environment();
        let found: Environment = read(config, reader.client.json(&request).await)?;
        let of = |kind: &str| {
            let mut settings = found.resource_approval_settings.iter();
            settings.any(|(name, it)| name.eq_ignore_ascii_case(kind) && it.required)
        };
        Ok(NeedsApproval {
            segments: of("segment"),
            flags: found
                .approval_settings
                .as_ref()
                .is_some_and(|it| it.required)
                || of("flag"),
            ai_configs: of("aiConfig"),
        })
    })
    .await
}

/// Finds the approval requests for exactly the changes of the plan.
///
/// # Errors
///
/// If the requests cannot be read.
pub async fn approval_requests(
    config: &SyncConfig,
    plan: &Plan,
) -> Result<Vec<ApprovalRequest>, SyncError> {
    runtime::needed(async {
        let reader = Reader::new(connect(config)?, config);
        let request = reader.scope.open_approvals();
        let listed: Items<Listed> = read(config, reader.client.json(&request).await)?;
        let place = format!("proj/{}:env/{}:", config.project, config.environment);
        let mut found = Vec::new();
        for (what, resource, instructions) in plan.asked(config) {
            let resource = format!("{place}{resource}");
            let same = |it: &&Listed| {
                it.resource_id.eq_ignore_ascii_case(&resource) && it.instructions == instructions
            };
            // Of several, the one that is furthest.
            let mut same: Vec<&Listed> = listed.items.iter().filter(same).collect();
            same.sort_by_key(|it| it.review_status != "approved");
            found.extend(same.first().map(|it| ApprovalRequest {
                what,
                id: it.id.clone(),
                review: match it.review_status.as_str() {
                    "approved" => Review::Approved,
                    "declined" => Review::Declined,
                    _ => Review::Pending,
                },
            }));
        }
        Ok(found)
    })
    .await
}

/// Applies an approved request.
///
/// # Errors
///
/// If the service refuses.
pub async fn apply_approved(
    config: &SyncConfig,
    request: &ApprovalRequest,
) -> Result<(), SyncError> {
    runtime::needed(async {
        let reader = Reader::new(connect(config)?, config);
        let comment = comment(config, &config.owner(), &[], &[]);
        let comment = comment.trim_end_matches(": ");
        let request = reader.scope.apply_approval(&request.id, comment);
        let applied: Result<Approval, FailedRequest> = reader.client.json(&request).await;
        read(config, applied).map(|_| ())
    })
    .await
}

fn read<T>(config: &SyncConfig, result: Result<T, FailedRequest>) -> Result<T, SyncError> {
    result.map_err(|error| SyncError::Read {
        scope: config.scope(),
        error: Box::new(error),
    })
}

impl Plan {
    /// The changes that are due and can be requested: the name in messages, the name in approvals, and
    /// the instructions.
    fn asked(&self, config: &SyncConfig) -> Vec<(String, String, Vec<Json>)> {
        let claimant = config.claimant().declaring();
        let asked = self.work.iter().filter_map(|work| {
            let Outcome::Planned(action) = self.report.outcome_at(work.row) else {
                return None;
            };
            let changes = action.changes();
            match &work.task {
                Task::Segment {
                    definition, remote, ..
                } => {
                    let goal = diff::Goal::new(definition, &claimant, None);
                    asked(&goal, remote.as_deref(), changes)
                }
                Task::Targeting {
                    targeting, remote, ..
                } => {
                    let goal = targeting::Goal::of(config, targeting, &claimant);
                    asked(&goal, Some(remote), changes)
                }
                _ => None,
            }
        });
        asked.collect()
    }
}

fn asked<G: Syncable>(
    goal: &G,
    remote: Option<&G::Remote>,
    changes: &[Change],
) -> Option<(String, String, Vec<Json>)> {
    let (of, instructions) = goal.approvable(remote?, changes)?;
    Some((of.path(), of.specifier(), instructions))
}
