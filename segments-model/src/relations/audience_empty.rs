use super::proof::Proof;
use super::relation::Relation;
use crate::algebra::Index;
use crate::code::code;
use crate::{Code, Place};

code! {
    /// The segment has rules, and no context is ever a member.
    /// Who waits for the first member writes `nobody`.
    ///
    /// ```toml,wrong
    /// [segments.founders]
    /// included = {}
    /// excluded = { user = ["user-1"] }
    /// rules = [{ clauses = [{ attribute = "key", op = "in", values = ["user-1"] }] }]
    /// ```
    ///
    /// ```text
    /// warning[audience-empty]: nobody is ever a member of this segment: its rules and its lists contradict each other; write `nobody` if this is intended
    /// ```
    ///
    /// ```toml,right
    /// [segments.founders]
    /// included = { user = ["user-1"] }
    /// excluded = {}
    /// rules = []
    /// ```
    AUDIENCE_EMPTY = Warning "audience-empty";
}

pub(super) fn check(segment: usize, members: Index, proof: &mut Proof<'_, '_>) -> Option<Relation> {
    if !proof.nobody(&[(members, true)]) {
        return None;
    }
    let message = "nobody is ever a member of this segment: its rules and its lists contradict each other; write `nobody` if this is intended";
    Some(Relation::new(
        segment,
        Code::AUDIENCE_EMPTY,
        Place::Segment,
        message.to_owned(),
    ))
}
