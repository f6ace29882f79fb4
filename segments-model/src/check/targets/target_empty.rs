use super::both::both;
use crate::Side;
use crate::code::code;
use crate::draft::Form;
use crate::{Code, Draft, Findings};

code! {
    /// A list of contexts, or a key in it, is empty.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// included = { user = [] }
    /// ```
    ///
    /// ```text
    /// error[target-empty]: the list of `user` has no keys; list at least one, or write `included = {}` for an empty list (a list that is left out keeps its contexts)
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// included = { user = ["user-1"] }
    /// ```
    TARGET_EMPTY = Error "target-empty";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (targets, side) in both(draft) {
        for (index, list) in targets.lists.iter().enumerate() {
            if list.keys.is_empty() {
                let message = format!(
                    "the list of `{}` has no keys; list at least one, or write `{}` for an empty list (a list that is left out keeps its contexts)",
                    list.kind,
                    empty(side, draft.form)
                );
                findings.add(Code::TARGET_EMPTY, side.at(index, None), message);
            }
            for (at, key) in list.keys.iter().enumerate() {
                if key.is_empty() {
                    findings.add(
                        Code::TARGET_EMPTY,
                        side.at(index, Some(at)),
                        "the key of a context is not empty; write the key, or remove it",
                    );
                }
            }
        }
    }
}

/// How a list that is empty on purpose is written.
fn empty(side: Side, form: Form) -> &'static str {
    match (form, side) {
        (Form::File, Side::Included) => "included = {}",
        (Form::File, Side::Excluded) => "excluded = {}",
        (Form::Rust, Side::Included) => "include()",
        (Form::Rust, Side::Excluded) => "exclude()",
    }
}
