//! A segment in the service's form.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;

use super::Link;
use crate::{AttributeRef, Audience, ContextKind, Definition, Targets};

/// A segment in responses of the REST API. The data that SDKs receive (`salt`, `id` without an
/// underscore) can be decoded, too.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Segment {
    /// The key, unique in its environment.
    pub key: String,
    /// The display name.
    pub name: String,
    /// The description; absent until somebody sets one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The tags.
    #[serde(deserialize_with = "or_default")]
    pub tags: Vec<String>,
    /// The time of creation, in milliseconds since 1970.
    pub creation_date: i64,
    /// The time of the last change, in milliseconds since 1970.
    pub last_modified_date: i64,
    /// Keys of included contexts of kind `user`.
    #[serde(deserialize_with = "or_default")]
    pub included: Vec<String>,
    /// Keys of excluded contexts of kind `user`.
    #[serde(deserialize_with = "or_default")]
    pub excluded: Vec<String>,
    /// Included contexts of other kinds.
    #[serde(deserialize_with = "or_default")]
    pub included_contexts: Vec<ContextTargets>,
    /// Excluded contexts of other kinds.
    #[serde(deserialize_with = "or_default")]
    pub excluded_contexts: Vec<ContextTargets>,
    /// The rules, in order.
    #[serde(deserialize_with = "or_default")]
    pub rules: Vec<Rule>,
    /// Counts changes, from 1.
    pub version: u64,
    /// Whether it was deleted.
    pub deleted: bool,
    /// The number of times that a segment of this key was created.
    pub generation: u64,
    /// Whether it is a big segment, whose members are kept elsewhere. Absent means no.
    #[serde(skip_serializing_if = "is_false")]
    pub unbounded: bool,
    /// The kind of the members of a big segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unbounded_context_kind: Option<String>,
    /// The lengths of the lists of a big segment.
    #[serde(rename = "_unboundedMetadata", skip_serializing_if = "Option::is_none")]
    pub unbounded_metadata: Option<UnboundedMetadata>,
    /// The salt of percentages. Only in data for SDKs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// Links to the segment and to related resources.
    #[serde(rename = "_links", skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, Link>,
    /// The flags that target it. Only in the response for a single segment.
    #[serde(rename = "_flags", skip_serializing_if = "Option::is_none")]
    pub flags: Option<Vec<FlagReference>>,
    /// The other system that manages the segment, such as `amplitude`.
    #[serde(rename = "_external", skip_serializing_if = "Option::is_none")]
    pub external: Option<String>,
    /// Whether a list is being imported.
    #[serde(rename = "_importInProgress", skip_serializing_if = "Option::is_none")]
    pub import_in_progress: Option<bool>,
    /// The contexts that leave a list by themselves. LaunchDarkly answers that apart
    /// (*getExpiringTargetsForSegment*), so it is not known before somebody has asked.
    #[serde(skip)]
    pub expiring: Option<Vec<ExpiringTarget>>,
}

/// A context that leaves a list of a segment by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExpiringTarget {
    /// Counts changes of the date.
    #[serde(rename = "_version", default)]
    pub version: u64,
    /// When it leaves, in milliseconds since 1970.
    pub expiration_date: i64,
    /// The list: `included` or `excluded`.
    #[serde(default)]
    pub target_type: String,
    /// The kind of the context.
    #[serde(default)]
    pub context_kind: String,
    /// The key of the context.
    #[serde(default)]
    pub context_key: String,
}

/// The lengths of the lists of a big segment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UnboundedMetadata {
    /// The number of included contexts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub included_count: Option<u64>,
    /// The number of excluded contexts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded_count: Option<u64>,
}

/// Individual contexts of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContextTargets {
    /// The kind.
    pub context_kind: String,
    /// The keys.
    #[serde(default, deserialize_with = "or_default")]
    pub values: Vec<String>,
}

/// A flag that targets a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagReference {
    /// The flag's key.
    pub key: String,
    /// The flag's name.
    #[serde(default)]
    pub name: String,
}

/// A rule of a segment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rule {
    /// The identifier from the service.
    #[serde(rename = "_id", alias = "id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The purpose of the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The conditions, all of which have to match.
    #[serde(deserialize_with = "or_default")]
    pub clauses: Vec<Clause>,
    /// The percentage in thousandths; absent means everyone, 0 means nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<i64>,
    /// The context kind to bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout_context_kind: Option<String>,
    /// The bucketing attribute; absent means the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket_by: Option<String>,
}

/// A condition of a rule.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "ClauseAsSent")]
pub struct Clause {
    /// The identifier from the service.
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The kind of context; absent means `user`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_kind: Option<String>,
    /// The attribute.
    pub attribute: String,
    /// The operator's name.
    pub op: String,
    /// The values to compare with.
    pub values: Vec<Json>,
    /// Whether the condition is negated.
    pub negate: bool,
}

/// A clause as it comes. Flags and segments name its identifier `_id`, AI Configs `id`, and an answer
/// may have both, which an alias would refuse.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ClauseAsSent {
    #[serde(rename = "_id")]
    own_id: Option<String>,
    id: Option<String>,
    context_kind: Option<String>,
    attribute: String,
    op: String,
    #[serde(deserialize_with = "or_default")]
    values: Vec<Json>,
    negate: bool,
}

impl From<ClauseAsSent> for Clause {
    fn from(sent: ClauseAsSent) -> Self {
        Self {
            id: sent.own_id.or(sent.id),
            context_kind: sent.context_kind,
            attribute: sent.attribute,
            op: sent.op,
            values: sent.values,
            negate: sent.negate,
        }
    }
}

/// The body that creates a segment. The service accepts lists and rules only in a subsequent patch.
///
/// Example: [`wire`](super).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateSegment {
    /// The key.
    pub key: String,
    /// The name.
    pub name: String,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether it is a big segment.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unbounded: bool,
    /// The kind of the members of a big segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unbounded_context_kind: Option<String>,
}

/// A list that is null is an empty one.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(value: &bool) -> bool {
    !*value
}

impl From<&crate::Clause> for Clause {
    fn from(clause: &crate::Clause) -> Self {
        Self {
            id: None,
            context_kind: Some(clause.kind.to_string()),
            attribute: clause.attribute.to_string(),
            op: clause.operator.wire().to_owned(),
            values: clause.values.iter().map(json).collect(),
            negate: clause.negate,
        }
    }
}

fn json(value: &crate::Value) -> Json {
    match value {
        crate::Value::Bool(value) => Json::from(*value),
        crate::Value::Number(value) => match value.as_integer() {
            Some(whole) => Json::from(whole),
            None => Json::from(value.get()),
        },
        crate::Value::String(value) => Json::from(value.as_ref()),
    }
}

impl From<&crate::Rule> for Rule {
    fn from(rule: &crate::Rule) -> Self {
        Self {
            id: None,
            description: rule.description.clone(),
            clauses: rule.clauses.iter().map(Clause::from).collect(),
            weight: rule
                .rollout
                .as_ref()
                .map(|rollout| i64::from(rollout.weight.thousandths())),
            rollout_context_kind: rule
                .rollout
                .as_ref()
                .map(|rollout| rollout.kind.to_string()),
            bucket_by: rule
                .rollout
                .as_ref()
                .filter(|rollout| rollout.by != AttributeRef::KEY)
                .map(|rollout| rollout.by.to_string()),
        }
    }
}

impl From<&Definition> for CreateSegment {
    fn from(definition: &Definition) -> Self {
        let big = match &definition.audience {
            Audience::Big { kind } => Some(kind.to_string()),
            Audience::Standard { .. } => None,
        };
        Self {
            key: definition.key.to_string(),
            name: definition.name.clone(),
            description: definition.description.clone(),
            tags: definition
                .tags
                .iter()
                .flatten()
                .map(ToString::to_string)
                .collect(),
            unbounded: big.is_some(),
            unbounded_context_kind: big,
        }
    }
}

/// What the service would show for a segment that is exactly this definition, without what only the
/// service knows. Parts that are not managed come out empty.
impl From<&Definition> for Segment {
    fn from(definition: &Definition) -> Self {
        let create = CreateSegment::from(definition);
        let (included, included_contexts) = lists(definition.included());
        let (excluded, excluded_contexts) = lists(definition.excluded());
        Self {
            key: create.key,
            name: create.name,
            description: create.description,
            tags: create.tags,
            included,
            excluded,
            included_contexts,
            excluded_contexts,
            rules: definition.rules().iter().map(Rule::from).collect(),
            unbounded: create.unbounded,
            unbounded_context_kind: create.unbounded_context_kind,
            ..Self::default()
        }
    }
}

/// Keys of users have a list of their own on the wire; other kinds share one.
fn lists(targets: &Targets) -> (Vec<String>, Vec<ContextTargets>) {
    let mut users = Vec::new();
    let mut others = Vec::new();
    for (kind, keys) in targets.lists() {
        if *kind == ContextKind::USER {
            users.extend(keys.iter().cloned());
        } else {
            others.push(ContextTargets {
                context_kind: kind.to_string(),
                values: keys.iter().cloned().collect(),
            });
        }
    }
    (users, others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_may_have_its_identifier_under_either_name_or_both() {
        for json in [
            r#"{"_id": "c", "attribute": "a", "op": "in"}"#,
            r#"{"id": "c", "attribute": "a", "op": "in"}"#,
            r#"{"_id": "c", "id": "c", "attribute": "a", "op": "in"}"#,
        ] {
            let clause: Clause = serde_json::from_str(json).unwrap();
            assert_eq!(clause.id.as_deref(), Some("c"), "{json}");
        }
    }

    #[test]
    fn an_answer_of_the_rest_api_decodes() {
        let json = serde_json::json!({
            "name": "Beta testers", "key": "beta-testers", "tags": [], "creationDate": 1_760_000_000_000_i64,
            "lastModifiedDate": 1_760_000_005_000_i64, "included": ["u-1"], "excluded": [],
            "includedContexts": [{"contextKind": "org", "values": ["o-1"]}], "excludedContexts": [],
            "_links": {"self": {"href": "/api/v2/segments/demo/test/beta-testers", "type": "application/json"}},
            "rules": [{"_id": "5f0c", "clauses": [{"_id": "9b1d", "attribute": "email", "op": "endsWith",
                "values": ["@x.io"], "contextKind": "user", "negate": false}], "rolloutContextKind": "user"}],
            "version": 2, "deleted": false, "generation": 1
        });
        let segment: Segment = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(segment.rules[0].id.as_deref(), Some("5f0c"));
        assert_eq!(serde_json::to_value(&segment).unwrap(), json);
    }

    #[test]
    fn data_for_sdks_decodes() {
        let json = r#"{"key":"b","included":[],"salt":"e5b6","rules":[{"id":"c041","clauses":[]}],"version":12}"#;
        let segment: Segment = serde_json::from_str(json).unwrap();
        assert_eq!(
            (segment.rules[0].id.as_deref(), segment.salt.as_deref()),
            (Some("c041"), Some("e5b6"))
        );
    }

    #[test]
    fn a_list_that_is_null_is_empty() {
        let json = r#"{"key":"b","included":null,"includedContexts":[{"contextKind":"org","values":null}],
            "rules":[{"clauses":null},{"clauses":[{"attribute":"a","op":"in","values":null}]}]}"#;
        let segment: Segment = serde_json::from_str(json).unwrap();
        assert_eq!((segment.included.len(), segment.rules.len()), (0, 2));
    }
}
