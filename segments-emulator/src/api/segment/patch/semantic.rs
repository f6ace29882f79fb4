//! Semantic patches: instructions, in order, all or none.

use segments_model::wire::{Clause, Instruction, Rule};
use segments_model::{ContextKind, MAX_PATCH_TARGETS};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::api::big;
use crate::api::rules;
use crate::api::segment::rules::{complete_clause, complete_rule};
use crate::api::segment::targets::{add, remove};
use crate::message::ApiError;
use crate::service::Service;
use crate::state::{Address, SegmentList, StoredSegment};

/// The body of a semantic patch, its instructions still unread so that each can be named when it is
/// wrong.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Envelope {
    #[serde(default)]
    pub(crate) environment_key: Option<String>,
    pub(crate) instructions: Vec<Json>,
}

/// Carries out the instructions. Those about the members of a big segment, which are kept apart,
/// are only looked at, and given back for when everything else is known to be right.
pub(super) fn apply(
    service: &mut Service,
    at: Address<'_>,
    envelope: Envelope,
    stored: &mut StoredSegment,
) -> Result<Vec<Instruction>, ApiError> {
    let environment = at.environment;
    match envelope.environment_key {
        None if service.behavior.require_environment_key => {
            return Err(ApiError::invalid("environmentKey is required"));
        }
        Some(named) if named != environment => {
            return Err(ApiError::invalid(format!(
                "environmentKey \"{named}\" is not the environment of the path, \"{environment}\""
            )));
        }
        _ => {}
    }
    let instructions: Vec<Instruction> = envelope
        .instructions
        .into_iter()
        .enumerate()
        .map(|(index, instruction)| {
            serde_json::from_value(instruction)
                .map_err(|error| ApiError::invalid(format!("invalid instruction {index}: {error}")))
        })
        .collect::<Result<_, _>>()?;
    let operations: usize = instructions.iter().map(target_operations).sum();
    if operations > MAX_PATCH_TARGETS {
        return Err(ApiError::invalid(format!(
            "a patch has at most {MAX_PATCH_TARGETS} target operations, not {operations}"
        )));
    }
    let mut later = Vec::new();
    for (index, instruction) in instructions.into_iter().enumerate() {
        apply_one(service, at, instruction, stored, &mut later).map_err(|mut error| {
            error.message = format!("invalid instruction {index}: {}", error.message);
            error
        })?;
    }
    Ok(later)
}

/// How many targets an instruction adds or removes.
fn target_operations(instruction: &Instruction) -> usize {
    use Instruction as I;
    match instruction {
        I::AddIncludedTargets { values, .. }
        | I::RemoveIncludedTargets { values, .. }
        | I::AddExcludedTargets { values, .. }
        | I::RemoveExcludedTargets { values, .. }
        | I::AddIncludedUsers { values }
        | I::RemoveIncludedUsers { values }
        | I::AddExcludedUsers { values }
        | I::RemoveExcludedUsers { values }
        | I::AddBigSegmentIncludedTargets { values }
        | I::AddBigSegmentExcludedTargets { values }
        | I::RemoveBigSegmentIncludedTargets { values }
        | I::RemoveBigSegmentExcludedTargets { values } => values.len(),
        _ => 0,
    }
}

#[allow(
    clippy::too_many_lines,
    reason = "a list of independent, short instructions"
)]
fn apply_one(
    service: &mut Service,
    at: Address<'_>,
    instruction: Instruction,
    stored: &mut StoredSegment,
    later: &mut Vec<Instruction>,
) -> Result<(), ApiError> {
    use Instruction as I;
    use SegmentList::{Excluded, Included};

    let segment = &mut stored.segment;
    let user = || ContextKind::USER.to_string();
    match instruction {
        I::AddTags { values } => segment.tags.extend(values),
        I::RemoveTags { values } => segment.tags.retain(|tag| !values.contains(tag)),
        I::UpdateName { value } => segment.name = value,
        I::AddIncludedTargets {
            context_kind,
            values,
        } => add(segment, Included, context_kind, values)?,
        I::AddExcludedTargets {
            context_kind,
            values,
        } => add(segment, Excluded, context_kind, values)?,
        I::RemoveIncludedTargets {
            context_kind,
            values,
        } => remove(segment, Included, context_kind, values)?,
        I::RemoveExcludedTargets {
            context_kind,
            values,
        } => remove(segment, Excluded, context_kind, values)?,
        I::AddIncludedUsers { values } => add(segment, Included, user(), values)?,
        I::AddExcludedUsers { values } => add(segment, Excluded, user(), values)?,
        I::RemoveIncludedUsers { values } => remove(segment, Included, user(), values)?,
        I::RemoveExcludedUsers { values } => remove(segment, Excluded, user(), values)?,
        I::AddRule {
            description,
            clauses,
            weight,
            rollout_context_kind,
            bucket_by,
        } => {
            let mut rule = Rule {
                id: None,
                description,
                clauses: clauses.into_iter().map(without_id).collect(),
                weight,
                rollout_context_kind,
                bucket_by,
            };
            // Completed at once, so that an instruction that follows finds what it would find.
            complete_rule(&mut rule, &service.behavior, &mut service.ids)?;
            segment.rules.push(rule);
        }
        I::RemoveRule { rule_id } => rules::remove(&mut segment.rules, &rule_id),
        I::AddClauses { rule_id, clauses } => {
            let rule = rules::find(&mut segment.rules, &rule_id)?;
            for clause in clauses {
                let mut clause = without_id(clause);
                complete_clause(&mut clause, &service.behavior, &mut service.ids)?;
                rule.clauses.push(clause);
            }
        }
        I::RemoveClauses {
            rule_id,
            clause_ids,
        } => rules::remove_clauses(&mut segment.rules, &rule_id, &clause_ids)?,
        I::UpdateClause {
            rule_id,
            clause_id,
            clause: new,
        } => {
            let old = rules::find_clause(&mut segment.rules, &rule_id, &clause_id)?;
            *old = Clause {
                id: old.id.clone(),
                ..new
            };
        }
        I::AddValuesToClause {
            rule_id,
            clause_id,
            values,
        } => rules::add_values(
            rules::find_clause(&mut segment.rules, &rule_id, &clause_id)?,
            values,
        ),
        I::RemoveValuesFromClause {
            rule_id,
            clause_id,
            values,
        } => rules::find_clause(&mut segment.rules, &rule_id, &clause_id)?
            .values
            .retain(|value| !values.contains(value)),
        I::ReorderRules { rule_ids } => rules::reorder(&mut segment.rules, &rule_ids)?,
        I::UpdateRuleDescription {
            rule_id,
            description,
        } => rules::find(&mut segment.rules, &rule_id)?.description = Some(description),
        I::UpdateRuleRolloutAndContextKind {
            rule_id,
            weight,
            context_kind,
        } => {
            let rule = rules::find(&mut segment.rules, &rule_id)?;
            if rule.weight.is_none() {
                return Err(ApiError::invalid(format!(
                    "rule \"{rule_id}\" has no percentage rollout"
                )));
            }
            rule.weight = Some(weight);
            if context_kind.is_some() {
                rule.rollout_context_kind = context_kind;
            }
        }
        I::ProcessBigSegmentImport { ref import_id } => {
            at.refuse_standard(segment)?;
            if !big::import_waits(service, at, import_id) {
                return Err(ApiError::invalid(format!("unknown import \"{import_id}\"")));
            }
            later.push(instruction);
        }
        I::AddBigSegmentIncludedTargets { .. } | I::AddBigSegmentExcludedTargets { .. } => {
            at.refuse_standard(segment)?;
            big::refuse_listed_twice(service, at, later, &instruction)?;
            later.push(instruction);
        }
        I::RemoveBigSegmentIncludedTargets { .. } | I::RemoveBigSegmentExcludedTargets { .. } => {
            at.refuse_standard(segment)?;
            later.push(instruction);
        }
    }
    Ok(())
}

/// Clauses in instructions are new, whatever identifier they were copied with.
fn without_id(clause: Clause) -> Clause {
    Clause { id: None, ..clause }
}
