//! A report for people.

use std::fmt::{self, Write};

use segments_model::{Visible, visible};

use super::busy::Sentence;
use super::{Action, MeasuredReport, Outcome, Report, ReportItem, SegmentReport, TargetingReport};
use crate::sync::change::Change;
use crate::sync::effect::Effect;
use crate::sync::report::Measured;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.reached {
            return writeln!(f, "{}", self.headline());
        }
        body(f, self)?;
        write!(f, "{}; ", self.headline())?;
        match self.requests() {
            1 => f.write_str("1 request")?,
            more => write!(f, "{more} requests")?,
        }
        match self.writes() {
            0 => f.write_str(", none of them a write")?,
            1 => f.write_str(", 1 of them a write")?,
            more => write!(f, ", {more} of them writes")?,
        }
        writeln!(f, ", {:.1} s", self.elapsed.as_secs_f64())
    }
}

/// The sentence about a plan that changes only form.
pub const ONLY_FORM: &str =
    "only form changes: every audience stays the same, and everybody is served the same";

/// Everything that is not as it was or should be, line by line.
pub(crate) fn body(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    for kind in &report.kinds {
        writeln!(f, "{kind}")?;
    }
    for settled in report.settled() {
        if settled.is_worth_telling() {
            writeln!(f, "{settled}")?;
        }
    }
    for consequence in &report.consequences {
        writeln!(Visible(&mut *f), "{consequence}")?;
    }
    if report.changes_form_only() {
        writeln!(f, "{ONLY_FORM}")?;
    }
    for warning in &report.warnings {
        writeln!(Visible(&mut *f), "{warning}")?;
    }
    for finding in &report.prompts {
        writeln!(Visible(&mut *f), "{finding}")?;
    }
    Ok(())
}

impl fmt::Display for SegmentReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settled().fmt(f)
    }
}

impl fmt::Display for MeasuredReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settled().fmt(f)
    }
}

impl fmt::Display for TargetingReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settled().fmt(f)
    }
}

/// The key of a segment, or what the resource is and its key.
struct Name<'a>(ReportItem<'a>);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.resource, self.0.measured) {
            (Some(resource), _) => write!(f, "{resource}"),
            (None, Some(measured)) => write!(f, "{measured}"),
            (None, None) => f.write_str(self.0.key),
        }
    }
}

impl fmt::Display for ReportItem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcome_in_words(f)?;
        for line in self.effect_in_words() {
            write!(f, "\n    ")?;
            write!(Visible(&mut *f), "{line}")?;
        }
        for attribute in self.renamed_attributes() {
            write!(f, "\n    ")?;
            write!(Visible(&mut *f), "{attribute}")?;
        }
        for part in self.let_go {
            write!(f, "\n    ")?;
            write!(Visible(&mut *f), "{part}")?;
        }
        Ok(())
    }
}

impl ReportItem<'_> {
    fn outcome_in_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = Name(*self);
        match self.outcome {
            Outcome::Unchanged => write!(f, "  {key}"),
            Outcome::Applied(action) => {
                let verb = match action {
                    Action::Create { .. } => "created",
                    Action::Update { .. } => "updated",
                    Action::Adopt { .. } => "adopted",
                    Action::Delete { .. } => "deleted",
                    Action::Move { .. } => "moved",
                };
                write!(f, "{verb} {key}")?;
                in_words(f, action)
            }
            Outcome::Planned(action) => {
                let sign = match action {
                    Action::Create { .. } => "+",
                    Action::Update { .. } => "~",
                    Action::Adopt { .. } => "~ adopt",
                    Action::Delete { .. } => "-",
                    Action::Move { .. } => "~ move",
                };
                write!(f, "{sign} {key}")?;
                in_words(f, action)
            }
            Outcome::NotBegun(_) => write!(f, "not begun {key}: the deadline has passed"),
            Outcome::Skipped => write!(f, "skipped {key}: it is not managed by this program"),
            Outcome::Superseded { revision } => {
                write!(
                    f,
                    "left {key} alone: revision {revision} is in force, which is newer"
                )
            }
            Outcome::Conflict { revision } => write!(
                f,
                "left {key} alone: another declaration of revision {revision} differs; raise the revision with each change"
            ),
            Outcome::Undeclared if let Some(resource) = self.resource => {
                let name = resource.path();
                write!(
                    f,
                    "left {key} as it is: it is no longer declared; `--retire {name}` removes its rules and targets, and `--let-go {name}` leaves them to people"
                )
            }
            Outcome::Undeclared if let Some(Measured::Experiment(_)) = self.measured => write!(
                f,
                "left {key} as it is: it is no longer declared; archive it in LaunchDarkly"
            ),
            Outcome::Undeclared => write!(
                f,
                "left {key} as it is: it is no longer declared; `prune` deletes it if nothing uses it"
            ),
            Outcome::InUse { because } => {
                let because: Vec<_> = because.iter().map(ToString::to_string).collect();
                write!(
                    Visible(f),
                    "kept {key}, which is no longer declared: {}",
                    because.join("; ")
                )
            }
            Outcome::Moved(moved) => write!(f, "not done {key}: {moved}; plan again"),
            Outcome::AwaitingApproval { approval } => {
                write!(
                    Visible(f),
                    "pending {key}: approval request {approval} is open"
                )
            }
            Outcome::Busy { rules } => {
                write!(Visible(f), "left {key} alone: {}", Sentence(rules))
            }
            Outcome::Unreachable => write!(f, "not reached {key}"),
            Outcome::Refused { reason, changes: c } => {
                write!(Visible(&mut *f), "refused {key}: {reason}")?;
                changes(f, c)
            }
            Outcome::Failed(error) => write!(f, "failed {key}: {error}"),
        }
    }
}

/// The outcome for a segment, line by line.
fn in_words(f: &mut fmt::Formatter<'_>, action: &Action) -> fmt::Result {
    let Action::Move { from, .. } = action else {
        return changes(f, action.changes());
    };
    write!(f, " from {from}")?;
    changes(f, action.changes())?;
    for line in action.moves() {
        write!(f, "\n    ")?;
        f.write_str(&visible(&line))?;
    }
    Ok(())
}

fn changes(f: &mut fmt::Formatter<'_>, changes: &[Change]) -> fmt::Result {
    for change in changes {
        write!(f, "\n    {change}")?;
    }
    Ok(())
}

/// How many segments, AI Configs and flags came to what, in a few words.
pub(crate) struct Summary<'a>(pub(crate) &'a Report);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for settled in self.0.settled() {
            let word = match settled.outcome {
                Outcome::Unchanged => "unchanged",
                Outcome::Applied(Action::Create { .. }) => "created",
                Outcome::Applied(Action::Update { .. }) => "updated",
                Outcome::Applied(Action::Adopt { .. }) => "adopted",
                Outcome::Applied(Action::Delete { .. }) => "deleted",
                Outcome::Planned(Action::Create { .. }) => "to create",
                Outcome::Planned(Action::Update { .. }) => "to update",
                Outcome::Planned(Action::Adopt { .. }) => "to adopt",
                Outcome::Planned(Action::Delete { .. }) => "to delete",
                Outcome::Applied(Action::Move { .. }) => "moved to another key",
                Outcome::Planned(Action::Move { .. }) => "to move",
                Outcome::NotBegun(_) => "not begun",
                Outcome::Skipped => "skipped",
                Outcome::Superseded { .. } => "superseded",
                Outcome::Conflict { .. } => "in conflict",
                Outcome::Undeclared => "no longer declared",
                Outcome::InUse { .. } => "kept",
                Outcome::Moved(_) => "moved",
                Outcome::AwaitingApproval { .. } => "pending",
                Outcome::Busy { .. } => "busy",
                Outcome::Unreachable => "not reached",
                Outcome::Refused { .. } => "refused",
                Outcome::Failed(_) => "failed",
            };
            match counts.iter_mut().find(|(known, _)| *known == word) {
                Some((_, count)) => *count += 1,
                None => counts.push((word, 1)),
            }
        }
        let let_go = self.0.settled().map(|it| it.let_go.len()).sum();
        if let_go > 0 {
            counts.push(("let go", let_go));
        }
        if counts.is_empty() {
            return f.write_str("no segments");
        }
        for (index, (word, count)) in counts.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{count} {word}")?;
        }
        Ok(())
    }
}

impl Report {
    /// Returns the target, and the number of resources by outcome: `shop/production: 2 to create, 5
    /// unchanged`.
    pub fn headline(&self) -> String {
        let Report {
            project,
            environment,
            ..
        } = self;
        match (&self.cause, self.reached) {
            (Some(cause), _) => return format!("{project}/{environment}: not reached: {cause}"),
            (None, false) => return format!("{project}/{environment}: not reached"),
            (None, true) => {}
        }
        format!("{project}/{environment}: {}", Summary(self))
    }
}

impl ReportItem<'_> {
    /// Returns the effect on the audience or on served variations, in words. Empty for resources that are
    /// created or deleted, and if only names, descriptions and tags change.
    #[must_use]
    pub fn effect_in_words(&self) -> Vec<String> {
        let (Outcome::Planned(action) | Outcome::Applied(action)) = self.outcome else {
            return Vec::new();
        };
        if matches!(action, Action::Create { .. } | Action::Delete { .. })
            || action.changes().iter().all(Change::is_about_words)
        {
            return Vec::new();
        }
        self.effect.map(Effect::lines).unwrap_or_default()
    }
}
