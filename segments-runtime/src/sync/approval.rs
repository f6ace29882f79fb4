//! Environments in which changes need an approval.

use std::fmt;

use segments_model::{Resource, SegmentKey};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::failed::FailedRequest;
use super::reader::{Keyed, Reader};
use super::specifier::specifier;
use super::writer::Writer;

/// The resources whose changes may need an approval.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Approvable<'a> {
    Segment(&'a SegmentKey),
    Targeting(&'a Resource),
}

impl Approvable<'_> {
    /// The resource's name in approvals and roles.
    pub(crate) fn specifier(&self) -> String {
        match self {
            Approvable::Segment(key) => format!("segment/{key}"),
            Approvable::Targeting(resource) => specifier(resource),
        }
    }

    /// The resource's name on the command line.
    pub(crate) fn path(&self) -> String {
        match self {
            Approvable::Segment(key) => key.to_string(),
            Approvable::Targeting(resource) => resource.path(),
        }
    }

    /// The `resourceKind` of the general list; none for a flag, which has a list of its own.
    pub(crate) fn resource_kind(&self) -> Option<&'static str> {
        match self {
            Approvable::Segment(_) => Some("segment"),
            Approvable::Targeting(Resource::AiConfig(_)) => Some("aiConfig"),
            Approvable::Targeting(Resource::Flag(_)) => None,
        }
    }
}

/// The resource's name in messages.
impl fmt::Display for Approvable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Approvable::Segment(key) => write!(f, "Segment {key}"),
            Approvable::Targeting(resource) => write!(f, "{resource}"),
        }
    }
}

/// The fields of a request for an approval besides its resource (API documentation, *postApprovalRequest*
/// and *postApprovalRequestForFlag*).
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewApproval {
    pub(crate) description: String,
    pub(crate) instructions: Vec<Json>,
}

/// An approval request, as far as it matters.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Approval {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    instructions: Vec<Json>,
}

impl Keyed for Approval {
    fn key(&self) -> &str {
        &self.id
    }
}

/// Asks for an approval, unless somebody has asked for the same already.
pub(crate) async fn open(
    writer: &Writer,
    of: &Approvable<'_>,
    new: NewApproval,
) -> Result<String, FailedRequest> {
    let Reader { client, scope } = &writer.reader;
    let list = |offset| scope.list_approvals(of, offset);
    let known: Vec<Approval> = writer.reader.every_page(APPROVALS, list).await?;
    // The description names the resource, which the answer does not. What it says besides depends on what was
    // there before, and so does not tell one request from another.
    let named = format!("{of}: ");
    let same = |open: &Approval| {
        open.status
            .as_deref()
            .is_none_or(|status| status == "pending")
            && open
                .description
                .as_ref()
                .is_some_and(|description| description.starts_with(&named))
            && open.instructions == new.instructions
    };
    if let Some(open) = known.into_iter().find(same) {
        return Ok(open.id);
    }
    let request = scope.ask_for_approval(of, &new);
    let opened: Approval = client.json(&request).await?;
    Ok(opened.id)
}

/// How many approval requests a page has at most (API documentation, *getApprovalRequests*).
pub(crate) const APPROVALS: usize = 200;
