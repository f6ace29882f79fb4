//! Environments in which changes of segments have to be approved.

use segments_model::SegmentKey;
use segments_model::wire::{self, Instruction};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::change::Change;
use super::error::RequestError;
use super::patch::{self, Patch};
use super::reader::Reader;
use super::request::Request;
use super::writer::Writer;

/// The body that asks for an approval (API documentation, *postApprovalRequest*).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewApproval {
    pub(crate) resource_id: String,
    pub(crate) description: String,
    pub(crate) instructions: Vec<Instruction>,
}

/// An approval request, as far as it matters.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Approval {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    instructions: Vec<Json>,
}

/// Asks for an approval of the changes, unless somebody has asked for the same already; `None` if
/// they cannot be said in instructions, which is all that approvals take.
pub(crate) async fn request(
    writer: &Writer,
    key: &SegmentKey,
    description: String,
    changes: &[Change],
    remote: &wire::Segment,
) -> Result<Option<String>, RequestError> {
    let Patch::Semantic(instructions) = patch::next(changes, remote, false) else {
        return Ok(None);
    };
    let Reader { client, scope } = &writer.reader;
    let new = NewApproval {
        resource_id: format!(
            "proj/{}:env/{}:segment/{key}",
            scope.project, scope.environment
        ),
        description,
        instructions,
    };
    let wanted = serde_json::to_value(&new.instructions).unwrap_or_default();
    let pending: super::reader::Items<Approval> =
        client.json(&Request::pending_approvals()).await?;
    // The description names the segment, which the answer does not.
    let same = |open: &Approval| {
        open.description.as_ref() == Some(&new.description)
            && wanted.as_array() == Some(&open.instructions)
    };
    if let Some(open) = pending.items.into_iter().find(same) {
        return Ok(Some(open.id));
    }
    let opened: Approval = client.json(&Request::approval(&new)).await?;
    Ok(Some(opened.id))
}
