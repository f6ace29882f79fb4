//! The effects of a plan: contexts that join, leave, or are served another variation, proved, with a
//! context as evidence.
//!
//! Compares the segments of the environment before and after, including those that reference changed
//! segments, and the targeting of AI Configs and flags. An effect that cannot be decided is reported as
//! unknown. Keys on lists are personal data, so no context shows one.

mod later;
mod states;

use std::collections::{HashMap, HashSet};
use std::fmt;

use segments_model::algebra::{
    Algebra, Answer, AudienceChange, Domain, ServingChange, Verdict, Witness,
};
use segments_model::{AttributeRef, ContextKind, Resource, SegmentKey, Targeting, wire};
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::config::SyncConfig;
use super::plan::{Declared, Here, Plan, Task};
use super::report::{Action, ItemError, Outcome, ReportItem, Row};
use crate::registry::checks::domains as registry_domains;
use states::{Served, States};

/// The effect of a change on an audience, or on served variations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Form", from = "Form")]
#[non_exhaustive]
pub enum Effect {
    /// The effect on the members of a segment.
    Audience {
        /// Those who become members.
        joins: Side,
        /// Those who are members no longer.
        leaves: Side,
    },
    /// The effect on the variations that an AI Config or a flag serves.
    Served {
        /// Contexts that are served another variation: `careful` instead of `fast` to whom, for example.
        moves: Vec<String>,
        /// Whether it is proved that nobody else is in it.
        is_proved: bool,
    },
}

/// The contexts that a change moves in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// Proved: no context.
    Nobody,
    /// At least one context, such as this one, in backticks and with its conditions.
    Example(String),
    /// Unknown.
    Unknown,
}

impl Effect {
    /// Nothing is known of an audience.
    const UNKNOWN: Self = Self::Audience {
        joins: Side::Unknown,
        leaves: Side::Unknown,
    };

    /// Returns the effect on an audience as one word; `None` for served variations.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        let Self::Audience { joins, leaves } = self else {
            return None;
        };
        Some(match (joins, leaves) {
            (Side::Nobody, Side::Nobody) => Verdict::Same,
            (Side::Example(_), Side::Nobody) => Verdict::Wider,
            (Side::Nobody, Side::Example(_)) => Verdict::Narrower,
            (Side::Example(_), Side::Example(_)) => Verdict::Both,
            (Side::Unknown, _) | (_, Side::Unknown) => Verdict::Unknown,
        })
    }

    /// Returns whether it is proved that no context joins, leaves, or is served another variation.
    #[must_use]
    pub fn is_none(&self) -> bool {
        match self {
            Self::Audience { .. } => self.verdict() == Some(Verdict::Same),
            Self::Served { moves, is_proved } => moves.is_empty() && *is_proved,
        }
    }

    /// Returns whether a context may join an audience: one does, or it is not proved that none does.
    #[must_use]
    pub fn may_widen(&self) -> bool {
        matches!(self, Self::Audience { joins, .. } if *joins != Side::Nobody)
    }

    /// Returns whether a context may leave an audience: one does, or it is not proved that none does.
    #[must_use]
    pub fn may_narrow(&self) -> bool {
        matches!(self, Self::Audience { leaves, .. } if *leaves != Side::Nobody)
    }

    /// Returns whether a context may be served another variation.
    #[must_use]
    pub fn may_serve_otherwise(&self) -> bool {
        matches!(self, Self::Served { .. }) && !self.is_none()
    }

    /// Returns the effect in words: a line for each direction, which begins with the change of the
    /// audience.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let directions = self.directions().into_iter();
        let line = |(word, sentence): (Option<&str>, String)| match word {
            Some(word) => format!("{word}: {sentence}"),
            None => sentence,
        };
        directions.map(line).collect()
    }

    /// Returns the effect in words: a sentence for each direction, to follow the
    /// [verdict](Self::verdict). Empty if no context is moved.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        if self.is_none() {
            return Vec::new();
        }
        let directions = self.directions().into_iter();
        directions.map(|(_, sentence)| sentence).collect()
    }

    /// A sentence for each direction, and what becomes of the audience in a word.
    fn directions(&self) -> Vec<(Option<&'static str>, String)> {
        match self {
            Self::Audience { .. } if self.is_none() => {
                vec![(Some("same audience"), "only its form changes".to_owned())]
            }
            Self::Audience { joins, leaves } => {
                let joins = match joins {
                    Side::Nobody => None,
                    Side::Example(whom) => {
                        let also = format!("also lets in, for example, {whom}");
                        Some((Some("wider"), also))
                    }
                    Side::Unknown => {
                        let unknown = "cannot tell whether it lets anybody else in";
                        Some((None, unknown.to_owned()))
                    }
                };
                let leaves = match leaves {
                    Side::Nobody => None,
                    Side::Example(whom) => {
                        let no_longer = format!("no longer lets in, for example, {whom}");
                        Some((Some("narrower"), no_longer))
                    }
                    Side::Unknown => {
                        let unknown = "cannot tell whether it leaves anybody out";
                        Some((None, unknown.to_owned()))
                    }
                };
                joins.into_iter().chain(leaves).collect()
            }
            Self::Served { .. } if self.is_none() => {
                let same = "serves everybody the same: only its form changes";
                vec![(None, same.to_owned())]
            }
            Self::Served { moves, .. } if moves.is_empty() => {
                let unknown = "cannot tell who is served another variation";
                vec![(None, unknown.to_owned())]
            }
            Self::Served { moves, .. } => {
                let moves = moves.iter();
                moves.map(|it| (None, format!("serves {it}"))).collect()
            }
        }
    }

    fn of_audience(change: &AudienceChange, listed: &Listed<'_>) -> Self {
        let side = |answer: &Answer| match answer {
            Answer::Nobody => Side::Nobody,
            Answer::Example(witness) => Side::Example(listed.hidden(witness)),
            Answer::Unknown => Side::Unknown,
        };
        Self::Audience {
            joins: side(&change.joins),
            leaves: side(&change.leaves),
        }
    }

    fn of_served(change: &ServingChange, listed: &Listed<'_>) -> Self {
        let moves = change.moves.iter().map(|it| {
            let whom = listed.hidden(&it.witness);
            format!(
                "`{}` instead of `{}` to, for example, {whom}",
                it.to, it.from
            )
        });
        Self::Served {
            moves: moves.collect(),
            is_proved: change.is_proved,
        }
    }
}

/// The word, and the line of each direction after it.
impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("; "))
    }
}

/// An effect for programs: the verdict, and an example for each side.
#[derive(Serialize, Deserialize)]
struct Form {
    verdict: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    joins: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leaves: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    moves: Vec<String>,
}

impl Form {
    const UNKNOWN: &str = "unknown";
    const SERVED_THE_SAME: &str = "served the same";
    const SERVED_OTHERWISE: &str = "served otherwise";
}

impl From<Effect> for Form {
    fn from(effect: Effect) -> Self {
        let verdict = effect.verdict();
        let side = |side: Side| match side {
            Side::Nobody => None,
            Side::Example(whom) => Some(whom),
            Side::Unknown => Some(Self::UNKNOWN.to_owned()),
        };
        match effect {
            Effect::Audience { joins, leaves } => Self {
                verdict: verdict.unwrap_or(Verdict::Unknown).to_string(),
                joins: side(joins),
                leaves: side(leaves),
                moves: Vec::new(),
            },
            Effect::Served { moves, is_proved } => {
                let verdict = match (moves.is_empty(), is_proved) {
                    (true, true) => Self::SERVED_THE_SAME,
                    (true, false) => Self::UNKNOWN,
                    (false, _) => Self::SERVED_OTHERWISE,
                };
                Self {
                    verdict: verdict.to_owned(),
                    joins: None,
                    leaves: None,
                    moves,
                }
            }
        }
    }
}

impl From<Form> for Effect {
    fn from(form: Form) -> Self {
        let Form {
            verdict,
            joins,
            leaves,
            moves,
        } = form;
        let is_served = match verdict.as_str() {
            Form::SERVED_THE_SAME | Form::SERVED_OTHERWISE => true,
            // Of an audience, a side is not known.
            Form::UNKNOWN => joins.is_none() && leaves.is_none(),
            _ => false,
        };
        if is_served {
            let is_proved = verdict == Form::SERVED_THE_SAME;
            return Self::Served { moves, is_proved };
        }
        let side = |side: Option<String>| match side {
            None => Side::Nobody,
            Some(whom) if whom == Form::UNKNOWN => Side::Unknown,
            Some(whom) => Side::Example(whom),
        };
        Self::Audience {
            joins: side(joins),
            leaves: side(leaves),
        }
    }
}

/// The effect of a plan on a resource that it does not change itself, but that references a changed
/// segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Consequence {
    /// The segment's key, or `flag/<key>` or `ai-config/<key>`.
    pub what: String,
    /// The effect.
    pub effect: Effect,
}

/// `reaches segment beta`, and a line for each direction.
impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "reaches {}", self.name())?;
        for line in self.effect.lines() {
            write!(f, "\n    {line}")?;
        }
        Ok(())
    }
}

impl Consequence {
    /// Returns the kind and the key of the resource: `segment beta`.
    #[must_use]
    pub fn name(&self) -> String {
        match Resource::parse(&self.what) {
            Some(resource) => resource.to_string(),
            None => format!("segment {}", self.what),
        }
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

impl Change {
    /// Returns whether it is about names, descriptions and tags, which decide nothing.
    pub(crate) fn is_about_words(&self) -> bool {
        matches!(
            self,
            Change::Name { .. }
                | Change::Description { .. }
                | Change::AddTags { .. }
                | Change::RemoveTags { .. }
                | Change::RuleDescription { .. }
        )
    }
}

/// What the values of an attribute can be.
type Domains<'d> = dyn Fn(&ContextKind, &AttributeRef) -> Domain + 'd;

/// How many steps the proofs of a plan may take: well under a second.
const STEPS: u64 = 10_000_000;

/// The keys that stand on lists, which no text may show.
struct Listed<'s>(&'s States<'s>);

impl Listed<'_> {
    fn hidden(&self, witness: &Witness) -> String {
        let is_listed = |_: &ContextKind, key: &str| self.0.lists(key);
        witness.hiding_keys(&is_listed).to_string()
    }
}

/// Finds out what a plan does to every audience, and to everything that is served. Refuses what would make a
/// segment wider that says it never is.
pub(super) fn prove(
    plan: &mut Plan,
    config: &SyncConfig,
    declared: &Declared<'_>,
    asking: &[wire::Segment],
) {
    if plan.work.is_empty() {
        return;
    }
    let registered = registry_domains();
    let domains = |kind: &ContextKind, attribute: &AttributeRef| {
        let known = config.options.attributes.domain(kind, attribute);
        if known == Domain::UNKNOWN {
            registered(kind, attribute)
        } else {
            known
        }
    };
    // What is left after something was refused may do something else.
    while let Some(refused) = prove_once(plan, config, declared, asking, &domains) {
        let report = &mut plan.report;
        for (row, error) in refused {
            *report.outcome_mut(row) = Outcome::Failed(error);
            report.set_effect(row, None);
        }
        plan.work
            .retain(|work| matches!(report.outcome_at(work.row), Outcome::Planned(_)));
    }
}

type Refused = Vec<(Row, ItemError)>;

/// Writes the effects of a plan into its report, and returns what must not happen, if something.
fn prove_once(
    plan: &mut Plan,
    config: &SyncConfig,
    declared: &Declared<'_>,
    asking: &[wire::Segment],
    domains: &Domains<'_>,
) -> Option<Refused> {
    let Proved {
        effects,
        consequences,
        refused,
    } = proved(plan, config, declared, asking, domains);
    let report = &mut plan.report;
    for (row, effect) in effects {
        report.set_effect(row, Some(effect));
    }
    report.consequences = consequences;
    (!refused.is_empty()).then_some(refused)
}

/// What was found.
struct Proved {
    effects: Vec<(Row, Effect)>,
    consequences: Vec<Consequence>,
    refused: Refused,
}

fn proved(
    plan: &Plan,
    config: &SyncConfig,
    declared: &Declared<'_>,
    asking: &[wire::Segment],
    domains: &Domains<'_>,
) -> Proved {
    let Declared {
        definitions,
        targetings,
        ..
    } = declared;
    let states = States::new(plan, definitions, asking);
    let algebra = Algebra::new(states.now(), domains)
        .with_earlier(states.before())
        .with_steps(STEPS);
    let listed = Listed(&states);
    let lost = states.reached(states.unreadable());
    let of_segment = |key: &str| {
        if lost.contains(key) {
            Effect::UNKNOWN
        } else {
            Effect::of_audience(&algebra.change(key), &listed)
        }
    };
    let of_served = |now: &Targeting, before: &Targeting| {
        let mut asked = now.references().into_iter().chain(before.references());
        let change = if asked.any(|key| lost.contains(key)) {
            ServingChange::UNKNOWN
        } else {
            algebra.serving_change(now, before)
        };
        Effect::of_served(&change, &listed)
    };
    let mut effects: Vec<(Row, Effect)> = Vec::new();
    for work in &plan.work {
        let effect = match &work.task {
            Task::Segment { definition, .. } => {
                let effect = of_segment(plan.report.key_at(work.row));
                match plan.report.outcome_at(work.row) {
                    Outcome::Planned(action) => {
                        effect.later(action.changes(), !definition.rules().is_empty())
                    }
                    _ => effect,
                }
            }
            Task::Delete { .. } => of_segment(plan.report.key_at(work.row)),
            Task::Targeting {
                targeting, remote, ..
            } => match states::of_targeting(targeting, remote, config) {
                Served::Both { before, now } => of_served(&now, &before),
                Served::Nothing => continue,
                Served::Unknown => Effect::of_served(&ServingChange::UNKNOWN, &listed),
            },
            // What is measured moves nobody.
            Task::Metric { .. } | Task::Experiment { .. } | Task::DeleteMetric { .. } => continue,
        };
        effects.push((work.row, effect));
    }
    let segments = effects
        .iter()
        .filter(|(row, _)| matches!(row, Row::Segment(_)));
    let due: HashSet<&str> = segments
        .clone()
        .map(|(row, _)| plan.report.key_at(*row))
        .collect();
    let moved = segments.filter(|(_, effect)| !effect.is_none());
    let reached = states.reached(moved.map(|(row, _)| plan.report.key_at(*row)));
    let through = reached.iter().filter(|key| !due.contains(key.as_str()));
    let mut consequences: Vec<Consequence> = through
        .map(|key| Consequence {
            what: key.clone(),
            effect: of_segment(key),
        })
        .collect();
    let settled = plan.report.targetings.iter();
    let settled: HashSet<&Resource> = settled
        .filter(|it| matches!(it.outcome, Outcome::Unchanged))
        .map(|it| &it.resource)
        .collect();
    let asks = |it: &Targeting| it.references().into_iter().any(|key| reached.contains(key));
    let through = targetings
        .iter()
        .filter(|it| settled.contains(&it.resource));
    consequences.extend(through.filter(|it| asks(it)).map(|it| Consequence {
        what: it.resource.path(),
        effect: of_served(it, it),
    }));
    consequences.retain(|it| !it.effect.is_none());
    let refused = refused(definitions, &states, plan, &effects, &consequences);
    Proved {
        effects,
        consequences,
        refused,
    }
}

/// Due changes that would widen a segment declared as `never_wider`: that segment itself, or one that it
/// references.
fn refused(
    definitions: &[Here<'_>],
    states: &States<'_>,
    plan: &Plan,
    effects: &[(Row, Effect)],
    consequences: &[Consequence],
) -> Refused {
    let segments = effects
        .iter()
        .filter(|(row, _)| matches!(row, Row::Segment(_)));
    let due: HashMap<&str, (Row, &Effect)> = segments
        .map(|(row, effect)| (plan.report.key_at(*row), (*row, effect)))
        .collect();
    let through = consequences.iter();
    let through: HashMap<&str, &Effect> = through.map(|it| (&*it.what, &it.effect)).collect();
    let guarded = definitions
        .iter()
        .filter(|it| it.lifecycle.never_wider && !it.absent);
    let mut refused = Refused::new();
    // What one of them references is refused once, so that no segment is walked through twice.
    let mut walked: HashSet<&str> = HashSet::new();
    for definition in guarded {
        let key: &SegmentKey = &definition.key;
        let own = due.get(key.as_str()).map(|(_, effect)| *effect);
        let Some(effect) = own.or_else(|| through.get(key.as_str()).copied()) else {
            continue;
        };
        // What is made has nobody yet who could be joined.
        if !effect.may_widen() || !states.was_there(key.as_str()) {
            continue;
        }
        let example = match effect {
            Effect::Audience {
                joins: Side::Example(whom),
                ..
            } => Some(whom.clone()),
            _ => None,
        };
        let mut open = vec![key.as_str()];
        while let Some(reached) = open.pop() {
            if !walked.insert(reached) {
                continue;
            }
            open.extend(states.references(reached));
            if let Some((row, _)) = due.get(reached).filter(|(_, effect)| !effect.is_none()) {
                let (key, example) = (key.to_string(), example.clone());
                refused.push((*row, ItemError::NeverWider { key, example }));
            }
        }
    }
    refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_plan_says_for_programs_is_read_as_it_was() {
        let whom = || Side::Example("`{}`".to_owned());
        for (joins, leaves) in [
            (Side::Nobody, Side::Nobody),
            (whom(), Side::Nobody),
            (Side::Nobody, Side::Unknown),
            (Side::Unknown, whom()),
        ] {
            reads_back(&Effect::Audience { joins, leaves });
        }
        for (moves, is_proved) in [(0, true), (0, false), (2, false)] {
            let moves = vec!["`new` instead of `old` to `{}`".to_owned(); moves];
            reads_back(&Effect::Served { moves, is_proved });
        }
    }

    fn reads_back(effect: &Effect) {
        let form = serde_json::to_value(effect).unwrap();
        let read: Effect = serde_json::from_value(form.clone()).unwrap();
        assert_eq!(read, *effect, "{form}");
        assert_eq!(effect.sentences().is_empty(), effect.is_none());
    }
}
