//! An environment in a file, as SDKs received it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::{ContextKind, wire};

/// The version of the form of a snapshot.
const FORMAT: u64 = 1;

/// The description of a snapshot, under `snapshot` beside the data for SDKs. Every reader of that data
/// can read a snapshot.
///
/// ```
/// use segments_model::evaluate::{Loaded, Protocol, Snapshot};
/// use serde_json::json;
///
/// let data = json!({"flags": {}, "segments": {"staff": {"key": "staff", "included": ["user-1"]}}});
/// let snapshot = Snapshot::new("shop", "production", "2026-11-30T09:00:00Z", Protocol::Fdv1);
///
/// // Keys of members stay out unless they are asked for, and what depends on them is unknown.
/// let file = snapshot.around(data, false).to_string();
/// assert!(!file.contains("user-1"));
/// let loaded = Loaded::from_json(&file)?;
/// assert_eq!(loaded.left_out.segments["staff"].included["user"], 1);
/// # Ok::<(), segments_model::evaluate::LoadError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Snapshot {
    /// The version of this format.
    pub format: u64,
    /// The key of the project.
    pub project: String,
    /// The key of the environment.
    pub environment: String,
    /// The time of the snapshot, in RFC 3339.
    pub taken: String,
    /// The protocol of the data.
    pub protocol: Protocol,
    /// The numbers of keys of members that were left out, by list.
    #[serde(default, skip_serializing_if = "LeftOut::is_empty")]
    pub left_out: LeftOut,
}

/// A protocol in which SDKs receive data.
///
/// Example: [`Snapshot`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// All data at once.
    Fdv1,
    /// Single objects.
    Fdv2,
}

/// The lists whose keys were left out.
///
/// Example: [`Snapshot`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LeftOut {
    /// The lists of segments, by key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub segments: BTreeMap<String, LeftOutLists>,
    /// The lists of flags, by key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flags: BTreeMap<String, Vec<LeftOutTargets>>,
}

/// The numbers of keys of a segment that were left out, by kind.
///
/// Example: [`Snapshot`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LeftOutLists {
    /// From the included lists.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub included: BTreeMap<String, u64>,
    /// From the excluded lists.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub excluded: BTreeMap<String, u64>,
}

/// The number of keys that were left out of a flag's list.
///
/// Example: [`Snapshot`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOutTargets {
    /// The kind of the contexts.
    pub kind: String,
    /// The index of their variation.
    pub variation: usize,
    /// The number of keys.
    pub count: u64,
}

impl LeftOut {
    /// Returns whether nothing was left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.flags.is_empty()
    }
}

impl Snapshot {
    /// Creates the description of a snapshot without left-out keys.
    #[must_use]
    pub fn new(
        project: impl Into<String>,
        environment: impl Into<String>,
        taken: impl Into<String>,
        protocol: Protocol,
    ) -> Self {
        Self {
            format: FORMAT,
            project: project.into(),
            environment: environment.into(),
            taken: taken.into(),
            protocol,
            left_out: LeftOut::default(),
        }
    }

    /// Returns whether this version knows the format.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.format == FORMAT
    }

    /// Adds itself to data for SDKs. Keeps keys of members only if `with_members` is set.
    #[must_use]
    pub fn around(mut self, data: Json, with_members: bool) -> Json {
        let Json::Object(mut data) = data else {
            return data;
        };
        if !with_members {
            self.left_out = LeftOut::take_from(&mut data);
        }
        let mut file = Map::new();
        file.insert("snapshot".to_owned(), json!(self));
        file.append(&mut data);
        Json::Object(file)
    }
}

impl LeftOut {
    /// Takes the keys of members out of data for SDKs, in either protocol, and counts them.
    fn take_from(data: &mut Map<String, Json>) -> Self {
        let mut left_out = Self::default();
        for (of, kind) in [("segments", "segment"), ("flags", "flag")] {
            if let Some(Json::Object(objects)) = data.get_mut(of) {
                for (key, object) in objects {
                    left_out.take(kind, key, object);
                }
            }
        }
        if let Some(Json::Array(events)) = data.get_mut("events") {
            for event in events {
                let Some(data) = event.get_mut("data") else {
                    continue;
                };
                let kind = data["kind"].as_str().unwrap_or_default().to_owned();
                let key = data["key"].as_str().unwrap_or_default().to_owned();
                if let Some(object) = data.get_mut("object") {
                    left_out.take(&kind, &key, object);
                }
            }
        }
        left_out
    }

    fn take(&mut self, kind: &str, key: &str, object: &mut Json) {
        match kind {
            "segment" => {
                let lists = LeftOutLists {
                    included: lists(object, "included", "includedContexts"),
                    excluded: lists(object, "excluded", "excludedContexts"),
                };
                if lists != LeftOutLists::default() {
                    self.segments.insert(key.to_owned(), lists);
                }
            }
            "flag" => {
                let targets = targets(object);
                if !targets.is_empty() {
                    self.flags.insert(key.to_owned(), targets);
                }
            }
            _ => {}
        }
    }
}

/// Empties the lists of a segment, and counts them by kind.
fn lists(segment: &mut Json, users: &str, others: &str) -> BTreeMap<String, u64> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    if let Some(Json::Array(keys)) = segment.get_mut(users) {
        *counts.entry(ContextKind::USER.to_string()).or_default() += keys.len() as u64;
        keys.clear();
    }
    if let Some(Json::Array(lists)) = segment.get_mut(others) {
        for list in lists.drain(..) {
            if let Ok(list) = serde_json::from_value::<wire::ContextTargets>(list) {
                *counts.entry(list.context_kind).or_default() += list.values.len() as u64;
            }
        }
    }
    counts.retain(|_, count| *count > 0);
    counts
}

/// Empties the lists of a flag, and counts them.
fn targets(flag: &mut Json) -> Vec<LeftOutTargets> {
    let mut counts = Vec::new();
    for name in ["targets", "contextTargets"] {
        let Some(Json::Array(lists)) = flag.get_mut(name) else {
            continue;
        };
        for list in lists.drain(..) {
            // An entry without keys stands for a list of users, which is counted with those.
            if let Ok(list) = serde_json::from_value::<wire::TargetList>(list)
                && !list.values.is_empty()
            {
                counts.push(LeftOutTargets {
                    kind: list
                        .context_kind
                        .unwrap_or_else(|| ContextKind::USER.to_string()),
                    variation: list.variation,
                    count: list.values.len() as u64,
                });
            }
        }
    }
    counts
}
