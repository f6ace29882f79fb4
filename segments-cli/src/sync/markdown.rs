//! A plan for a pull request: first the contexts that join and leave each audience, then every change.

use std::fmt::Write as _;

use segments_runtime::sync::{Action, Change, Drift, Effect, Outcome, Plan, ReportItem};

use crate::markup::escaped;

/// The whole plan. `sources` says where project and environment come from.
pub(super) fn markdown(plan: &Plan, sources: &impl ToString) -> String {
    let sources = sources.to_string();
    let mut text = format!(
        "## {}\n\n{}\n",
        escaped(&plan.headline()),
        escaped(&sources)
    );
    for kind in plan.kinds() {
        let _ = writeln!(text, "\n- {}", escaped(&kind.to_string()));
    }
    for warning in plan.warnings() {
        let warning = warning.to_string();
        let warning = warning.trim_start_matches("warning: ");
        let _ = writeln!(text, "\n- **warning**: {}", escaped(warning));
    }
    let items: Vec<_> = plan
        .settled()
        .filter(ReportItem::is_worth_telling)
        .collect();
    if items.is_empty() {
        text.push_str("\nNothing changes.\n");
        return text;
    }
    text.push_str("\n| | what | audience |\n|---|---|---|\n");
    for item in &items {
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            word(item),
            name(item),
            audience(item)
        );
    }
    for consequence in plan.consequences() {
        let _ = writeln!(
            text,
            "| reached | {} | {} |",
            escaped(&consequence.name()),
            word_of(&consequence.effect)
        );
    }
    if plan.changes_form_only() {
        text.push_str("\nOnly form changes: every audience stays the same, and everybody is served the same.\n");
    }
    for item in &items {
        let _ = write!(text, "\n### {} {}\n\n", word(item), name(item));
        details(&mut text, item);
    }
    for consequence in plan.consequences() {
        let _ = write!(text, "\n### reached {}\n\n", escaped(&consequence.name()));
        for line in consequence.effect.lines() {
            let _ = writeln!(text, "- *{}*", escaped(&line));
        }
    }
    text
}

/// The manual changes since the last apply.
pub(super) fn edited(drift: &[Drift]) -> String {
    let by_hand = drift.iter().filter(|drift| !drift.by_hand.is_empty());
    let mut lines = by_hand.map(|drift| format!("- {}\n", escaped(&drift.to_string())));
    let first = lines.next();
    let Some(first) = first else {
        return String::new();
    };
    format!(
        "\n### changed by hand\n\n{first}{}",
        lines.collect::<String>()
    )
}

/// The change, in a word or two.
fn word(item: &ReportItem<'_>) -> &'static str {
    match item.outcome {
        Outcome::Planned(Action::Create { .. }) => "create",
        Outcome::Planned(Action::Update { .. }) => "update",
        Outcome::Planned(Action::Adopt { .. }) => "adopt",
        Outcome::Planned(Action::Move { .. }) => "move",
        Outcome::Planned(Action::Delete { .. }) => "**delete**",
        Outcome::Undeclared => "no longer declared",
        Outcome::InUse { .. } => "kept",
        Outcome::Unchanged => "let go",
        outcome if outcome.is_failure() => "**refused**",
        _ => "left alone",
    }
}

fn name(item: &ReportItem<'_>) -> String {
    match (item.resource, item.measured) {
        (Some(resource), _) => escaped(&resource.to_string()),
        (None, Some(measured)) => escaped(&measured.to_string()),
        (None, None) => format!("segment {}", escaped(item.key)),
    }
}

/// The change of the audience, in a word; the contexts that join and leave follow below.
fn audience(item: &ReportItem<'_>) -> String {
    let Some(effect) = item.effect else {
        return "-".to_owned();
    };
    if matches!(item.outcome, Outcome::Planned(Action::Delete { .. })) && effect.may_narrow() {
        return "**narrower**: everybody leaves".to_owned();
    }
    word_of(effect)
}

fn word_of(effect: &Effect) -> String {
    match effect.verdict() {
        _ if effect.is_none() => "-".to_owned(),
        Some(verdict) => format!("**{verdict}**"),
        None => "**served otherwise**".to_owned(),
    }
}

fn details(text: &mut String, item: &ReportItem<'_>) {
    let changes = match item.outcome {
        Outcome::Planned(action) => action.changes(),
        Outcome::Refused { changes, .. } => changes.as_slice(),
        _ => &[],
    };
    if !matches!(item.outcome, Outcome::Planned(_) | Outcome::Unchanged) {
        // The first line says why; the changes follow below.
        let said = item.to_string();
        let _ = writeln!(
            text,
            "- {}",
            escaped(said.lines().next().unwrap_or_default())
        );
    }
    for line in item.effect_in_words() {
        let _ = writeln!(text, "- *{}*", escaped(&line));
    }
    for change in changes {
        let _ = writeln!(text, "- {}", escaped(&change.to_string()));
    }
    if let Outcome::Planned(action) = item.outcome {
        for line in action.moves() {
            let _ = writeln!(text, "- {}", escaped(&line));
        }
    }
    for attribute in item.renamed_attributes() {
        let _ = writeln!(text, "- **{}**", escaped(&attribute.to_string()));
    }
    for part in item.let_go {
        let _ = writeln!(text, "- {}", escaped(&part.to_string()));
    }
    side_by_side(text, changes);
}

/// Rules of which more than one part changes, as they are and as they will be.
fn side_by_side(text: &mut String, changes: &[Change]) {
    let mut rules = Vec::new();
    for change in changes {
        let Some(rule) = change.rule().filter(|rule| !rule.after.is_empty()) else {
            continue;
        };
        let same = changes.iter().filter_map(Change::rule);
        let parts = same.filter(|other| other.number == rule.number).count();
        let known = rules.iter().any(|(number, _, _)| *number == rule.number);
        if parts > 1 && !known {
            rules.push((rule.number, &rule.before, &rule.after));
        }
    }
    if rules.is_empty() {
        return;
    }
    text.push_str("\n| rule | before | after |\n|---|---|---|\n");
    for (number, before, after) in rules {
        let _ = writeln!(
            text,
            "| {number} | {} | {} |",
            escaped(before),
            escaped(after)
        );
    }
}
