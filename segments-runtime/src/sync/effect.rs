//! Whom a change lets in or leaves out, as far as the change itself tells.

use std::fmt;

use segments_model::{Operator, wire};
use serde::Serialize;

use super::change::{Change, TargetList};
use super::report::{Action, Outcome, ReportItem};

/// What a change does to an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// The same contexts are in it.
    None,
    /// Contexts may join it, and none leaves.
    Wider,
    /// Contexts may leave it, and none joins.
    Narrower,
    /// Contexts may join it and others leave it, or the change does not tell.
    Either,
    /// Contexts may be served another variation.
    Served,
}

impl Effect {
    /// What both do together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Effect::None, other) => other,
            (this, Effect::None) => this,
            (this, other) if this == other => this,
            _ => Effect::Either,
        }
    }

    /// What the opposite does.
    fn inverted(self) -> Self {
        match self {
            Effect::Wider => Effect::Narrower,
            Effect::Narrower => Effect::Wider,
            same => same,
        }
    }

    fn inverted_if(self, inverted: bool) -> Self {
        if inverted { self.inverted() } else { self }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Effect::None => "same audience",
            Effect::Wider => "wider",
            Effect::Narrower => "narrower",
            Effect::Either => "wider or narrower",
            Effect::Served => "served otherwise",
        })
    }
}

impl ReportItem<'_> {
    /// What becomes of the audience if this is applied. Contexts on the other list, other rules and
    /// segments that reference this one are not looked at: a wider audience is one that loses nobody.
    #[must_use]
    pub fn effect(&self) -> Effect {
        let (Outcome::Planned(action) | Outcome::Applied(action)) = self.outcome else {
            return Effect::None;
        };
        if self.measured.is_some() {
            return Effect::None;
        }
        if self.resource.is_some() {
            let served = action.changes().iter().any(|change| !is_tags(change));
            return if served { Effect::Served } else { Effect::None };
        }
        match action {
            // Everybody who was in it leaves.
            Action::Delete { .. } => Effect::Narrower,
            Action::Create { changes } if is_for_somebody(changes) => Effect::Wider,
            Action::Create { .. } => Effect::None,
            Action::Update { changes }
            | Action::Adopt { changes }
            | Action::Move { changes, .. } => changes
                .iter()
                .fold(Effect::None, |all, change| all.and(change.effect())),
        }
    }
}

fn is_tags(change: &Change) -> bool {
    matches!(change, Change::AddTags { .. } | Change::RemoveTags { .. })
}

fn is_for_somebody(changes: &[Change]) -> bool {
    changes
        .iter()
        .any(|change| change.effect() == Effect::Wider)
}

impl Change {
    /// What it does to the audience of a segment, or to what is served.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match self {
            Change::Name { .. }
            | Change::Description { .. }
            | Change::Property { .. }
            | Change::AddTags { .. }
            | Change::RemoveTags { .. }
            | Change::RuleDescription { .. }
            | Change::ReorderRules { .. } => Effect::None,
            Change::AddTargets { list, .. } => {
                Effect::Wider.inverted_if(*list == TargetList::Excluded)
            }
            Change::RemoveTargets { list, .. } => {
                Effect::Narrower.inverted_if(*list == TargetList::Excluded)
            }
            // Of what is served the first rule that holds decides; of a segment any rule does.
            Change::AddRule { serves, .. } => served_or(serves.is_some(), Effect::Wider),
            Change::RemoveRule { serves, .. } => served_or(serves.is_some(), Effect::Narrower),
            Change::RuleVariation { .. }
            | Change::Fallthrough { .. }
            | Change::AddVariationTargets { .. }
            | Change::RemoveVariationTargets { .. } => Effect::Served,
            Change::RuleRollout { from, to, .. } => match (from, to) {
                (None, Some(_)) => Effect::Narrower,
                (Some(_), None) => Effect::Wider,
                (Some(from), Some(to)) if (&from.kind, &from.by) == (&to.kind, &to.by) => {
                    match to.weight.cmp(&from.weight) {
                        std::cmp::Ordering::Less => Effect::Narrower,
                        std::cmp::Ordering::Equal => Effect::None,
                        std::cmp::Ordering::Greater => Effect::Wider,
                    }
                }
                _ => Effect::Either,
            },
            Change::AddClauses { .. } => Effect::Narrower,
            Change::RemoveClauses { .. } => Effect::Wider,
            Change::UpdateClause { from, to, .. } => updated(from, to),
            // One of the values is enough, and none may match if the clause is negated.
            Change::AddValues { test, .. } => Effect::Wider.inverted_if(test.negate),
            Change::RemoveValues { test, .. } => Effect::Narrower.inverted_if(test.negate),
        }
    }
}

fn served_or(served: bool, effect: Effect) -> Effect {
    if served { Effect::Served } else { effect }
}

/// What becomes of a clause that tests the same in another way.
fn updated(from: &wire::Clause, to: &wire::Clause) -> Effect {
    let test = |clause: &wire::Clause| {
        let kind = clause.context_kind.clone().filter(|kind| !kind.is_empty());
        let kind = kind.unwrap_or_else(|| "user".to_owned());
        (
            kind,
            clause.attribute.clone(),
            clause.op.clone(),
            clause.negate,
        )
    };
    if test(from) != test(to) {
        return Effect::Either;
    }
    let has = |clause: &wire::Clause, value| clause.values.contains(value);
    let added = to.values.iter().any(|value| !has(from, value));
    let removed = from.values.iter().any(|value| !has(to, value));
    let effect = match (added, removed) {
        (false, false) => Effect::None,
        (true, false) => Effect::Wider,
        (false, true) => Effect::Narrower,
        (true, true) => moved(from, to),
    };
    effect.inverted_if(to.negate)
}

/// What becomes of a comparison with a number that is another one now.
fn moved(from: &wire::Clause, to: &wire::Clause) -> Effect {
    let numbers = |clause: &wire::Clause| -> Option<Vec<f64>> {
        let numbers = clause.values.iter().map(serde_json::Value::as_f64);
        numbers.collect()
    };
    let (Some(from_numbers), Some(to_numbers)) = (numbers(from), numbers(to)) else {
        return Effect::Either;
    };
    // One of the values is enough, so the one that lets in most counts.
    let most = |numbers: &[f64], larger: bool| {
        let pick = if larger { f64::max } else { f64::min };
        numbers.iter().copied().reduce(pick)
    };
    let below = match Operator::from_wire(&to.op) {
        Some(Operator::LessThan | Operator::LessThanOrEqual | Operator::Before) => true,
        Some(Operator::GreaterThan | Operator::GreaterThanOrEqual | Operator::After) => false,
        _ => return Effect::Either,
    };
    match (most(&from_numbers, below), most(&to_numbers, below)) {
        (Some(from), Some(to)) if from < to => Effect::Wider.inverted_if(!below),
        (Some(from), Some(to)) if from > to => Effect::Narrower.inverted_if(!below),
        (Some(_), Some(_)) => Effect::None,
        _ => Effect::Either,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::change::{MemberKeys, RuleName, RuleRollout};
    use serde_json::json;

    fn clause(op: &str, negate: bool, values: &serde_json::Value) -> wire::Clause {
        serde_json::from_value(json!({
            "contextKind": "user", "attribute": "age", "op": op, "values": values, "negate": negate,
        }))
        .unwrap()
    }

    fn update(op: &str, negate: bool, from: &serde_json::Value, to: &serde_json::Value) -> Effect {
        let change = Change::UpdateClause {
            rule: "r".to_owned(),
            of: RuleName::default(),
            clause: "c".to_owned(),
            from: clause(op, negate, from),
            to: clause(op, negate, to),
        };
        change.effect()
    }

    #[test]
    fn lists_widen_and_narrow_by_what_they_are() {
        let keys = || MemberKeys(vec!["a".to_owned()]);
        let kind = || "user".to_owned();
        for (list, joins, leaves) in [
            (TargetList::Included, Effect::Wider, Effect::Narrower),
            (TargetList::Excluded, Effect::Narrower, Effect::Wider),
        ] {
            let added = Change::AddTargets {
                list,
                kind: kind(),
                keys: keys(),
            };
            let removed = Change::RemoveTargets {
                list,
                kind: kind(),
                keys: keys(),
            };
            assert_eq!((added.effect(), removed.effect()), (joins, leaves));
        }
    }

    #[test]
    fn a_share_grows_or_shrinks_if_it_is_of_the_same() {
        let share = |weight, by: &str| {
            Some(RuleRollout {
                weight,
                kind: "user".to_owned(),
                by: by.to_owned(),
            })
        };
        for (from, to, effect) in [
            (share(10_000, "key"), share(90_000, "key"), Effect::Wider),
            (share(90_000, "key"), share(10_000, "key"), Effect::Narrower),
            (share(10_000, "key"), share(90_000, "email"), Effect::Either),
            (None, share(90_000, "key"), Effect::Narrower),
            (share(90_000, "key"), None, Effect::Wider),
        ] {
            let change = Change::RuleRollout {
                rule: "r".to_owned(),
                of: RuleName::default(),
                from,
                to,
            };
            assert_eq!(change.effect(), effect, "{change}");
        }
    }

    #[test]
    fn more_values_let_in_more_unless_negated() {
        assert_eq!(
            update("in", false, &json!([1]), &json!([1, 2])),
            Effect::Wider
        );
        assert_eq!(
            update("in", true, &json!([1]), &json!([1, 2])),
            Effect::Narrower
        );
        assert_eq!(
            update("in", false, &json!([1, 2]), &json!([1])),
            Effect::Narrower
        );
        assert_eq!(
            update("in", false, &json!([1]), &json!([2])),
            Effect::Either
        );
        assert_eq!(
            update("in", false, &json!([1, 2]), &json!([2, 1])),
            Effect::None
        );
    }

    #[test]
    fn a_bound_that_moves_tells_which_way() {
        for (op, up) in [
            ("lessThan", Effect::Wider),
            ("lessThanOrEqual", Effect::Wider),
            ("before", Effect::Wider),
            ("greaterThan", Effect::Narrower),
            ("after", Effect::Narrower),
        ] {
            assert_eq!(update(op, false, &json!([10]), &json!([20])), up, "{op}");
            assert_eq!(
                update(op, true, &json!([10]), &json!([20])),
                up.inverted(),
                "{op}"
            );
            assert_eq!(
                update(op, false, &json!([20]), &json!([10])),
                up.inverted(),
                "{op}"
            );
        }
        assert_eq!(
            update(
                "semVerLessThan",
                false,
                &json!(["1.0.0"]),
                &json!(["2.0.0"])
            ),
            Effect::Either
        );
        assert_eq!(
            update(
                "before",
                false,
                &json!(["2024-01-01T00:00:00Z"]),
                &json!([5])
            ),
            Effect::Either
        );
    }
}
