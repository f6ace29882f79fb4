//! Environments in which changes have to be approved.

use segments_model::{Resource, SegmentKey};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::failed::FailedRequest;
use super::reader::{Keyed, Reader};
use super::request::APPROVALS;
use super::writer::Writer;

/// What changes of may need an approval.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Approvable<'a> {
    Segment(&'a SegmentKey),
    Targeting(&'a Resource),
}

impl Approvable<'_> {
    /// The `resourceKind` of the general list; none for a flag, which has a list of its own.
    pub(crate) fn resource_kind(&self) -> Option<&'static str> {
        match self {
            Approvable::Segment(_) => Some("segment"),
            Approvable::Targeting(Resource::AiConfig(_)) => Some("aiConfig"),
            Approvable::Targeting(Resource::Flag(_)) => None,
        }
    }
}

/// What a request for an approval says beside its resource (API documentation, *postApprovalRequest*
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

/// What is to be approved.
#[derive(Debug)]
pub(crate) struct Wanted<'a, I> {
    pub(crate) of: Approvable<'a>,
    /// Says to people which resource, and what happens to it.
    pub(crate) description: String,
    pub(crate) instructions: Vec<I>,
}

/// Asks for an approval, unless somebody has asked for the same already.
pub(crate) async fn open<I: Serialize>(
    writer: &Writer,
    wanted: Wanted<'_, I>,
) -> Result<String, FailedRequest> {
    let Reader { client, scope } = &writer.reader;
    let instructions = wanted.instructions.iter();
    let instructions = instructions.map(|it| serde_json::to_value(it).unwrap_or_default());
    let new = NewApproval {
        description: wanted.description,
        instructions: instructions.collect(),
    };
    let list = |offset| scope.list_approvals(&wanted.of, offset);
    let known: Vec<Approval> = writer.reader.every_page(APPROVALS, list).await?;
    // The description names the resource, which the answer does not.
    let same = |open: &Approval| {
        open.status
            .as_deref()
            .is_none_or(|status| status == "pending")
            && open.description.as_ref() == Some(&new.description)
            && open.instructions == new.instructions
    };
    if let Some(open) = known.into_iter().find(same) {
        return Ok(open.id);
    }
    let request = scope.ask_for_approval(&wanted.of, &new);
    let opened: Approval = client.json(&request).await?;
    Ok(opened.id)
}
