use std::collections::HashSet;

use super::served::splits;
use crate::code::code;
use crate::targeting::DraftTargeting;
use crate::{Code, Findings, Place};

code! {
    /// A split names a variation twice.
    ///
    /// In a file this is a duplicate key. In Rust:
    ///
    /// ```rust,ignore
    /// #[ai_config(
    ///     variations(fast, careful),
    ///     fallthrough = percent(fast = 50, fast = 50, by = User::ID),
    /// )]
    /// struct Assistant;
    /// ```
    ///
    /// ```text
    /// error: `fast` has two shares; add them up
    /// ```
    ///
    /// ```rust
    /// # use segments_runtime::{Context, ai_config};
    /// # #[derive(Context)]
    /// # #[context(kind = "user")]
    /// # struct User { #[context(key)] id: String }
    /// /// The assistant.
    /// #[ai_config(
    ///     variations(fast, careful),
    ///     fallthrough = percent(fast = 50, careful = 50, by = User::ID),
    /// )]
    /// struct Assistant;
    /// ```
    SPLIT_DUPLICATE = Error "split-duplicate";
}

pub(super) fn check(draft: &DraftTargeting, findings: &mut Findings) {
    for (rule, split) in splits(draft) {
        let place = |share| Place::Share { rule, share };
        check_duplicate_shares(&split.shares, place, findings);
    }
}

/// Checks that each variation has one share; `place` is that of each share.
pub(crate) fn check_duplicate_shares(
    shares: &[(String, f64)],
    place: impl Fn(usize) -> Place,
    findings: &mut Findings,
) {
    let mut seen = HashSet::new();
    for (share, (variation, _)) in shares.iter().enumerate() {
        if !seen.insert(variation) {
            let message = format!("`{variation}` has two shares; add them up");
            findings.add(Code::SPLIT_DUPLICATE, place(share), message);
        }
    }
}
