use super::about::About;
use super::proof::Proof;
use super::relation::Relation;
use super::subject::subject;
use crate::algebra::Index;
use crate::code::code;
use crate::{Code, Operator, Place, Rule};

code! {
    /// Every context that matches a rule also matches an earlier one.
    ///
    /// ```toml,wrong
    /// [segments.settled]
    /// rules = [
    ///   { clauses = [{ attribute = "age", op = "greaterThan", values = [30] }] },
    ///   { clauses = [{ attribute = "age", op = "greaterThan", values = [40] }] },
    /// ]
    /// ```
    ///
    /// ```text
    /// warning[rule-covered]: this rule changes nothing: every context that matches it also matches rule 1, user age is greater than 30; leave it out
    /// ```
    ///
    /// ```toml,right
    /// [segments.settled]
    /// rules = [{ clauses = [{ attribute = "age", op = "greaterThan", values = [30] }] }]
    /// ```
    RULE_COVERED = Warning "rule-covered";
}

/// Returns whether a rule may cover another one: it asks for nothing that the other leaves open.
pub(super) fn may_cover(earlier: &Rule, later: &Rule) -> bool {
    let asks = later
        .clauses
        .iter()
        .any(|clause| clause.operator == Operator::SegmentMatch);
    asks || earlier.clauses.iter().all(|wanted| {
        let wanted = subject(wanted);
        let mut clauses = later.clauses.iter();
        wanted.is_none() || clauses.any(|clause| subject(clause) == wanted)
    })
}

/// A rule that lets nobody in whom earlier rules do not.
pub(super) fn check(
    about: &About<'_, '_>,
    index: usize,
    whole: Index,
    earlier: &[(usize, Index)],
    proof: &mut Proof<'_, '_>,
) -> Option<Relation> {
    let rule = &about.rules[index];
    let earlier: Vec<(usize, Index)> = earlier
        .iter()
        .copied()
        .filter(|(at, _)| may_cover(&about.rules[*at], rule))
        .collect();
    let goals: Vec<(Index, bool)> = earlier.iter().map(|(_, rule)| (*rule, false)).collect();
    let matches = [(whole, true)];
    if goals.is_empty() {
        return None;
    }
    let by_one = goals
        .iter()
        .position(|goal| proof.nobody(&[matches[0], *goal]));
    let by: Vec<usize> = match by_one {
        Some(one) => vec![one],
        None if goals.len() == 1 => return None,
        None => {
            let all: Vec<_> = matches.iter().chain(&goals).copied().collect();
            if !proof.nobody(&all) {
                return None;
            }
            proof.fewest(&goals, &matches)
        }
    };
    let said: Vec<String> = by
        .iter()
        .map(|at| {
            let (at, _) = earlier[*at];
            format!("rule {}, {}", at + 1, (about.say)(at, None))
        })
        .collect();
    let message = format!(
        "this rule {}: every context that matches it also matches {}; leave it out",
        about.covered,
        said.join(", or ")
    );
    let mut relation = Relation::new(
        about.segment,
        Code::RULE_COVERED,
        Place::Rule(index),
        message,
    );
    let label = if by.len() == 1 {
        "the rule that covers it"
    } else {
        "one of the rules that cover it"
    };
    for at in by {
        let place = Place::Rule(earlier[at].0);
        relation
            .related
            .push((about.segment, place, label.to_owned()));
    }
    Some(relation)
}
