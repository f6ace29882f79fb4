//! What LaunchDarkly itself says.

use std::collections::HashMap;

use segments_model::evaluate::InvalidContext;
use segments_runtime::sync::{SyncConfig, memberships};
use serde_json::Value as Json;

use crate::failure::Failure;
use crate::output::{CHANGED, STRONG, styled};
use crate::progress::Watch;
use crate::sync;

/// Whether the context is in each segment that there is.
pub(super) struct Live(HashMap<String, bool>);

/// What is said of one segment; nothing if there is no such segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) member: Option<bool>,
    /// Whether that contradicts the answer here. What cannot be told here is no contradiction.
    pub(super) differs: bool,
}

impl Live {
    pub(super) fn ask(config: &SyncConfig, context: &str, watch: &Watch) -> Result<Self, Failure> {
        let context: Json = serde_json::from_str(context)
            .map_err(|error| Failure::Context(InvalidContext::Json(error)))?;
        let memberships = sync::run(watch, async { Ok(memberships(config, &context).await?) })?;
        Ok(Self(
            memberships
                .into_iter()
                .map(|of| (of.key, of.is_member))
                .collect(),
        ))
    }

    /// What is said of a segment, beside what is answered here.
    pub(super) fn of(&self, segment: &str, here: Option<bool>) -> Said {
        let member = self.0.get(segment).copied();
        Said {
            member,
            differs: here.is_some() && here != member,
        }
    }
}

impl Said {
    pub(super) fn in_words(self, here: Option<bool>) -> String {
        let said = match self.member {
            Some(true) => "in the segment",
            Some(false) => "not in the segment",
            None => "there is no such segment",
        };
        match (here, self.differs) {
            (_, true) => styled(CHANGED, format_args!("≠ LaunchDarkly says: {said}")),
            (None, false) => styled(STRONG, format_args!("  LaunchDarkly says: {said}")),
            (Some(_), false) => format!("= LaunchDarkly says: {said}"),
        }
    }
}
