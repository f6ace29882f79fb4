//! `list` and `show`: the segments in LaunchDarkly, in words. Keys of members are personal data, and are
//! counted.

pub(crate) mod list;
pub(crate) mod show;

use std::collections::{BTreeMap, BTreeSet};

use segments_model::{ContextKind, Expiry, date, wire};
use segments_runtime::sync::{Mark, rule_in_words};
use serde::Serialize;

use crate::counted::counted;

/// A segment as people look at it, and as `--json` prints it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Summary {
    pub(crate) key: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// Its owner; several if its tags name several.
    pub(crate) owners: Vec<String>,
    /// Without those that say something to a sync.
    pub(crate) tags: Vec<String>,
    /// Whether its tags forbid to delete and to empty it.
    pub(crate) protected: bool,
    pub(crate) version: u64,
    pub(crate) created: String,
    pub(crate) changed: String,
    /// How many contexts are listed, by kind.
    pub(crate) included: BTreeMap<String, u64>,
    pub(crate) excluded: BTreeMap<String, u64>,
    /// How many of them leave their list by themselves, if that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) expiring: Vec<Expiring>,
    /// In words.
    pub(crate) rules: Vec<String>,
    /// The kind of the members of a big segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) big: Option<String>,
    /// The other system that keeps the segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kept_by: Option<String>,
}

/// Contexts of a kind that leave a list at the same time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Expiring {
    list: String,
    kind: String,
    until: String,
    count: u64,
}

impl Expiring {
    fn all(segment: &wire::Segment) -> Vec<Self> {
        let mut counts: BTreeMap<_, u64> = BTreeMap::new();
        for target in segment.expiring.iter().flatten() {
            let until = target.expiration_date;
            let of = (until, &target.target_type, &target.context_kind);
            *counts.entry(of).or_default() += 1;
        }
        let counts = counts.into_iter();
        let all = counts.map(|((until, list, kind), count)| Self {
            list: list.clone(),
            kind: kind.clone(),
            until: Expiry::from_milliseconds(until).to_string(),
            count,
        });
        all.collect()
    }
}

impl Summary {
    pub(crate) fn of(segment: &wire::Segment) -> Self {
        let marks = segment.tags.iter().filter_map(|tag| Mark::of(tag));
        let owners = marks.filter_map(|mark| match mark {
            Mark::Owner(owner) => Some(owner.to_owned()),
            _ => None,
        });
        let is_protected = |tag: &String| Mark::of(tag) == Some(Mark::Protected);
        let plain = segment.tags.iter().filter(|tag| Mark::of(tag).is_none());
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let big = segment.unbounded.then(|| {
            let kind = segment.unbounded_context_kind.clone();
            kind.unwrap_or_else(|| ContextKind::USER.to_string())
        });
        let sizes = segment.unbounded_metadata.clone().unwrap_or_default();
        let listed = |users: &[String], others: &[wire::ContextTargets], kept: Option<u64>| {
            let mut counts = counts(users, others);
            if let (Some(kind), Some(kept)) = (&big, kept) {
                *counts.entry(kind.clone()).or_default() += kept;
            }
            counts.retain(|_, count| *count > 0);
            counts
        };
        Self {
            key: segment.key.clone(),
            name: segment.name.clone(),
            description: text(&segment.description),
            owners: owners.collect(),
            tags: plain.cloned().collect(),
            protected: segment.tags.iter().any(is_protected),
            version: segment.version,
            created: date::format(segment.creation_date),
            changed: date::format(segment.last_modified_date),
            included: listed(
                &segment.included,
                &segment.included_contexts,
                sizes.included_count,
            ),
            excluded: listed(
                &segment.excluded,
                &segment.excluded_contexts,
                sizes.excluded_count,
            ),
            expiring: Expiring::all(segment),
            rules: segment.rules.iter().map(rule_in_words).collect(),
            big,
            kept_by: text(&segment.external),
        }
    }

    /// Its owner, in a word.
    fn owner(&self) -> String {
        match &self.owners[..] {
            [] => "nobody".to_owned(),
            owners => owners.join(", "),
        }
    }

    /// "2 rules, includes 3, excludes 1".
    fn audience(&self) -> String {
        let mut parts = Vec::new();
        if self.big.is_some() {
            parts.push("big".to_owned());
        }
        if !self.rules.is_empty() {
            parts.push(counted(self.rules.len(), "rule"));
        }
        for (verb, counts) in [("includes", &self.included), ("excludes", &self.excluded)] {
            let count: u64 = counts.values().sum();
            if count > 0 {
                parts.push(format!("{verb} {count}"));
            }
        }
        if parts.is_empty() {
            return "nobody".to_owned();
        }
        parts.join(", ")
    }
}

/// The day of a moment.
fn day(moment: &str) -> &str {
    moment.split('T').next().unwrap_or(moment)
}

/// How many contexts lists hold, by kind. Users may stand in either place, and twice.
fn counts(users: &[String], others: &[wire::ContextTargets]) -> BTreeMap<String, u64> {
    let user = ContextKind::USER;
    let mut keys: BTreeMap<&str, BTreeSet<&String>> = BTreeMap::new();
    keys.entry(user.as_str()).or_default().extend(users);
    for list in others {
        keys.entry(&list.context_kind)
            .or_default()
            .extend(&list.values);
    }
    let counts = keys.into_iter();
    counts
        .map(|(kind, keys)| (kind.to_owned(), keys.len() as u64))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_counts_members_once_and_names_none() {
        let json = r#"{"key": "staff", "name": "Staff", "version": 3, "description": "",
            "tags": ["managed-by.shop", "eu", "protected-segment"], "included": ["canary-5d8e", "u-2"],
            "includedContexts": [{"contextKind": "user", "values": ["u-2", "u-3"]},
                {"contextKind": "org", "values": ["o-1"]}],
            "rules": [{"clauses": [{"attribute": "plan", "op": "in", "values": ["pro"]}]}]}"#;
        let summary = Summary::of(&serde_json::from_str(json).unwrap());
        assert_eq!(summary.owner(), "shop");
        assert_eq!(summary.tags, ["eu"]);
        assert!(summary.protected);
        assert_eq!((summary.included["user"], summary.included["org"]), (3, 1));
        assert_eq!(summary.audience(), "1 rule, includes 4");
        assert_eq!(summary.rules, [r#"user plan is "pro""#]);
        assert!(!serde_json::to_string(&summary).unwrap().contains("5d8e"));
    }

    #[test]
    fn sizes_of_big_segments_are_those_that_the_service_tells() {
        let json = r#"{"key": "paying", "unbounded": true, "unboundedContextKind": "org",
            "_unboundedMetadata": {"includedCount": 70, "excludedCount": 0}}"#;
        let summary = Summary::of(&serde_json::from_str(json).unwrap());
        assert_eq!(summary.audience(), "big, includes 70");
        assert_eq!(summary.owner(), "nobody");
    }
}
