//! Semantic patches: changes as instructions of the service.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Clause;

/// A semantic patch. It takes effect completely or not at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SemanticPatch {
    /// The environment of the segment.
    pub environment_key: String,
    /// The comment, for the audit log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The instructions, in order.
    pub instructions: Vec<Instruction>,
}

impl SemanticPatch {
    /// The exact `Content-Type`. Without its parameter the service reads the body as a JSON patch.
    pub const CONTENT_TYPE: &'static str =
        "application/json; domain-model=launchdarkly.semanticpatch";
}

/// One instruction of a semantic patch of a segment (API documentation, *patchSegment*).
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
pub enum Instruction {
    /// Adds tags.
    AddTags { values: Vec<String> },
    /// Removes tags.
    RemoveTags { values: Vec<String> },
    /// Changes the name.
    UpdateName { value: String },
    /// Adds contexts to the included list.
    AddIncludedTargets {
        #[serde(default = "user")]
        context_kind: String,
        values: Vec<String>,
    },
    /// Removes contexts from the included list.
    RemoveIncludedTargets {
        #[serde(default = "user")]
        context_kind: String,
        values: Vec<String>,
    },
    /// Adds contexts to the excluded list.
    AddExcludedTargets {
        #[serde(default = "user")]
        context_kind: String,
        values: Vec<String>,
    },
    /// Removes contexts from the excluded list.
    RemoveExcludedTargets {
        #[serde(default = "user")]
        context_kind: String,
        values: Vec<String>,
    },
    /// Adds users to the included list; the older form.
    AddIncludedUsers { values: Vec<String> },
    /// Removes users from the included list; the older form.
    RemoveIncludedUsers { values: Vec<String> },
    /// Adds users to the excluded list; the older form.
    AddExcludedUsers { values: Vec<String> },
    /// Removes users from the excluded list; the older form.
    RemoveExcludedUsers { values: Vec<String> },
    /// Appends a rule.
    AddRule {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        clauses: Vec<Clause>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weight: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rollout_context_kind: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bucket_by: Option<String>,
    },
    /// Removes a rule; not an error if the rule does not exist.
    RemoveRule { rule_id: String },
    /// Appends clauses to a rule.
    AddClauses {
        rule_id: String,
        clauses: Vec<Clause>,
    },
    /// Removes clauses from a rule.
    RemoveClauses {
        rule_id: String,
        clause_ids: Vec<String>,
    },
    /// Replaces a clause.
    UpdateClause {
        rule_id: String,
        clause_id: String,
        clause: Clause,
    },
    /// Adds values to a clause.
    AddValuesToClause {
        rule_id: String,
        clause_id: String,
        values: Vec<Json>,
    },
    /// Removes values from a clause.
    RemoveValuesFromClause {
        rule_id: String,
        clause_id: String,
        values: Vec<Json>,
    },
    /// Puts the rules into this order; names each of them exactly once.
    ReorderRules { rule_ids: Vec<String> },
    /// Changes the description of a rule.
    UpdateRuleDescription {
        rule_id: String,
        description: String,
    },
    /// Changes the percentage of a rule that has one.
    UpdateRuleRolloutAndContextKind {
        rule_id: String,
        weight: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        context_kind: Option<String>,
    },
    /// Adds contexts to the included list of a big segment.
    AddBigSegmentIncludedTargets { values: Vec<String> },
    /// Removes contexts from the included list of a big segment.
    RemoveBigSegmentIncludedTargets { values: Vec<String> },
    /// Adds contexts to the excluded list of a big segment.
    AddBigSegmentExcludedTargets { values: Vec<String> },
    /// Removes contexts from the excluded list of a big segment.
    RemoveBigSegmentExcludedTargets { values: Vec<String> },
    /// Activates an uploaded list.
    ProcessBigSegmentImport { import_id: String },
}

fn user() -> String {
    "user".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn instructions_have_the_documented_shape() {
        let patch = SemanticPatch {
            environment_key: "test".to_owned(),
            comment: None,
            instructions: vec![
                Instruction::AddIncludedTargets {
                    context_kind: "org".to_owned(),
                    values: vec!["o-1".to_owned()],
                },
                Instruction::UpdateRuleRolloutAndContextKind {
                    rule_id: "r".to_owned(),
                    weight: 20_000,
                    context_kind: Some("user".to_owned()),
                },
            ],
        };
        let json = json!({"environmentKey": "test", "instructions": [
            {"kind": "addIncludedTargets", "contextKind": "org", "values": ["o-1"]},
            {"kind": "updateRuleRolloutAndContextKind", "ruleId": "r", "weight": 20_000, "contextKind": "user"},
        ]});
        assert_eq!(serde_json::to_value(&patch).unwrap(), json);
        assert_eq!(
            serde_json::from_value::<SemanticPatch>(json).unwrap(),
            patch
        );
    }
}
