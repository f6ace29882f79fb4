use std::collections::HashSet;

use super::both::{both, until};
use crate::code::code;
use crate::{Code, Draft, Findings};

code! {
    /// Two lists of one segment are for the same kind of context.
    ///
    /// In a file this is a duplicate key. In Rust:
    ///
    /// ```rust,ignore
    /// #[segment(include(User = ["a"], User = ["b"]))]
    /// pub struct Staff;
    /// ```
    ///
    /// ```text
    /// error: `User` has two lists; write one
    /// ```
    ///
    /// ```rust
    /// # use segments_runtime::{Context, segment};
    /// # #[derive(Context)]
    /// # #[context(kind = "user")]
    /// # struct User { #[context(key)] id: String }
    /// /// Somebody.
    /// #[segment(include(User = ["a", "b"]))]
    /// pub struct Staff;
    /// ```
    KIND_DUPLICATE = Error "kind-duplicate";
}

/// Lists of one kind are told apart by their expiries.
pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (targets, side) in both(draft) {
        let mut lists = HashSet::new();
        for (index, list) in targets.lists.iter().enumerate() {
            if !lists.insert((&list.kind, until(list))) {
                let message = format!("`{}` has two lists; write one", list.kind);
                findings.add(Code::KIND_DUPLICATE, side.at(index, None), message);
            }
        }
    }
}
