//! Differences in words: what is in LaunchDarkly and not declared, and the reverse.

use std::fmt;

use segments_model::{Visible, wire};
use serde::Serialize;

use crate::sync::change::{Change, TargetList, percent, rule_in_words};
use crate::sync::drift::Drift;
use crate::sync::effect::Effect;
use crate::sync::report::{Action, Outcome, ReportItem};
use segments_model::algebra::Verdict;

/// The difference of a segment, an AI Config, a flag, a metric or an experiment from its declaration. Its
/// `Display` is a sentence, without keys of members:
///
/// ```text
/// `staff` was widened by hand: now also user plan is "free" and user country is "DE"
/// ```
///
/// Example: [`observe`](super::observe).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DriftInWords {
    /// The segment's key, or its [path](ReportItem::path).
    pub what: String,
    /// The sentence.
    pub sentence: String,
}

impl fmt::Display for DriftInWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        write!(Visible(f), "{}", self.sentence)
    }
}

impl DriftInWords {
    #[cfg(test)]
    pub(super) fn new(what: &str, sentence: &str) -> Self {
        Self {
            what: what.to_owned(),
            sentence: sentence.to_owned(),
        }
    }

    pub(super) fn of(item: ReportItem<'_>, drift: &[Drift]) -> Self {
        let what = item.path();
        let mut known = drift.iter().filter(|known| known.what == what);
        let is_by_hand = known.any(|known| !known.by_hand.is_empty());
        let sentence = match item.outcome {
            Outcome::Planned(Action::Create { .. }) => format!("`{what}` does not exist"),
            Outcome::Planned(Action::Delete { .. }) => {
                format!("`{what}` exists, and is not declared")
            }
            Outcome::Planned(Action::Move { from, .. }) => {
                format!("`{what}` has not taken the place of `{from}` yet")
            }
            Outcome::Planned(Action::Adopt { .. }) => format!("`{what}` is not adopted yet"),
            Outcome::Planned(Action::Update { changes }) => {
                let changed = verb(item);
                let how = if is_by_hand {
                    format!("was {changed} by hand")
                } else {
                    "differs from its declaration".to_owned()
                };
                let details: Vec<String> = changes.iter().filter_map(back).collect();
                match &details[..] {
                    [] => format!("`{what}` {how}"),
                    details => format!("`{what}` {how}: {}", details.join("; ")),
                }
            }
            outcome if outcome.is_failure() => format!("`{what}` is not as declared"),
            _ => {
                let parts = item.let_go.len();
                let plural = if parts == 1 { "" } else { "s" };
                format!("`{what}` has {parts} part{plural} that are no longer declared")
            }
        };
        Self { what, sentence }
    }
}

/// The change of an audience, which is the opposite of the one that undoes it.
fn verb(item: ReportItem<'_>) -> &'static str {
    match item.effect.and_then(Effect::verdict) {
        Some(Verdict::Narrower) => "widened",
        Some(Verdict::Wider) => "narrowed",
        _ => "changed",
    }
}

/// The current state of LaunchDarkly, as the change that would undo it; without tags, which are for
/// programs.
fn back(change: &Change) -> Option<String> {
    Some(match change {
        Change::AddTags { .. } | Change::RemoveTags { .. } => return None,
        Change::RemoveRule { removed, .. } => format!("now also {}", rule(removed)),
        Change::AddRule { added, .. } => format!("no longer {}", rule(added)),
        Change::RemoveTargets { list, kind, keys } => {
            format!(
                "{} {} more of kind {kind}",
                listed(*list),
                counted(keys.len())
            )
        }
        Change::AddTargets {
            list, kind, keys, ..
        } => {
            format!(
                "{} {} fewer of kind {kind}",
                listed(*list),
                counted(keys.len())
            )
        }
        Change::Expire {
            list,
            kind,
            keys,
            from,
            ..
        } => {
            let (verb, count) = (listed(*list), counted(keys.len()));
            match from {
                Some(from) => format!("{verb} {count} of kind {kind} until {from}"),
                None => format!("{verb} {count} of kind {kind} for good"),
            }
        }
        Change::Name { from, .. } => format!("it is called \"{from}\""),
        Change::Description { .. } => "its description is another".to_owned(),
        Change::Property { name, from, .. } if from.is_empty() => format!("it has no {name}"),
        Change::Property { name, from, .. } => format!("its {name} is \"{from}\""),
        Change::RuleRollout { from, of, .. } => match from {
            Some(from) => format!("rule {} takes {}%", of.number, percent(from.weight)),
            None => format!("rule {} takes everyone", of.number),
        },
        Change::AddClauses { of, .. }
        | Change::RemoveClauses { of, .. }
        | Change::UpdateClause { of, .. }
        | Change::AddValues { of, .. }
        | Change::RemoveValues { of, .. }
            if names_keys(change) =>
        {
            format!("rule {} compares other keys", of.number)
        }
        Change::AddClauses { of, .. }
        | Change::RemoveClauses { of, .. }
        | Change::UpdateClause { of, .. }
        | Change::AddValues { of, .. }
        | Change::RemoveValues { of, .. } => {
            format!("rule {} is now {}", of.number, of.before)
        }
        Change::ReorderRules { .. } => "its rules have another order".to_owned(),
        Change::RuleDescription { of, .. } => format!("rule {} is described otherwise", of.number),
        Change::RuleVariation { .. }
        | Change::Fallthrough { .. }
        | Change::AddVariationTargets { .. }
        | Change::RemoveVariationTargets { .. } => "what it serves is another".to_owned(),
    })
}

fn listed(list: TargetList) -> &'static str {
    match list {
        TargetList::Included => "includes",
        TargetList::Excluded => "excludes",
    }
}

fn counted(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} context{plural}")
}

/// A rule in words, unless it names contexts by their keys.
fn rule(rule: &wire::Rule) -> String {
    if rule.clauses.iter().any(compares_keys) {
        return "a rule that compares keys".to_owned();
    }
    rule_in_words(rule)
}

fn compares_keys(clause: &wire::Clause) -> bool {
    matches!(clause.attribute.as_str(), "key" | "/key")
}

fn names_keys(change: &Change) -> bool {
    match change {
        Change::AddClauses { added: clauses, .. }
        | Change::RemoveClauses {
            removed: clauses, ..
        } => clauses.iter().any(compares_keys),
        Change::UpdateClause { from, to, .. } => compares_keys(from) || compares_keys(to),
        Change::AddValues { test, .. } | Change::RemoveValues { test, .. } => compares_keys(test),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rule_that_names_members_is_not_repeated() {
        let named: wire::Rule = serde_json::from_value(json!({"clauses": [
            {"contextKind": "user", "attribute": "key", "op": "in", "values": ["canary-5d8e"]}]}))
        .unwrap();
        assert_eq!(rule(&named), "a rule that compares keys");
    }
}
