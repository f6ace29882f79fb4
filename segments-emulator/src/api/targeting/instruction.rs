//! The instructions of semantic patches of targeting (API documentation, *patchFeatureFlag* and
//! *patchAIConfigTargeting*).

use segments_model::wire::Clause;
use serde::Deserialize;
use serde_json::Value as Json;

use super::serve::Serve;
use super::variation::OneVariation;
use crate::message::ApiError;

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
    Environment(Box<EnvironmentInstruction>),
}

/// The instructions that are about a flag or an AI Config as a whole.
const WHOLE: [&str; 8] = [
    "updateName",
    "updateDescription",
    "addTags",
    "removeTags",
    "updateDefaultVariation",
    "updateVariation",
    "archiveFlag",
    "restoreFlag",
];

/// Instructions of *patchFeatureFlag* that this emulator leaves out. Nobody shall take that for an error
/// of their own.
const LEFT_OUT: [&str; 17] = [
    "addCustomProperties",
    "addVariation",
    "clearUserTargets",
    "deleteFlag",
    "deprecateFlag",
    "makeFlagPermanent",
    "makeFlagTemporary",
    "removeCustomProperties",
    "removeMaintainer",
    "removeVariation",
    "replaceCustomProperties",
    "replaceUserTargets",
    "restoreDeprecatedFlag",
    "turnOffClientSideAvailability",
    "turnOnClientSideAvailability",
    "updateMaintainerMember",
    "updateMaintainerTeam",
];

impl Instruction {
    /// Reads an instruction by its kind.
    pub(super) fn read(json: Json) -> Result<Self, ApiError> {
        let kind = json["kind"].as_str().unwrap_or_default();
        if LEFT_OUT.contains(&kind) {
            return Err(ApiError::left_out(&format!("the instruction `{kind}`")));
        }
        let read = if WHOLE.contains(&kind) {
            serde_json::from_value(json).map(Self::Whole)
        } else {
            serde_json::from_value(json).map(|it| Self::Environment(Box::new(it)))
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
    UpdateVariation {
        variation_id: String,
        #[serde(default)]
        name: Option<String>,
        #[serde(default)]
        description: Option<String>,
        #[serde(default)]
        value: Option<Json>,
    },
    ArchiveFlag,
    RestoreFlag,
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
    #[serde(alias = "addUserTargets")]
    AddTargets(TargetChange),
    #[serde(alias = "removeUserTargets")]
    RemoveTargets(TargetChange),
    ReplaceTargets {
        targets: Vec<TargetChange>,
    },
    ClearTargets {
        #[serde(flatten)]
        variation: OneVariation,
    },
    UpdateFallthroughVariationOrRollout {
        #[serde(flatten)]
        serve: Serve,
    },
    UpdateOffVariation {
        variation_id: String,
    },
    AddPrerequisite(NewPrerequisite),
    UpdatePrerequisite(NewPrerequisite),
    RemovePrerequisite {
        key: String,
    },
    ReplacePrerequisites {
        prerequisites: Vec<NewPrerequisite>,
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

/// A flag, and the variation that it has to serve.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewPrerequisite {
    pub(super) key: String,
    pub(super) variation_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TargetChange {
    #[serde(default)]
    pub(super) context_kind: Option<String>,
    #[serde(flatten)]
    pub(super) variation: OneVariation,
    pub(super) values: Vec<String>,
}
