//! Environments in which changes have to be approved.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::failed::FailedRequest;
use super::reader::Reader;
use super::request::Request;
use super::writer::Writer;

/// The body that asks for an approval (API documentation, *postApprovalRequest*).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewApproval {
    pub(crate) resource_id: String,
    pub(crate) description: String,
    pub(crate) instructions: Vec<Json>,
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

/// What is to be approved.
#[derive(Debug)]
pub(crate) struct Wanted<I> {
    /// What approvals call the kind of the resource.
    pub(crate) kind: &'static str,
    /// The resource in its environment, such as `segment/beta-testers`.
    pub(crate) resource: String,
    /// Says to people which resource, and what happens to it.
    pub(crate) description: String,
    pub(crate) instructions: Vec<I>,
}

/// Asks for an approval, unless somebody has asked for the same already.
pub(crate) async fn open<I: Serialize>(
    writer: &Writer,
    wanted: Wanted<I>,
) -> Result<String, FailedRequest> {
    let Reader { client, scope } = &writer.reader;
    let instructions = wanted.instructions.iter();
    let instructions = instructions.map(|it| serde_json::to_value(it).unwrap_or_default());
    let new = NewApproval {
        resource_id: format!(
            "proj/{}:env/{}:{}",
            scope.project, scope.environment, wanted.resource
        ),
        description: wanted.description,
        instructions: instructions.collect(),
    };
    let pending: super::reader::Items<Approval> = client
        .json(&Request::pending_approvals(wanted.kind))
        .await?;
    // The description names the resource, which the answer does not.
    let same = |open: &Approval| {
        open.description.as_ref() == Some(&new.description) && open.instructions == new.instructions
    };
    if let Some(open) = pending.items.into_iter().find(same) {
        return Ok(open.id);
    }
    let opened: Approval = client.json(&Request::approval(&new)).await?;
    Ok(opened.id)
}
