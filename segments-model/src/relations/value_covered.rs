//! Values that other clauses leave no context for. Their code is that of values which others of their clause cover.

use super::about::About;
use super::proof::{MOST_SINGLE, Proof};
use super::relation::Relation;
use super::subject::subject;
use crate::algebra::Index;
use crate::{Code, Place};

/// The first value of a clause that no context has, given the other clauses.
pub(super) fn check<'a>(
    about: &About<'a, 'a>,
    (rule, at): (usize, usize),
    others: &[(Index, bool)],
    proof: &mut Proof<'_, 'a>,
) -> Option<Relation> {
    let clause = &about.rules[rule].clauses[at];
    if clause.values.len() < 2 || subject(clause).is_none() {
        return None;
    }
    let never = (0..clause.values.len().min(MOST_SINGLE)).find(|value| {
        let passes = proof.formula.has_one(clause, *value..*value + 1);
        let goals: Vec<_> = others.iter().copied().chain([(passes, true)]).collect();
        proof.nobody(&goals)
    })?;
    let value = &clause.values[never];
    let said: Vec<String> = (0..about.rules[rule].clauses.len())
        .filter(|other| *other != at)
        .map(|other| (about.say)(rule, Some(other)))
        .collect();
    let message = format!(
        "{value} changes nothing: no context with this value satisfies {}; leave it out",
        said.join(" and ")
    );
    let place = Place::Value {
        rule,
        clause: at,
        value: never,
    };
    Some(Relation::new(
        about.segment,
        Code::VALUE_COVERED,
        place,
        message,
    ))
}
