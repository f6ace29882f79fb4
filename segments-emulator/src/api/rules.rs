//! Rules and their clauses, which segments, flags and AI Configs change with the same instructions.

use segments_model::wire::{Clause, Rule, TargetingRule};
use serde_json::Value as Json;

use crate::message::ApiError;

/// A rule of a segment, a flag or an AI Config.
pub(crate) trait AnyRule {
    fn id(&self) -> Option<&str>;
    fn clauses(&mut self) -> &mut Vec<Clause>;
}

impl AnyRule for Rule {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn clauses(&mut self) -> &mut Vec<Clause> {
        &mut self.clauses
    }
}

impl AnyRule for TargetingRule {
    fn id(&self) -> Option<&str> {
        self.rule.id()
    }

    fn clauses(&mut self) -> &mut Vec<Clause> {
        self.rule.clauses()
    }
}

/// The place of the rule of an identifier.
pub(crate) fn position<R: AnyRule>(rules: &[R], id: &str) -> Result<usize, ApiError> {
    rules
        .iter()
        .position(|rule| rule.id() == Some(id))
        .ok_or_else(|| ApiError::invalid(format!("unknown rule \"{id}\"")))
}

/// The rule of an identifier.
pub(crate) fn find<'a, R: AnyRule>(rules: &'a mut [R], id: &str) -> Result<&'a mut R, ApiError> {
    let at = position(rules, id)?;
    Ok(&mut rules[at])
}

/// The clause of an identifier, in the rule of another.
pub(crate) fn find_clause<'a, R: AnyRule>(
    rules: &'a mut [R],
    rule: &str,
    id: &str,
) -> Result<&'a mut Clause, ApiError> {
    find(rules, rule)?
        .clauses()
        .iter_mut()
        .find(|clause| clause.id.as_deref() == Some(id))
        .ok_or_else(|| ApiError::invalid(format!("unknown clause \"{id}\"")))
}

/// Removes the rule with an identifier; it is not an error if there is none.
pub(crate) fn remove<R: AnyRule>(rules: &mut Vec<R>, id: &str) {
    rules.retain(|rule| rule.id() != Some(id));
}

/// Removes clauses; those that are not there are no error.
pub(crate) fn remove_clauses<R: AnyRule>(
    rules: &mut [R],
    rule: &str,
    ids: &[String],
) -> Result<(), ApiError> {
    let clauses = find(rules, rule)?.clauses();
    clauses.retain(|clause| !clause.id.as_ref().is_some_and(|id| ids.contains(id)));
    Ok(())
}

/// Adds values to a clause, each once.
pub(crate) fn add_values(clause: &mut Clause, values: Vec<Json>) {
    for value in values {
        if !clause.values.contains(&value) {
            clause.values.push(value);
        }
    }
}

/// Puts the rules into the order of identifiers, which have to name each.
pub(crate) fn reorder<R: AnyRule>(rules: &mut Vec<R>, ids: &[String]) -> Result<(), ApiError> {
    let wrong = || ApiError::invalid("ruleIds must name each rule exactly once");
    if ids.len() != rules.len() {
        return Err(wrong());
    }
    let mut left = std::mem::take(rules);
    for id in ids {
        let at = position(&left, id).map_err(|_| wrong())?;
        rules.push(left.swap_remove(at));
    }
    Ok(())
}
