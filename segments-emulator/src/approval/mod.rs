//! Approvals: which changes need one, and requests for them.

mod request;
mod settings;

use serde::{Deserialize, Serialize};

pub(crate) use request::{StoredRequest, apply, collection, one, review};
pub(crate) use settings::{Settings, settings};

use crate::error::ApiError;
use crate::service::Call;
use crate::targeting::Targeted;

/// What changes of may need an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Segment,
    Flag,
    AiConfig,
}

impl From<Targeted> for Kind {
    fn from(targeted: Targeted) -> Self {
        match targeted {
            Targeted::Flag => Kind::Flag,
            Targeted::AiConfig => Kind::AiConfig,
        }
    }
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Segment, Self::Flag, Self::AiConfig];

    /// The `resourceKind`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Segment => "segment",
            Kind::Flag => "flag",
            Kind::AiConfig => "aiconfig",
        }
    }

    /// The action of a role that goes around approvals. That of AI Configs is inferred.
    fn bypass(self) -> &'static str {
        match self {
            Kind::Segment => "bypassRequiredSegmentApproval",
            Kind::Flag => "bypassRequiredApproval",
            Kind::AiConfig => "bypassRequiredAIConfigApproval",
        }
    }

    /// What a change is answered that needs an approval and has none.
    fn refusal(self) -> ApiError {
        let refuse = match self {
            Kind::Flag => ApiError::method_not_allowed,
            Kind::Segment | Kind::AiConfig => ApiError::forbidden,
        };
        refuse("approval is required")
    }
}

/// Refuses a change of something with these tags if it needs an approval. `resource` is what roles
/// call it.
pub(crate) fn require(
    call: &Call<'_>,
    kind: Kind,
    (project, environment): (&str, &str),
    tags: &[String],
    resource: &str,
) -> Result<(), ApiError> {
    let found = call.service.state.environment(project, environment)?;
    let required = found.approvals(kind).required_for(tags);
    if required && !call.caller.bypasses_approvals(kind.bypass(), resource) {
        return Err(kind.refusal());
    }
    Ok(())
}

/// Whether one of these instructions changes more than what needs no approval anywhere: the name, the
/// description and the tags.
pub(crate) fn gates(instructions: &[serde_json::Value]) -> bool {
    const FREE: [&str; 4] = ["addTags", "removeTags", "updateName", "updateDescription"];
    instructions.iter().any(|instruction| {
        let kind = instruction["kind"].as_str().unwrap_or_default();
        !FREE.contains(&kind)
    })
}
