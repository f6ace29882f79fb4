use std::ops::ControlFlow;

use super::proof::{MOST_SINGLE, Proof};
use super::relation::Relation;
use crate::algebra::Index;
use crate::code::code;
use crate::{Code, Definition, Place, Targets};

code! {
    /// No rule lets an excluded context in.
    ///
    /// ```toml,wrong
    /// [segments.testers]
    /// included = {}
    /// excluded = { user = ["user-9"] }
    /// rules = [{ clauses = [{ attribute = "key", op = "startsWith", values = ["test-"] }] }]
    /// ```
    ///
    /// ```text
    /// warning[excluded-unneeded]: excluding `user-9` changes nothing: no rule lets this user in; leave it out
    /// ```
    ///
    /// ```toml,right
    /// [segments.testers]
    /// included = {}
    /// excluded = { user = ["test-9"] }
    /// rules = [{ clauses = [{ attribute = "key", op = "startsWith", values = ["test-"] }] }]
    /// ```
    EXCLUDED_UNNEEDED = Warning "excluded-unneeded";
}

/// Excluded keys that no rule lets in anyway.
pub(super) fn check<'a>(
    index: usize,
    segment: &'a Definition,
    excluded: &'a Targets,
    proof: &mut Proof<'_, 'a>,
    found: &mut Vec<Relation>,
) {
    let rules: Vec<Index> = segment
        .rules()
        .iter()
        .map(|rule| proof.formula.rule(0, segment.key.as_str(), rule))
        .collect();
    let any = proof.formula.any(rules);
    let mut looked_at = 0;
    for (list, (kind, keys)) in excluded.lists().enumerate() {
        let unneeded = keys.iter().enumerate().try_for_each(|(at, key)| {
            looked_at += 1;
            if looked_at > MOST_SINGLE {
                return ControlFlow::Break(None);
            }
            let has = proof.formula.has_key(kind, key.clone());
            if proof.nobody(&[(has, true), (any, true)]) {
                ControlFlow::Break(Some((at, key)))
            } else {
                ControlFlow::Continue(())
            }
        });
        if let ControlFlow::Break(Some((at, key))) = unneeded {
            let message = format!(
                "excluding `{}` changes nothing: no rule lets this {kind} in; leave it out",
                crate::visible(key)
            );
            let place = Place::Excluded {
                list,
                key: Some(at),
            };
            found.push(Relation::new(
                index,
                Code::EXCLUDED_UNNEEDED,
                place,
                message,
            ));
        }
    }
}
