//! Whether changes show another one.

use std::collections::HashSet;

use crate::sync::change::Change;

/// Returns whether changes show what another one does to expiries, context by context: contexts that join a list
/// until a date are given that date by a request of its own.
pub(in crate::sync) fn show(shown: &[Change], change: &Change) -> bool {
    let Change::Expire {
        list,
        kind,
        keys,
        from,
        to,
    } = change
    else {
        return false;
    };
    let shown: HashSet<&String> = shown
        .iter()
        .filter_map(|shown| match shown {
            Change::AddTargets {
                list: of,
                kind: of_kind,
                keys,
                until,
            } if from.is_none() && until == to && of == list && of_kind == kind => Some(keys),
            Change::Expire {
                list: of,
                kind: of_kind,
                keys,
                from: before,
                to: after,
            } if before == from && after == to && of == list && of_kind == kind => Some(keys),
            _ => None,
        })
        .flat_map(|keys| &keys.0)
        .collect();
    keys.0.iter().all(|key| shown.contains(key))
}
