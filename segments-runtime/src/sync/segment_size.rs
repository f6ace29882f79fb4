//! The numbers of a segment.

use segments_model::wire;

/// The numbers of listed contexts and of rules of a segment.
///
/// Example: [`observe`](crate::sync::observe).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SegmentSize {
    /// The number of included contexts, of all kinds.
    pub included: u64,
    /// The number of excluded contexts, of all kinds.
    pub excluded: u64,
    /// The number of rules.
    pub rules: u64,
}

impl SegmentSize {
    pub(crate) fn of(segment: &wire::Segment) -> Self {
        let listed = |users: &[String], others: &[wire::ContextTargets], kept: Option<u64>| {
            let others: usize = others.iter().map(|list| list.values.len()).sum();
            (users.len() + others) as u64 + kept.unwrap_or_default()
        };
        let kept = segment.unbounded_metadata.clone().unwrap_or_default();
        Self {
            included: listed(
                &segment.included,
                &segment.included_contexts,
                kept.included_count,
            ),
            excluded: listed(
                &segment.excluded,
                &segment.excluded_contexts,
                kept.excluded_count,
            ),
            rules: segment.rules.len() as u64,
        }
    }
}
