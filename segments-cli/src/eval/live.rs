//! Evaluation in LaunchDarkly.

use std::collections::HashMap;

use segments_model::evaluate::InvalidContext;
use segments_runtime::sync::{SyncConfig, memberships};
use serde_json::Value as Json;

use crate::failure::Failure;
use crate::interruptible;
use crate::output::{CHANGED, STRONG, Text, styled};
use crate::progress::Watch;

/// Whether the context is in each segment that there is.
pub(super) struct Live(HashMap<String, bool>);

/// LaunchDarkly's answer about one segment; `None` if there is no such segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) member: Option<bool>,
    pub(super) compared: Compared,
}

/// LaunchDarkly's answers, beside those here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    Same,
    Other,
    /// The answer here is not known, and agrees with nothing.
    Unknown,
}

impl Live {
    pub(super) fn ask(config: &SyncConfig, context: &str, watch: &Watch) -> Result<Self, Failure> {
        let context = context.strip_prefix('\u{feff}').unwrap_or(context);
        let context: Json = serde_json::from_str(context)
            .map_err(|error| Failure::Context(InvalidContext::Json(error)))?;
        let memberships =
            interruptible::run(watch, async { Ok(memberships(config, &context).await?) })?;
        Ok(Self(
            memberships
                .into_iter()
                .map(|of| (of.key, of.is_member))
                .collect(),
        ))
    }

    /// The text about a segment, beside the answer here.
    pub(super) fn of(&self, segment: &str, here: Option<bool>) -> Said {
        let member = self.0.get(segment).copied();
        let compared = match here {
            None => Compared::Unknown,
            Some(_) if here == member => Compared::Same,
            Some(_) => Compared::Other,
        };
        Said { member, compared }
    }
}

impl Said {
    pub(super) fn in_words(self) -> Text {
        let said = match self.member {
            Some(true) => "in the segment",
            Some(false) => "not in the segment",
            None => "no such segment",
        };
        match self.compared {
            Compared::Other => styled(CHANGED, format_args!("≠ LaunchDarkly says: {said}")),
            Compared::Unknown => styled(STRONG, format_args!("? LaunchDarkly says: {said}")),
            Compared::Same => format!("= LaunchDarkly says: {said}").into(),
        }
    }
}
