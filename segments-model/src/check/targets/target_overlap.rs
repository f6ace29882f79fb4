use std::collections::HashSet;

use crate::code::code;
use crate::draft::DraftKind;
use crate::{Code, Draft, Findings, Place};

code! {
    /// A context is both included and excluded; the service would let it in.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// included = { user = ["user-1"] }
    /// excluded = { user = ["user-1"] }
    /// ```
    ///
    /// ```text
    /// error[target-overlap]: `user-1` is both included and excluded, and the service includes it; keep one of the two
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// excluded = { user = ["user-1"] }
    /// ```
    TARGET_OVERLAP = Error "target-overlap";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let lists = draft.included.iter().flat_map(|targets| &targets.lists);
    let keys = lists.flat_map(|list| list.keys.iter().map(|key| (&list.kind, key.as_str())));
    let included: HashSet<(&DraftKind, &str)> = keys.collect();
    for (list, excluded) in draft
        .excluded
        .iter()
        .flat_map(|targets| &targets.lists)
        .enumerate()
    {
        for (at, key) in excluded.keys.iter().enumerate() {
            if included.contains(&(&excluded.kind, key.as_str())) {
                let message = format!(
                    "`{key}` is both included and excluded, and the service includes it; keep one of the two"
                );
                findings.add(
                    Code::TARGET_OVERLAP,
                    Place::Excluded {
                        list,
                        key: Some(at),
                    },
                    message,
                );
            }
        }
    }
}
