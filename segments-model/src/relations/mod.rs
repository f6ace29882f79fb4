//! Checks between segments, and between rules.
//!
//! | finding | means |
//! |---|---|
//! | `segment-cycle` | segment references form a cycle; SDKs fail the whole flag |
//! | `rule-never-matches` | clauses of a rule contradict each other, also through segments that they reference |
//! | `rule-covered` | every context that matches the rule matches earlier ones |
//! | `clause-covered` | every context that matches the other clauses of the rule matches this one |
//! | `value-covered` | the other clauses of the rule leave no context with this value |
//! | `percent-one-sided` | a percentage takes all or none of the contexts that the rule matches |
//! | `excluded-unneeded` | no rule lets an excluded context in |
//! | `audience-empty`, `audience-everybody` | nobody or everybody is a member |
//! | `moved-from` | a segment takes the place of one that is declared |
//! | `segment-identical` | two segments have the same members for every context |
//!
//! Each is proved with the [algebra](crate::algebra). Unknown relations are not reported.

mod advice;
mod changes;
mod cycles;
mod identical;
mod moved;
mod relation;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

pub use crate::affected::affected;
pub use advice::{Advice, advice};
pub use changes::{SegmentChange, changes};
pub use relation::Relation;

use crate::algebra::Domains;
#[cfg(feature = "toml")]
use crate::algebra::World;
use crate::{Definition, Rule};

/// Checks segments against one another. `domains` says what is known of attributes.
///
/// ```
/// use segments_model::algebra::Domain;
/// use segments_model::relations::relations;
/// use segments_model::{Arity, AttributeType, Draft, draft};
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
/// let one = |_: &_, _: &_| Domain::new(AttributeType::Any, Arity::One);
/// let found = relations(&[&definition], &one);
/// assert_eq!(found[0].finding.code.name(), "rule-never-matches");
/// assert_eq!(relations(&[&definition], &|_, _| Domain::UNKNOWN), [], "a list may hold both");
/// ```
pub fn relations(segments: &[&Definition], domains: Domains<'_>) -> Vec<Relation> {
    let mut found = of_some(segments, &|_| true, domains);
    found.extend(moved::check(segments));
    found.extend(identical::check(segments));
    found
}

/// Checks segments as they are in one environment: those of which something is [otherwise](affected) than
/// `elsewhere`, where the others were checked. Segments that are the same in one environment only are none too many.
///
/// Example: [`relations`](fn@relations).
pub fn relations_in_environment(
    elsewhere: &[&Definition],
    there: &[&Definition],
    domains: Domains<'_>,
) -> Vec<Relation> {
    let affected = affected(elsewhere, there);
    of_some(there, &|key| affected.contains(key), domains)
}

fn of_some(
    segments: &[&Definition],
    wanted: &dyn Fn(&str) -> bool,
    domains: Domains<'_>,
) -> Vec<Relation> {
    let mut found = cycles::check(segments);
    let in_cycles: HashSet<usize> = found.iter().map(|relation| relation.segment).collect();
    let worlds = [segments.iter().copied().collect()];
    let mut effort = rules::Effort::default();
    let all = segments.iter().enumerate();
    for (index, segment) in all.filter(|(_, segment)| wanted(segment.key.as_str())) {
        let rules = segment.rules();
        let say = |rule: usize, clause: Option<usize>| match clause {
            Some(clause) => rules[rule].clauses[clause].to_string(),
            None => rules[rule].to_string(),
        };
        let about = rules::About {
            segment: index,
            key: segment.key.as_str(),
            rules,
            say: &say,
            covered: rules::CHANGES_NOTHING,
        };
        let before = found.len();
        rules::check(&about, &worlds, domains, &mut effort, &mut found);
        if found.len() == before && !in_cycles.contains(&index) {
            rules::check_whole(index, segment, &worlds, domains, &mut effort, &mut found);
        }
    }
    found
}

/// Checks the rules of one segment against one another. `say` names a rule, or a clause of it, in
/// messages.
///
/// Example: [`relations`](fn@relations).
pub fn within(
    rules: &[Rule],
    domains: Domains<'_>,
    say: &dyn Fn(usize, Option<usize>) -> String,
) -> Vec<Relation> {
    let mut found = Vec::new();
    let about = rules::About {
        segment: 0,
        key: "",
        rules,
        say,
        covered: rules::CHANGES_NOTHING,
    };
    let mut effort = rules::Effort::default();
    rules::check(&about, &[], domains, &mut effort, &mut found);
    found
}

/// Checks the rules of what an AI Config or a flag serves, of which the first that holds decides.
#[cfg(feature = "toml")]
pub(crate) fn of_targeting(
    rules: &[crate::TargetingRule],
    world: &World<'_>,
    domains: Domains<'_>,
) -> Vec<Relation> {
    let rules: Vec<Rule> = rules
        .iter()
        .map(|rule| Rule {
            description: None,
            clauses: rule.clauses.clone(),
            rollout: None,
        })
        .collect();
    let say = |rule: usize, clause: Option<usize>| match clause {
        Some(clause) => rules[rule].clauses[clause].to_string(),
        None => rules[rule].to_string(),
    };
    let about = rules::About {
        segment: 0,
        key: "",
        rules: &rules,
        say: &say,
        covered: rules::NEVER_REACHED,
    };
    let mut found = Vec::new();
    rules::check(
        &about,
        std::slice::from_ref(world),
        domains,
        &mut rules::Effort::default(),
        &mut found,
    );
    found
}
