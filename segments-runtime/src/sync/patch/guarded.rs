//! All changes in one JSON patch that takes effect only on the version that was read.
//!
//! A program whose declarations have a revision uses only these patches: a semantic patch of an older
//! program, sent before the newer program's write and received after it, would win.

use segments_model::wire::{self, ContextTargets};
use serde_json::{Value as Json, json};

use super::json::{share, test};
use crate::sync::change::{Change, TargetList};
use crate::sync::diff::{self, tags_after};
use crate::sync::request::JsonOperation as Op;

pub(super) fn operations(changes: &[Change], remote: &wire::Segment) -> Vec<Op> {
    let mut operations = vec![test(remote)];
    let replace = |path: &str, value: Json| Op::Replace {
        path: path.to_owned(),
        value,
    };
    for change in changes {
        match change {
            Change::Name { to, .. } => operations.push(replace("/name", json!(to))),
            Change::Description { to, .. } => {
                operations.push(replace("/description", json!(to)));
            }
            _ => {}
        }
    }
    if let Some(tags) = tags_after(&remote.tags, changes) {
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
        if let Change::AddTargets {
            list, kind, keys, ..
        } = change
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
            Change::RuleRollout { rule, to, .. } => {
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
            Change::AddClauses { rule, added, .. } if is(rule) => {
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
