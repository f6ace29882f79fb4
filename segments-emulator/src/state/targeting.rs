//! Targeting, which flags and AI Configs have in common.

use std::collections::BTreeMap;

use segments_model::wire::{Served, TargetList, TargetingRule, WeightedVariation};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::environment::Environment;
use super::expiring::{ExpiringTarget, TargetPlace};
use super::ids::Ids;
use super::segment::asked_by_clauses;

/// A flag, or the flag behind an AI Config.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Targeting {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) tags: Vec<String>,
    pub(crate) created: i64,
    pub(crate) version: u64,
    pub(crate) variations: Vec<Variation>,
    pub(crate) on_variation: usize,
    pub(crate) off_variation: usize,
    /// Whether SDKs no longer receive it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) archived: bool,
    pub(crate) environments: BTreeMap<String, EnvironmentTargeting>,
    /// The additional fields of an AI Config.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ai: Option<Ai>,
}

/// The part of an AI Config that is not targeting.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ai {
    pub(crate) mode: String,
    /// The variations as they were given, with what the service adds.
    pub(crate) variations: Vec<Json>,
    pub(crate) updated: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) evaluation_metric_key: Option<String>,
}

/// Something that can be served.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Variation {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) value: Json,
}

impl Variation {
    /// The label in the UI: the key of an AI Config's variation, its name, or its value.
    pub(crate) fn label(&self) -> String {
        let key = self.value.pointer("/_ldMeta/variationKey");
        let named = key.and_then(Json::as_str).or(self.name.as_deref());
        named.map_or_else(|| self.value.to_string(), str::to_owned)
    }
}

/// The targeting in one environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnvironmentTargeting {
    pub(crate) on: bool,
    pub(crate) version: u64,
    pub(crate) modified: i64,
    pub(crate) salt: String,
    #[serde(default)]
    pub(crate) prerequisites: Vec<Prerequisite>,
    pub(crate) targets: Vec<TargetList>,
    /// Individual targets that go by themselves one day.
    #[serde(default)]
    pub(crate) expiring: Vec<ExpiringTarget>,
    pub(crate) rules: Vec<TargetingRule>,
    pub(crate) fallthrough: Served,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) off_variation: Option<usize>,
    pub(crate) track_events: bool,
    pub(crate) track_events_fallthrough: bool,
}

/// Another flag, and the variation that it has to serve before this one serves anything but its off variation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Prerequisite {
    pub(crate) key: String,
    pub(crate) variation: usize,
}

impl EnvironmentTargeting {
    /// The keys of a kind that are served the variation at a place.
    pub(crate) fn target_keys(&self, variation: usize, kind: &str) -> &[String] {
        let mut lists = self.targets.iter();
        let list = lists.find(|it| it.variation == variation && kind_of(it) == kind);
        list.map_or(&[], |list| &list.values)
    }
}

/// The kind of the contexts of a list.
pub(crate) fn kind_of(list: &TargetList) -> &str {
    list.context_kind.as_deref().unwrap_or("user")
}

impl Targeting {
    /// Returns whether a context is listed in an environment where an expiring target says.
    pub(crate) fn lists(&self, here: &EnvironmentTargeting, target: &ExpiringTarget) -> bool {
        let TargetPlace::VariationId(id) = &target.place else {
            return false;
        };
        let variation = self.variations.iter().position(|it| it.id == *id);
        variation.is_some_and(|at| here.target_keys(at, &target.kind).contains(&target.key))
    }

    /// Drops the expiration of targets that are no longer listed.
    pub(crate) fn forget_unlisted(&mut self) {
        let mut environments = std::mem::take(&mut self.environments);
        for here in environments.values_mut() {
            let mut expiring = std::mem::take(&mut here.expiring);
            expiring.retain(|target| self.lists(here, target));
            here.expiring = expiring;
        }
        self.environments = environments;
    }

    /// Makes the targeting of an environment: off, everybody served the default. `version` is the
    /// one that it begins with: SDKs ignore what is not newer than a deletion that they know of.
    pub(crate) fn add_environment(&mut self, key: &str, version: u64, ids: &mut Ids) {
        let targeting = EnvironmentTargeting {
            // An AI Config is always on; `disabled` is one of its variations.
            on: self.ai.is_some(),
            version,
            modified: self.created,
            salt: ids.salt(),
            prerequisites: Vec::new(),
            targets: Vec::new(),
            expiring: Vec::new(),
            rules: Vec::new(),
            fallthrough: Served::of_variation(self.on_variation),
            off_variation: Some(self.off_variation),
            track_events: false,
            track_events_fallthrough: false,
        };
        self.environments.insert(key.to_owned(), targeting);
    }

    /// Makes the targeting of each environment of a project, for something of this key.
    pub(crate) fn add_environments(
        &mut self,
        key: &str,
        environments: &BTreeMap<String, Environment>,
        ids: &mut Ids,
    ) {
        for (name, environment) in environments {
            let version = environment
                .updates
                .last_version("flags", key)
                .saturating_add(1);
            self.add_environment(name, version, ids);
        }
    }

    /// Takes a variation away and moves those after it up, unless somebody is served it.
    pub(crate) fn forget_variation(&mut self, gone: usize) -> bool {
        let mut indexes: Vec<&mut usize> = vec![&mut self.on_variation, &mut self.off_variation];
        for here in self.environments.values_mut() {
            // One without a share is served to nobody.
            let rules = here.rules.iter_mut().map(|rule| &mut rule.served);
            for served in rules.chain([&mut here.fallthrough]) {
                if let Some(rollout) = &mut served.rollout {
                    let is_gone = |it: &WeightedVariation| it.variation == gone && it.weight == 0;
                    rollout.variations.retain(|it| !is_gone(it));
                }
            }
            indexes.extend(&mut here.off_variation);
            indexes.extend(here.targets.iter_mut().map(|it| &mut it.variation));
            let rules = here.rules.iter_mut().map(|rule| &mut rule.served);
            for served in rules.chain([&mut here.fallthrough]) {
                indexes.extend(&mut served.variation);
                let shares = served.rollout.iter_mut().flat_map(|it| &mut it.variations);
                indexes.extend(shares.map(|share| &mut share.variation));
            }
        }
        if indexes.iter().any(|index| **index == gone) {
            return false;
        }
        for index in indexes {
            if *index > gone {
                *index -= 1;
            }
        }
        self.variations.remove(gone);
        true
    }

    /// Returns whether a rule asks a segment in an environment.
    pub(crate) fn asks(&self, environment: &str, segment: &str) -> bool {
        self.environments.get(environment).is_some_and(|targeting| {
            let clauses = targeting.rules.iter().map(|it| &it.rule.clauses);
            clauses
                .into_iter()
                .any(|clauses| asked_by_clauses(clauses).any(|asked| asked == segment))
        })
    }
}
