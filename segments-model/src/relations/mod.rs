//! Checks between segments, and between rules.
//!
//! Each check is a file with the name of its [`Code`](crate::Code); `rules` runs those of rules, and `whole` those of
//! segments as wholes.
//!
//! What they find is proved with the [algebra](crate::algebra). Unknown relations are not reported.

mod about;
mod advice;
mod audience_empty;
mod audience_everybody;
mod changes;
mod clause_covered;
mod excluded_unneeded;
mod moved;
mod percent_one_sided;
mod proof;
mod relation;
mod rule_covered;
mod rule_never_matches;
mod rules;
mod segment_cycle;
mod segment_identical;
mod subject;
#[cfg(test)]
mod tests;
mod value_covered;
mod whole;

use std::collections::HashSet;

pub use crate::affected::affected;
pub use advice::{Advice, advice};
pub use changes::{SegmentChange, changes};
pub use relation::Relation;

use about::{About, CHANGES_NOTHING};
use proof::Effort;

use crate::algebra::Domains;
#[cfg(feature = "toml")]
use crate::algebra::World;
use crate::code::codes;
use crate::{Definition, Rule};

codes! {
    segment_cycle,
    rule_never_matches,
    clause_covered,
    percent_one_sided,
    rule_covered,
    audience_empty,
    audience_everybody,
    excluded_unneeded,
    segment_identical,
}

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
    found.extend(segment_identical::check(segments));
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
    let mut found = segment_cycle::check(segments);
    let in_cycles: HashSet<usize> = found.iter().map(|relation| relation.segment).collect();
    let worlds = [segments.iter().copied().collect()];
    let mut effort = Effort::default();
    let all = segments.iter().enumerate();
    for (index, segment) in all.filter(|(_, segment)| wanted(segment.key.as_str())) {
        let rules = segment.rules();
        let say = |rule: usize, clause: Option<usize>| match clause {
            Some(clause) => rules[rule].clauses[clause].to_string(),
            None => rules[rule].to_string(),
        };
        let about = About {
            segment: index,
            key: segment.key.as_str(),
            rules,
            say: &say,
            covered: CHANGES_NOTHING,
        };
        let before = found.len();
        rules::check(&about, &worlds, domains, &mut effort, &mut found);
        if found.len() == before && !in_cycles.contains(&index) {
            whole::check(index, segment, &worlds, domains, &mut effort, &mut found);
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
    let about = About {
        segment: 0,
        key: "",
        rules,
        say,
        covered: CHANGES_NOTHING,
    };
    let mut effort = Effort::default();
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
    let about = About {
        segment: 0,
        key: "",
        rules: &rules,
        say: &say,
        covered: about::NEVER_REACHED,
    };
    let mut found = Vec::new();
    rules::check(
        &about,
        std::slice::from_ref(world),
        domains,
        &mut Effort::default(),
        &mut found,
    );
    found
}
