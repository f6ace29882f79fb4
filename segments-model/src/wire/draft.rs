//! Conversion of the service's JSON to a draft.
//!
//! A draft holds anything that can be written, so most oddities of a segment are left to the
//! [checks](crate::check). Parts that no draft can express are refused here.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value as Json;
use thiserror::Error;

use super::{Clause, ContextTargets, Rule, Segment};
use crate::draft::{DraftBy, DraftClause, DraftKind, DraftList, DraftRule, DraftTargets};
use crate::{
    AttributeRef, ContextKind, Draft, Expiry, InvalidNumber, InvalidReference, Number, Operator,
    Value,
};

/// A part of the service's segment that no definition can express.
///
/// ```
/// use segments_model::wire::Inexpressible;
///
/// let reason = Inexpressible::External { system: "amplitude".into() };
/// assert_eq!(reason.to_string(), "`amplitude` manages it; change it there");
/// ```
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum Inexpressible {
    /// Another system synchronizes the segment.
    #[error("`{system}` manages it; change it there")]
    External {
        /// The system.
        system: String,
    },
    /// A big segment with rules.
    #[error(
        "it is a big segment with {count} {}, which SDKs evaluate for contexts that are not on its list; move the rules to a standard segment",
        if *.count == 1 { "rule" } else { "rules" }
    )]
    BigWithRules {
        /// How many rules.
        count: usize,
    },
    /// A big segment with lists of its own.
    #[error(
        "it is a big segment that also lists contexts one by one, which SDKs ignore; remove the lists"
    )]
    BigWithTargets,
    /// An unknown operator.
    #[error("rule {}: `{operator}` is not an operator; SDKs never match it, and always match its negation", .rule + 1)]
    Operator {
        /// The rule, counted from 0.
        rule: usize,
        /// The operator.
        operator: String,
    },
    /// A value that is null, an array or an object.
    #[error("rule {}: {value} is not a boolean, number or string, so no attribute ever equals it", .rule + 1)]
    Value {
        /// The rule, counted from 0.
        rule: usize,
        /// The value.
        value: Json,
    },
    /// A number that would lose digits.
    #[error("rule {}: {source}", .rule + 1)]
    Number {
        /// The rule, counted from 0.
        rule: usize,
        /// What is wrong with the number.
        source: InvalidNumber,
    },
    /// A negative percentage.
    #[error("rule {}: its weight is {weight}, which SDKs read in different ways; remove it", .rule + 1)]
    Weight {
        /// The rule, counted from 0.
        rule: usize,
        /// The weight.
        weight: i64,
    },
    /// A disabled rule of an AI Config or a flag.
    #[error("rule {}: it is switched off; remove it, or switch it on", .rule + 1)]
    Disabled {
        /// The rule, counted from 0.
        rule: usize,
    },
    /// LaunchDarkly runs an experiment or a rollout there.
    #[error("{}: {what} runs on it; end it first", served_by(*.rule))]
    Running {
        /// The rule, counted from 0; the fallthrough if there is none.
        rule: Option<usize>,
        /// What runs there.
        what: String,
    },
    /// The service returns no variation.
    #[error("{}: the service does not return its variation", served_by(*.rule))]
    Nothing {
        /// The rule, counted from 0; the fallthrough if there is none.
        rule: Option<usize>,
    },
    /// No key identifies this variation alone.
    #[error("variation {}: no key identifies it; give it a unique name in LaunchDarkly", .place + 1)]
    Variation {
        /// The variation, counted from 0.
        place: usize,
    },
    /// There is no data for the environment.
    #[error("it does not have this environment")]
    NoEnvironment,
    /// An attribute that a name without a context kind cannot refer to.
    #[error("rule {}: {source}", .rule + 1)]
    Attribute {
        /// The rule, counted from 0.
        rule: usize,
        /// What is wrong with the reference.
        source: InvalidReference,
    },
}

fn served_by(rule: Option<usize>) -> String {
    match rule {
        Some(rule) => format!("rule {}", rule + 1),
        None => "the fallthrough".to_owned(),
    }
}

/// All reasons why a segment of the service cannot be a draft.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("{}", all(.0))]
pub struct NoDraft(pub Vec<Inexpressible>);

fn all(reasons: &[Inexpressible]) -> String {
    let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    reasons.join("; ")
}

/// The definition that a segment of the service is, as far as it can be told: parts that are empty
/// there are left out, values that stand in a clause twice are taken once, and references to
/// attributes get the form that [`AttributeRef`] has.
///
/// ```
/// use segments_model::{Draft, wire};
///
/// let segment = r#"{"key": "staff", "name": "Staff", "rules": [{"clauses": [
///     {"contextKind": "user", "attribute": "/email", "op": "endsWith", "values": ["@company.com"]}]}]}"#;
/// let segment: wire::Segment = serde_json::from_str(segment).unwrap();
/// let (definition, _) = Draft::try_from(&segment).unwrap().parse().unwrap();
/// assert_eq!(definition.rules()[0].to_string(), "user email ends with \"@company.com\"");
///
/// let segment: wire::Segment = serde_json::from_str(r#"{"key": "k", "unbounded": true, "rules": [{}]}"#).unwrap();
/// let reason = Draft::try_from(&segment).unwrap_err();
/// assert!(reason.to_string().starts_with("it is a big segment with 1 rule"));
/// ```
impl TryFrom<&Segment> for Draft {
    type Error = NoDraft;

    fn try_from(segment: &Segment) -> Result<Self, NoDraft> {
        let mut reasons = Vec::new();
        reasons.extend(of_whole(segment));
        let included = targets(
            &segment.included,
            &segment.included_contexts,
            &expiries(segment, "included"),
        );
        let excluded = targets(
            &segment.excluded,
            &segment.excluded_contexts,
            &expiries(segment, "excluded"),
        );
        let rules = segment.rules.iter().enumerate();
        let rules: Vec<DraftRule> = rules
            .map(|(index, rule)| self::rule(index, rule, &mut reasons))
            .collect();
        if !reasons.is_empty() {
            return Err(NoDraft(reasons));
        }
        let nothing = included.is_none() && excluded.is_none() && rules.is_empty();
        let mut tags = segment.tags.clone();
        tags.sort_unstable();
        tags.dedup();
        Ok(Draft {
            key: segment.key.clone(),
            name: segment.name.clone(),
            description: text(segment.description.as_ref()),
            tags: (!tags.is_empty()).then_some(tags),
            included,
            excluded,
            nobody: nothing && !segment.unbounded,
            rules: (!rules.is_empty()).then_some(rules),
            big: segment
                .unbounded
                .then(|| kind(segment.unbounded_context_kind.as_ref())),
            ..Draft::default()
        })
    }
}

fn of_whole(segment: &Segment) -> Vec<Inexpressible> {
    let mut reasons = Vec::new();
    if let Some(system) = text(segment.external.as_ref()) {
        reasons.push(Inexpressible::External { system });
    }
    if segment.unbounded && !segment.rules.is_empty() {
        let count = segment.rules.len();
        reasons.push(Inexpressible::BigWithRules { count });
    }
    let others = [&segment.included_contexts, &segment.excluded_contexts];
    let mut others = others.into_iter().flatten();
    let users = [&segment.included, &segment.excluded];
    let lists =
        users.iter().any(|users| !users.is_empty()) || others.any(|list| !list.values.is_empty());
    if segment.unbounded && lists {
        reasons.push(Inexpressible::BigWithTargets);
    }
    reasons
}

/// A text that is there; the service takes an empty one for none.
fn text(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

/// A kind, which is `user` where the service names none.
pub(super) fn kind(kind: Option<&String>) -> String {
    text(kind).unwrap_or_else(|| ContextKind::USER.into())
}

/// When contexts leave a list, by kind and key, as far as that is known.
type Expiries<'s> = HashMap<(&'s str, &'s str), i64>;

fn expiries<'s>(segment: &'s Segment, list: &str) -> Expiries<'s> {
    let expiring = segment.expiring.iter().flatten();
    let expiring = expiring.filter(|target| target.target_type == list);
    let expiring = expiring.map(|target| {
        let of = (&target.context_kind[..], &target.context_key[..]);
        (of, target.expiration_date)
    });
    expiring.collect()
}

/// Keys by kind and expiry. Keys of users may stand in either of the service's two places, and twice.
fn targets(
    users: &[String],
    others: &[ContextTargets],
    expiries: &Expiries<'_>,
) -> Option<DraftTargets> {
    let user = ContextKind::USER;
    let mut lists: Vec<(&str, Vec<&String>)> = Vec::new();
    let others = others
        .iter()
        .map(|list| (list.context_kind.as_str(), list.values.as_slice()));
    for (kind, keys) in [(user.as_str(), users)].into_iter().chain(others) {
        match lists.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, list)) => list.extend(keys),
            None => lists.push((kind, keys.iter().collect())),
        }
    }
    let lists = lists.into_iter().filter(|(_, keys)| !keys.is_empty());
    let lists: Vec<DraftList> = lists
        .flat_map(|(kind, keys)| {
            let mut groups: BTreeMap<Option<i64>, BTreeSet<&String>> = BTreeMap::new();
            for key in keys {
                let until = expiries.get(&(kind, &key[..])).copied();
                groups.entry(until).or_default().insert(key);
            }
            groups.into_iter().map(|(until, keys)| DraftList {
                kind: DraftKind::Name(kind.to_owned()),
                keys: keys.into_iter().cloned().collect(),
                until: until.map(|until| Expiry::from_milliseconds(until).to_string()),
            })
        })
        .collect();
    (!lists.is_empty()).then_some(DraftTargets {
        at_least: false,
        lists,
    })
}

pub(super) fn rule(index: usize, rule: &Rule, reasons: &mut Vec<Inexpressible>) -> DraftRule {
    let clauses = rule.clauses.iter();
    let clauses: Vec<DraftClause> = clauses.map(|found| clause(index, found, reasons)).collect();
    let weight = rule.weight.filter(|weight| {
        if *weight < 0 {
            let weight = *weight;
            reasons.push(Inexpressible::Weight {
                rule: index,
                weight,
            });
        }
        *weight >= 0
    });
    #[allow(
        clippy::cast_precision_loss,
        reason = "a weight of many digits is no percentage, which a check says"
    )]
    let percent = weight.map(|weight| weight as f64 / 1000.0);
    let by = percent.and(rule.bucketed_by().map_or_else(
        |source| {
            reasons.push(Inexpressible::Attribute {
                rule: index,
                source,
            });
            None
        },
        |(kind, attribute)| {
            Some(DraftBy {
                kind: Some(kind),
                attribute: Some(attribute),
                ..DraftBy::default()
            })
        },
    ));
    DraftRule {
        description: text(rule.description.as_ref()),
        everyone: clauses.is_empty(),
        clauses,
        percent,
        by,
    }
}

fn clause(rule: usize, clause: &Clause, reasons: &mut Vec<Inexpressible>) -> DraftClause {
    let operator = Operator::from_wire(&clause.op);
    if operator.is_none() {
        let operator = clause.op.clone();
        reasons.push(Inexpressible::Operator { rule, operator });
    }
    let mut values: Vec<Option<Value>> = Vec::new();
    for json in &clause.values {
        match value(rule, json) {
            Ok(value) => values.push(Some(value)),
            Err(reason) => reasons.push(reason),
        }
    }
    // What is written twice is compared once.
    let mut seen = std::collections::HashSet::new();
    values.retain(|value| seen.insert(value.clone()));
    if operator == Some(Operator::SegmentMatch) {
        return DraftClause {
            operator,
            values,
            negate: clause.negate,
            ..DraftClause::default()
        };
    }
    let attribute = clause.attribute_ref();
    let attribute = attribute.map_or_else(
        |source| {
            reasons.push(Inexpressible::Attribute { rule, source });
            None
        },
        Some,
    );
    DraftClause {
        kind: Some(kind(clause.context_kind.as_ref())),
        attribute: attribute.map(String::from),
        operator,
        values,
        negate: clause.negate,
        ..DraftClause::default()
    }
}

fn value(rule: usize, json: &Json) -> Result<Value, Inexpressible> {
    let number = |number: Result<Number, InvalidNumber>| match number {
        Ok(number) => Ok(Value::Number(number)),
        Err(source) => Err(Inexpressible::Number { rule, source }),
    };
    match json {
        Json::Bool(value) => Ok(Value::from(*value)),
        Json::String(text) => Ok(Value::from(text.clone())),
        Json::Number(found) => number(match (found.as_i64(), found.as_u64(), found.as_f64()) {
            (Some(whole), ..) => Number::try_from(whole),
            (None, Some(whole), _) => Number::try_from(i128::from(whole)),
            (None, None, float) => Number::new(float.unwrap_or(f64::INFINITY)),
        }),
        Json::Null | Json::Array(_) | Json::Object(_) => Err(Inexpressible::Value {
            rule,
            value: json.clone(),
        }),
    }
}

impl Clause {
    /// Returns the clause as a draft; `None` if no draft can express it.
    #[must_use]
    pub fn to_draft(&self) -> Option<DraftClause> {
        let mut reasons = Vec::new();
        let draft = clause(0, self, &mut reasons);
        reasons.is_empty().then_some(draft)
    }

    /// Returns the attribute that SDKs test. A clause without a context kind is in the format before
    /// kinds: its attribute is a plain name with any characters.
    ///
    /// # Errors
    ///
    /// If SDKs consider the reference malformed.
    ///
    /// ```
    /// use segments_model::wire::Clause;
    ///
    /// let mut clause = Clause { attribute: "/email".into(), ..Clause::default() };
    /// assert_eq!(clause.attribute_ref().unwrap().as_str(), "/~1email");
    /// clause.context_kind = Some("user".into());
    /// assert_eq!(clause.attribute_ref().unwrap().as_str(), "email");
    /// ```
    pub fn attribute_ref(&self) -> Result<AttributeRef, InvalidReference> {
        reference(&self.attribute, self.context_kind.as_ref())
    }
}

impl Rule {
    /// Returns the context kind and the bucketing attribute of a percentage rule.
    ///
    /// # Errors
    ///
    /// If SDKs consider the reference malformed.
    pub fn bucketed_by(&self) -> Result<(String, String), InvalidReference> {
        let by = self.bucket_by.as_ref().filter(|by| !by.is_empty());
        let attribute = by.map_or(Ok(AttributeRef::KEY), |by| {
            reference(by, self.rollout_context_kind.as_ref())
        })?;
        Ok((kind(self.rollout_context_kind.as_ref()), attribute.into()))
    }
}

fn reference(attribute: &str, kind: Option<&String>) -> Result<AttributeRef, InvalidReference> {
    match text(kind) {
        Some(_) => AttributeRef::parse(attribute),
        None => AttributeRef::from_name(attribute),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[allow(
        clippy::needless_pass_by_value,
        reason = "reads better without references"
    )]
    fn draft(json: Json) -> Result<Draft, NoDraft> {
        let segment: Segment = serde_json::from_value(json).unwrap();
        Draft::try_from(&segment)
    }

    #[allow(
        clippy::needless_pass_by_value,
        reason = "reads better without references"
    )]
    fn rules(rules: Json) -> Result<Draft, NoDraft> {
        draft(json!({"key": "k", "name": "K", "rules": rules}))
    }

    #[test]
    fn what_is_empty_is_left_out() {
        let draft = draft(json!({
            "key": "k", "name": "K", "description": "", "includedContexts": [{"contextKind": "org", "values": []}],
        }))
        .unwrap();
        assert!(draft.nobody && draft.included.is_none() && draft.description.is_none());
    }

    #[test]
    fn keys_of_users_stand_in_either_place_and_are_taken_once() {
        let draft = draft(json!({
            "key": "k", "name": "K", "included": ["b", "a", "b"],
            "includedContexts": [{"contextKind": "user", "values": ["c"]}, {"contextKind": "org", "values": ["o"]}],
        }))
        .unwrap();
        let lists = draft.included.unwrap().lists;
        assert_eq!(lists.len(), 2);
        assert_eq!(lists[0].keys, ["a", "b", "c"]);
    }

    #[test]
    fn defaults_of_the_service_are_filled_in() {
        let draft = rules(json!([
            {"weight": 500, "bucketBy": "", "clauses": [{"attribute": "a", "op": "in", "values": [1, 1.0]}]},
            {"weight": 500, "bucketBy": "/account", "rolloutContextKind": "org", "clauses": []},
        ]))
        .unwrap();
        let rules = draft.rules.unwrap();
        let by = |rule: &DraftRule| rule.by.clone().unwrap();
        assert_eq!(by(&rules[0]).attribute.as_deref(), Some("key"));
        assert_eq!(by(&rules[0]).kind.as_deref(), Some("user"));
        assert_eq!(by(&rules[1]).attribute.as_deref(), Some("account"));
        assert_eq!(rules[0].clauses[0].values.len(), 1);
        assert!(rules[1].everyone);
    }

    #[test]
    fn every_reason_is_told_with_its_rule() {
        let reasons = rules(json!([
            {"clauses": [{"attribute": "a", "op": "near", "values": [null]}]},
            {"weight": -1, "clauses": [{"attribute": "a", "op": "in", "values": [9_007_199_254_740_993_i64]}]},
        ]))
        .unwrap_err();
        let told: Vec<String> = reasons.0.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(told[0].starts_with("rule 1: `near`"), "{told:?}");
        assert!(told[1].starts_with("rule 1: null"), "{told:?}");
        assert!(told[2].starts_with("rule 2: 9007199254740993"), "{told:?}");
        assert!(told[3].starts_with("rule 2: its weight is -1"), "{told:?}");
    }

    #[test]
    fn a_big_segment_keeps_no_rules_and_no_lists_in_silence() {
        let big =
            json!({"key": "k", "name": "K", "unbounded": true, "unboundedContextKind": "org"});
        let mut with_rules = big.clone();
        with_rules["rules"] = json!([{"clauses": []}]);
        let mut with_lists = big.clone();
        with_lists["excluded"] = json!(["u"]);
        assert_eq!(draft(big).unwrap().big.as_deref(), Some("org"));
        assert_eq!(
            draft(with_rules).unwrap_err().0,
            [Inexpressible::BigWithRules { count: 1 }]
        );
        assert_eq!(
            draft(with_lists).unwrap_err().0,
            [Inexpressible::BigWithTargets]
        );
    }
}
