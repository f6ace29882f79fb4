//! The impact of changes of segments and flags: one pass over contexts, with two compiled environments.

mod affected;
mod moves;
#[cfg(test)]
mod tests;

use std::io::BufRead;
use std::num::NonZero;

use self::affected::{Affected, Former, kinds_of_both};
pub use self::moves::{Example, FlagMoves, Moved, Moves, SegmentMoves, ServedMoves};
use super::context::{ContextInstance, Name};
use super::count::{LineError, Workers, fold_ndjson};
use super::decide::{Decision, Question, Visits};
use super::environment::{CompiledEnvironment, Served, resource};
use super::explain::in_words;
use super::load::Loaded;
use super::overlay::Overlaid;
use crate::{Evaluation, EvaluationReason, Inclusion, Membership, UnknownReason, wire};

/// Compares two states of an environment over many contexts, on all cores, with memory that does not grow
/// with their number: who enters and who leaves each segment, and whose variation of which flag changes.
/// Only what a change can reach is evaluated.
///
/// ```
/// use segments_model::evaluate::{ContextInstance, Impact, Loaded};
///
/// let before = Loaded::from_json(r#"{"segments": {"beta": {"included": ["u-1", "u-2"]}}}"#)?;
/// let after = Loaded::from_json(r#"{"segments": {"beta": {"included": ["u-2", "u-3", "u-4"]}}}"#)?;
/// let users = (1..10).map(|n| {
///     (n, ContextInstance::from_json(&format!(r#"{{"kind": "user", "key": "u-{n}"}}"#)).unwrap())
/// });
/// let moves = Impact::between(&before, &after).contexts(users);
/// let beta = &moves.segments[0];
/// assert_eq!((beta.enter.count, beta.leave.count, moves.moved), (2, 1, 3));
/// // Contexts are named by their lines, so that no key leaves the file.
/// assert_eq!(beta.enter.examples[0].line, 3);
/// # Ok::<(), segments_model::evaluate::LoadError>(())
/// ```
#[derive(Debug)]
pub struct Impact<'a> {
    pairs: Pairs,
    workers: Workers<'a>,
}

/// Everything that a change can reach, in both states.
#[derive(Debug)]
struct Pairs {
    before: CompiledEnvironment,
    after: CompiledEnvironment,
    segments: Vec<SegmentPair>,
    flags: Vec<FlagPair>,
    /// The kinds that are asked; none if any kind is.
    kinds: Option<Vec<Name>>,
}

/// The places of one segment; none where it does not exist.
#[derive(Debug)]
struct SegmentPair {
    key: String,
    /// The key that it had before, if that was another one.
    moved_from: Option<String>,
    before: Option<usize>,
    after: Option<usize>,
}

/// The places of one flag.
#[derive(Debug)]
struct FlagPair {
    before: usize,
    after: usize,
    /// Whether both have the same variations, so that their places can be compared.
    same: bool,
}

impl<'a> Impact<'a> {
    /// Prepares the comparison. A segment that one of the states does not have has no members there; a
    /// flag that one of them does not have is not compared.
    #[must_use]
    pub fn between(before: &Loaded, after: &Loaded) -> Self {
        Self::of(before, after, &Former::new())
    }

    /// Prepares the comparison with what is declared. A segment that moves is compared with the one whose place it
    /// takes, so that who is in both does not move.
    ///
    /// ```
    /// use segments_model::evaluate::{ContextInstance, Impact, Loaded};
    /// use segments_model::{Draft, LifecycleKey};
    ///
    /// let before = Loaded::from_json(r#"{"segments": {"staff": {"included": ["u-1", "u-2"]}}}"#)?;
    /// let draft = Draft {
    ///     key: "employees".into(),
    ///     name: "Employees".into(),
    ///     lifecycle: [(LifecycleKey::MovedFrom, Some("staff".to_owned()))].into_iter().collect(),
    ///     unmanaged: ["rules", "included", "excluded"].map(str::to_owned).into(),
    ///     ..Draft::default()
    /// };
    /// let after = before.with_declared(&[draft.parse()?.0], &[]);
    /// assert!(Impact::with_declared(&before, &after).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_declared(before: &Loaded, declared: &Overlaid) -> Self {
        Self::of(before, &declared.loaded, &declared.moved)
    }

    fn of(before: &Loaded, after: &Loaded, moved: &Former) -> Self {
        Self {
            pairs: Pairs::new(before, after, moved),
            workers: Workers::new(),
        }
    }

    /// Returns whether nothing that decides about a context differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.segments.is_empty() && self.pairs.flags.is_empty()
    }

    /// Sets how many threads ask; by default one for each core.
    #[must_use]
    pub fn threads(mut self, threads: NonZero<usize>) -> Self {
        self.workers = self.workers.threads(threads);
        self
    }

    /// Calls `progress` periodically, and once at the end, with the running total of contexts.
    #[must_use]
    pub fn progress(mut self, progress: impl FnMut(u64) + Send + 'a) -> Self {
        self.workers = self.workers.progress(progress);
        self
    }

    /// Compares over contexts, each with the number by which examples name it.
    pub fn contexts(self, contexts: impl IntoIterator<Item = (u64, ContextInstance)>) -> Moves {
        let Self { pairs, workers } = self;
        let start = || pairs.start();
        let moving = workers.fold(contexts, start, |moving, (line, context)| {
            pairs.add(moving, line, &context);
        });
        pairs.total(moving)
    }

    /// Compares over contexts from newline-delimited JSON. Lines are parsed on all threads, too.
    ///
    /// # Errors
    ///
    /// When the stream cannot be read. Lines that are no contexts are counted apart.
    pub fn ndjson(self, reader: impl BufRead) -> Result<Moves, LineError> {
        let Self { pairs, workers } = self;
        let moving = fold_ndjson(
            workers,
            reader,
            || pairs.start(),
            |moving, line, context| pairs.add(moving, line, &context),
            |moving, error| moving.moves.refuse(error),
        );
        moving.map(|moving| pairs.total(moving))
    }
}

/// The results of one thread.
struct Moving {
    moves: Moves,
    before: CompiledEnvironment,
    after: CompiledEnvironment,
    visits: [Visits; 2],
}

impl Pairs {
    fn new(before: &Loaded, after: &Loaded, moved: &Former) -> Self {
        let affected = Affected::between(before, after, moved);
        let before = affected.needed(before, moved);
        let after = affected.needed(after, &Former::new());
        let kinds = kinds_of_both(&before, &after);
        let [before, after] = [before, after].map(|needed| CompiledEnvironment::new(&needed));
        let segments = affected.segments.iter().map(|key| {
            let moved_from = moved.get(key).cloned();
            SegmentPair {
                before: before.segments().place(moved_from.as_ref().unwrap_or(key)),
                after: after.segments().place(key),
                key: key.clone(),
                moved_from,
            }
        });
        let segments: Vec<SegmentPair> = segments.collect();
        let flags = affected.flags.iter().filter_map(|key| {
            let (place, other) = (before.place(key)?, after.place(key)?);
            resource(after.source(other))?;
            Some(FlagPair {
                before: place,
                after: other,
                same: before.source(place).variations == after.source(other).variations,
            })
        });
        let flags: Vec<FlagPair> = flags.collect();
        Self {
            segments,
            flags,
            kinds: kinds.map(|kinds| kinds.iter().map(|kind| Name::new(kind)).collect()),
            before,
            after,
        }
    }

    /// Nothing found yet.
    fn moves(&self) -> Moves {
        let segments = self.segments.iter().map(|pair| SegmentMoves {
            segment: pair.key.clone(),
            moved_from: pair.moved_from.clone(),
            ..SegmentMoves::default()
        });
        let flags = self.flags.iter().filter_map(|pair| {
            let resource = resource(self.after.source(pair.after))?;
            Some(FlagMoves::new(resource))
        });
        Moves {
            segments: segments.collect(),
            flags: flags.collect(),
            asked_kinds: self
                .kinds
                .iter()
                .flatten()
                .map(|kind| kind.text.to_string())
                .collect(),
            ..Moves::default()
        }
    }

    fn start(&self) -> Moving {
        Moving {
            moves: self.moves(),
            visits: [&self.before, &self.after].map(|it| Visits::of_many(it.segments())),
            before: self.before.with_own_rules(),
            after: self.after.with_own_rules(),
        }
    }

    fn add(&self, moving: &mut Moving, line: u64, context: &ContextInstance) {
        let Moving {
            moves,
            before,
            after,
            visits: [visits_before, visits_after],
        } = moving;
        visits_before.clear();
        visits_after.clear();
        moves.contexts += 1;
        let is_asked = |kind: &Name| context.of_kind(kind).is_some();
        if let Some(kinds) = &self.kinds
            && !kinds.iter().any(is_asked)
        {
            moves.pass_over(context);
        }
        let asked_before = Question::new(before.segments(), context);
        let asked_after = Question::new(after.segments(), context);
        let (mut moved, mut unknown) = (false, false);
        for (pair, found) in self.segments.iter().zip(&mut moves.segments) {
            let was = decide(before, pair.before, &asked_before, visits_before);
            let is = decide(after, pair.after, &asked_after, visits_after);
            let (was_in, is_in) = (known(was), known(is));
            found.before += u64::from(was_in == Some(true));
            found.after += u64::from(is_in == Some(true));
            let slot = match (was_in, is_in) {
                (Some(false), Some(true)) => &mut found.enter,
                (Some(true), Some(false)) => &mut found.leave,
                (Some(_), Some(_)) => continue,
                _ => &mut found.unknown,
            };
            let can_be_told = was_in.is_some() && is_in.is_some();
            moved |= can_be_told;
            unknown |= !can_be_told;
            slot.add(line, || {
                [
                    why(before, pair.before.zip(was), visits_before),
                    why(after, pair.after.zip(is), visits_after),
                ]
            });
        }
        for (pair, found) in self.flags.iter().zip(&mut moves.flags) {
            let was = before.serve(pair.before, &asked_before, visits_before);
            let is = after.serve(pair.after, &asked_after, visits_after);
            let slot = match (&was, &is) {
                (Ok(was), Ok(is)) if self.is_same(pair, *was, *is) => continue,
                (Ok(was), Ok(is)) => {
                    moved = true;
                    found.slot(was.variation, is.variation)
                }
                _ => {
                    unknown = true;
                    &mut found.unknown
                }
            };
            slot.add(line, || {
                [
                    why_served(before, pair.before, was),
                    why_served(after, pair.after, is),
                ]
            });
        }
        moves.moved += u64::from(moved);
        moves.unknown += u64::from(unknown && !moved);
    }

    /// Returns whether a context is served the same value.
    fn is_same(&self, pair: &FlagPair, was: Served, is: Served) -> bool {
        if pair.same {
            return was.variation == is.variation;
        }
        let value = |environment: &CompiledEnvironment, place: usize, served: Served| {
            let variations = &environment.source(place).variations;
            served.variation.and_then(|at| variations.get(at).cloned())
        };
        value(&self.before, pair.before, was) == value(&self.after, pair.after, is)
    }

    fn total(&self, moving: Vec<Moving>) -> Moves {
        let found = moving.into_iter().map(|moving| moving.moves);
        let mut moves = found.fold(self.moves(), Moves::merge);
        for (pair, found) in self.flags.iter().zip(&mut moves.flags) {
            found.name(
                |was| self.before.label(pair.before, was),
                |is| self.after.label(pair.after, is),
            );
        }
        moves
    }
}

/// The decision about a segment; `None` for one that does not exist.
fn decide(
    environment: &CompiledEnvironment,
    place: Option<usize>,
    question: &Question<'_, '_>,
    visits: &mut Visits,
) -> Option<Decision> {
    Some(environment.segments().decide(place?, question, visits))
}

/// A segment that does not exist has no members.
fn known(decision: Option<Decision>) -> Option<bool> {
    decision.map_or(Some(false), Decision::known)
}

/// The reason why a context is in a segment, or is not.
fn why(
    environment: &CompiledEnvironment,
    decided: Option<(usize, Decision)>,
    visits: &Visits,
) -> String {
    let Some((place, decision)) = decided else {
        return "there is no such segment".to_owned();
    };
    let segments = environment.segments();
    match segments.membership_of(place, decision, visits) {
        Membership::In {
            by: Inclusion::Rule { index, .. },
        } => rule_holds(index, &segments.segments[place].rules[index].source),
        Membership::In { by } => by.to_string(),
        Membership::Out { by } => by.to_string(),
        Membership::Unknown { reason } => format!("unknown: {reason}"),
    }
}

/// The reason why a flag serves a variation.
fn why_served(
    environment: &CompiledEnvironment,
    place: usize,
    served: Result<Served, UnknownReason>,
) -> String {
    match environment.evaluation(place, served) {
        Evaluation::Served {
            by: EvaluationReason::RuleMatch { index },
            ..
        } => rule_holds(index, &environment.source(place).rules[index].rule),
        Evaluation::Served { by, .. } => by.to_string(),
        Evaluation::Unknown { reason } => format!("unknown: {reason}"),
    }
}

/// The longest words of a rule.
const LONGEST: usize = 120;

fn rule_holds(index: usize, rule: &wire::Rule) -> String {
    let clauses: Vec<String> = rule.clauses.iter().map(in_words).collect();
    let mut words = clauses.join(" and ");
    if words.is_empty() {
        "everyone".clone_into(&mut words);
    }
    if let Some((end, _)) = words.char_indices().nth(LONGEST) {
        words.truncate(end);
        words.push('…');
    }
    format!("rule {} holds: {words}", index + 1)
}
