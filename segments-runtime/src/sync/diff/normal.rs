//! A normal form for values that the service and a declaration may write in several ways.
//!
//! The service fills in some defaults and omits others; none of these is a difference:
//!
//! | the same | as |
//! |---|---|
//! | a clause without `contextKind`, or an empty one | kind `user` |
//! | kind and attribute of a `segmentMatch` clause | any other: they have no effect |
//! | the kind of a clause on `kind` | any other: it has no effect |
//! | the attribute `/email` of a kind | `email` |
//! | the attribute `/email` without a kind, which is a plain name | `/~1email` |
//! | `rolloutContextKind` on a rule without `weight` | none |
//! | `bucketBy` absent or empty | `key` |
//! | a description absent | an empty one |
//! | the number `1.0` | `1` |
//! | values of a clause, clauses of a rule, in one order | in another; duplicated or not |
//! | users under `includedContexts` | under `included` |
//! | a kind with an empty list | no list |
//!
//! Identifiers, versions and dates are the service's own and are not compared.

use std::collections::{BTreeMap, BTreeSet};

use segments_model::{AttributeRef, Operator, wire};
use serde_json::{Value as Json, json};

use super::super::change::{RuleRollout, ServedVariation};
use super::super::digest::Digest;

/// Keys of contexts by kind.
pub(crate) type Lists<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The two places where the service keeps one list, as one.
pub(crate) fn lists<'a>(users: &'a [String], others: &'a [wire::ContextTargets]) -> Lists<'a> {
    let mut lists = Lists::new();
    let others = others
        .iter()
        .map(|list| (list.context_kind.as_str(), list.values.as_slice()));
    for (kind, keys) in [("user", users)].into_iter().chain(others) {
        if !keys.is_empty() {
            let list = lists.entry(kind).or_default();
            list.extend(keys.iter().map(String::as_str));
        }
    }
    lists
}

/// A rule as it is compared, with the rule itself.
#[derive(Debug, Clone)]
pub(crate) struct Rule<'a> {
    pub(crate) wire: &'a wire::Rule,
    /// In the order of the rule's own clauses.
    pub(crate) clauses: Vec<Clause>,
    pub(crate) share: Option<RuleRollout>,
    /// The variation that the rule serves, if it is not a rule of a segment.
    pub(crate) serves: Option<ServedVariation>,
    /// Whether the rule is turned off. No change turns it on, so no declared rule matches it.
    pub(crate) disabled: bool,
}

/// A clause as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Clause {
    pub(crate) test: Test,
    /// The JSON texts of the values.
    pub(crate) values: BTreeSet<String>,
}

/// A clause but for its values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Test {
    pub(crate) kind: String,
    pub(crate) attribute: String,
    pub(crate) operator: String,
    pub(crate) negate: bool,
}

impl Test {
    /// Kind and attribute.
    pub(crate) fn attribute(&self) -> (&str, &str) {
        (&self.kind, &self.attribute)
    }
}

impl<'a> Rule<'a> {
    pub(crate) fn of(wire: &'a wire::Rule) -> Self {
        Self {
            wire,
            clauses: wire.clauses.iter().map(Clause::of).collect(),
            share: RuleRollout::of(wire),
            serves: None,
            disabled: false,
        }
    }

    /// A rule of an AI Config or a flag.
    pub(crate) fn serving(wire: &'a wire::Rule, serves: Option<ServedVariation>) -> Self {
        Self {
            serves,
            ..Self::of(wire)
        }
    }

    /// Returns whether the rules let in the same contexts for the same reasons, and serve them the same.
    pub(crate) fn same(&self, other: &Rule<'_>) -> bool {
        self.serves == other.serves && self.same_condition(other)
    }

    /// Returns whether the rules are about the same contexts.
    pub(crate) fn same_condition(&self, other: &Rule<'_>) -> bool {
        let off = self.disabled || other.disabled;
        !off && self.share == other.share && self.conditions() == other.conditions()
    }

    pub(crate) fn conditions(&self) -> BTreeSet<&Clause> {
        self.clauses.iter().collect()
    }

    /// A normal form of the rule, independent of how it is written.
    pub(crate) fn digest(&self) -> Digest {
        let conditions = self.conditions().into_iter();
        let conditions = conditions.map(|Clause { test, values }| {
            let (kind, attribute) = test.attribute();
            json!([kind, attribute, test.operator, test.negate, values])
        });
        let share = self.share.as_ref();
        let share = share.map(|RuleRollout { weight, kind, by }| json!([weight, kind, by]));
        let serves = self.serves.as_ref().map(ToString::to_string);
        Digest::of(&json!([conditions.collect::<Vec<_>>(), share, serves]))
    }

    /// The identifier that the service gave it.
    pub(crate) fn id(&self) -> Option<&str> {
        self.wire.id.as_deref().filter(|id| !id.is_empty())
    }

    pub(crate) fn description(&self) -> &str {
        self.wire.description.as_deref().unwrap_or_default()
    }
}

impl Clause {
    pub(crate) fn of(wire: &wire::Clause) -> Self {
        let asks_segments = wire.op == Operator::SegmentMatch.wire();
        let reference = if asks_segments {
            Ok(AttributeRef::SEGMENT_MATCH)
        } else {
            wire.attribute_ref()
        };
        let tests_kinds = reference == Ok(AttributeRef::KIND);
        let kind = match wire.context_kind.as_deref() {
            _ if asks_segments || tests_kinds => "user",
            None | Some("") => "user",
            Some(kind) => kind,
        };
        // What no SDK can read is only ever the same as itself.
        let attribute = reference.map_or_else(|_| wire.attribute.clone(), String::from);
        Self {
            test: Test {
                kind: kind.to_owned(),
                attribute,
                operator: wire.op.clone(),
                negate: wire.negate,
            },
            values: wire.values.iter().map(value).collect(),
        }
    }
}

/// The JSON text of a value. Numbers are written as the 64-bit floats that SDKs make of them, whole
/// ones without a fraction.
pub(crate) fn value(json: &Json) -> String {
    if let Json::Number(number) = json
        && let Some(number) = number.as_f64()
        && let Ok(number) = segments_model::Number::new(number)
    {
        return number.to_string();
    }
    json.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: Json) -> wire::Rule {
        serde_json::from_value(json).unwrap()
    }

    fn same(left: Json, right: Json) -> bool {
        let (left, right) = (rule(left), rule(right));
        Rule::of(&left).same(&Rule::of(&right))
    }

    #[allow(clippy::needless_pass_by_value, reason = "reads better with `json!`")]
    fn clauses(clauses: Json) -> Json {
        json!({ "clauses": clauses })
    }

    #[test]
    fn a_clause_without_a_kind_is_about_users() {
        let bare = json!({"attribute": "a", "op": "in", "values": [1]});
        let empty = json!({"attribute": "a", "op": "in", "values": [1], "contextKind": "", "negate": false});
        let full = json!({"attribute": "a", "op": "in", "values": [1], "contextKind": "user"});
        let other = json!({"attribute": "a", "op": "in", "values": [1], "contextKind": "org"});
        assert!(same(clauses(json!([bare])), clauses(json!([full]))));
        assert!(same(clauses(json!([empty])), clauses(json!([full]))));
        assert!(!same(clauses(json!([bare])), clauses(json!([other]))));
    }

    #[test]
    fn kind_and_attribute_play_no_part_in_asking_segments() {
        let one = json!({"attribute": "segmentMatch", "op": "segmentMatch", "values": ["s"], "contextKind": "user"});
        let two =
            json!({"attribute": "", "op": "segmentMatch", "values": ["s"], "contextKind": ""});
        assert!(same(clauses(json!([one])), clauses(json!([two]))));
    }

    #[test]
    fn an_attribute_has_one_reference() {
        let on = |attribute: &str, kind: Json| {
            clauses(
                json!([{"attribute": attribute, "op": "in", "values": [1], "contextKind": kind}]),
            )
        };
        let user = || json!("user");
        assert!(same(on("/email", user()), on("email", user())));
        assert!(same(on("/a~1b", user()), on("a/b", user())));
        assert!(same(on("/email", Json::Null), on("/~1email", user())));
        assert!(!same(on("/email", Json::Null), on("email", user())));
        assert!(same(on("/a//b", user()), on("/a//b", user())));
        let by = |by: &str| json!({"weight": 5, "rolloutContextKind": "org", "bucketBy": by});
        assert!(same(by("/account"), by("account")));
        assert!(same(by("/key"), by("")));
    }

    #[test]
    fn the_kind_of_a_clause_on_kinds_plays_no_part() {
        let on = |attribute: &str, kind: &str| {
            clauses(
                json!([{"attribute": attribute, "op": "in", "values": ["org"], "contextKind": kind}]),
            )
        };
        assert!(same(on("kind", "user"), on("/kind", "org")));
        assert!(same(on("kind", ""), on("kind", "device")));
    }

    #[test]
    fn a_rollout_kind_without_a_weight_is_nothing() {
        assert!(same(
            json!({"rolloutContextKind": "user"}),
            json!({"clauses": []})
        ));
        assert!(!same(json!({"weight": 0}), json!({})));
    }

    #[test]
    fn defaults_of_a_share_are_filled_in() {
        let full = json!({"weight": 5, "rolloutContextKind": "user", "bucketBy": "key"});
        assert!(same(json!({"weight": 5}), full.clone()));
        assert!(same(
            json!({"weight": 5, "rolloutContextKind": "", "bucketBy": ""}),
            full.clone()
        ));
        assert!(!same(json!({"weight": 5, "bucketBy": "email"}), full));
    }

    #[test]
    fn numbers_are_compared_by_value_and_types_are_kept() {
        let clause =
            |value: Json| clauses(json!([{"attribute": "a", "op": "in", "values": [value]}]));
        assert!(same(clause(json!(1)), clause(json!(1.0))));
        assert!(same(
            clause(json!(1_704_067_200_000_i64)),
            clause(json!(1.704_067_2e12))
        ));
        assert!(!same(clause(json!(1)), clause(json!("1"))));
        assert!(!same(clause(json!(1)), clause(json!(true))));
    }

    #[test]
    fn order_and_doubles_of_values_and_clauses_mean_nothing() {
        let a = json!({"attribute": "a", "op": "in", "values": ["x", "y"]});
        let b = json!({"attribute": "b", "op": "in", "values": ["x"]});
        let a2 = json!({"attribute": "a", "op": "in", "values": ["y", "x", "y"]});
        assert!(same(clauses(json!([a, b])), clauses(json!([b, a2, a]))));
    }

    #[test]
    fn users_are_users_wherever_the_service_lists_them() {
        let users = ["a".to_owned()];
        let more = |kind: &str, keys: &[&str]| wire::ContextTargets {
            context_kind: kind.to_owned(),
            values: keys.iter().map(|key| (*key).to_owned()).collect(),
        };
        let others = [more("user", &["b"]), more("org", &[])];
        let lists = lists(&users, &others);
        assert_eq!(lists, Lists::from([("user", BTreeSet::from(["a", "b"]))]));
    }
}
