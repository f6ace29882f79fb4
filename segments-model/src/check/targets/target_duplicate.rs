use std::collections::HashSet;

use super::both::both;
use crate::code::code;
use crate::{Code, Draft, Findings};

code! {
    /// A context is listed twice.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// included = { user = ["user-1", "user-1"] }
    /// ```
    ///
    /// ```text
    /// warning[target-duplicate]: `user-1` is listed twice; remove the second
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// included = { user = ["user-1"] }
    /// ```
    TARGET_DUPLICATE = Warning "target-duplicate";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (targets, side) in both(draft) {
        for (index, list) in targets.lists.iter().enumerate() {
            let mut seen = HashSet::with_capacity(list.keys.len());
            for (at, key) in list.keys.iter().enumerate() {
                // Of an empty key, that is said.
                if !seen.insert(key) && !key.is_empty() {
                    findings.add(
                        Code::TARGET_DUPLICATE,
                        side.at(index, Some(at)),
                        format!("`{key}` is listed twice; remove the second"),
                    );
                }
            }
        }
    }
}
