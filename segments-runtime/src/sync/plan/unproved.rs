//! A plan before its effects are proved.

use std::collections::BTreeMap;

use segments_model::wire;

use super::Plan;
use crate::sync::segment_size::SegmentSize;

/// What was decided, without whom it moves. Another look may take its place, and proofs take time.
pub(crate) struct Unproved {
    pub(crate) plan: Plan,
    /// The segments of others that ask some.
    pub(super) asking: Vec<wire::Segment>,
    /// How large every segment is. Only a thorough look tells.
    pub(crate) sizes: BTreeMap<String, SegmentSize>,
}
