//! Differences between two lists of contexts.

use std::collections::BTreeSet;

use segments_model::Targets;

use super::super::change::{Change, MemberKeys, TargetList};
use super::normal::Lists;

/// The contexts that have to leave and to join a list so that it is as declared.
pub(crate) fn targets(list: TargetList, declared: &Targets, remote: &Lists<'_>) -> Vec<Change> {
    let exact = match declared {
        Targets::Unmanaged => return Vec::new(),
        Targets::Exactly(_) => true,
        Targets::AtLeast(_) => false,
    };
    let wanted: Lists<'_> = declared
        .lists()
        .map(|(kind, keys)| (kind.as_str(), keys.iter().map(String::as_str).collect()))
        .collect();
    let none = BTreeSet::new();
    let missing = |from: &Lists<'_>, keys: &BTreeSet<&str>, kind: &str| {
        let from = from.get(kind).unwrap_or(&none);
        let keys: Vec<_> = keys.difference(from).map(|key| (*key).to_owned()).collect();
        (!keys.is_empty()).then_some(MemberKeys(keys))
    };
    let mut changes = Vec::new();
    if exact {
        for (kind, keys) in remote {
            if let Some(keys) = missing(&wanted, keys, kind) {
                let kind = (*kind).to_owned();
                changes.push(Change::RemoveTargets { list, kind, keys });
            }
        }
    }
    for (kind, keys) in declared.lists() {
        for (until, keys) in keys.by_expiry() {
            let keys = keys.into_iter().map(String::as_str).collect();
            if let Some(keys) = missing(remote, &keys, kind.as_str()) {
                let kind = kind.to_string();
                changes.push(Change::AddTargets {
                    list,
                    kind,
                    keys,
                    until,
                });
            }
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use segments_model::{ContextKeys, ContextKind};
    use std::collections::BTreeMap;

    fn declared(keys: &[&str]) -> BTreeMap<ContextKind, ContextKeys> {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        BTreeMap::from([(ContextKind::USER, keys)])
    }

    fn words(declared: &Targets, remote: &Lists<'_>) -> Vec<String> {
        targets(TargetList::Included, declared, remote)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn what_is_not_managed_is_not_touched() {
        let remote = Lists::from([("user", BTreeSet::from(["a"]))]);
        assert!(words(&Targets::Unmanaged, &remote).is_empty());
    }

    #[test]
    fn an_exact_list_loses_and_gains() {
        let remote = Lists::from([
            ("user", BTreeSet::from(["a", "b"])),
            ("org", BTreeSet::from(["o"])),
        ]);
        assert_eq!(
            words(&Targets::Exactly(declared(&["b", "c"])), &remote),
            [
                "no longer include 1 context of kind org",
                "no longer include 1 context of kind user",
                "include 1 context of kind user"
            ]
        );
    }

    #[test]
    fn at_least_only_gains() {
        let remote = Lists::from([("user", BTreeSet::from(["a", "b"]))]);
        let declared = Targets::AtLeast(declared(&["b", "c"]));
        assert_eq!(
            words(&declared, &remote),
            ["include 1 context of kind user"]
        );
    }
}
