//! Environments, which contain segments.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::approval::ApprovalSettings;
use super::experiment::Experiment;
use super::ids::Ids;
use super::resource::Kind;
use super::seen::Seen;
use super::segment::{BigSegment, StoredSegment};
use super::updates::Updates;

/// An environment of a project.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Environment {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The key that server-side SDKs send in `Authorization`.
    pub(crate) sdk_key: String,
    /// The key that mobile SDKs send.
    pub(crate) mobile_key: String,
    /// Whether people are asked to confirm what they change.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) critical: bool,
    #[serde(default)]
    pub(crate) segments: BTreeMap<String, StoredSegment>,
    /// The members of big segments, by the segment's key.
    #[serde(default)]
    pub(crate) big: BTreeMap<String, BigSegment>,
    /// How often each key was given to a segment, deleted ones included.
    #[serde(default)]
    pub(crate) generations: BTreeMap<String, u64>,
    /// The changes that need an approval, where set.
    #[serde(default)]
    pub(crate) approvals: BTreeMap<Kind, ApprovalSettings>,
    #[serde(default)]
    pub(crate) experiments: BTreeMap<String, Experiment>,
    /// The contexts that it was asked about.
    #[serde(skip)]
    pub(crate) seen: Seen,
    /// The last segment that was changed, and what it was before.
    #[serde(skip)]
    last_change: Option<(String, Option<StoredSegment>)>,
    /// The last place in the order of creation that was given; 0 until one is, after a start.
    #[serde(skip)]
    made: u64,
    /// The listeners for changes.
    #[serde(skip)]
    pub(crate) updates: Updates,
}

impl Environment {
    pub(crate) fn new(name: impl Into<String>, ids: &mut Ids) -> Self {
        Self {
            id: ids.object_id(),
            name: name.into(),
            sdk_key: format!("sdk-{}", ids.uuid()),
            mobile_key: format!("mob-{}", ids.uuid()),
            critical: false,
            segments: BTreeMap::new(),
            big: BTreeMap::new(),
            generations: BTreeMap::new(),
            approvals: BTreeMap::new(),
            experiments: BTreeMap::new(),
            seen: Seen::default(),
            last_change: None,
            made: 0,
            updates: Updates::default(),
        }
    }

    /// Which changes of something need an approval.
    pub(crate) fn approvals(&self, kind: Kind) -> ApprovalSettings {
        self.approvals.get(&kind).cloned().unwrap_or_default()
    }

    /// The generation that the next segment of this key has.
    pub(crate) fn next_generation(&self, key: &str) -> u64 {
        self.generations
            .get(key)
            .map_or(1, |last| last.saturating_add(1))
    }

    /// The place in the order of creation that the next segment has.
    pub(crate) fn next_serial(&self) -> u64 {
        if self.made > 0 {
            return self.made.saturating_add(1);
        }
        let last = self.segments.values().map(|stored| stored.serial).max();
        last.map_or(1, |last| last.saturating_add(1))
    }

    /// The number from which SDKs count the versions of a segment that is new or comes from elsewhere, so
    /// that its first one is newer than any they had under its key.
    pub(crate) fn versions_before(&self, key: &str, version: u64) -> u64 {
        let known = self.segments.get(key).map(StoredSegment::sdk_version);
        let last = known.unwrap_or_else(|| self.updates.last_version("segments", key));
        last.saturating_add(1).saturating_sub(version)
    }

    /// Puts a segment in, in the place of what it was, if it was there.
    pub(crate) fn put(&mut self, stored: StoredSegment) {
        let key = stored.segment.key.clone();
        self.generations
            .insert(key.clone(), stored.segment.generation);
        let serial = stored.serial;
        let before = self.segments.insert(key.clone(), stored);
        if before.is_none() {
            self.made = serial;
        }
        self.last_change = Some((key, before));
    }

    /// Takes a segment out.
    pub(crate) fn remove(&mut self, key: &str) {
        let before = self.segments.remove(key);
        self.big.remove(key);
        self.last_change = Some((key.to_owned(), before));
    }

    /// The segments as they were before the last change.
    pub(crate) fn before_last_change(&self) -> Cow<'_, BTreeMap<String, StoredSegment>> {
        let Some((key, before)) = &self.last_change else {
            return Cow::Borrowed(&self.segments);
        };
        let mut segments = self.segments.clone();
        match before {
            Some(before) => segments.insert(key.clone(), before.clone()),
            None => segments.remove(key),
        };
        Cow::Owned(segments)
    }

    /// Returns whether a segment, as it would be, asks itself by way of others.
    pub(crate) fn would_ask_itself(&self, changed: &StoredSegment) -> bool {
        let start = changed.segment.key.as_str();
        let mut seen = HashSet::new();
        let mut open: Vec<&str> = changed.asks().collect();
        while let Some(key) = open.pop() {
            if key == start {
                return true;
            }
            if seen.insert(key)
                && let Some(asked) = self.segments.get(key)
            {
                open.extend(asked.asks());
            }
        }
        false
    }

    /// The keys of the segments whose rules ask the segment of this key.
    pub(crate) fn asking<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.segments
            .values()
            .filter(move |stored| stored.asks().any(|asked| asked == key))
            .map(|stored| stored.segment.key.as_str())
    }
}
