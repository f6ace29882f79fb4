//! What a check of a policy looks at.

use super::name_pattern::NamePattern;
use crate::{AttributeRef, ContextKind, Definition};

/// A segment as the checks look at it, in one environment.
pub(super) struct Subject<'s> {
    pub(super) definition: &'s Definition,
    pub(super) owner: Option<&'s str>,
    pub(super) is_private: &'s dyn Fn(&ContextKind, &AttributeRef) -> bool,
    /// The patterns, one of which its key has to match; any key if empty.
    pub(super) names: &'s [NamePattern],
}
