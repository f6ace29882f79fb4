//! Applying semantic patches of targeting.

use segments_model::wire::{Rule, TargetingRule};
use serde_json::Value as Json;

use super::instruction::{
    Envelope, EnvironmentInstruction, Instruction, NewRule, WholeInstruction,
};
use super::variation::index;
use super::{prerequisites, targets};
use crate::api::rules;
use crate::api::segment::complete_clause;
use crate::message::ApiError;
use crate::service::Service;
use crate::state::{Targeting, TargetingAddress, asked_by_clauses};

/// Carries out the instructions: all or, when one is wrong, none that anybody sees.
pub(crate) fn apply(
    service: &mut Service,
    at: TargetingAddress<'_>,
    envelope: Envelope,
    targeting: &mut Targeting,
) -> Result<(), ApiError> {
    let project = at.project;
    let environment = envelope.environment_key.as_deref();
    if let Some(environment) = environment {
        service.state.environment(project, environment)?;
    }
    for (index, instruction) in envelope.instructions.into_iter().enumerate() {
        Instruction::read(instruction)
            .and_then(|instruction| match instruction {
                Instruction::Whole(instruction) => apply_to_whole(instruction, targeting),
                Instruction::Environment(instruction) => {
                    apply_to_environment(service, at, environment, *instruction, targeting)
                }
            })
            .map_err(|mut error| {
                error.message = format!("invalid instruction {index}: {}", error.message);
                error
            })?;
    }
    targeting.forget_unlisted();
    let Some(environment) = environment else {
        return Ok(());
    };
    prerequisites::check(service, at, environment, targeting)?;
    let known = &service.state.environment(project, environment)?.segments;
    let rules = targeting.environments.get(environment).map(|it| &it.rules);
    let asked = rules
        .into_iter()
        .flatten()
        .flat_map(|it| asked_by_clauses(&it.rule.clauses));
    for segment in asked {
        if !known.contains_key(segment) {
            return Err(ApiError::invalid(format!("unknown segment \"{segment}\"")));
        }
    }
    Ok(())
}

fn apply_to_whole(
    instruction: WholeInstruction,
    targeting: &mut Targeting,
) -> Result<(), ApiError> {
    use WholeInstruction as I;
    match instruction {
        I::UpdateName { value } => targeting.name = value,
        I::UpdateDescription { value } => targeting.description = value,
        I::AddTags { values } => {
            for tag in values {
                if !targeting.tags.contains(&tag) {
                    targeting.tags.push(tag);
                }
            }
        }
        I::RemoveTags { values } => targeting.tags.retain(|tag| !values.contains(tag)),
        I::UpdateDefaultVariation {
            on_variation_value,
            off_variation_value,
        } => {
            if let Some(value) = on_variation_value {
                targeting.on_variation = index_of_value(targeting, &value)?;
            }
            if let Some(value) = off_variation_value {
                targeting.off_variation = index_of_value(targeting, &value)?;
            }
        }
        I::UpdateVariation {
            variation_id,
            name,
            description,
            value,
        } => {
            let mut variations = targeting.variations.iter_mut();
            let variation = variations
                .find(|it| it.id == variation_id)
                .ok_or_else(|| ApiError::invalid("there is no such variation"))?;
            variation.name = name.or(variation.name.take());
            variation.description = description.or(variation.description.take());
            variation.value = value.unwrap_or(variation.value.take());
        }
        I::ArchiveFlag => targeting.archived = true,
        I::RestoreFlag => targeting.archived = false,
    }
    Ok(())
}

#[allow(
    clippy::too_many_lines,
    reason = "a list of independent, short instructions"
)]
fn apply_to_environment(
    service: &mut Service,
    at: TargetingAddress<'_>,
    environment: Option<&str>,
    instruction: EnvironmentInstruction,
    targeting: &mut Targeting,
) -> Result<(), ApiError> {
    use EnvironmentInstruction as I;
    let environment = environment.ok_or_else(|| ApiError::invalid("environmentKey is required"))?;
    let mut here = targeting
        .environments
        .get(environment)
        .cloned()
        .ok_or_else(ApiError::not_found)?;
    match instruction {
        I::TurnFlagOn => here.on = true,
        I::TurnFlagOff => here.on = false,
        I::AddRule(new) => {
            let before = new.before_rule_id.clone();
            let rule = make_rule(service, targeting, new)?;
            let place = match before {
                Some(id) => rules::position(&here.rules, &id)?,
                None => here.rules.len(),
            };
            here.rules.insert(place, rule);
        }
        I::ReplaceRules { rules } => {
            here.rules = rules
                .into_iter()
                .map(|new| make_rule(service, targeting, new))
                .collect::<Result<_, _>>()?;
        }
        I::RemoveRule { rule_id } => rules::remove(&mut here.rules, &rule_id),
        I::ReorderRules { rule_ids } => rules::reorder(&mut here.rules, &rule_ids)?,
        I::UpdateRuleDescription {
            rule_id,
            description,
        } => rules::find(&mut here.rules, &rule_id)?.rule.description = Some(description),
        I::UpdateRuleTrackEvents {
            rule_id,
            track_events,
        } => rules::find(&mut here.rules, &rule_id)?.track_events = Some(track_events),
        I::UpdateRuleVariationOrRollout { rule_id, serve } => {
            rules::find(&mut here.rules, &rule_id)?.served = serve.resolve(targeting)?;
        }
        I::AddClauses { rule_id, clauses } => {
            for mut clause in clauses {
                clause.id = None;
                complete_clause(&mut clause, &service.behavior, &mut service.ids)?;
                rules::find(&mut here.rules, &rule_id)?
                    .rule
                    .clauses
                    .push(clause);
            }
        }
        I::RemoveClauses {
            rule_id,
            clause_ids,
        } => rules::remove_clauses(&mut here.rules, &rule_id, &clause_ids)?,
        I::UpdateClause {
            rule_id,
            clause_id,
            clause: mut new,
        } => {
            new.id = Some(clause_id.clone());
            complete_clause(&mut new, &service.behavior, &mut service.ids)?;
            *rules::find_clause(&mut here.rules, &rule_id, &clause_id)? = new;
        }
        I::AddValuesToClause {
            rule_id,
            clause_id,
            values,
        } => rules::add_values(
            rules::find_clause(&mut here.rules, &rule_id, &clause_id)?,
            values,
        ),
        I::RemoveValuesFromClause {
            rule_id,
            clause_id,
            values,
        } => rules::find_clause(&mut here.rules, &rule_id, &clause_id)?
            .values
            .retain(|value| !values.contains(value)),
        I::AddTargets(change) => targets::add(targeting, &mut here, change)?,
        I::RemoveTargets(change) => targets::remove(targeting, &mut here, &change)?,
        I::ReplaceTargets { targets } => {
            here.targets.clear();
            for change in targets {
                targets::add(targeting, &mut here, change)?;
            }
        }
        I::ClearTargets { variation } => {
            let variation = variation.index(targeting)?;
            here.targets.retain(|it| it.variation != variation);
        }
        I::UpdateFallthroughVariationOrRollout { serve } => {
            here.fallthrough = serve.resolve(targeting)?;
        }
        I::UpdateOffVariation { variation_id } => {
            here.off_variation = Some(index(targeting, &variation_id)?);
        }
        I::AddPrerequisite(new) => {
            let new = prerequisites::resolve(service, at.project, new)?;
            prerequisites::add(&mut here.prerequisites, new)?;
        }
        I::UpdatePrerequisite(new) => {
            let new = prerequisites::resolve(service, at.project, new)?;
            prerequisites::update(&mut here.prerequisites, new)?;
        }
        I::RemovePrerequisite { key } => here.prerequisites.retain(|it| it.key != key),
        I::ReplacePrerequisites { prerequisites: new } => {
            here.prerequisites.clear();
            for new in new {
                let new = prerequisites::resolve(service, at.project, new)?;
                prerequisites::add(&mut here.prerequisites, new)?;
            }
        }
        I::UpdateTrackEvents { track_events } => here.track_events = track_events,
        I::UpdateTrackEventsFallthrough { track_events } => {
            here.track_events_fallthrough = track_events;
        }
    }
    targeting.environments.insert(environment.to_owned(), here);
    Ok(())
}

fn make_rule(
    service: &mut Service,
    targeting: &Targeting,
    new: NewRule,
) -> Result<TargetingRule, ApiError> {
    let mut clauses = new.clauses;
    for clause in &mut clauses {
        clause.id = None;
        complete_clause(clause, &service.behavior, &mut service.ids)?;
    }
    Ok(TargetingRule {
        rule: Rule {
            id: Some(service.ids.uuid()),
            description: new.description.filter(|text| !text.is_empty()),
            clauses,
            ..Rule::default()
        },
        disabled: false,
        served: new.serve.resolve(targeting)?,
        track_events: Some(new.track_events),
    })
}

fn index_of_value(targeting: &Targeting, value: &Json) -> Result<usize, ApiError> {
    targeting
        .variations
        .iter()
        .position(|variation| variation.value == *value)
        .ok_or_else(|| ApiError::invalid(format!("no variation has the value {value}")))
}
