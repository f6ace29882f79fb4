//! The targeting of AI Configs and flags.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Clause, Instruction, Rule, Running};

/// A targeting: the response of *getAIConfigTargeting*, and the same parts of a flag (*getFeatureFlag*).
///
/// Every part is optional: the documented schema has fewer parts than the instructions need, so the
/// others are read if they are present. Identifiers are `_id` or `id`.
///
/// Example: [`wire`](super).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Targeting {
    /// The key of the AI Config or flag.
    pub key: String,
    /// The display name.
    pub name: String,
    /// The tags.
    pub tags: Vec<String>,
    /// Whether the flag is archived: SDKs do not receive it.
    pub archived: bool,
    /// Counts changes.
    #[serde(rename = "_version")]
    pub version: u64,
    /// The variations, in order.
    pub variations: Vec<Variation>,
    /// The targeting by environment.
    pub environments: BTreeMap<String, EnvironmentTargeting>,
}

/// A variation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Variation {
    /// The identifier for instructions. An AI Config's own variation has another identifier.
    #[serde(rename = "_id", alias = "id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The value that SDKs receive. For an AI Config it contains the variation's key.
    pub value: Json,
}

/// The targeting in one environment.
///
/// Example: [`wire`](super).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvironmentTargeting {
    /// Whether the targeting of a flag is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
    /// Whether the targeting of an AI Config is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Users that are served one variation each.
    pub targets: Vec<TargetList>,
    /// Contexts of other kinds that are served one variation each; an entry without keys may stand for a
    /// list of users.
    pub context_targets: Vec<TargetList>,
    /// The rules, of which the first match decides.
    pub rules: Vec<TargetingRule>,
    /// The fallthrough.
    pub fallthrough: Served,
    /// Counts changes.
    #[serde(rename = "_version")]
    pub version: u64,
}

/// Contexts of one kind that are served one variation.
///
/// Example: [`wire`](super).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TargetList {
    /// The kind; absent means `user`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_kind: Option<String>,
    /// The index of the variation.
    pub variation: usize,
    /// The keys.
    pub values: Vec<String>,
}

/// A rule: the condition of a segment's rule, and its variation or split.
///
/// Example: [`wire`](super).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TargetingRule {
    /// The condition.
    #[serde(flatten)]
    pub rule: Rule,
    /// Whether the rule is disabled: it stays, and no context matches it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// Whether SDKs send an event for each evaluation that the rule decides.
    #[serde(
        rename = "trackEvents",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub track_events: Option<bool>,
    /// The variation or split.
    #[serde(flatten)]
    pub served: Served,
}

/// One variation, or several by weight.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Served {
    /// The index of the variation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variation: Option<usize>,
    /// Several variations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
    /// Every other member of the rule or of the fallthrough, such as `progressiveRolloutConfig`.
    #[serde(flatten)]
    pub other: Map<String, Json>,
}

/// Several variations by weight. A rollout that LaunchDarkly [changes by itself](Served::running) has
/// more members than a plain one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rollout {
    /// The variations, in the order in which buckets are assigned.
    pub variations: Vec<WeightedVariation>,
    /// The bucketing attribute; absent means the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket_by: Option<String>,
    /// The context kind to bucket; absent means `user`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_kind: Option<String>,
    /// `rollout` or `experiment`, in the data that SDKs receive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The seed of the hash, which replaces the flag's key and salt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// The allocation of an experiment, a guarded or a progressive rollout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment_allocation: Option<ExperimentAllocation>,
    /// Every other member.
    #[serde(flatten)]
    pub other: Map<String, Json>,
}

/// The allocation of an experiment, a guarded or a progressive rollout.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExperimentAllocation {
    /// The index of the variation for contexts that do not take part.
    pub default_variation: usize,
    /// Whether a context may get another variation when shares change.
    pub can_reshuffle: bool,
    /// `measuredRollout` for a guarded rollout, `progressiveRollout`, or else an experiment.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
    /// Every other member.
    #[serde(flatten)]
    pub other: Map<String, Json>,
}

/// A variation and its share.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WeightedVariation {
    /// The index of the variation.
    pub variation: usize,
    /// The share in thousandths of a percent.
    pub weight: u64,
    /// Whether the events of these contexts are left out of the results.
    #[serde(
        rename = "_untracked",
        alias = "untracked",
        skip_serializing_if = "Option::is_none"
    )]
    pub untracked: Option<bool>,
    /// Every other member.
    #[serde(flatten)]
    pub other: Map<String, Json>,
}

/// Members of a rule that say nothing about what is served.
const BESIDE: [&str; 5] = ["trackEvents", "ref", "_links", "_access", "_site"];

impl Served {
    /// Serves everybody the variation at this index.
    #[must_use]
    pub fn of_variation(place: usize) -> Self {
        Self {
            variation: Some(place),
            ..Self::default()
        }
    }

    /// Returns the experiment or rollout that LaunchDarkly runs here, or an unknown one. `None` for a
    /// variation or a plain percentage rollout.
    ///
    /// ```
    /// use segments_model::wire::{Running, Served};
    ///
    /// let json = r#"{"rollout": {"variations": [{"variation": 0, "weight": 100000}],
    ///     "experimentAllocation": {"defaultVariation": 0, "canReshuffle": false, "type": "measuredRollout"}}}"#;
    /// let served: Served = serde_json::from_str(json)?;
    /// assert_eq!(served.running(), Some(Running::GuardedRollout));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn running(&self) -> Option<Running> {
        let rollout = self.rollout.as_ref();
        if let Some(running) = rollout.and_then(Rollout::allocated) {
            return Some(running);
        }
        let other = present(&self.other).filter(|name| !BESIDE.contains(name));
        let named = other.map(Running::of_member).max();
        named.or_else(|| rollout.and_then(Rollout::unknown))
    }
}

impl Served {
    /// Returns the seed of a plain percentage rollout, which replaces the flag's key and salt. `None` if
    /// an experiment or rollout runs there.
    #[must_use]
    pub fn seed(&self) -> Option<i64> {
        let seed = self.rollout.as_ref()?.seed?;
        let only_seed = self.running() == Some(Running::unknown("seed"));
        only_seed.then_some(seed)
    }
}

impl Rollout {
    /// What its allocation or its kind says.
    fn allocated(&self) -> Option<Running> {
        if let Some(allocation) = &self.experiment_allocation {
            return Some(match allocation.type_.as_deref() {
                Some("measuredRollout") => Running::GuardedRollout,
                Some("progressiveRollout") => Running::ProgressiveRollout,
                _ => Running::Experiment,
            });
        }
        (self.kind.as_deref() == Some("experiment")).then_some(Running::Experiment)
    }

    /// A member that a plain percentage rollout lacks. Writing over it could bring everybody to
    /// another variation.
    fn unknown(&self) -> Option<Running> {
        let kind = self.kind.as_deref();
        if kind.is_some_and(|kind| !matches!(kind, "rollout" | "")) {
            return Some(Running::unknown("kind"));
        }
        if self.variations.iter().any(|it| it.untracked == Some(true)) {
            return Some(Running::unknown("_untracked"));
        }
        let shares = self.variations.iter().flat_map(|it| present(&it.other));
        let member = present(&self.other).chain(shares).next();
        let seed = self.seed.is_some().then_some("seed");
        member.or(seed).map(Running::of_member)
    }
}

/// The names of the members that say something.
fn present(members: &Map<String, Json>) -> impl Iterator<Item = &str> {
    let members = members.iter().filter(|(_, value)| !value.is_null());
    members.map(|(name, _)| name.as_str())
}

impl Variation {
    /// Returns the key of an AI Config's variation (from its value, at `_ldMeta.variationKey`).
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.value.get("_ldMeta")?.get("variationKey")?.as_str()
    }

    /// Returns a label: its key, its name, or its value.
    #[must_use]
    pub fn label(&self) -> String {
        match (self.key(), self.name.as_deref(), &self.value) {
            (Some(key), ..) => key.to_owned(),
            (None, Some(name), _) if !name.is_empty() => name.to_owned(),
            (None, _, Json::String(text)) => text.clone(),
            (None, _, value) => value.to_string(),
        }
    }
}

/// Returns the index of the variation for a key: the one with that key, else with that name, else with
/// that value. A name may also be in kebab case: `very-careful` is `Very careful`.
///
/// Example: [`wire`](super).
#[must_use]
pub fn variation_place(variations: &[Variation], key: &str) -> Option<usize> {
    let name = |variation: &Variation| {
        let name = variation.name.as_deref().unwrap_or_default();
        name == key || name.to_lowercase().replace(' ', "-") == key
    };
    let value = |variation: &Variation| match &variation.value {
        Json::String(text) => text == key,
        value @ (Json::Bool(_) | Json::Number(_)) => {
            let text = value.to_string();
            text == key
        }
        _ => false,
    };
    let mut keys = variations.iter();
    keys.position(|variation| variation.key() == Some(key))
        // A variation with another key is not meant by its name.
        .or_else(|| {
            variations
                .iter()
                .position(|it| it.key().is_none() && name(it))
        })
        .or_else(|| {
            variations
                .iter()
                .position(|it| it.key().is_none() && value(it))
        })
}

/// One instruction of a semantic patch of targeting (API documentation, *patchAIConfigTargeting* and
/// *patchFeatureFlag*). What it has in common with segments is said by the [`Instruction`] of those.
///
/// Example: [`wire`](super).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[allow(
    missing_docs,
    reason = "fields carry the service's own names; the variants say what they do"
)]
pub enum TargetingInstruction {
    /// Adds a rule, at the end or before another.
    AddRule {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        clauses: Vec<Clause>,
        #[serde(flatten)]
        serve: ServeInstruction,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before_rule_id: Option<String>,
    },
    /// Changes the variation or split of a rule.
    UpdateRuleVariationOrRollout {
        rule_id: String,
        #[serde(flatten)]
        serve: ServeInstruction,
    },
    /// Changes the fallthrough.
    UpdateFallthroughVariationOrRollout {
        #[serde(flatten)]
        serve: ServeInstruction,
    },
    /// Lists contexts for a variation.
    AddTargets {
        variation_id: String,
        context_kind: String,
        values: Vec<String>,
    },
    /// Removes contexts from the list of a variation.
    RemoveTargets {
        variation_id: String,
        context_kind: String,
        values: Vec<String>,
    },
    /// An instruction that segments have as well.
    #[serde(untagged)]
    Common(Instruction),
}

/// A variation or split in instructions.
///
/// Example: [`wire`](super).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServeInstruction {
    /// One variation, by its identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variation_id: Option<String>,
    /// Several, by identifier, in thousandths of a percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout_weights: Option<BTreeMap<String, u64>>,
    /// The bucketing attribute; absent means the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout_bucket_by: Option<String>,
    /// The context kind to bucket; absent means `user`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout_context_kind: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn little_is_enough() {
        let targeting: Targeting = serde_json::from_value(json!({
            "key": "assistant",
            "variations": [{"id": "v-0", "value": {}}, {"_id": "v-1", "value": {"_ldMeta": {"variationKey": "fast"}}}],
            "environments": {"test": {"enabled": true, "fallthrough": {"variation": 1}, "rules": [
                {"id": "r", "clauses": [{"id": "c", "attribute": "a", "op": "in", "values": [1], "negate": false}], "variation": 0},
            ]}},
        }))
        .unwrap();
        let here = &targeting.environments["test"];
        assert_eq!(here.enabled, Some(true));
        assert_eq!(here.rules[0].rule.id.as_deref(), Some("r"));
        assert_eq!(here.rules[0].served.variation, Some(0));
        assert_eq!(targeting.variations[0].id.as_deref(), Some("v-0"));
        assert_eq!(targeting.variations[1].key(), Some("fast"));
        let nothing: Targeting = serde_json::from_value(json!({})).unwrap();
        assert_eq!(nothing, Targeting::default());
    }

    #[test]
    fn a_key_stands_for_a_key_then_a_name_then_a_value() {
        let variation = |name: &str, value: Json| Variation {
            id: None,
            name: Some(name.to_owned()),
            value,
        };
        let variations = [
            variation("disabled", json!({"_ldMeta": {"enabled": false}})),
            variation("careful", json!({"_ldMeta": {"variationKey": "fast"}})),
            variation("Very careful", json!("x")),
            variation("", json!(true)),
        ];
        let place = |key| variation_place(&variations, key);
        assert_eq!(place("fast"), Some(1));
        assert_eq!(
            place("careful"),
            None,
            "the variation of that name has another key"
        );
        assert_eq!(place("disabled"), Some(0));
        assert_eq!(place("very-careful"), Some(2));
        assert_eq!((place("x"), place("true")), (Some(2), Some(3)));
    }

    #[test]
    fn instructions_have_the_documented_shape() {
        let instructions = [
            TargetingInstruction::AddRule {
                description: Some("beta".to_owned()),
                clauses: Vec::new(),
                serve: ServeInstruction {
                    variation_id: Some("v".to_owned()),
                    ..ServeInstruction::default()
                },
                before_rule_id: None,
            },
            TargetingInstruction::Common(Instruction::RemoveRule {
                rule_id: "r".to_owned(),
            }),
        ];
        let json = json!([
            {"kind": "addRule", "description": "beta", "clauses": [], "variationId": "v"},
            {"kind": "removeRule", "ruleId": "r"},
        ]);
        assert_eq!(serde_json::to_value(&instructions).unwrap(), json);
    }
}
