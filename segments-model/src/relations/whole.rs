//! Segments that have nobody or everybody, and lists that change nothing.

use super::proof::{Effort, Proof};
use super::relation::Relation;
use super::subject::subject;
use super::{audience_empty, audience_everybody, excluded_unneeded};
use crate::algebra::{Domains, World};
use crate::{Audience, Definition, Rule};

/// What a segment is as a whole, if its rules are right one by one.
pub(super) fn check<'a>(
    index: usize,
    segment: &'a Definition,
    worlds: &'a [World<'a>],
    domains: Domains<'a>,
    effort: &mut Effort,
    found: &mut Vec<Relation>,
) {
    let Audience::Standard {
        excluded,
        rules: Some(rules),
        ..
    } = &segment.audience
    else {
        return;
    };
    let for_everyone = rules.iter().any(|rule| rule.clauses.is_empty());
    if rules.is_empty() || for_everyone || segment.absent {
        return;
    }
    let whole_contexts = |rule: &Rule| rule.clauses.iter().all(|clause| subject(clause).is_none());
    let by_whole = rules.iter().any(whole_contexts);
    let by_key = !excluded.is_empty() && rules.iter().all(looks_at_whole);
    if !by_whole && !by_key {
        return;
    }
    let mut proof = Proof::new(worlds, domains, effort);
    let members = proof.formula.segment(0, segment.key.as_str());
    if let Some(empty) = audience_empty::check(index, members, &mut proof) {
        found.push(empty);
        return;
    }
    if by_whole {
        found.extend(audience_everybody::check(index, members, &mut proof));
    }
    if by_key {
        excluded_unneeded::check(index, segment, excluded, &mut proof, found);
    }
}

fn looks_at_whole(rule: &Rule) -> bool {
    rule.clauses.iter().any(|clause| subject(clause).is_none())
}
