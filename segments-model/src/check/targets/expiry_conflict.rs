use std::collections::HashMap;

use super::both::{both, until};
use crate::Side;
use crate::code::code;
use crate::draft::{DraftKind, DraftList, DraftTargets};
use crate::{Code, Draft, Expiry, Findings};

code! {
    /// A context is listed twice, with another expiry each time.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// included = [{ user = ["user-1"] }, { user = ["user-1", "user-2"], until = "2027-01-31" }]
    /// ```
    ///
    /// ```text
    /// error[expiry-conflict]: `user-1` is listed for good and until 2027-01-31; keep one of the two
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// included = [{ user = ["user-1"] }, { user = ["user-2"], until = "2027-01-31" }]
    /// ```
    EXPIRY_CONFLICT = Error "expiry-conflict";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (targets, side) in both(draft) {
        if targets.lists.iter().any(|list| list.until.is_some()) {
            conflicts(targets, side, findings);
        }
    }
}

/// Keys that stand in two lists of one kind, which have different expiries.
fn conflicts(targets: &DraftTargets, side: Side, findings: &mut Findings) {
    let stay = |list: &DraftList| match &list.until {
        Some(until) => format!("until {until}"),
        None => "for good".to_owned(),
    };
    let expiries: Vec<Result<Option<Expiry>, &str>> = targets.lists.iter().map(until).collect();
    let mut known: HashMap<(&DraftKind, &str), usize> = HashMap::new();
    for (index, list) in targets.lists.iter().enumerate() {
        for (at, key) in list.keys.iter().enumerate() {
            let first = *known.entry((&list.kind, key)).or_insert(index);
            let other = &targets.lists[first];
            if first != index && expiries[first] != expiries[index] {
                let message = format!(
                    "`{key}` is listed {} and {}; keep one of the two",
                    stay(other),
                    stay(list)
                );
                let place = side.at(index, Some(at));
                findings.add(Code::EXPIRY_CONFLICT, place, message);
            }
        }
    }
}
