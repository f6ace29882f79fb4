//! Changes as the service takes them: semantic patches, and JSON patches for what has no
//! instruction.

use segments_model::PATCH_TARGETS;
use segments_model::wire::{self, ContextTargets, Instruction};
use serde_json::{Value as Json, json};

use super::change::{Change, MemberKeys, Share, TargetList};
use super::diff;
use super::request::JsonOperation as Op;

/// One request's worth of changes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Patch {
    /// Instructions, which others' changes do not get in the way of.
    Semantic(Vec<Instruction>),
    /// Operations that take effect only if the segment is still of the version that was seen.
    Json(Vec<Op>),
}

/// The next patch on the way to having made all changes. The way goes on from the answer.
pub(crate) fn next(changes: &[Change], remote: &wire::Segment, guarded: bool) -> Patch {
    if guarded {
        return Patch::Json(guarded::operations(changes, remote));
    }
    let instructions = instructions(changes);
    if instructions.is_empty() {
        let mut operations = vec![test(remote)];
        operations.extend(changes.iter().flat_map(|change| bare(change, remote)));
        Patch::Json(operations)
    } else {
        Patch::Semantic(instructions)
    }
}

/// How many patches all changes take, if nobody interferes.
pub(crate) fn count(changes: &[Change], guarded: bool) -> usize {
    if guarded || changes.is_empty() {
        return changes.len().min(1);
    }
    let some = |any: bool| usize::from(any);
    let late_order = |change: &Change| matches!(change, Change::ReorderRules { rules } if rules.iter().any(Option::is_none));
    count_of_targets(changes).max(some(
        changes.iter().any(|change| instruction(change).is_some()),
    )) + some(changes.iter().any(has_no_instruction))
        + some(changes.iter().any(late_order))
}

/// How many patches it takes to say which contexts are listed.
pub(crate) fn count_of_targets(changes: &[Change]) -> usize {
    let keys = changes.iter().filter_map(Change::keys);
    keys.map(MemberKeys::len)
        .sum::<usize>()
        .div_ceil(PATCH_TARGETS)
}

/// The part of each list of keys that one patch has room for, one list after the other; the next patch
/// goes on.
pub(crate) fn portions() -> impl FnMut(&MemberKeys) -> Vec<String> {
    let mut left = PATCH_TARGETS;
    move |keys| {
        let taken: Vec<String> = keys.0.iter().take(left).cloned().collect();
        left -= taken.len();
        taken
    }
}

/// Removals come first, so that a context which changes lists is never on both.
fn instructions(changes: &[Change]) -> Vec<Instruction> {
    let mut take = portions();
    let mut instructions = Vec::new();
    for change in changes {
        if let Change::RemoveTargets { list, kind, keys } = change {
            instructions.push(remove_targets(*list, kind, take(keys)));
        }
    }
    for change in changes {
        if let Change::AddTargets { list, kind, keys } = change {
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

/// The instruction for a change other than of targets, if the service has one.
pub(crate) fn instruction(change: &Change) -> Option<Instruction> {
    Some(match change.clone() {
        Change::Name { to, .. } => Instruction::UpdateName { value: to },
        Change::AddTags { tags } => Instruction::AddTags { values: tags },
        Change::RemoveTags { tags } => Instruction::RemoveTags { values: tags },
        Change::AddRule { added, .. } => Instruction::AddRule {
            description: added.description,
            clauses: added.clauses,
            weight: added.weight,
            rollout_context_kind: added.rollout_context_kind,
            bucket_by: added.bucket_by,
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
        Change::RuleShare { rule, from, to } => {
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
        Change::AddClauses { rule, added } => Instruction::AddClauses {
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
        | Change::AddTargets { .. }
        | Change::RemoveTargets { .. }
        | Change::RuleServes { .. }
        | Change::Otherwise { .. }
        | Change::List { .. }
        | Change::Unlist { .. } => return None,
    })
}

/// Whether only a JSON patch makes the change: the service documents no instruction for the
/// description of a segment, for `bucketBy`, and for giving a rule a percentage or taking it away.
fn has_no_instruction(change: &Change) -> bool {
    match change {
        Change::Description { .. } => true,
        Change::RuleShare { .. } => instruction(change).is_none(),
        _ => false,
    }
}

fn test(remote: &wire::Segment) -> Op {
    Op::Test {
        path: "/version".to_owned(),
        value: json!(remote.version),
    }
}

/// The operations for a change that has no instruction.
fn bare(change: &Change, remote: &wire::Segment) -> Vec<Op> {
    match change {
        Change::Description { to, .. } => vec![Op::Replace {
            path: "/description".to_owned(),
            value: json!(to),
        }],
        Change::RuleShare { rule, to, .. } => {
            let mut rules = remote.rules.iter();
            match rules.position(|known| known.id.as_ref() == Some(rule)) {
                Some(at) => share(at, &remote.rules[at], to.as_ref()),
                None => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// Makes the rule at this place take this share.
fn share(at: usize, rule: &wire::Rule, to: Option<&Share>) -> Vec<Op> {
    let path = |field: &str| format!("/rules/{at}/{field}");
    let set = |field: &str, value: Json| Op::Add {
        path: path(field),
        value,
    };
    let mut operations = Vec::new();
    if let Some(to) = to {
        operations.push(set("weight", json!(to.weight)));
        operations.push(set("rolloutContextKind", json!(to.kind)));
    } else {
        operations.push(Op::Remove {
            path: path("weight"),
        });
    }
    let by = to.map(|to| to.by.as_str()).filter(|by| *by != "key");
    match by {
        Some(by) => operations.push(set("bucketBy", json!(by))),
        None if rule.bucket_by.is_some() => operations.push(Op::Remove {
            path: path("bucketBy"),
        }),
        None => {}
    }
    operations
}

/// All changes in one JSON patch that takes effect only on the version that was seen.
///
/// A program whose declarations have a revision writes nothing else: a semantic patch of an older
/// program, sent before the newer one wrote and received after it, would win.
mod guarded {
    use super::{Change, ContextTargets, Json, Op, TargetList, diff, json, share, test, wire};

    pub(super) fn operations(changes: &[Change], remote: &wire::Segment) -> Vec<Op> {
        let mut operations = vec![test(remote)];
        let replace = |path: &str, value: Json| Op::Replace {
            path: path.to_owned(),
            value,
        };
        let mut tags = remote.tags.clone();
        for change in changes {
            match change {
                Change::Name { to, .. } => operations.push(replace("/name", json!(to))),
                Change::Description { to, .. } => {
                    operations.push(replace("/description", json!(to)));
                }
                Change::RemoveTags { tags: removed } => tags.retain(|tag| !removed.contains(tag)),
                Change::AddTags { tags: added } => tags.extend(added.iter().cloned()),
                _ => {}
            }
        }
        if tags != remote.tags {
            operations.push(replace("/tags", json!(tags)));
        }
        for (list, users, contexts, old) in [
            (
                TargetList::Included,
                "/included",
                "/includedContexts",
                (&remote.included, &remote.included_contexts),
            ),
            (
                TargetList::Excluded,
                "/excluded",
                "/excludedContexts",
                (&remote.excluded, &remote.excluded_contexts),
            ),
        ] {
            let (new_users, new_contexts) = lists(changes, list, old.0, old.1);
            if new_users != *old.0 {
                operations.push(replace(users, json!(new_users)));
            }
            if new_contexts != *old.1 {
                operations.push(replace(contexts, json!(new_contexts)));
            }
        }
        operations.extend(rules(changes, &remote.rules));
        operations
    }

    /// The lists after the changes, with what stays in the order in which it stands.
    fn lists(
        changes: &[Change],
        which: TargetList,
        users: &[String],
        contexts: &[ContextTargets],
    ) -> (Vec<String>, Vec<ContextTargets>) {
        let mut users = users.to_vec();
        let mut contexts = contexts.to_vec();
        for change in changes {
            if let Change::RemoveTargets { list, kind, keys } = change
                && *list == which
            {
                let gone: std::collections::HashSet<_> = keys.0.iter().collect();
                if kind == "user" {
                    users.retain(|key| !gone.contains(key));
                }
                for context in &mut contexts {
                    if context.context_kind == *kind {
                        context.values.retain(|key| !gone.contains(key));
                    }
                }
                contexts.retain(|context| !context.values.is_empty());
            }
        }
        for change in changes {
            if let Change::AddTargets { list, kind, keys } = change
                && *list == which
            {
                let known = contexts
                    .iter_mut()
                    .find(|context| context.context_kind == *kind);
                match known {
                    _ if kind == "user" => users.extend(keys.0.iter().cloned()),
                    Some(context) => context.values.extend(keys.0.iter().cloned()),
                    None => contexts.push(ContextTargets {
                        context_kind: kind.clone(),
                        values: keys.0.clone(),
                    }),
                }
            }
        }
        (users, contexts)
    }

    fn rules(changes: &[Change], remote: &[wire::Rule]) -> Vec<Op> {
        let mut operations = Vec::new();
        let place = |id: &String| remote.iter().position(|rule| rule.id.as_ref() == Some(id));
        for change in changes {
            match change {
                Change::RuleDescription { rule, to, .. } => {
                    if let Some(at) = place(rule) {
                        operations.push(Op::Add {
                            path: format!("/rules/{at}/description"),
                            value: json!(to),
                        });
                    }
                }
                Change::RuleShare { rule, to, .. } => {
                    if let Some(at) = place(rule) {
                        operations.extend(share(at, &remote[at], to.as_ref()));
                    }
                }
                _ => {}
            }
        }
        for (at, rule) in remote.iter().enumerate() {
            let clauses = clauses(changes, rule);
            if clauses != rule.clauses {
                operations.push(Op::Replace {
                    path: format!("/rules/{at}/clauses"),
                    value: json!(clauses),
                });
            }
        }
        // From here on places shift: the last is removed first, and the order is followed along.
        let removed = |rule: &wire::Rule| {
            changes.iter().any(
                |change| matches!(change, Change::RemoveRule { rule: id, .. } if rule.id.as_ref() == Some(id)),
            )
        };
        for (at, rule) in remote.iter().enumerate().rev() {
            if removed(rule) {
                operations.push(Op::Remove {
                    path: format!("/rules/{at}"),
                });
            }
        }
        let staying = remote.iter().filter(|rule| !removed(rule));
        let mut order: Vec<Option<&String>> = staying.map(|rule| rule.id.as_ref()).collect();
        for change in changes {
            if let Change::AddRule { added, .. } = change {
                operations.push(Op::Add {
                    path: "/rules/-".to_owned(),
                    value: json!(added),
                });
                order.push(None);
            }
        }
        for change in changes {
            if let Change::ReorderRules { rules } = change {
                for (to, rule) in rules.iter().enumerate() {
                    let rest = order.iter().skip(to);
                    let at = rest.clone().position(|known| *known == rule.as_ref());
                    if let Some(from) = at.map(|at| at + to).filter(|from| *from != to) {
                        let moved = order.remove(from);
                        order.insert(to, moved);
                        operations.push(Op::Move {
                            from: format!("/rules/{from}"),
                            path: format!("/rules/{to}"),
                        });
                    }
                }
            }
        }
        operations
    }

    /// The conditions of a rule after the changes; those that stay keep their identifiers.
    fn clauses(changes: &[Change], rule: &wire::Rule) -> Vec<wire::Clause> {
        let mut clauses = rule.clauses.clone();
        let is = |id: &String| rule.id.as_ref() == Some(id);
        for change in changes {
            match change {
                Change::RemoveClauses {
                    rule, clauses: ids, ..
                } if is(rule) => {
                    clauses.retain(|clause| clause.id.as_ref().is_none_or(|id| !ids.contains(id)));
                }
                Change::AddClauses { rule, added } if is(rule) => {
                    clauses.extend(added.iter().cloned());
                }
                Change::UpdateClause {
                    rule, clause, to, ..
                } if is(rule) => {
                    for known in clauses.iter_mut().filter(|k| k.id.as_ref() == Some(clause)) {
                        *known = wire::Clause {
                            id: known.id.clone(),
                            ..to.clone()
                        };
                    }
                }
                Change::AddValues {
                    rule,
                    clause,
                    values,
                    ..
                } if is(rule) => {
                    for known in clauses.iter_mut().filter(|k| k.id.as_ref() == Some(clause)) {
                        known.values.extend(values.iter().cloned());
                    }
                }
                Change::RemoveValues {
                    rule,
                    clause,
                    values,
                    ..
                } if is(rule) => {
                    let gone: Vec<_> = values.iter().map(diff::value).collect();
                    for known in clauses.iter_mut().filter(|k| k.id.as_ref() == Some(clause)) {
                        known
                            .values
                            .retain(|value| !gone.contains(&diff::value(value)));
                    }
                }
                _ => {}
            }
        }
        clauses
    }
}
