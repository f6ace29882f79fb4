//! Projects: environments, and shared data.

use std::collections::BTreeMap;

use segments_model::ContextKind;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::environment::Environment;
use super::ids::Ids;
use super::kind::StoredKind;
use super::resource::Targeted;
use super::targeting::Targeting;

/// A project.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    pub(crate) environments: BTreeMap<String, Environment>,
    #[serde(default)]
    pub(crate) kinds: BTreeMap<String, StoredKind>,
    #[serde(default)]
    pub(crate) flags: BTreeMap<String, Targeting>,
    #[serde(default)]
    pub(crate) ai_configs: BTreeMap<String, Targeting>,
    /// The tools that variations of AI Configs name, with all their versions, oldest first.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) ai_tools: BTreeMap<String, Vec<Json>>,
    /// The metrics, as they are shown.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) metrics: BTreeMap<String, Json>,
}

impl Project {
    /// A project without environments. The kind `user` exists in every project.
    pub(crate) fn new(name: impl Into<String>, now: i64, ids: &mut Ids) -> Self {
        let user = StoredKind::new("User", "auto-add", now);
        Self {
            id: ids.object_id(),
            name: name.into(),
            tags: Vec::new(),
            environments: BTreeMap::new(),
            kinds: BTreeMap::from([(ContextKind::USER.to_string(), user)]),
            flags: BTreeMap::new(),
            ai_configs: BTreeMap::new(),
            ai_tools: BTreeMap::new(),
            metrics: BTreeMap::new(),
        }
    }

    /// The flags or the AI Configs, by key.
    pub(crate) fn targetings(&self, targeted: Targeted) -> &BTreeMap<String, Targeting> {
        match targeted {
            Targeted::Flag => &self.flags,
            Targeted::AiConfig => &self.ai_configs,
        }
    }

    /// The flags or the AI Configs, to be changed.
    pub(crate) fn targetings_mut(
        &mut self,
        targeted: Targeted,
    ) -> &mut BTreeMap<String, Targeting> {
        match targeted {
            Targeted::Flag => &mut self.flags,
            Targeted::AiConfig => &mut self.ai_configs,
        }
    }

    /// The keys, names and environments of the flags that have a flag as a prerequisite.
    pub(crate) fn depending<'a>(
        &'a self,
        flag: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
        self.flags.iter().flat_map(move |(key, found)| {
            let environments = found.environments.iter().filter(move |(_, here)| {
                here.prerequisites.iter().any(|needed| needed.key == flag)
            });
            environments.map(move |(environment, _)| {
                (key.as_str(), found.name.as_str(), environment.as_str())
            })
        })
    }

    /// Returns whether a flag or an AI Config has this key.
    pub(crate) fn has_targeting(&self, key: &str) -> bool {
        self.flags.contains_key(key) || self.ai_configs.contains_key(key)
    }

    /// The keys and names of the flags whose rules ask a segment in an environment.
    pub(crate) fn flags_asking<'a>(
        &'a self,
        environment: &'a str,
        segment: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        asking(&self.flags, environment, segment)
    }

    /// The same for AI Configs.
    pub(crate) fn ai_configs_asking<'a>(
        &'a self,
        environment: &'a str,
        segment: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        asking(&self.ai_configs, environment, segment)
    }
}

fn asking<'a>(
    all: &'a BTreeMap<String, Targeting>,
    environment: &'a str,
    segment: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    all.iter()
        .filter(move |(_, targeting)| targeting.asks(environment, segment))
        .map(|(key, targeting)| (key.as_str(), targeting.name.as_str()))
}
