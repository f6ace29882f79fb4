use super::about::About;
use super::proof::Proof;
use super::relation::Relation;
use crate::algebra::Index;
use crate::code::code;
use crate::{Code, Place};

code! {
    /// Clauses of a rule contradict each other.
    ///
    /// ```toml,wrong
    /// [segments.anybody]
    /// rules = [{ clauses = [
    ///   { attribute = "plan", op = "in", values = ["free"] },
    ///   { attribute = "plan", op = "in", values = ["pro"] },
    /// ] }]
    /// ```
    ///
    /// ```text
    /// error[rule-never-matches]: this rule never matches: no context satisfies both user plan is "free" and user plan is "pro"; remove the wrong clause, or write a rule for each if one of them is enough
    /// ```
    ///
    /// ```toml,right
    /// [segments.anybody]
    /// rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["free", "pro"] }] }]
    /// ```
    RULE_NEVER_MATCHES = Error "rule-never-matches";
}

/// Clauses that contradict one another.
pub(super) fn check(
    about: &About<'_, '_>,
    rule: usize,
    clauses: &[Index],
    proof: &mut Proof<'_, '_>,
) -> Option<Relation> {
    let goals: Vec<(Index, bool)> = clauses.iter().map(|clause| (*clause, true)).collect();
    if !proof.nobody(&goals) {
        return None;
    }
    let fewest = proof.fewest(&goals, &[]);
    let (last, others) = fewest.split_last()?;
    let said: Vec<String> = fewest
        .iter()
        .map(|at| (about.say)(rule, Some(*at)))
        .collect();
    let all = match &said[..] {
        [one] => one.clone(),
        [one, other] => format!("both {one} and {other}"),
        [first @ .., last] => format!("all of {} and {last}", first.join(", ")),
        [] => return None,
    };
    let message = format!(
        "this rule never matches: no context satisfies {all}; remove the wrong clause, or write a rule for each if one of them is enough"
    );
    let place = |clause| Place::Clause { rule, clause };
    let mut relation = Relation::new(
        about.segment,
        Code::RULE_NEVER_MATCHES,
        place(*last),
        message,
    );
    for other in others {
        let other = (about.segment, place(*other), "contradicts this".to_owned());
        relation.related.push(other);
    }
    Some(relation)
}
