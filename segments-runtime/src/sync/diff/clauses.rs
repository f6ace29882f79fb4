//! Differences between the conditions of two versions of a rule.

use std::collections::{BTreeMap, BTreeSet};

use segments_model::wire;

use super::super::change::{Change, RuleName};
use super::normal::{Clause, Rule, Test, value};

/// The fewest changes that make the conditions of the remote rule those of the declared one; `None`
/// when the service has given no identifier to name them by.
pub(crate) fn clauses(rule: &str, declared: &Rule<'_>, remote: &Rule<'_>) -> Option<Vec<Change>> {
    let wanted: BTreeSet<&Clause> = declared.clauses.iter().collect();
    let present: BTreeSet<&Clause> = remote.clauses.iter().collect();
    let mut missing: Vec<usize> = (0..declared.clauses.len())
        .filter(|d| !present.contains(&declared.clauses[*d]))
        .collect();
    let extra = (0..remote.clauses.len()).filter(|r| !wanted.contains(&remote.clauses[*r]));
    let mut extra = Extra::new(&remote.clauses, extra);
    let mut changes = Vec::new();
    // The likest clauses first; what is left over in the end is paired as it comes, because one
    // clause made into another is one change where removing and adding are two.
    for likeness in Likeness::DESCENDING {
        missing.retain(|d| {
            let Some(r) = extra.take(&declared.clauses[*d], likeness) else {
                return true;
            };
            let from = &remote.wire.clauses[r];
            changes.push(edit(rule, from, &declared.wire.clauses[*d]));
            false
        });
    }
    let extra = extra.all;
    if !extra.is_empty() {
        let removed: Vec<_> = extra
            .iter()
            .map(|r| remote.wire.clauses[*r].clone())
            .collect();
        let ids: Option<Vec<String>> = removed.iter().map(|clause| clause.id.clone()).collect();
        changes.push(Some(Change::RemoveClauses {
            rule: rule.to_owned(),
            of: RuleName::default(),
            clauses: ids?,
            removed,
        }));
    }
    if !missing.is_empty() {
        let added = missing.iter().map(|d| declared.wire.clauses[*d].clone());
        changes.push(Some(Change::AddClauses {
            rule: rule.to_owned(),
            of: RuleName::default(),
            added: added.collect(),
        }));
    }
    changes.into_iter().collect()
}

/// How much two clauses have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// Everything but some of the values.
    SharedValues,
    /// Everything but the values.
    Test,
    /// The attribute.
    Attribute,
    Nothing,
}

impl Likeness {
    const DESCENDING: [Self; 4] = [
        Self::SharedValues,
        Self::Test,
        Self::Attribute,
        Self::Nothing,
    ];
}

/// Clauses of the service that are not declared, by what they have in common with others: of many,
/// the first that is like a declared one is found without looking at all.
struct Extra<'a> {
    clauses: &'a [Clause],
    all: BTreeSet<usize>,
    by_value: BTreeMap<(&'a Test, &'a str), BTreeSet<usize>>,
    by_test: BTreeMap<&'a Test, BTreeSet<usize>>,
    by_attribute: BTreeMap<(&'a str, &'a str), BTreeSet<usize>>,
}

impl<'a> Extra<'a> {
    fn new(clauses: &'a [Clause], extra: impl Iterator<Item = usize>) -> Self {
        let mut new = Self {
            clauses,
            all: extra.collect(),
            by_value: BTreeMap::new(),
            by_test: BTreeMap::new(),
            by_attribute: BTreeMap::new(),
        };
        for r in &new.all {
            let Clause { test, values } = &clauses[*r];
            for value in values {
                new.by_value.entry((test, value)).or_default().insert(*r);
            }
            new.by_test.entry(test).or_default().insert(*r);
            let attribute = new.by_attribute.entry(test.attribute());
            attribute.or_default().insert(*r);
        }
        new
    }

    /// Takes the first that is at least as like as that.
    fn take(&mut self, wanted: &'a Clause, likeness: Likeness) -> Option<usize> {
        let Clause { test, values } = wanted;
        let first = |clauses: Option<&BTreeSet<usize>>| clauses?.first().copied();
        let r = match likeness {
            Likeness::SharedValues => {
                let values = values.iter();
                let shared = values.filter_map(|value| first(self.by_value.get(&(test, value))));
                shared.min()
            }
            Likeness::Test => first(self.by_test.get(test)),
            Likeness::Attribute => first(self.by_attribute.get(&test.attribute())),
            Likeness::Nothing => first(Some(&self.all)),
        }?;
        let Clause { test, values } = &self.clauses[r];
        let taken = |clauses: Option<&mut BTreeSet<usize>>| _ = clauses.map(|all| all.remove(&r));
        for value in values {
            taken(self.by_value.get_mut(&(test, value.as_str())));
        }
        taken(self.by_test.get_mut(test));
        taken(self.by_attribute.get_mut(&test.attribute()));
        taken(Some(&mut self.all));
        Some(r)
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
                of: RuleName::default(),
                clause,
                test,
                values,
            });
        }
        if added.is_empty() && strings(&removed) {
            let values = removed;
            return Some(Change::RemoveValues {
                rule,
                of: RuleName::default(),
                clause,
                test,
                values,
            });
        }
    }
    let (from, to) = (from.clone(), to.clone());
    Some(Change::UpdateClause {
        rule,
        of: RuleName::default(),
        clause,
        from,
        to,
    })
}
