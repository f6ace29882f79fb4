use super::proof::Proof;
use super::relation::Relation;
use crate::algebra::Index;
use crate::code::code;
use crate::{Code, Place};

code! {
    /// Every context is a member of the segment, and no rule says so.
    ///
    /// ```toml,wrong
    /// [segments.pro]
    /// rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["pro"] }] }]
    ///
    /// [segments.all]
    /// excluded = {}
    /// rules = [
    ///   { clauses = [{ op = "segmentMatch", values = ["pro"] }] },
    ///   { clauses = [{ op = "segmentMatch", values = ["pro"], negate = true }] },
    /// ]
    /// ```
    ///
    /// ```text
    /// warning[audience-everybody]: every context is a member of this segment; write `everyone` in a rule if this is intended
    /// ```
    ///
    /// ```toml,right
    /// [segments.all]
    /// excluded = {}
    /// rules = [{ everyone = true }]
    /// ```
    AUDIENCE_EVERYBODY = Warning "audience-everybody";
}

pub(super) fn check(segment: usize, members: Index, proof: &mut Proof<'_, '_>) -> Option<Relation> {
    if !proof.nobody(&[(members, false)]) {
        return None;
    }
    let message =
        "every context is a member of this segment; write `everyone` in a rule if this is intended";
    Some(Relation::new(
        segment,
        Code::AUDIENCE_EVERYBODY,
        Place::Segment,
        message.to_owned(),
    ))
}
