//! Checks of segments against one another, and of rules against rules.
//!
//! | finding | means |
//! |---|---|
//! | `segment-cycle` | segment references form a cycle; SDKs fail the whole flag |
//! | `rule-never-matches` | two clauses of a rule contradict each other |
//! | `rule-covered` | whoever fulfils the rule fulfils an earlier one |
//! | `segment-identical` | two segments have the same members, whatever the context |
//!
//! The reasons hold in LaunchDarkly's three-valued logic: an attribute that a context does not have
//! makes a clause and its negation false, and an attribute of many values can fulfil two clauses
//! that no single value fulfils. What cannot be told is not reported.

mod clauses;
mod comparison;
mod cycles;
mod effort;
mod identical;
mod rules;
#[cfg(test)]
mod tests;

use crate::{AttributeRef, Code, ContextKind, Definition, Finding, Place, Rule};

pub(crate) use clauses::covered;

/// A finding about a segment, with the other places that explain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The segment, by its index in what was given.
    pub segment: usize,
    /// What is wrong with it.
    pub finding: Finding,
    /// Other places, each with its segment and what it has to do with the finding.
    pub related: Vec<(usize, Place, String)>,
}

impl Relation {
    fn new(segment: usize, code: Code, place: Place, message: String) -> Self {
        Self {
            segment,
            finding: Finding::new(code, place, message),
            related: Vec::new(),
        }
    }
}

/// Checks segments against one another. `single` says whether an attribute is known to hold at most
/// one value, which is no array.
///
/// ```
/// use segments_model::relations::relations;
/// use segments_model::{Draft, draft};
///
/// let clause = |plan: &'static str| draft::DraftClause {
///     kind: Some("user".into()),
///     attribute: Some("plan".into()),
///     operator: Some(segments_model::Operator::In),
///     values: vec![Some(plan.into())],
///     ..Default::default()
/// };
/// let rule = draft::DraftRule { clauses: vec![clause("a"), clause("b")], ..Default::default() };
/// let draft = Draft { key: "k".into(), name: "K".into(), rules: Some(vec![rule]), ..Draft::default() };
/// let (definition, _) = draft.parse().unwrap();
///
/// let found = relations(&[&definition], &|_, _| true);
/// assert_eq!(found[0].finding.code.name(), "rule-never-matches");
/// assert_eq!(relations(&[&definition], &|_, _| false), [], "a list may hold both");
/// ```
pub fn relations(
    segments: &[&Definition],
    single: &dyn Fn(&ContextKind, &AttributeRef) -> bool,
) -> Vec<Relation> {
    let mut found = cycles::check(segments);
    let mut effort = effort::Effort::default();
    for (index, segment) in segments.iter().enumerate() {
        effort.next_segment();
        let rules = segment.rules();
        let say = |rule: usize, clause: Option<usize>| match clause {
            Some(clause) => rules[rule].clauses[clause].to_string(),
            None => rules[rule].to_string(),
        };
        rules::check(index, rules, single, &say, &mut effort, &mut found);
    }
    found.extend(identical::check(segments));
    found
}

/// Checks the rules of one segment against one another. `say` names a rule, or a clause of it, in
/// messages.
///
/// Example: [`relations`](fn@relations).
pub fn within(
    rules: &[Rule],
    single: &dyn Fn(&ContextKind, &AttributeRef) -> bool,
    say: &dyn Fn(usize, Option<usize>) -> String,
) -> Vec<Relation> {
    let mut effort = effort::Effort::default();
    effort.next_segment();
    let mut found = Vec::new();
    rules::check(0, rules, single, say, &mut effort, &mut found);
    found
}
