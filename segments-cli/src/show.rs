//! Plans and reports in colors: additions are green, removals red, changes yellow.

use std::fmt::Display;

use segments_model::visible_lines;
use segments_runtime::sync::{
    Action, Change, KindReport, ONLY_FORM, Outcome, Plan, ReportItem, Warning,
};

use crate::output::{BAD, CHANGED, GOOD, Style, Text, styled};

/// Everything that is not as it was or should be, line by line.
pub(crate) fn changes<'a>(
    settled: impl Iterator<Item = ReportItem<'a>>,
    kinds: &[KindReport],
) -> Text {
    let kinds = kinds.iter().map(|kind| styled(GOOD, kind));
    let settled = settled.filter(ReportItem::is_worth_telling).map(one);
    Text::lines(kinds.chain(settled))
}

/// The effects of a plan on resources that reference its changes, and whether it changes anything except
/// the form.
pub(crate) fn consequences(plan: &Plan) -> Text {
    let reached = plan.consequences().iter();
    let reached = reached.map(|it| drawn(CHANGED, visible_lines(&it.to_string())));
    let form = plan.changes_form_only().then(|| Text::from(ONLY_FORM));
    Text::lines(reached.chain(form))
}

/// A warning, in a line of its own.
pub(crate) fn warning(warning: &Warning) -> Text {
    drawn(CHANGED, warning)
}

/// The changes that were made, each on one line.
pub(crate) fn done<'a>(
    settled: impl Iterator<Item = ReportItem<'a>>,
) -> impl Iterator<Item = Text> {
    settled.filter_map(|it| match it.outcome {
        Outcome::Applied(action) => {
            let text = it.to_string();
            let head = text.split('\n').next().unwrap_or_default();
            Some(drawn(of_action(action), head))
        }
        _ => None,
    })
}

/// One segment, AI Config or flag: a line of its own, and one for each change.
fn one(report: ReportItem<'_>) -> Text {
    let text = report.to_string();
    let (style, changes) = match report.outcome {
        Outcome::Planned(action) | Outcome::Applied(action) => {
            (of_action(action), action.changes())
        }
        Outcome::Refused { changes, .. } => (BAD, changes.as_slice()),
        Outcome::Failed(_) => return drawn(BAD, text),
        _ => return Text::drawn(text),
    };
    // The changes are on the lines below, each in a colour of its own.
    let head = match changes.first() {
        Some(first) => text.split(&format!("\n    {first}")).next(),
        None => text.split("\n    ").next(),
    };
    let head = drawn(style, head.unwrap_or(&text));
    let changes = changes.iter().map(|change| {
        let change = drawn(of_change(change), change);
        Text::from("    ").then(change)
    });
    let effect = report.effect_in_words().into_iter().map(|line| {
        let line = drawn(CHANGED, visible_lines(&line));
        Text::from("    ").then(line)
    });
    let let_go = report.let_go.iter().map(|part| {
        let part = drawn(CHANGED, part);
        Text::from("    ").then(part)
    });
    let renamed = report.renamed_attributes().into_iter().map(|attribute| {
        let attribute = drawn(BAD, attribute);
        Text::from("    ").then(attribute)
    });
    let moves = match report.outcome {
        Outcome::Planned(action) | Outcome::Applied(action) => action.moves(),
        _ => Vec::new(),
    };
    let moves = moves.into_iter().map(|line| {
        let line = styled(CHANGED, line);
        Text::from("    ").then(line)
    });
    Text::lines(
        std::iter::once(head)
            .chain(changes)
            .chain(moves)
            .chain(effect)
            .chain(renamed)
            .chain(let_go),
    )
}

/// Text whose parts from others were already made visible, in a style.
fn drawn(style: Style, text: impl Display) -> Text {
    styled(style, Text::drawn(text))
}

fn of_action(action: &Action) -> Style {
    match action {
        Action::Create { .. } => GOOD,
        Action::Delete { .. } => BAD,
        _ => CHANGED,
    }
}

fn of_change(change: &Change) -> Style {
    match change {
        Change::AddTags { .. }
        | Change::AddTargets { .. }
        | Change::AddVariationTargets { .. }
        | Change::AddRule { .. }
        | Change::AddClauses { .. }
        | Change::AddValues { .. } => GOOD,
        Change::RemoveTags { .. }
        | Change::RemoveTargets { .. }
        | Change::RemoveVariationTargets { .. }
        | Change::RemoveRule { .. }
        | Change::RemoveClauses { .. }
        | Change::RemoveValues { .. } => BAD,
        _ => CHANGED,
    }
}
