//! The rules for every segment, after any kind of change.

use std::collections::HashSet;

use segments_model::wire::{Clause, Rule, Segment};
use segments_model::{MAX_CLAUSE_VALUES, MAX_TARGETS, RULES};
use serde_json::Value as Json;

use crate::api::segment::{create, rules};
use crate::message::ApiError;
use crate::service::Service;
use crate::service::behavior::Behavior;
use crate::state::{Address, Ids, StoredSegment, segments_asked};

/// The maximum depth of a clause's value; operators support only values that are not nested. A JSON patch
/// can add to an existing value, so the limit of a body does not limit a value.
const DEEPEST_VALUE: usize = 8;

/// Brings a changed segment into the service's form, and checks what holds for every segment.
pub(super) fn finish(
    service: &mut Service,
    at: Address<'_>,
    stored: &mut StoredSegment,
) -> Result<(), ApiError> {
    let segment = &mut stored.segment;
    if segment.name.is_empty() {
        return Err(ApiError::invalid("name is required"));
    }
    complete(segment, &service.behavior, &mut service.ids)?;
    let contexts = segment
        .included_contexts
        .iter()
        .chain(&segment.excluded_contexts);
    let targets = segment.included.len()
        + segment.excluded.len()
        + contexts.map(|targets| targets.values.len()).sum::<usize>();
    if targets > MAX_TARGETS {
        return Err(ApiError::invalid(format!(
            "a segment has at most {MAX_TARGETS} individual targets, not {targets}"
        )));
    }
    if segment.unbounded && (targets > 0 || !segment.rules.is_empty()) {
        return Err(ApiError::invalid(
            "a big segment has neither individual targets nor rules",
        ));
    }
    if service.behavior.refuse_unknown_kinds {
        let known = &service.state.project(at.project)?.kinds;
        let listed = segment
            .included_contexts
            .iter()
            .chain(&segment.excluded_contexts)
            .map(|targets| &targets.context_kind);
        let tested = segment.rules.iter().flat_map(|rule| &rule.clauses);
        let tested = tested.filter_map(|clause| clause.context_kind.as_ref());
        if let Some(kind) = listed.chain(tested).find(|kind| !known.contains_key(*kind)) {
            return Err(ApiError::invalid(format!(
                "unknown context kind \"{kind}\""
            )));
        }
    }
    // A target that is gone does not expire.
    stored.forget_unlisted();
    let segment = &stored.segment;
    let others = service.state.environment(at.project, at.environment)?;
    if service.behavior.refuse_unknown_segments
        && let Some(unknown) = segments_asked(&segment.rules)
            .find(|asked| *asked != segment.key && !others.segments.contains_key(*asked))
    {
        return Err(ApiError::invalid(format!("unknown segment \"{unknown}\"")));
    }
    if service.behavior.refuse_cycles && others.would_ask_itself(stored) {
        return Err(ApiError::invalid(format!(
            "segment \"{}\" would reference itself",
            stored.segment.key
        )));
    }
    Ok(())
}

/// Fills in what the service fills in, and refuses what no segment has.
pub(crate) fn complete(
    segment: &mut Segment,
    behavior: &Behavior,
    ids: &mut Ids,
) -> Result<(), ApiError> {
    segment.tags = create::distinct(&segment.tags)?;
    rules::complete_targets(&mut segment.included, &mut segment.included_contexts)?;
    rules::complete_targets(&mut segment.excluded, &mut segment.excluded_contexts)?;
    refuse_too_many(&segment.rules)?;
    forget_copied_identifiers(&mut segment.rules);
    for rule in &mut segment.rules {
        rules::complete_rule(rule, behavior, ids)?;
    }
    Ok(())
}

fn refuse_too_many(rules: &[Rule]) -> Result<(), ApiError> {
    if rules.len() > RULES {
        return Err(ApiError::invalid(format!(
            "a segment has at most {RULES} rules, not {}",
            rules.len()
        )));
    }
    let clauses = || rules.iter().flat_map(|rule| &rule.clauses);
    let values: usize = clauses().map(|clause| clause.values.len()).sum();
    if values > MAX_CLAUSE_VALUES {
        return Err(ApiError::invalid(format!(
            "the clauses of a segment have at most {MAX_CLAUSE_VALUES} values, not {values}"
        )));
    }
    let deep = |clause: &Clause| {
        clause
            .values
            .iter()
            .any(|value| is_deeper(value, DEEPEST_VALUE))
    };
    if clauses().any(deep) {
        return Err(ApiError::invalid("a value of a clause is nested too deep"));
    }
    Ok(())
}

fn is_deeper(value: &Json, than: usize) -> bool {
    let inside: Box<dyn Iterator<Item = &Json>> = match value {
        Json::Array(values) => Box::new(values.iter()),
        Json::Object(members) => Box::new(members.values()),
        _ => return false,
    };
    // A list of nothing is a level, too.
    than == 0 || inside.into_iter().any(|value| is_deeper(value, than - 1))
}

/// Rules and clauses that were copied with their identifiers get new ones.
fn forget_copied_identifiers(rules: &mut [Rule]) {
    let mut seen = HashSet::new();
    for rule in rules {
        let clauses = rule.clauses.iter_mut().map(|clause| &mut clause.id);
        for id in std::iter::once(&mut rule.id).chain(clauses) {
            if id.as_ref().is_some_and(|known| !seen.insert(known.clone())) {
                *id = None;
            }
        }
    }
}
