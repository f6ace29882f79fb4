//! Carrying out semantic patches of targeting.

use std::collections::HashSet;

use segments_model::wire::Clause;
use serde_json::Value as Json;

use super::instruction::{Envelope, Instruction, NewRule, index};
use super::targets;
use crate::api::segment::complete_clause;
use crate::message::ApiError;
use crate::service::Service;
use crate::state::{EnvironmentTargeting, Rule, Targeting, asked_by_clauses};

/// Carries out the instructions: all or, when one is wrong, none that anybody sees.
pub(crate) fn apply(
    service: &mut Service,
    project: &str,
    envelope: Envelope,
    targeting: &mut Targeting,
) -> Result<(), ApiError> {
    let environment = envelope.environment_key.as_deref();
    if let Some(environment) = environment {
        service.state.environment(project, environment)?;
    }
    for (index, instruction) in envelope.instructions.into_iter().enumerate() {
        serde_json::from_value(instruction)
            .map_err(|error| ApiError::invalid(error.to_string()))
            .and_then(|instruction| carry_out(service, environment, instruction, targeting))
            .map_err(|mut error| {
                error.message = format!("invalid instruction {index}: {}", error.message);
                error
            })?;
    }
    let Some(environment) = environment else {
        return Ok(());
    };
    let known = &service.state.environment(project, environment)?.segments;
    let rules = targeting.environments.get(environment).map(|it| &it.rules);
    let asked = rules
        .into_iter()
        .flatten()
        .flat_map(|rule| asked_by_clauses(&rule.clauses));
    for segment in asked {
        if !known.contains_key(segment) {
            return Err(ApiError::invalid(format!("unknown segment \"{segment}\"")));
        }
    }
    Ok(())
}

#[allow(
    clippy::too_many_lines,
    reason = "a list of independent, short instructions"
)]
fn carry_out(
    service: &mut Service,
    environment: Option<&str>,
    instruction: Instruction,
    targeting: &mut Targeting,
) -> Result<(), ApiError> {
    use Instruction as I;
    let instruction = match instruction {
        I::UpdateName { value } => {
            targeting.name = value;
            return Ok(());
        }
        I::UpdateDescription { value } => {
            targeting.description = value;
            return Ok(());
        }
        I::AddTags { values } => {
            for tag in values {
                if !targeting.tags.contains(&tag) {
                    targeting.tags.push(tag);
                }
            }
            return Ok(());
        }
        I::RemoveTags { values } => {
            targeting.tags.retain(|tag| !values.contains(tag));
            return Ok(());
        }
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
            return Ok(());
        }
        other => other,
    };

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
            let at = match before {
                Some(id) => position(&here, &id)?,
                None => here.rules.len(),
            };
            here.rules.insert(at, rule);
        }
        I::ReplaceRules { rules } => {
            here.rules = rules
                .into_iter()
                .map(|new| make_rule(service, targeting, new))
                .collect::<Result<_, _>>()?;
        }
        I::RemoveRule { rule_id } => here.rules.retain(|rule| rule.id != rule_id),
        I::ReorderRules { rule_ids } => reorder(&mut here, &rule_ids)?,
        I::UpdateRuleDescription {
            rule_id,
            description,
        } => rule(&mut here, &rule_id)?.description = Some(description),
        I::UpdateRuleTrackEvents {
            rule_id,
            track_events,
        } => rule(&mut here, &rule_id)?.track_events = track_events,
        I::UpdateRuleVariationOrRollout { rule_id, serve } => {
            rule(&mut here, &rule_id)?.served = serve.resolve(targeting)?;
        }
        I::AddClauses { rule_id, clauses } => {
            for mut clause in clauses {
                clause.id = None;
                complete_clause(&mut clause, &service.behavior, &mut service.ids)?;
                rule(&mut here, &rule_id)?.clauses.push(clause);
            }
        }
        I::RemoveClauses {
            rule_id,
            clause_ids,
        } => rule(&mut here, &rule_id)?.clauses.retain(|clause| {
            let id = clause.id.as_ref();
            !id.is_some_and(|id| clause_ids.contains(id))
        }),
        I::UpdateClause {
            rule_id,
            clause_id,
            clause: mut new,
        } => {
            new.id = Some(clause_id.clone());
            complete_clause(&mut new, &service.behavior, &mut service.ids)?;
            *clause(&mut here, &rule_id, &clause_id)? = new;
        }
        I::AddValuesToClause {
            rule_id,
            clause_id,
            values,
        } => {
            let clause = clause(&mut here, &rule_id, &clause_id)?;
            for value in values {
                if !clause.values.contains(&value) {
                    clause.values.push(value);
                }
            }
        }
        I::RemoveValuesFromClause {
            rule_id,
            clause_id,
            values,
        } => clause(&mut here, &rule_id, &clause_id)?
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
        I::ClearTargets { variation_id } => {
            let variation = index(targeting, &variation_id)?;
            here.targets.retain(|it| it.variation != variation);
        }
        I::UpdateFallthroughVariationOrRollout { serve } => {
            here.fallthrough = serve.resolve(targeting)?;
        }
        I::UpdateOffVariation { variation_id } => {
            here.off_variation = Some(index(targeting, &variation_id)?);
        }
        I::UpdateTrackEvents { track_events } => here.track_events = track_events,
        I::UpdateTrackEventsFallthrough { track_events } => {
            here.track_events_fallthrough = track_events;
        }
        I::UpdateName { .. }
        | I::UpdateDescription { .. }
        | I::AddTags { .. }
        | I::RemoveTags { .. }
        | I::UpdateDefaultVariation { .. } => {}
    }
    targeting.environments.insert(environment.to_owned(), here);
    Ok(())
}

fn make_rule(service: &mut Service, targeting: &Targeting, new: NewRule) -> Result<Rule, ApiError> {
    let mut clauses = new.clauses;
    for clause in &mut clauses {
        clause.id = None;
        complete_clause(clause, &service.behavior, &mut service.ids)?;
    }
    Ok(Rule {
        id: service.ids.uuid(),
        description: new.description.filter(|text| !text.is_empty()),
        clauses,
        served: new.serve.resolve(targeting)?,
        track_events: new.track_events,
    })
}

fn index_of_value(targeting: &Targeting, value: &Json) -> Result<usize, ApiError> {
    targeting
        .variations
        .iter()
        .position(|variation| variation.value == *value)
        .ok_or_else(|| ApiError::invalid(format!("no variation has the value {value}")))
}

fn position(here: &EnvironmentTargeting, id: &str) -> Result<usize, ApiError> {
    here.rules
        .iter()
        .position(|rule| rule.id == id)
        .ok_or_else(|| ApiError::invalid(format!("unknown rule \"{id}\"")))
}

fn rule<'a>(here: &'a mut EnvironmentTargeting, id: &str) -> Result<&'a mut Rule, ApiError> {
    let at = position(here, id)?;
    Ok(&mut here.rules[at])
}

fn clause<'a>(
    here: &'a mut EnvironmentTargeting,
    rule_id: &str,
    id: &str,
) -> Result<&'a mut Clause, ApiError> {
    rule(here, rule_id)?
        .clauses
        .iter_mut()
        .find(|clause| clause.id.as_deref() == Some(id))
        .ok_or_else(|| ApiError::invalid(format!("unknown clause \"{id}\"")))
}

fn reorder(here: &mut EnvironmentTargeting, ids: &[String]) -> Result<(), ApiError> {
    let distinct: HashSet<&String> = ids.iter().collect();
    if ids.len() != here.rules.len() || distinct.len() != ids.len() {
        return Err(ApiError::invalid(
            "ruleIds must name each rule exactly once",
        ));
    }
    let mut rules = Vec::with_capacity(ids.len());
    for id in ids {
        rules.push(here.rules[position(here, id)?].clone());
    }
    here.rules = rules;
    Ok(())
}
