//! Semantic patches.

use segments_model::wire::{self, Instruction};

use super::portions::portions;
use crate::sync::change::{Change, TargetList};

/// Removals come first, so that a context which changes lists is never on both.
pub(super) fn instructions(changes: &[Change]) -> Vec<Instruction> {
    let mut take = portions();
    let mut instructions = Vec::new();
    for change in changes {
        if let Change::RemoveTargets { list, kind, keys } = change {
            instructions.push(remove_targets(*list, kind, take(keys)));
        }
    }
    for change in changes {
        if let Change::AddTargets {
            list, kind, keys, ..
        } = change
        {
            instructions.push(add_targets(*list, kind, take(keys)));
        }
    }
    instructions.retain(|instruction| match instruction {
        Instruction::AddIncludedTargets { values, .. }
        | Instruction::RemoveIncludedTargets { values, .. }
        | Instruction::AddExcludedTargets { values, .. }
        | Instruction::RemoveExcludedTargets { values, .. } => !values.is_empty(),
        _ => true,
    });
    instructions.extend(changes.iter().filter_map(instruction));
    instructions
}

fn remove_targets(list: TargetList, kind: &str, values: Vec<String>) -> Instruction {
    let context_kind = kind.to_owned();
    match list {
        TargetList::Included => Instruction::RemoveIncludedTargets {
            context_kind,
            values,
        },
        TargetList::Excluded => Instruction::RemoveExcludedTargets {
            context_kind,
            values,
        },
    }
}

fn add_targets(list: TargetList, kind: &str, values: Vec<String>) -> Instruction {
    let context_kind = kind.to_owned();
    match list {
        TargetList::Included => Instruction::AddIncludedTargets {
            context_kind,
            values,
        },
        TargetList::Excluded => Instruction::AddExcludedTargets {
            context_kind,
            values,
        },
    }
}

/// Returns whether a new rule lets nobody in at first, and takes its share by the next patch, which goes
/// on from the answer. Before the service knows the attribute that a share is taken by, it would let in a
/// share of others; and a rule without clauses would let everyone in, did the service not take the share.
pub(super) fn begins_narrow(rule: &wire::Rule) -> bool {
    let by_key = matches!(rule.bucket_by.as_deref(), None | Some("" | "key"));
    rule.weight.is_some() && (!by_key || rule.clauses.is_empty())
}

/// The instruction for a change other than of targets, if the service has one.
pub(crate) fn instruction(change: &Change) -> Option<Instruction> {
    Some(match change.clone() {
        Change::Name { to, .. } => Instruction::UpdateName { value: to },
        Change::AddTags { tags } => Instruction::AddTags { values: tags },
        Change::RemoveTags { tags } => Instruction::RemoveTags { values: tags },
        Change::AddRule { added, .. } => Instruction::AddRule {
            weight: if begins_narrow(&added) {
                Some(0)
            } else {
                added.weight
            },
            description: added.description,
            clauses: added.clauses,
            rollout_context_kind: added.rollout_context_kind,
            // No source shows that the service takes it here.
            bucket_by: None,
        },
        Change::RemoveRule { rule, .. } => Instruction::RemoveRule { rule_id: rule },
        // The order is given once all rules have identifiers.
        Change::ReorderRules { rules } => Instruction::ReorderRules {
            rule_ids: rules.into_iter().collect::<Option<_>>()?,
        },
        Change::RuleDescription { rule, to, .. } => Instruction::UpdateRuleDescription {
            rule_id: rule,
            description: to,
        },
        Change::RuleRollout { rule, from, to, .. } => {
            let (from, to) = (from?, to?);
            if from.by != to.by {
                return None;
            }
            Instruction::UpdateRuleRolloutAndContextKind {
                rule_id: rule,
                weight: to.weight,
                context_kind: Some(to.kind),
            }
        }
        Change::AddClauses { rule, added, .. } => Instruction::AddClauses {
            rule_id: rule,
            clauses: added,
        },
        Change::RemoveClauses { rule, clauses, .. } => Instruction::RemoveClauses {
            rule_id: rule,
            clause_ids: clauses,
        },
        Change::UpdateClause {
            rule, clause, to, ..
        } => Instruction::UpdateClause {
            rule_id: rule,
            clause_id: clause,
            clause: to,
        },
        Change::AddValues {
            rule,
            clause,
            values,
            ..
        } => Instruction::AddValuesToClause {
            rule_id: rule,
            clause_id: clause,
            values,
        },
        Change::RemoveValues {
            rule,
            clause,
            values,
            ..
        } => Instruction::RemoveValuesFromClause {
            rule_id: rule,
            clause_id: clause,
            values,
        },
        // Targets are said in batches, and what is served by whoever knows the variations.
        Change::Description { .. }
        | Change::Property { .. }
        | Change::AddTargets { .. }
        | Change::RemoveTargets { .. }
        | Change::Expire { .. }
        | Change::RuleVariation { .. }
        | Change::Fallthrough { .. }
        | Change::AddVariationTargets { .. }
        | Change::RemoveVariationTargets { .. } => return None,
    })
}
