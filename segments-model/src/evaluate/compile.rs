//! Compiles the service's JSON for evaluation.

use foldhash::HashMap;

use super::clause::{Clause, Subject, Test};
use super::context::Name;
use super::lists::{Listed, Lists, Place};
use super::path::Path;
use super::sight::{Attributes, Clauses};
use crate::{AttributeValue, ContextKind, InvalidReference, Operator, wire};

/// The parts that all segments share.
pub(super) struct Common<'k> {
    /// Where the segments are.
    pub(super) by_key: &'k HashMap<Box<str>, usize>,
    pub(super) lists: Lists,
    pub(super) attributes: Attributes,
    pub(super) clauses: Clauses,
}

#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) key: String,
    /// The kind of the members, if they are kept elsewhere.
    pub(super) big: Option<Name>,
    /// The kinds of the lists; who is on them, [`Lists`] knows.
    pub(super) included: Vec<ContextKind>,
    pub(super) excluded: Vec<ContextKind>,
    pub(super) rules: Vec<Rule>,
    /// Whether a rule asks another segment.
    pub(super) asks: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) conditions: Vec<Condition>,
    pub(super) share: Option<Share>,
    /// As it was given, for explanations.
    pub(super) source: wire::Rule,
}

/// A clause of a rule.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    Clause(Clause),
    Segments { asked: Vec<Asked>, negate: bool },
    Malformed(InvalidReference),
}

/// A segment that a clause asks.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    Loaded(usize),
    Missing(String),
}

/// The percentage of a rule.
#[derive(Debug, Clone)]
pub(super) struct Share {
    pub(super) kind: Name,
    pub(super) by: Result<Path, InvalidReference>,
    /// In thousandths of a percent; not negative.
    pub(super) weight: i64,
}

impl Segment {
    /// Prepares the segment at this place, and adds its lists to those of the others.
    pub(super) fn compile(place: usize, segment: wire::Segment, common: &mut Common<'_>) -> Self {
        let rules: Vec<Rule> = segment
            .rules
            .into_iter()
            .map(|rule| Rule::compile(rule, common))
            .collect();
        let included = target_lists(segment.included, segment.included_contexts);
        let excluded = target_lists(segment.excluded, segment.excluded_contexts);
        Self {
            big: segment.unbounded.then(|| {
                let kind = segment.unbounded_context_kind.as_deref();
                Name::new(kind.unwrap_or(ContextKind::USER.as_str()))
            }),
            included: added(included, place, Listed::Included, &mut common.lists),
            excluded: added(excluded, place, Listed::Excluded, &mut common.lists),
            asks: rules
                .iter()
                .flat_map(|rule| &rule.conditions)
                .any(|condition| matches!(condition, Condition::Segments { .. })),
            rules,
            key: segment.key,
        }
    }
}

/// Keys of users come in a list of their own and may come among those of other kinds, too. A kind
/// that no context can have has no members.
fn target_lists(
    users: Vec<String>,
    others: Vec<wire::ContextTargets>,
) -> Vec<(ContextKind, Vec<String>)> {
    let users = wire::ContextTargets {
        context_kind: ContextKind::USER.into(),
        values: users,
    };
    let mut lists: Vec<(ContextKind, Vec<String>)> = Vec::new();
    for targets in others.into_iter().chain([users]) {
        let Ok(kind) = ContextKind::parse(targets.context_kind) else {
            continue;
        };
        if targets.values.is_empty() {
            continue;
        }
        match lists.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, keys)) => keys.extend(targets.values),
            None => lists.push((kind, targets.values)),
        }
    }
    lists
}

/// Adds the lists of a segment to those of the others, and returns their kinds.
fn added(
    own: Vec<(ContextKind, Vec<String>)>,
    segment: usize,
    listed: fn(usize) -> Listed,
    lists: &mut Lists,
) -> Vec<ContextKind> {
    let add = |(number, (kind, keys))| {
        let listed = listed(number);
        lists.add(&kind, Place { segment, listed }, keys);
        kind
    };
    own.into_iter().enumerate().map(add).collect()
}

impl Rule {
    fn compile(rule: wire::Rule, common: &mut Common<'_>) -> Self {
        Self {
            conditions: rule
                .clauses
                .iter()
                .map(|clause| Condition::compile(clause, common))
                .collect(),
            // A negative weight is no percentage to the Rust SDK.
            share: rule.weight.filter(|weight| *weight >= 0).map(|weight| {
                let kind = known_kind(rule.rollout_context_kind.as_deref());
                let by = rule.bucket_by.as_deref();
                Share {
                    by: Path::parse(by.unwrap_or("key"), kind.is_none()),
                    kind: Name::new(kind.as_ref().unwrap_or(&ContextKind::USER).as_str()),
                    weight,
                }
            }),
            source: rule,
        }
    }
}

impl Condition {
    fn compile(clause: &wire::Clause, common: &mut Common<'_>) -> Self {
        let operator = Operator::from_wire(&clause.op);
        if operator == Some(Operator::SegmentMatch) {
            let keys = clause.values.iter().filter_map(serde_json::Value::as_str);
            let asked = keys.map(|key| match common.by_key.get(key) {
                Some(index) => Asked::Loaded(*index),
                None => Asked::Missing(key.to_owned()),
            });
            return Self::Segments {
                asked: asked.collect(),
                negate: clause.negate,
            };
        }
        let kind = known_kind(clause.context_kind.as_deref());
        let path = match Path::parse(&clause.attribute, kind.is_none()) {
            Ok(path) => path,
            Err(error) => return Self::Malformed(error),
        };
        let values: Vec<AttributeValue> = clause
            .values
            .iter()
            .cloned()
            .map(AttributeValue::from)
            .collect();
        let kind = kind.unwrap_or(ContextKind::USER);
        Self::Clause(Clause {
            subject: Subject::new(kind.as_str(), path, &mut common.attributes),
            test: Test::new(operator, &values),
            negate: clause.negate,
            number: common.clauses.number(clause),
        })
    }
}

/// The kind that a clause or rule names. If it names none, or none that there can be, it is of the
/// time before kinds: about users, and attributes are names as they stand.
fn known_kind(kind: Option<&str>) -> Option<ContextKind> {
    ContextKind::parse(kind?).ok()
}
