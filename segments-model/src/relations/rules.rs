//! Rules that never match, and rules, clauses and values that change nothing.

use super::about::About;
use super::proof::{Effort, Proof};
use super::relation::Relation;
use super::rule_covered::may_cover;
use super::subject::may_relate;
use super::{clause_covered, percent_one_sided, rule_covered, rule_never_matches};
use crate::algebra::{Domains, Index, World};

pub(super) fn check<'a>(
    about: &About<'a, 'a>,
    worlds: &'a [World<'a>],
    domains: Domains<'a>,
    effort: &mut Effort,
    found: &mut Vec<Relation>,
) {
    let rules = about.rules;
    let mut covering = rules.iter().enumerate();
    let any_cover = covering.any(|(at, rule)| rules[..at].iter().any(|it| may_cover(it, rule)));
    if !any_cover
        && !rules
            .iter()
            .any(|rule| may_relate(rule) || rule.rollout.is_some())
    {
        return;
    }
    let mut proof = Proof::new(worlds, domains, effort);
    let mut alive: Vec<(usize, Index)> = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        // What is left of thousands of rules is as much again for each.
        if proof.is_over() {
            return;
        }
        let clauses: Vec<Index> = rule
            .clauses
            .iter()
            .map(|clause| proof.formula.clause(0, clause))
            .collect();
        if may_relate(rule) {
            if let Some(relation) = rule_never_matches::check(about, index, &clauses, &mut proof) {
                found.push(relation);
                continue;
            }
            clause_covered::check(about, index, &clauses, &mut proof, found);
        }
        found.extend(percent_one_sided::check(about, index, &clauses, &mut proof));
        let whole = proof.formula.rule(0, about.key, rule);
        found.extend(rule_covered::check(about, index, whole, &alive, &mut proof));
        alive.push((index, whole));
    }
}
