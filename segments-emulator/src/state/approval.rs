//! Approvals: the settings of an environment, and approval requests.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::resource::Kind;

/// The approvals that an environment requires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(clippy::struct_excessive_bools, reason = "the service's own shape")]
pub(crate) struct ApprovalSettings {
    pub(crate) required: bool,
    pub(crate) bypass_approvals_for_pending_changes: bool,
    pub(crate) min_num_approvals: u32,
    pub(crate) can_review_own_request: bool,
    pub(crate) can_apply_declined_changes: bool,
    pub(crate) auto_apply_approved_changes: bool,
    pub(crate) service_kind: String,
    pub(crate) service_config: Json,
    pub(crate) required_approval_tags: Vec<String>,
}

impl Default for ApprovalSettings {
    fn default() -> Self {
        Self {
            required: false,
            bypass_approvals_for_pending_changes: false,
            min_num_approvals: 1,
            can_review_own_request: true,
            can_apply_declined_changes: true,
            auto_apply_approved_changes: false,
            service_kind: "launchdarkly".to_owned(),
            service_config: json!({}),
            required_approval_tags: Vec::new(),
        }
    }
}

impl ApprovalSettings {
    /// Returns whether something with these tags needs an approval.
    pub(crate) fn required_for(&self, tags: &[String]) -> bool {
        self.required
            || tags
                .iter()
                .any(|tag| self.required_approval_tags.contains(tag))
    }
}

/// A request for an approval.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoredRequest {
    pub(crate) created: i64,
    pub(crate) version: u64,
    pub(crate) project: String,
    pub(crate) environment: String,
    pub(crate) kind: Kind,
    /// The key of the segment, flag or AI Config.
    pub(crate) key: String,
    pub(crate) description: String,
    pub(crate) comment: Option<String>,
    pub(crate) instructions: Vec<Json>,
    /// `pending`, `completed` or `failed`.
    pub(crate) status: String,
    pub(crate) reviews: Vec<Review>,
    #[serde(default)]
    pub(crate) notify_member_ids: Vec<String>,
    #[serde(default)]
    pub(crate) notify_team_keys: Vec<String>,
    #[serde(default)]
    pub(crate) applied: Option<i64>,
    /// The name of the token that made it.
    #[serde(default)]
    pub(crate) requestor: String,
}

/// A reviewer's decision.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Review {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) kind: String,
    #[serde(rename = "creationDate")]
    pub(crate) created: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) comment: Option<String>,
}

impl StoredRequest {
    /// The last word of the reviewers, of whom there have to be enough.
    pub(crate) fn review_status(&self, settings: &ApprovalSettings) -> &'static str {
        let last = self.reviews.iter().rev().find(|it| it.kind != "comment");
        match last.map(|review| review.kind.as_str()) {
            Some("decline") => "declined",
            Some("approve") if self.approvals() >= settings.min_num_approvals => "approved",
            _ => "pending",
        }
    }

    fn approvals(&self) -> u32 {
        let approvals = self.reviews.iter().filter(|it| it.kind == "approve");
        u32::try_from(approvals.count()).unwrap_or(u32::MAX)
    }

    /// Returns whether it was approved, or declined after somebody had approved it where that is enough.
    pub(crate) fn can_be_applied(&self, settings: &ApprovalSettings) -> bool {
        match self.review_status(settings) {
            "approved" => true,
            "declined" => settings.can_apply_declined_changes && self.approvals() > 0,
            _ => false,
        }
    }

    pub(crate) fn resource_id(&self) -> String {
        let (kind, key) = (self.kind.name(), &self.key);
        format!(
            "proj/{}:env/{}:{kind}/{key}",
            self.project, self.environment
        )
    }
}
