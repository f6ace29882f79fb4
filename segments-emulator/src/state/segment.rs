//! A segment, with the data that the REST API does not return.

use std::collections::{BTreeMap, BTreeSet};

use segments_model::wire::{Clause, ContextTargets, Rule, Segment};
use segments_model::{ContextKind, Operator};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::expiring::{ExpiringTarget, SegmentList, TargetPlace};

/// A segment as the service keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoredSegment {
    /// The representation in the REST API. `links`, `flags` and `salt` are not stored here.
    pub(crate) segment: Segment,
    /// The salt in the hash of percentage rules; new for each segment that is created.
    pub(crate) salt: String,
    /// Its place in the order of creation.
    pub(crate) serial: u64,
    /// The number from which SDKs count its versions: they ignore versions that are not newer than their
    /// last one under the same key, including a deletion.
    #[serde(default)]
    pub(crate) versions_before: u64,
    /// Individual targets that go by themselves one day.
    #[serde(default)]
    pub(crate) expiring: Vec<ExpiringTarget>,
}

/// The members of a big segment, kept apart from it because there can be millions.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct BigSegment {
    pub(crate) included: BTreeSet<String>,
    pub(crate) excluded: BTreeSet<String>,
    /// Counts changes of the members.
    pub(crate) version: u64,
    pub(crate) last_modified: i64,
    pub(crate) imports: BTreeMap<String, Import>,
    pub(crate) exports: BTreeMap<String, Export>,
}

/// A list that was uploaded.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Import {
    pub(crate) created: i64,
    pub(crate) replace: bool,
    pub(crate) file_name: String,
    /// The members to import; removed after the import.
    pub(crate) waiting: Option<Vec<String>>,
}

/// A list that can be downloaded.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Export {
    pub(crate) created: i64,
    /// The included keys, one per line.
    pub(crate) file: String,
}

impl StoredSegment {
    /// The version that SDKs see.
    pub(crate) fn sdk_version(&self) -> u64 {
        self.versions_before.saturating_add(self.segment.version)
    }

    /// Drops the expiration of targets that are no longer listed.
    pub(crate) fn forget_unlisted(&mut self) {
        let segment = &self.segment;
        self.expiring.retain(|it| match it.place {
            TargetPlace::TargetType(list) => target_keys(segment, list, &it.kind).contains(&it.key),
            TargetPlace::VariationId(_) => false,
        });
    }

    /// The keys of the segments that its rules ask.
    pub(crate) fn asks(&self) -> impl Iterator<Item = &str> {
        segments_asked(&self.segment.rules)
    }
}

/// The keys of the segments that the rules ask.
pub(crate) fn segments_asked(rules: &[Rule]) -> impl Iterator<Item = &str> {
    rules
        .iter()
        .flat_map(|rule| asked_by_clauses(&rule.clauses))
}

/// The keys of the segments that the clauses ask.
pub(crate) fn asked_by_clauses(clauses: &[Clause]) -> impl Iterator<Item = &str> {
    clauses
        .iter()
        .filter(|clause| clause.op == Operator::SegmentMatch.wire())
        .flat_map(|clause| &clause.values)
        .filter_map(Json::as_str)
}

/// The keys of one kind in one of the lists, if there is such a list.
pub(crate) fn target_keys<'a>(segment: &'a Segment, list: SegmentList, kind: &str) -> &'a [String] {
    let (users, contexts) = match list {
        SegmentList::Included => (&segment.included, &segment.included_contexts),
        SegmentList::Excluded => (&segment.excluded, &segment.excluded_contexts),
    };
    if kind == ContextKind::USER.as_str() {
        return users;
    }
    contexts
        .iter()
        .find(|targets| targets.context_kind == kind)
        .map_or(&[], |targets| &targets.values)
}

/// The same list, to be changed; it is made if it is not there.
pub(crate) fn target_keys_mut<'a>(
    segment: &'a mut Segment,
    list: SegmentList,
    kind: &str,
) -> &'a mut Vec<String> {
    let (users, contexts) = match list {
        SegmentList::Included => (&mut segment.included, &mut segment.included_contexts),
        SegmentList::Excluded => (&mut segment.excluded, &mut segment.excluded_contexts),
    };
    if kind == ContextKind::USER.as_str() {
        return users;
    }
    let at = contexts
        .iter()
        .position(|targets| targets.context_kind == kind)
        .unwrap_or_else(|| {
            contexts.push(ContextTargets {
                context_kind: kind.to_owned(),
                values: Vec::new(),
            });
            contexts.len() - 1
        });
    &mut contexts[at].values
}
