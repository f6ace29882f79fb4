//! Proves the effects of a plan.
//!
//! Compares the segments of the environment before and after, including those that reference changed
//! segments, and the targeting of AI Configs and flags. An effect that cannot be decided is reported as
//! unknown. Keys on lists are personal data, so no context shows one.

mod later;
mod states;

use std::collections::{HashMap, HashSet};

use segments_model::algebra::{Algebra, Answer, AudienceChange, Domain, ServingChange, Witness};
use segments_model::{AttributeRef, ContextKind, Resource, SegmentKey, Targeting, wire};

use super::config::SyncConfig;
use super::effect::{Consequence, Effect, Side};
use super::plan::{Declared, Here, Plan, Task};
use super::report::{ItemError, Outcome, Row};
use crate::registry::checks::domains as registry_domains;
use states::{Served, States};

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

impl Effect {
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
