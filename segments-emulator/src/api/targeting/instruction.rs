//! The instructions of semantic patches of targeting (API documentation, *patchFeatureFlag* and
//! *patchAIConfigTargeting*).

use std::collections::BTreeMap;

use segments_model::wire::Clause;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::api::segment::complete_kind;
use crate::message::ApiError;
use crate::state::{Rollout, Served, Share, Targeting};

/// The body of a semantic patch.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Envelope {
    #[serde(default)]
    pub(crate) environment_key: Option<String>,
    pub(crate) instructions: Vec<Json>,
}

/// An instruction.
pub(super) enum Instruction {
    Whole(WholeInstruction),
    Environment(EnvironmentInstruction),
}

/// The instructions that are about a flag or an AI Config as a whole.
const WHOLE: [&str; 5] = [
    "updateName",
    "updateDescription",
    "addTags",
    "removeTags",
    "updateDefaultVariation",
];

impl Instruction {
    /// Reads an instruction by its kind.
    pub(super) fn read(json: Json) -> Result<Self, ApiError> {
        let read = if WHOLE.contains(&json["kind"].as_str().unwrap_or_default()) {
            serde_json::from_value(json).map(Self::Whole)
        } else {
            serde_json::from_value(json).map(Self::Environment)
        };
        read.map_err(|error| ApiError::invalid(error.to_string()))
    }
}

/// A change of a flag or an AI Config as a whole.
#[derive(Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(super) enum WholeInstruction {
    UpdateName {
        value: String,
    },
    UpdateDescription {
        value: String,
    },
    AddTags {
        values: Vec<String>,
    },
    RemoveTags {
        values: Vec<String>,
    },
    /// By value and not by identifier; the documentation's example begins with capitals.
    UpdateDefaultVariation {
        #[serde(default, alias = "OnVariationValue")]
        on_variation_value: Option<Json>,
        #[serde(default, alias = "OffVariationValue")]
        off_variation_value: Option<Json>,
    },
}

/// A change of what is served in one environment.
#[derive(Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(super) enum EnvironmentInstruction {
    TurnFlagOn,
    TurnFlagOff,
    AddRule(NewRule),
    ReplaceRules {
        rules: Vec<NewRule>,
    },
    RemoveRule {
        rule_id: String,
    },
    ReorderRules {
        rule_ids: Vec<String>,
    },
    UpdateRuleDescription {
        rule_id: String,
        description: String,
    },
    UpdateRuleTrackEvents {
        rule_id: String,
        track_events: bool,
    },
    UpdateRuleVariationOrRollout {
        rule_id: String,
        #[serde(flatten)]
        serve: Serve,
    },
    AddClauses {
        rule_id: String,
        clauses: Vec<Clause>,
    },
    RemoveClauses {
        rule_id: String,
        clause_ids: Vec<String>,
    },
    UpdateClause {
        rule_id: String,
        clause_id: String,
        clause: Clause,
    },
    AddValuesToClause {
        rule_id: String,
        clause_id: String,
        values: Vec<Json>,
    },
    RemoveValuesFromClause {
        rule_id: String,
        clause_id: String,
        values: Vec<Json>,
    },
    AddTargets(TargetChange),
    RemoveTargets(TargetChange),
    ReplaceTargets {
        targets: Vec<TargetChange>,
    },
    ClearTargets {
        variation_id: String,
    },
    UpdateFallthroughVariationOrRollout {
        #[serde(flatten)]
        serve: Serve,
    },
    UpdateOffVariation {
        variation_id: String,
    },
    UpdateTrackEvents {
        track_events: bool,
    },
    UpdateTrackEventsFallthrough {
        track_events: bool,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewRule {
    #[serde(default)]
    pub(super) description: Option<String>,
    pub(super) clauses: Vec<Clause>,
    #[serde(default)]
    pub(super) before_rule_id: Option<String>,
    #[serde(default)]
    pub(super) track_events: bool,
    #[serde(flatten)]
    pub(super) serve: Serve,
}

/// What is served, in each of the forms that are in use: by identifier, by index, by weights.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Serve {
    #[serde(default)]
    pub(super) variation_id: Option<String>,
    #[serde(default)]
    pub(super) variation: Option<usize>,
    #[serde(default)]
    pub(super) rollout_weights: Option<BTreeMap<String, u32>>,
    #[serde(default)]
    pub(super) rollout_bucket_by: Option<String>,
    #[serde(default)]
    pub(super) rollout_context_kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TargetChange {
    #[serde(default)]
    pub(super) context_kind: Option<String>,
    pub(super) variation_id: String,
    pub(super) values: Vec<String>,
}

impl Serve {
    /// What is served, as indexes of variations.
    pub(super) fn resolve(self, targeting: &Targeting) -> Result<Served, ApiError> {
        if let Some(id) = self.variation_id {
            return index(targeting, &id).map(Served::variation);
        }
        if let Some(variation) = self.variation {
            return if variation < targeting.variations.len() {
                Ok(Served::variation(variation))
            } else {
                Err(ApiError::invalid(format!("unknown variation {variation}")))
            };
        }
        let weights = self
            .rollout_weights
            .ok_or_else(|| ApiError::invalid("variationId or rolloutWeights is required"))?;
        let mut context_kind = self.rollout_context_kind.unwrap_or_default();
        complete_kind(&mut context_kind)?;
        let mut variations: Vec<Share> = (0..targeting.variations.len())
            .map(|variation| Share {
                variation,
                weight: 0,
            })
            .collect();
        // Those that nobody named have no share, and are in the rollout all the same.
        for (id, weight) in &weights {
            variations[index(targeting, id)?].weight = *weight;
        }
        let total: u64 = weights.values().copied().map(u64::from).sum();
        if total != 100_000 {
            return Err(ApiError::invalid(format!(
                "rolloutWeights add up to {total}, not to 100000"
            )));
        }
        Ok(Served {
            variation: None,
            rollout: Some(Rollout {
                variations,
                bucket_by: self.rollout_bucket_by,
                context_kind,
            }),
        })
    }
}

/// Where the variation of an identifier is.
pub(super) fn index(targeting: &Targeting, id: &str) -> Result<usize, ApiError> {
    targeting
        .variations
        .iter()
        .position(|variation| variation.id == id)
        .ok_or_else(|| ApiError::invalid(format!("unknown variation \"{id}\"")))
}
