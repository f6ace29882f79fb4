//! Incoming rules and clauses, converted to the service's form.

use segments_model::wire::{Clause, ContextTargets, Rule};
use segments_model::{ContextKind, Operator, Weight};

use crate::message::ApiError;
use crate::service::behavior::Behavior;
use crate::state::Ids;

/// Completes the fields that the service completes: identifiers, context kinds, and the kind of a
/// percentage even where there is none.
pub(super) fn complete_rule(
    rule: &mut Rule,
    behavior: &Behavior,
    ids: &mut Ids,
) -> Result<(), ApiError> {
    if let Some(weight) = rule.weight {
        u32::try_from(weight)
            .ok()
            .and_then(|weight| Weight::from_thousandths(weight).ok())
            .ok_or_else(|| {
                ApiError::invalid(format!("weight {weight} is not between 0 and 100000"))
            })?;
    }
    rule.id.get_or_insert_with(|| ids.uuid());
    rule.description = rule.description.take().filter(|text| !text.is_empty());
    rule.bucket_by = rule.bucket_by.take().filter(|text| !text.is_empty());
    let kind = rule.rollout_context_kind.get_or_insert_default();
    complete_kind(kind)?;
    for clause in &mut rule.clauses {
        complete_clause(clause, behavior, ids)?;
    }
    Ok(())
}

/// Fills in the identifier and the context kind of a clause.
pub(crate) fn complete_clause(
    clause: &mut Clause,
    behavior: &Behavior,
    ids: &mut Ids,
) -> Result<(), ApiError> {
    let operator = Operator::from_wire(&clause.op);
    if operator.is_none() && behavior.refuse_unknown_operators {
        return Err(ApiError::invalid(format!(
            "unknown operator \"{}\"",
            clause.op
        )));
    }
    if clause.attribute.is_empty() && operator != Some(Operator::SegmentMatch) {
        return Err(ApiError::invalid("a clause needs an attribute"));
    }
    clause.id.get_or_insert_with(|| ids.uuid());
    complete_kind(clause.context_kind.get_or_insert_default())
}

/// Turns no kind into `user`, and refuses what cannot be one.
pub(crate) fn complete_kind(kind: &mut String) -> Result<(), ApiError> {
    if kind.is_empty() {
        *kind = ContextKind::USER.to_string();
        return Ok(());
    }
    ContextKind::parse(kind.as_str())
        .map(|_| ())
        .map_err(|error| ApiError::invalid(error.to_string()))
}

/// Brings a pair of target lists into the form that the service keeps: keys of users in the list of
/// their own, one entry per other kind, each key once, in the order in which they came.
pub(super) fn complete_targets(
    users: &mut Vec<String>,
    contexts: &mut Vec<ContextTargets>,
) -> Result<(), ApiError> {
    let mut kinds: Vec<ContextTargets> = Vec::with_capacity(contexts.len());
    for mut targets in std::mem::take(contexts) {
        complete_kind(&mut targets.context_kind)?;
        if ContextKind::USER == targets.context_kind.as_str() {
            users.append(&mut targets.values);
        } else if let Some(known) = kinds
            .iter_mut()
            .find(|known| known.context_kind == targets.context_kind)
        {
            known.values.append(&mut targets.values);
        } else {
            kinds.push(targets);
        }
    }
    each_once(users);
    for targets in &mut kinds {
        each_once(&mut targets.values);
    }
    kinds.retain(|targets| !targets.values.is_empty());
    *contexts = kinds;
    Ok(())
}

fn each_once(keys: &mut Vec<String>) {
    let mut seen = std::collections::HashSet::with_capacity(keys.len());
    keys.retain(|key| seen.insert(key.clone()));
}
