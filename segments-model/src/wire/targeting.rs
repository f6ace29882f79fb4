//! The targeting of AI Configs and flags.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Clause, Instruction, Rule, Running};

/// Who is served what: the answer of *getAIConfigTargeting*, and as much of a flag (*getFeatureFlag*).
///
/// Every part is optional: the documented schema shows less than the instructions need, so the rest
/// is read where it is there. Identifiers are `_id` or `id`.
///
/// Example: [`wire`](super).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Targeting {
    /// The key of the AI Config or flag.
    pub key: String,
    /// The name that people see.
    pub name: String,
    /// The tags.
    pub tags: Vec<String>,
    /// Whether the flag is archived: SDKs do not receive it.
    pub archived: bool,
    /// Counts changes.
    #[serde(rename = "_version")]
    pub version: u64,
    /// What can be served, in order.
    pub variations: Vec<Variation>,
    /// Who is served what, by environment.
    pub environments: BTreeMap<String, EnvironmentTargeting>,
}

/// Something that can be served.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Variation {
    /// The identifier that instructions use. That of an AI Config's own variation is another.
    #[serde(rename = "_id", alias = "id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name that people see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What SDKs receive. That of an AI Config tells the variation's key.
    pub value: Json,
}

/// Who is served what in one environment.
///
/// Example: [`wire`](super).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvironmentTargeting {
    /// Whether the targeting of a flag is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
    /// Whether that of an AI Config is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Users that are served one variation each.
    pub targets: Vec<TargetList>,
    /// The same for contexts of other kinds; an entry without keys may stand for a list of users.
    pub context_targets: Vec<TargetList>,
    /// The rules, the first of which that holds decides.
    pub rules: Vec<TargetingRule>,
    /// What everybody else is served.
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
    /// The variation, by its place.
    pub variation: usize,
    /// The keys.
    pub values: Vec<String>,
}

/// A rule: the condition of a rule of a segment, and what it serves.
///
/// Example: [`wire`](super).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TargetingRule {
    /// The condition.
    #[serde(flatten)]
    pub rule: Rule,
    /// Whether the rule is switched off: it stays, and no context matches it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// Whether SDKs send an event for each evaluation that it decides.
    #[serde(
        rename = "trackEvents",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub track_events: Option<bool>,
    /// What it serves.
    #[serde(flatten)]
    pub served: Served,
}

/// One variation, or several by weight.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Served {
    /// The variation, by its place.
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
    /// The variations, in the order in which buckets are given out.
    pub variations: Vec<WeightedVariation>,
    /// The attribute that decides the bucket; absent means the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket_by: Option<String>,
    /// The kind of context that is put into buckets; absent means `user`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_kind: Option<String>,
    /// `rollout` or `experiment`, in what SDKs receive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What the hash begins with in place of the flag's key and salt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Who is in an experiment, a guarded or a progressive rollout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment_allocation: Option<ExperimentAllocation>,
    /// Every other member.
    #[serde(flatten)]
    pub other: Map<String, Json>,
}

/// Who is in an experiment, a guarded or a progressive rollout.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExperimentAllocation {
    /// The variation, by its place, of contexts that are not in it.
    pub default_variation: usize,
    /// Whether a context may come to another variation when shares change.
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
    /// The variation, by its place.
    pub variation: usize,
    /// The share in thousandths of a percent.
    pub weight: u64,
    /// Whether what these contexts do is left out of the results.
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
    /// Everybody is served the variation at this place.
    #[must_use]
    pub fn of_variation(place: usize) -> Self {
        Self {
            variation: Some(place),
            ..Self::default()
        }
    }

    /// What LaunchDarkly runs here by itself: an experiment, a guarded or a progressive rollout, or
    /// something that is not understood. None for a variation or a plain percentage rollout.
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
    /// The seed of a plain percentage rollout: what its hash begins with in place of the flag's key and
    /// salt. None if something runs there.
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
    /// The key of an AI Config's variation (seen in its value, at `_ldMeta.variationKey`).
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.value.get("_ldMeta")?.get("variationKey")?.as_str()
    }

    /// What people would call it: its key, its name, or its value.
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

/// The place of the variation that a key stands for: the one of that key, else of that name, else of
/// that value. A name counts in kebab case, too: `very-careful` is `Very careful`.
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
    /// Adds a rule, at the end unless it says before which.
    AddRule {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        clauses: Vec<Clause>,
        #[serde(flatten)]
        serve: ServeInstruction,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before_rule_id: Option<String>,
    },
    /// Changes what a rule serves.
    UpdateRuleVariationOrRollout {
        rule_id: String,
        #[serde(flatten)]
        serve: ServeInstruction,
    },
    /// Changes what everybody else is served.
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
    /// Takes contexts off the list of a variation.
    RemoveTargets {
        variation_id: String,
        context_kind: String,
        values: Vec<String>,
    },
    /// Any of those that segments have as well.
    #[serde(untagged)]
    Common(Instruction),
}

/// What is served, as instructions say it.
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
    /// The attribute that decides the bucket; absent means the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout_bucket_by: Option<String>,
    /// The kind of context that is put into buckets; absent means `user`.
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
