//! A renamed attribute: contexts from programs that still send the old name no longer match.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;

use segments_model::{Operator, wire};
use serde::Serialize;

use super::change::Change;
use super::report::{Action, Outcome, ReportItem};

/// An attribute whose clauses now test another attribute, with the same values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct RenamedAttribute {
    /// The kind of the contexts.
    pub kind: String,
    /// The attribute that is tested today.
    pub from: String,
    /// The attribute that will be tested.
    pub to: String,
}

impl fmt::Display for RenamedAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, from, to } = self;
        write!(
            f,
            "warning: attribute {from} of {kind} becomes {to}; programs that still send {from} no longer match, so deploy those that send {to} first, or match both for a while with `formerly = \"{from}\"` on {to} (`#[context(formerly = \"{from}\")]` on its field)"
        )
    }
}

impl ReportItem<'_> {
    /// Returns the attributes that the changes seem to rename: a clause is removed, and one that differs
    /// only in the attribute is added.
    #[must_use]
    pub fn renamed_attributes(&self) -> Vec<RenamedAttribute> {
        match self.outcome {
            Outcome::Planned(Action::Update { changes } | Action::Adopt { changes }) => {
                renamed(changes)
            }
            _ => Vec::new(),
        }
    }
}

fn renamed<'c>(changes: &'c [Change]) -> Vec<RenamedAttribute> {
    let mut gone: Vec<&'c wire::Clause> = Vec::new();
    let mut come: Vec<&'c wire::Clause> = Vec::new();
    for change in changes {
        match change {
            Change::RemoveRule { removed, .. } => gone.extend(&removed.clauses),
            Change::RemoveClauses { removed, .. } => gone.extend(removed),
            Change::AddRule { added, .. } => come.extend(&added.clauses),
            Change::AddClauses { added, .. } => come.extend(added),
            Change::UpdateClause { from, to, .. } => {
                gone.push(from);
                come.push(to);
            }
            _ => {}
        }
    }
    let attributes = |clauses: &[&'c wire::Clause]| -> HashSet<&'c str> {
        clauses.iter().map(|clause| &*clause.attribute).collect()
    };
    let (tested_today, tested_then) = (attributes(&gone), attributes(&come));
    let mut come_by_test: HashMap<TestOf<'_>, Vec<&str>> = HashMap::new();
    for clause in &come {
        let attributes = come_by_test.entry(TestOf::new(clause)).or_default();
        // Two tell which of them is another one.
        if attributes.len() < 2 && !attributes.contains(&&*clause.attribute) {
            attributes.push(&clause.attribute);
        }
    }
    let mut renamed = BTreeSet::new();
    let compare = |it: &&&wire::Clause| it.op != Operator::SegmentMatch.wire();
    for from in gone.iter().filter(compare) {
        let test = TestOf::new(from);
        let mut same = come_by_test.get(&test).into_iter().flatten();
        if let Some(to) = same.find(|to| ***to != from.attribute)
            && !tested_then.contains(&*from.attribute)
            && !tested_today.contains(to)
        {
            renamed.insert(RenamedAttribute {
                kind: test.kind.to_owned(),
                from: from.attribute.clone(),
                to: (*to).to_owned(),
            });
        }
    }
    renamed.into_iter().collect()
}

/// What a clause tests, but for the attribute.
#[derive(PartialEq, Eq, Hash)]
struct TestOf<'c> {
    kind: &'c str,
    op: &'c str,
    negate: bool,
    values: BTreeSet<String>,
}

impl<'c> TestOf<'c> {
    fn new(clause: &'c wire::Clause) -> Self {
        let kind = clause.context_kind.as_deref();
        Self {
            kind: kind.filter(|kind| !kind.is_empty()).unwrap_or("user"),
            op: &clause.op,
            negate: clause.negate,
            values: clause.values.iter().map(ToString::to_string).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::change::RuleName;
    use serde_json::json;

    fn rule(attribute: &str, value: &str) -> wire::Rule {
        serde_json::from_value(
            json!({"clauses": [{"contextKind": "user", "attribute": attribute,
            "op": "in", "values": [value], "negate": false}]}),
        )
        .unwrap()
    }

    fn replaced(from: &wire::Rule, to: &wire::Rule) -> Vec<RenamedAttribute> {
        let removed = Change::RemoveRule {
            rule: "r".to_owned(),
            of: RuleName::default(),
            removed: from.clone(),
            serves: None,
            disabled: false,
        };
        let added = Change::AddRule {
            added: to.clone(),
            serves: None,
            before: None,
        };
        renamed(&[removed, added])
    }

    #[test]
    fn a_clause_that_differs_in_the_attribute_alone_is_a_renaming() {
        let found = replaced(&rule("plan", "pro"), &rule("tier", "pro"));
        assert_eq!(
            (found[0].from.as_str(), found[0].to.as_str()),
            ("plan", "tier")
        );
        assert!(replaced(&rule("plan", "pro"), &rule("tier", "free")).is_empty());
        assert!(replaced(&rule("plan", "pro"), &rule("plan", "free")).is_empty());
    }
}
