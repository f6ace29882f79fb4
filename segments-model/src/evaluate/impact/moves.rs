//! The numbers of contexts that move, and the first few of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::Resource;
use crate::evaluate::{ContextInstance, LineError};

/// How many contexts stand for the others.
const EXAMPLES: usize = 5;

/// The contexts that move.
///
/// Example: [`Impact`](super::Impact).
#[derive(Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Moves {
    /// The number of contexts.
    pub contexts: u64,
    /// The number of contexts that enter or leave a segment, or are served another variation.
    pub moved: u64,
    /// The number of contexts that are not known to move, but for which something is unknown.
    pub unknown: u64,
    /// The number of contexts without any kind that the changed resources test.
    pub unasked: u64,
    /// Some of their kinds.
    pub unasked_kinds: BTreeSet<String>,
    /// The kinds that the changed resources test; empty if they may test any kind.
    pub asked_kinds: BTreeSet<String>,
    /// The segments that change, or that reference one that does, by key.
    pub segments: Vec<SegmentMoves>,
    /// The AI Configs and flags that change, or that reference a segment or a flag that does.
    pub flags: Vec<FlagMoves>,
    /// The number of lines that are not contexts. They do not count as contexts.
    pub refused: u64,
    /// The error of the first of them.
    #[serde(skip)]
    pub first_refused: Option<LineError>,
}

/// The contexts that enter and leave one segment.
///
/// Example: [`Impact`](super::Impact).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct SegmentMoves {
    /// The segment's key.
    pub segment: String,
    /// The key that it has before, if it moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<String>,
    /// The number of members before.
    pub before: u64,
    /// The number of members after.
    pub after: u64,
    /// The contexts that enter.
    pub enter: Moved,
    /// The contexts that leave.
    pub leave: Moved,
    /// The contexts whose membership is unknown.
    pub unknown: Moved,
}

/// The contexts whose variation of one AI Config or flag changes.
///
/// Example: [`Impact`](super::Impact).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FlagMoves {
    /// The AI Config or flag.
    #[serde(flatten)]
    pub resource: Resource,
    /// The moves between variations, the most frequent first.
    pub served: Vec<ServedMoves>,
    /// The contexts whose variation is unknown.
    pub unknown: Moved,
    /// By place, until the variations get names.
    #[serde(skip)]
    found: BTreeMap<(Option<usize>, Option<usize>), Moved>,
}

/// Contexts that are served one variation instead of another.
///
/// Example: [`Impact`](super::Impact).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ServedMoves {
    /// The variation before.
    pub from: String,
    /// The variation after.
    pub to: String,
    /// The contexts.
    #[serde(flatten)]
    pub moved: Moved,
}

/// Contexts that move in the same way.
///
/// Example: [`Impact`](super::Impact).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Moved {
    /// The number of contexts.
    pub count: u64,
    /// The first five.
    pub examples: Vec<Example>,
}

/// A context that moves, and why. It is identified by its line, not by its key.
///
/// Example: [`Impact`](super::Impact).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// The number of its line, or of its row, from 1.
    pub line: u64,
    /// The reason before.
    pub before: String,
    /// The reason after.
    pub after: String,
}

impl Moved {
    /// Counts one more context. Why it moves is asked only if it becomes an example.
    pub(super) fn add(&mut self, line: u64, why: impl FnOnce() -> [String; 2]) {
        self.count += 1;
        let is_before_last = self.examples.last().is_some_and(|last| line < last.line);
        if self.examples.len() < EXAMPLES || is_before_last {
            let [before, after] = why();
            self.keep(Example {
                line,
                before,
                after,
            });
        }
    }

    fn keep(&mut self, example: Example) {
        let at = self
            .examples
            .partition_point(|other| other.line < example.line);
        self.examples.insert(at, example);
        self.examples.truncate(EXAMPLES);
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        for example in other.examples {
            self.keep(example);
        }
    }
}

impl FlagMoves {
    pub(super) fn new(resource: Resource) -> Self {
        Self {
            resource,
            served: Vec::new(),
            unknown: Moved::default(),
            found: BTreeMap::new(),
        }
    }

    /// Those who move from one variation to another.
    pub(super) fn slot(&mut self, from: Option<usize>, to: Option<usize>) -> &mut Moved {
        self.found.entry((from, to)).or_default()
    }

    /// Gives the variations their names.
    pub(super) fn name(
        &mut self,
        from: impl Fn(Option<usize>) -> String,
        to: impl Fn(Option<usize>) -> String,
    ) {
        let found = std::mem::take(&mut self.found).into_iter();
        let named = found.map(|((was, is), moved)| ServedMoves {
            from: from(was),
            to: to(is),
            moved,
        });
        self.served = named.collect();
        self.served
            .sort_by_key(|served| std::cmp::Reverse(served.moved.count));
    }

    /// Returns the number of contexts that are served another variation.
    #[must_use]
    pub fn moved(&self) -> u64 {
        self.served.iter().map(|served| served.moved.count).sum()
    }
}

impl Moves {
    /// Merges the results of another thread, for the same segments and flags.
    pub(super) fn merge(mut self, other: Self) -> Self {
        self.contexts += other.contexts;
        self.moved += other.moved;
        self.unknown += other.unknown;
        self.unasked += other.unasked;
        self.unasked_kinds.extend(other.unasked_kinds);
        while self.unasked_kinds.len() > EXAMPLES {
            self.unasked_kinds.pop_last();
        }
        for (found, other) in self.segments.iter_mut().zip(other.segments) {
            found.before += other.before;
            found.after += other.after;
            found.enter.merge(other.enter);
            found.leave.merge(other.leave);
            found.unknown.merge(other.unknown);
        }
        for (found, other) in self.flags.iter_mut().zip(other.flags) {
            for (way, moved) in other.found {
                found.found.entry(way).or_default().merge(moved);
            }
            found.unknown.merge(other.unknown);
        }
        self.refused += other.refused;
        if let Some(error) = other.first_refused {
            error.keep_first(&mut self.first_refused);
        }
        self
    }

    pub(super) fn refuse(&mut self, error: LineError) {
        self.refused += 1;
        error.keep_first(&mut self.first_refused);
    }

    /// Counts a context that nothing asks about.
    pub(super) fn pass_over(&mut self, context: &ContextInstance) {
        self.unasked += 1;
        let known = |kind: &str| self.unasked_kinds.contains(kind);
        if self.unasked_kinds.len() < EXAMPLES
            && let Some((kind, _)) = context.kinds().find(|(kind, _)| !known(kind.as_str()))
        {
            self.unasked_kinds.insert(kind.to_string());
        }
    }
}
