//! What differs between the conditions of two rules that are taken for one.

use segments_model::wire;

use super::super::change::Change;
use super::normal::{Clause, Rule, value};

/// The fewest changes that make the conditions of the remote rule those of the declared one; `None`
/// when the service has given no identifier to name them by.
pub(crate) fn clauses(rule: &str, declared: &Rule<'_>, remote: &Rule<'_>) -> Option<Vec<Change>> {
    let mut missing: Vec<usize> = (0..declared.clauses.len())
        .filter(|d| !remote.clauses.contains(&declared.clauses[*d]))
        .collect();
    let mut extra: Vec<usize> = (0..remote.clauses.len())
        .filter(|r| !declared.clauses.contains(&remote.clauses[*r]))
        .collect();
    let mut changes = Vec::new();
    // The likest clauses first; what is left over in the end is paired as it comes, because one
    // clause made into another is one change where removing and adding are two.
    for likeness in (0..=Likeness::SharedValues as u8).rev() {
        missing.retain(|d| {
            let wanted = &declared.clauses[*d];
            let like = |r: &usize| Likeness::of(wanted, &remote.clauses[*r]) as u8 >= likeness;
            let Some(found) = extra.iter().position(like) else {
                return true;
            };
            let r = extra.remove(found);
            let from = &remote.wire.clauses[r];
            changes.push(edit(rule, from, &declared.wire.clauses[*d]));
            false
        });
    }
    if !extra.is_empty() {
        let removed: Vec<_> = extra
            .iter()
            .map(|r| remote.wire.clauses[*r].clone())
            .collect();
        let ids: Option<Vec<String>> = removed.iter().map(|clause| clause.id.clone()).collect();
        changes.push(Some(Change::RemoveClauses {
            rule: rule.to_owned(),
            clauses: ids?,
            removed,
        }));
    }
    if !missing.is_empty() {
        let added = missing.iter().map(|d| declared.wire.clauses[*d].clone());
        changes.push(Some(Change::AddClauses {
            rule: rule.to_owned(),
            added: added.collect(),
        }));
    }
    changes.into_iter().collect()
}

/// How much two clauses have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    Nothing,
    /// The attribute.
    Attribute,
    /// Everything but the values.
    Test,
    /// Everything but some of the values.
    SharedValues,
}

impl Likeness {
    pub(crate) fn of(left: &Clause, right: &Clause) -> Self {
        if left.test == right.test {
            if left.values.is_disjoint(&right.values) {
                Likeness::Test
            } else {
                Likeness::SharedValues
            }
        } else if left.test.kind == right.test.kind && left.test.attribute == right.test.attribute {
            Likeness::Attribute
        } else {
            Likeness::Nothing
        }
    }
}

/// One clause made into another: by values where values are strings (for others the service
/// documents no such instruction), as a whole otherwise.
fn edit(rule: &str, from: &wire::Clause, to: &wire::Clause) -> Option<Change> {
    let rule = rule.to_owned();
    let clause = from.id.clone()?;
    let (old, new) = (Clause::of(from), Clause::of(to));
    if old.test == new.test {
        let not_in = |values: &[serde_json::Value], other: &Clause| -> Vec<_> {
            let mut seen = std::collections::BTreeSet::new();
            let fresh = values.iter().filter(|json| {
                let text = value(json);
                !other.values.contains(&text) && seen.insert(text)
            });
            fresh.cloned().collect()
        };
        let added = not_in(&to.values, &old);
        let removed = not_in(&from.values, &new);
        let strings =
            |values: &[serde_json::Value]| values.iter().all(serde_json::Value::is_string);
        let test = to.clone();
        if removed.is_empty() && strings(&added) {
            let values = added;
            return Some(Change::AddValues {
                rule,
                clause,
                test,
                values,
            });
        }
        if added.is_empty() && strings(&removed) {
            let values = removed;
            return Some(Change::RemoveValues {
                rule,
                clause,
                test,
                values,
            });
        }
    }
    let (from, to) = (from.clone(), to.clone());
    Some(Change::UpdateClause {
        rule,
        clause,
        from,
        to,
    })
}
