//! Semantic patches of targeting (API documentation, *patchFeatureFlag* and
//! *patchAIConfigTargeting*).

use std::collections::{BTreeMap, HashSet};

use segments_model::ContextKind;
use segments_model::wire::Clause;
use serde::Deserialize;
use serde_json::Value as Json;

use super::{EnvironmentTargeting, Rollout, Rule, Served, Share, Targeting, Targets};
use crate::error::ApiError;
use crate::segment::{complete_clause, complete_kind};
use crate::service::Service;
use crate::state::asked_by_clauses;

/// The body of a semantic patch.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Envelope {
    #[serde(default)]
    pub(crate) environment_key: Option<String>,
    pub(crate) instructions: Vec<Json>,
}

#[derive(Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum Instruction {
    TurnFlagOn,
    TurnFlagOff,
    UpdateName {
        value: String,
    },
    UpdateDescription {
        value: String,
    },
    AddTags {
        values: Vec<String>,
    },
    RemoveTags {
        values: Vec<String>,
    },
    AddRule(NewRule),
    ReplaceRules {
        rules: Vec<NewRule>,
    },
    RemoveRule {
        rule_id: String,
    },
    ReorderRules {
        rule_ids: Vec<String>,
    },
    UpdateRuleDescription {
        rule_id: String,
        description: String,
    },
    UpdateRuleTrackEvents {
        rule_id: String,
        track_events: bool,
    },
    UpdateRuleVariationOrRollout {
        rule_id: String,
        #[serde(flatten)]
        serve: Serve,
    },
    AddClauses {
        rule_id: String,
        clauses: Vec<Clause>,
    },
    RemoveClauses {
        rule_id: String,
        clause_ids: Vec<String>,
    },
    UpdateClause {
        rule_id: String,
        clause_id: String,
        clause: Clause,
    },
    AddValuesToClause {
        rule_id: String,
        clause_id: String,
        values: Vec<Json>,
    },
    RemoveValuesFromClause {
        rule_id: String,
        clause_id: String,
        values: Vec<Json>,
    },
    AddTargets(TargetChange),
    RemoveTargets(TargetChange),
    ReplaceTargets {
        targets: Vec<TargetChange>,
    },
    ClearTargets,
    UpdateFallthroughVariationOrRollout {
        #[serde(flatten)]
        serve: Serve,
    },
    UpdateOffVariation {
        variation_id: String,
    },
    UpdateTrackEvents {
        track_events: bool,
    },
    UpdateTrackEventsFallthrough {
        track_events: bool,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewRule {
    #[serde(default)]
    description: Option<String>,
    clauses: Vec<Clause>,
    #[serde(default)]
    before_rule_id: Option<String>,
    #[serde(default)]
    track_events: bool,
    #[serde(flatten)]
    serve: Serve,
}

/// What is served, in each of the forms that are in use: by identifier, by index, by weights.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Serve {
    #[serde(default)]
    variation_id: Option<String>,
    #[serde(default)]
    variation: Option<usize>,
    #[serde(default)]
    rollout_weights: Option<BTreeMap<String, u32>>,
    #[serde(default)]
    rollout_bucket_by: Option<String>,
    #[serde(default)]
    rollout_context_kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetChange {
    #[serde(default)]
    context_kind: Option<String>,
    variation_id: String,
    values: Vec<String>,
}

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
                complete_clause(&mut clause, &service.behaviour, &mut service.ids)?;
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
            complete_clause(&mut new, &service.behaviour, &mut service.ids)?;
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
        I::AddTargets(change) => change_targets(targeting, &mut here, change, true)?,
        I::RemoveTargets(change) => change_targets(targeting, &mut here, change, false)?,
        I::ReplaceTargets { targets } => {
            here.targets.clear();
            for change in targets {
                change_targets(targeting, &mut here, change, true)?;
            }
        }
        I::ClearTargets => here.targets.clear(),
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
        | I::RemoveTags { .. } => {}
    }
    targeting.environments.insert(environment.to_owned(), here);
    Ok(())
}

fn make_rule(service: &mut Service, targeting: &Targeting, new: NewRule) -> Result<Rule, ApiError> {
    let mut clauses = new.clauses;
    for clause in &mut clauses {
        clause.id = None;
        complete_clause(clause, &service.behaviour, &mut service.ids)?;
    }
    Ok(Rule {
        id: service.ids.uuid(),
        description: new.description.filter(|text| !text.is_empty()),
        clauses,
        served: new.serve.resolve(targeting)?,
        track_events: new.track_events,
    })
}

impl Serve {
    fn resolve(self, targeting: &Targeting) -> Result<Served, ApiError> {
        if let Some(id) = self.variation_id {
            return index(targeting, &id).map(Served::variation);
        }
        if let Some(variation) = self.variation {
            return if variation < targeting.variations.len() {
                Ok(Served::variation(variation))
            } else {
                Err(ApiError::invalid(format!("unknown variation {variation}")))
            };
        }
        let weights = self
            .rollout_weights
            .ok_or_else(|| ApiError::invalid("variationId or rolloutWeights is required"))?;
        let mut context_kind = self.rollout_context_kind.unwrap_or_default();
        complete_kind(&mut context_kind)?;
        let variations = weights
            .iter()
            .map(|(id, weight)| {
                let variation = index(targeting, id)?;
                Ok(Share {
                    variation,
                    weight: *weight,
                })
            })
            .collect::<Result<Vec<_>, ApiError>>()?;
        let total: u64 = weights.values().copied().map(u64::from).sum();
        if total != 100_000 {
            return Err(ApiError::invalid(format!(
                "rolloutWeights add up to {total}, not to 100000"
            )));
        }
        Ok(Served {
            variation: None,
            rollout: Some(Rollout {
                variations,
                bucket_by: self.rollout_bucket_by,
                context_kind,
            }),
        })
    }
}

fn index(targeting: &Targeting, id: &str) -> Result<usize, ApiError> {
    targeting
        .variations
        .iter()
        .position(|variation| variation.id == id)
        .ok_or_else(|| ApiError::invalid(format!("unknown variation \"{id}\"")))
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

fn change_targets(
    targeting: &Targeting,
    here: &mut EnvironmentTargeting,
    change: TargetChange,
    add: bool,
) -> Result<(), ApiError> {
    let variation = index(targeting, &change.variation_id)?;
    let mut context_kind = change
        .context_kind
        .unwrap_or_else(|| ContextKind::USER.to_string());
    complete_kind(&mut context_kind)?;
    // A context has one variation, so the last word counts.
    for targets in &mut here.targets {
        if targets.context_kind == context_kind && (add || targets.variation == variation) {
            targets.values.retain(|key| !change.values.contains(key));
        }
    }
    if add {
        match here
            .targets
            .iter_mut()
            .find(|known| known.context_kind == context_kind && known.variation == variation)
        {
            Some(known) => known.values.extend(change.values),
            None => here.targets.push(Targets {
                context_kind,
                variation,
                values: change.values,
            }),
        }
    }
    here.targets.retain(|targets| !targets.values.is_empty());
    Ok(())
}
