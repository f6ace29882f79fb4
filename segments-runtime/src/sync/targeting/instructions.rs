//! Changes of a targeting in the service's form.

use std::collections::BTreeMap;

use segments_model::wire::{ServeInstruction, TargetingInstruction};

use super::super::change::{Change, MemberKeys, ServedVariation};
use super::super::patch;
use super::variations::Variations;

/// How instructions say that one variation is served. LaunchDarkly's API documentation uses the
/// identifier; early versions of its agent skills say that a rule takes weights only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Form {
    /// `variationId`.
    #[default]
    Identifier,
    /// `rolloutWeights`, with everything for one.
    Weights,
}

/// The instructions for the changes, but for those of tags. Of many listed contexts, as many as a patch
/// may name; the limit is documented for segments and kept here, too.
pub(super) fn instructions(
    changes: &[Change],
    variations: &Variations<'_>,
    form: Form,
) -> Vec<TargetingInstruction> {
    let mut portion = patch::portions::portions();
    let instruction = |change: &Change| instruction(change, variations, form, &mut portion);
    // A context that changes lists leaves the one before it joins the other.
    let (first, then): (Vec<_>, Vec<_>) = changes
        .iter()
        .partition(|change| matches!(change, Change::RemoveVariationTargets { .. }));
    first
        .into_iter()
        .chain(then)
        .filter_map(instruction)
        .collect()
}

fn instruction(
    change: &Change,
    variations: &Variations<'_>,
    form: Form,
    portion: &mut impl FnMut(&MemberKeys) -> Vec<String>,
) -> Option<TargetingInstruction> {
    let serve = |served: &ServedVariation| serve(served, variations, form);
    let id = |label: &str| variations.id(label).map(str::to_owned);
    let mut some = |keys| Some(portion(keys)).filter(|keys| !keys.is_empty());
    Some(match change {
        Change::AddTags { .. } | Change::RemoveTags { .. } => return None,
        Change::AddRule {
            added,
            serves,
            before,
        } => TargetingInstruction::AddRule {
            description: added.description.clone(),
            clauses: added.clauses.clone(),
            serve: serve(serves.as_ref()?)?,
            before_rule_id: before.clone(),
        },
        Change::RuleVariation { rule, to, .. } => {
            TargetingInstruction::UpdateRuleVariationOrRollout {
                rule_id: rule.clone(),
                serve: serve(to)?,
            }
        }
        Change::Fallthrough { to, .. } => {
            TargetingInstruction::UpdateFallthroughVariationOrRollout { serve: serve(to)? }
        }
        Change::AddVariationTargets {
            variation,
            kind,
            keys,
        } => TargetingInstruction::AddTargets {
            variation_id: id(variation)?,
            context_kind: kind.clone(),
            values: some(keys)?,
        },
        Change::RemoveVariationTargets {
            variation,
            kind,
            keys,
        } => TargetingInstruction::RemoveTargets {
            variation_id: id(variation)?,
            context_kind: kind.clone(),
            values: some(keys)?,
        },
        other => TargetingInstruction::Common(patch::instruction(other)?),
    })
}

fn serve(
    served: &ServedVariation,
    variations: &Variations<'_>,
    form: Form,
) -> Option<ServeInstruction> {
    let id = |label: &str| variations.id(label).map(str::to_owned);
    Some(match served {
        ServedVariation::Variation(label) => match form {
            Form::Identifier => ServeInstruction {
                variation_id: Some(id(label)?),
                ..ServeInstruction::default()
            },
            Form::Weights => ServeInstruction {
                rollout_weights: Some(BTreeMap::from([(id(label)?, 100_000)])),
                ..ServeInstruction::default()
            },
        },
        // Nobody declares it.
        ServedVariation::Running(_) => return None,
        ServedVariation::Split { shares, kind, by } => {
            let weights = shares.iter();
            let weights = weights.map(|(label, weight)| Some((id(label)?, *weight)));
            ServeInstruction {
                variation_id: None,
                rollout_weights: Some(weights.collect::<Option<_>>()?),
                rollout_bucket_by: Some(by.clone()).filter(|by| by != "key"),
                rollout_context_kind: Some(kind.clone()),
            }
        }
    })
}

/// Returns whether one of the instructions says that one variation is served.
pub(super) fn serves_one(instructions: &[TargetingInstruction]) -> bool {
    instructions.iter().any(|instruction| match instruction {
        TargetingInstruction::AddRule { serve, .. }
        | TargetingInstruction::UpdateRuleVariationOrRollout { serve, .. }
        | TargetingInstruction::UpdateFallthroughVariationOrRollout { serve } => {
            serve.variation_id.is_some()
        }
        _ => false,
    })
}
