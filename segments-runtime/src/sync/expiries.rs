//! Expiring targets: the service takes contexts off a list when their time comes (API documentation,
//! *getExpiringTargetsForSegment*, *patchExpiringTargetsForSegment*).

use std::collections::{BTreeMap, HashMap};

use segments_model::wire::{ExpiringTarget, Page, Segment};
use segments_model::{Expiry, MAX_PATCH_TARGETS, SegmentKey, Targets};
use serde::{Deserialize, Serialize};

use super::change::{Change, MemberKeys, TargetList};
use super::diff::Lists;
use super::failed::FailedRequest;
use super::reader::Reader;

/// An instruction about the expiry of one context.
#[derive(Clone, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[allow(
    clippy::enum_variant_names,
    reason = "the service's own names of the instructions"
)]
pub(crate) enum Instruction {
    AddExpiringTarget {
        #[serde(flatten)]
        target: Target,
        value: i64,
    },
    UpdateExpiringTarget {
        #[serde(flatten)]
        target: Target,
        value: i64,
        version: u64,
    },
    RemoveExpiringTarget {
        #[serde(flatten)]
        target: Target,
    },
}

/// A context on a list.
#[derive(Clone, Serialize)]
pub(crate) struct Target {
    #[serde(rename = "targetType")]
    list: &'static str,
    #[serde(rename = "contextKind")]
    kind: String,
    #[serde(rename = "contextKey")]
    key: String,
}

impl Target {
    pub(crate) fn new(list: TargetList, kind: &str, key: &str) -> Self {
        Self {
            list: list.name(),
            kind: kind.to_owned(),
            key: key.to_owned(),
        }
    }

    /// The instruction by which it stays until a moment, or for good, if it does not already, by what is known of its
    /// expiry.
    pub(crate) fn stays(
        self,
        until: Option<i64>,
        known: Option<&ExpiringTarget>,
    ) -> Option<Instruction> {
        let target = self;
        match (until, known) {
            (None, Some(_)) => Some(Instruction::RemoveExpiringTarget { target }),
            (Some(value), None) => Some(Instruction::AddExpiringTarget { target, value }),
            (Some(value), Some(known)) if known.expiration_date != value => {
                Some(Instruction::UpdateExpiringTarget {
                    target,
                    value,
                    version: known.version,
                })
            }
            (Some(_), Some(_)) | (None, None) => None,
        }
    }
}

/// What the service makes of instructions. Those that it cannot carry out do not keep it from the others.
#[derive(Deserialize)]
pub(crate) struct Patched {
    /// All that expire from now on, if the answer says so.
    #[serde(default)]
    pub(crate) items: Option<Vec<ExpiringTarget>>,
    #[serde(default, rename = "errors")]
    pub(crate) refused: Vec<Refused>,
}

/// An instruction that was not carried out. What the service says of it names the context.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refused {
    #[serde(default)]
    pub(crate) instruction_index: usize,
}

/// Reads which contexts of a segment expire.
pub(crate) async fn read(
    reader: &Reader,
    key: &SegmentKey,
) -> Result<Vec<ExpiringTarget>, FailedRequest> {
    let request = reader.scope.expiring_targets(key);
    let page: Page<ExpiringTarget> = reader.client.json(&request).await?;
    Ok(page.items)
}

/// Sends instructions, as many as one request takes.
pub(crate) async fn patch(
    reader: &Reader,
    key: &SegmentKey,
    comment: &str,
    instructions: &[Instruction],
) -> Result<Patched, FailedRequest> {
    let request = reader
        .scope
        .patch_expiring_targets(key, comment, instructions);
    reader.client.json(&request).await
}

/// What differs between declared contexts and when those that are listed expire. Of contexts that are not declared,
/// the expiry is left to people.
pub(crate) fn changes(
    list: TargetList,
    declared: &Targets,
    listed: &Lists<'_>,
    expiring: &[ExpiringTarget],
) -> Vec<Change> {
    let known = known(expiring);
    let mut groups: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for (kind, keys) in declared.lists() {
        let Some(listed) = listed.get(kind.as_str()) else {
            continue;
        };
        for key in keys.iter().filter(|key| listed.contains(key.as_str())) {
            let known = known.get(&(list.name(), kind.as_str(), key.as_str()));
            let from = known.map(|known| Expiry::from_milliseconds(known.expiration_date));
            let to = keys.until(key);
            if from != to {
                let group = groups.entry((kind.as_str(), from, to)).or_default();
                group.push(key.clone());
            }
        }
    }
    let changes = groups
        .into_iter()
        .map(|((kind, from, to), keys)| Change::Expire {
            list,
            kind: kind.to_owned(),
            keys: MemberKeys(keys),
            from,
            to,
        });
    changes.collect()
}

/// List, kind and key of a context.
type Place<'e> = (&'e str, &'e str, &'e str);

pub(crate) fn place(target: &ExpiringTarget) -> Place<'_> {
    let ExpiringTarget {
        target_type,
        context_kind,
        context_key,
        ..
    } = target;
    (target_type, context_kind, context_key)
}

/// Those that expire, by their place.
pub(crate) fn known(expiring: &[ExpiringTarget]) -> HashMap<Place<'_>, &ExpiringTarget> {
    expiring.iter().map(|it| (place(it), it)).collect()
}

/// What it takes to make changes of expiries, in an order that never leaves a context listed for longer than need be:
/// first what contexts that have one get instead, then what is new, for contexts that are listed by then.
#[derive(Default)]
pub(crate) struct Due {
    pub(crate) first: Vec<Instruction>,
    pub(crate) last: Vec<Instruction>,
}

impl Due {
    pub(crate) fn of(changes: &[Change], seen: &Segment) -> Self {
        let known = known(seen.expiring.as_deref().unwrap_or_default());
        let mut due = Self::default();
        for change in changes {
            let Change::Expire {
                list,
                kind,
                keys,
                to,
                ..
            } = change
            else {
                continue;
            };
            for key in &keys.0 {
                let known = known.get(&(list.name(), &kind[..], &key[..])).copied();
                let target = Target::new(*list, kind, key);
                match target.stays(to.map(Expiry::milliseconds), known) {
                    Some(add @ Instruction::AddExpiringTarget { .. }) => due.last.push(add),
                    other => due.first.extend(other),
                }
            }
        }
        due
    }
}

/// How many requests changes of expiries take.
pub(crate) fn count(changes: &[Change]) -> usize {
    let (mut first, mut last) = (0_usize, 0_usize);
    for change in changes {
        match change {
            Change::Expire { keys, from, .. } if from.is_some() => first += keys.len(),
            Change::Expire { keys, .. } => last += keys.len(),
            Change::AddTargets { keys, until, .. } if until.is_some() => last += keys.len(),
            _ => {}
        }
    }
    first.div_ceil(MAX_PATCH_TARGETS) + last.div_ceil(MAX_PATCH_TARGETS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use segments_model::{ContextKeys, ContextKind};

    use super::*;
    use crate::sync::report::shown::show;

    fn until(day: u8) -> Expiry {
        Expiry::parse(&format!("2027-01-{day:02}")).unwrap()
    }

    fn declared(good: &[&str], expiring: &[(&str, u8)]) -> Targets {
        let mut keys: ContextKeys = good.iter().map(|key| (*key).to_owned()).collect();
        for (key, day) in expiring {
            keys.insert_until(*key, until(*day));
        }
        Targets::Exactly([(ContextKind::USER, keys)].into())
    }

    fn target(key: &str, day: u8) -> ExpiringTarget {
        ExpiringTarget {
            version: 3,
            expiration_date: until(day).milliseconds(),
            target_type: "included".to_owned(),
            context_kind: "user".to_owned(),
            context_key: key.to_owned(),
        }
    }

    fn compare(
        declared: &Targets,
        listed: &[&'static str],
        expiring: &[ExpiringTarget],
    ) -> Vec<Change> {
        let listed = Lists::from([("user", listed.iter().copied().collect::<BTreeSet<_>>())]);
        changes(TargetList::Included, declared, &listed, expiring)
    }

    #[test]
    fn what_differs_is_told_by_what_becomes_of_it() {
        let declared = declared(&["a", "b"], &[("c", 10), ("d", 10), ("e", 10), ("f", 10)]);
        let expiring = [
            target("b", 5),
            target("d", 10),
            target("e", 5),
            target("x", 5),
        ];
        let changes = compare(&declared, &["a", "b", "c", "d", "e", "x"], &expiring);
        let words: Vec<String> = changes.iter().map(ToString::to_string).collect();
        assert_eq!(
            words,
            [
                "include 1 context of kind user until 2027-01-10 instead of for good",
                "include 1 context of kind user for good instead of until 2027-01-05",
                "include 1 context of kind user until 2027-01-10 instead of until 2027-01-05",
            ]
        );
        assert_eq!(count(&changes), 2);
        let seen = Segment {
            expiring: Some(expiring.to_vec()),
            ..Segment::default()
        };
        let due = Due::of(&changes, &seen);
        let json = serde_json::to_value([due.first, due.last].concat()).unwrap();
        let value = until(10).milliseconds();
        let of = |kind: &str, key: &str| serde_json::json!({"kind": kind, "targetType": "included", "contextKind": "user", "contextKey": key});
        let mut expected = [
            of("removeExpiringTarget", "b"),
            of("updateExpiringTarget", "e"),
            of("addExpiringTarget", "c"),
        ];
        expected[1]["value"] = value.into();
        expected[1]["version"] = 3.into();
        expected[2]["value"] = value.into();
        assert_eq!(json, serde_json::json!(expected));
    }

    #[test]
    fn what_joins_until_a_date_shows_that_it_gets_one() {
        let listed = compare(&declared(&[], &[("a", 10), ("b", 10)]), &["a", "b"], &[]);
        let [due] = &listed[..] else {
            panic!("{listed:?}");
        };
        let joins = |keys: &[&str], until| Change::AddTargets {
            list: TargetList::Included,
            kind: "user".to_owned(),
            keys: MemberKeys(keys.iter().map(|key| (*key).to_owned()).collect()),
            until,
        };
        assert!(show(&[joins(&["a", "b", "c"], Some(until(10)))], due));
        assert!(show(
            &[
                joins(&["a"], Some(until(10))),
                joins(&["b"], Some(until(10)))
            ],
            due
        ));
        assert!(show(&listed, due));
        assert!(!show(&[joins(&["a"], Some(until(10)))], due));
        assert!(!show(&[joins(&["a", "b"], Some(until(11)))], due));
        assert!(!show(&[joins(&["a", "b"], None)], due));
    }
}
