//! Counting members of segments.

mod blocks;
mod ndjson;
mod workers;

use std::fmt;
use std::io::BufRead;
use std::num::NonZero;

use self::blocks::{Block, Blocks};
pub use self::ndjson::{LineError, ndjson};
pub use self::workers::Workers;
use super::context::ContextInstance;
use super::decide::{Question, Visits};
use super::segments::CompiledSegments;

/// Counts the members of segments among many contexts, on all cores, in constant memory. Made by
/// [`CompiledSegments::count`] and [`CompiledSegment::count`](super::CompiledSegment::count).
///
/// ```
/// use segments_model::evaluate::{CompiledSegments, ContextInstance};
///
/// let segments = CompiledSegments::from_json(r#"{"key": "a", "included": ["u-1", "u-2"]}"#)?;
/// let users = (0..10).map(|n| {
///     ContextInstance::from_json(&format!(r#"{{"kind": "user", "key": "u-{n}"}}"#)).unwrap()
/// });
/// let counts = segments.count().contexts(users);
/// assert_eq!(counts.to_string(), "10 contexts\na: 2, 20.0%");
/// # Ok::<(), segments_model::evaluate::LoadError>(())
/// ```
#[derive(Debug)]
pub struct Count<'a> {
    segments: CompiledSegments,
    counted: Vec<usize>,
    workers: Workers<'a>,
}

/// The result of counting.
///
/// `Display` prints a line with the number of contexts, and one for each segment.
#[derive(Debug, Default)]
pub struct Counts {
    /// The number of contexts.
    pub contexts: u64,
    /// The segments, in the given order.
    pub segments: Vec<Tally>,
    /// The number of lines that are not contexts. They do not count as contexts.
    pub refused: u64,
    /// The error of the first of them.
    pub first_refused: Option<LineError>,
}

/// The members of one segment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tally {
    /// The segment's key.
    pub segment: String,
    /// The number of members.
    pub members: u64,
    /// The number of contexts whose membership is unknown.
    pub unknown: u64,
}

impl<'a> Count<'a> {
    pub(super) fn new(segments: CompiledSegments, counted: Vec<usize>) -> Self {
        Self {
            segments,
            counted,
            workers: Workers::new(),
        }
    }

    /// Sets the number of threads; by default one for each core.
    #[must_use]
    pub fn threads(mut self, threads: NonZero<usize>) -> Self {
        self.workers = self.workers.threads(threads);
        self
    }

    /// Calls `progress` periodically, and once at the end, with the number of contexts so far.
    #[must_use]
    pub fn progress(mut self, progress: impl FnMut(u64) + Send + 'a) -> Self {
        self.workers = self.workers.progress(progress);
        self
    }

    /// Counts the contexts of an iterator.
    pub fn contexts(self, contexts: impl IntoIterator<Item = ContextInstance>) -> Counts {
        let counter = Counter::new(self.segments, self.counted);
        let start = || counter.start();
        let counted = self.workers.fold(contexts, start, |counted, context| {
            counter.add(counted, &context);
        });
        counter.total(counted)
    }

    /// Counts the contexts of a stream, on threads beside those of the caller's runtime.
    #[cfg(feature = "stream")]
    pub async fn stream(
        self,
        contexts: impl futures_util::Stream<Item = ContextInstance>,
    ) -> Counts {
        let counter = std::sync::Arc::new(Counter::new(self.segments, self.counted));
        let (starter, adder) = (counter.clone(), counter.clone());
        let start = move || starter.start();
        let add = move |counted: &mut Counted, context| adder.add(counted, &context);
        counter.total(self.workers.fold_stream(contexts, start, add).await)
    }

    /// Counts contexts from newline-delimited JSON. Lines are parsed on all threads, too.
    ///
    /// # Errors
    ///
    /// If the stream cannot be read. Lines that are not contexts are counted separately.
    pub fn ndjson(self, reader: impl BufRead) -> Result<Counts, LineError> {
        let counter = Counter::new(self.segments, self.counted);
        let counted = fold_ndjson(
            self.workers,
            reader,
            || counter.start(),
            |counted, _, context| counter.add(counted, &context),
            |counted, error| counted.counts.refuse(error),
        );
        counted.map(|counted| counter.total(counted))
    }
}

/// Folds the contexts of newline-delimited JSON, each with the number of its line. Lines are parsed on all
/// threads. Lines that are no contexts are refused.
pub(super) fn fold_ndjson<A: Send>(
    workers: Workers<'_>,
    reader: impl BufRead,
    start: impl Fn() -> A + Sync,
    add: impl Fn(&mut A, u64, ContextInstance) + Sync,
    refuse: impl Fn(&mut A, LineError) + Sync,
) -> Result<Vec<A>, LineError> {
    let (mut blocks, mut failed) = (Blocks::new(reader), None);
    let folded = workers.fold_batches(
        |block: &mut Block| {
            let read = blocks.read(block);
            read.map_err(|(line, source)| failed = Some(LineError::Read { line, source }))
                .is_ok_and(|()| !block.is_empty())
        },
        start,
        |value, block| {
            let mut contexts = 0;
            for (line, text) in block.lines() {
                match ndjson::context(line, text) {
                    Some(Ok(context)) => {
                        contexts += 1;
                        add(value, line, context);
                    }
                    Some(Err(error)) => refuse(value, error),
                    None => {}
                }
            }
            if let Some(line) = block.too_long() {
                refuse(value, LineError::TooLong { line });
            }
            contexts
        },
    );
    failed.map_or(Ok(folded), Err)
}

/// The segments that are asked about every context.
struct Counter {
    segments: CompiledSegments,
    counted: Vec<usize>,
}

/// The counts of one thread.
struct Counted {
    counts: Counts,
    segments: CompiledSegments,
    visits: Visits,
}

impl Counter {
    fn new(segments: CompiledSegments, counted: Vec<usize>) -> Self {
        Self { segments, counted }
    }

    fn counts(&self) -> Counts {
        let segments = self.counted.iter();
        Counts::new(segments.map(|index| self.segments.segments[*index].key.clone()))
    }

    fn start(&self) -> Counted {
        Counted {
            counts: self.counts(),
            segments: self.segments.with_own_rules(),
            visits: Visits::of_many(&self.segments),
        }
    }

    fn add(&self, counted: &mut Counted, context: &ContextInstance) {
        let Counted {
            counts,
            segments,
            visits,
        } = counted;
        visits.clear();
        counts.contexts += 1;
        let question = Question::new(segments, context);
        for (index, tally) in self.counted.iter().zip(&mut counts.segments) {
            tally.add(segments.decide(*index, &question, visits).known());
        }
    }

    fn total(&self, counted: Vec<Counted>) -> Counts {
        let counts = counted.into_iter().map(|counted| counted.counts);
        counts.fold(self.counts(), Counts::merge)
    }
}

impl Counts {
    /// Creates empty counts of these segments.
    #[must_use]
    pub fn new(segments: impl IntoIterator<Item = String>) -> Self {
        let segments = segments.into_iter().map(|segment| Tally {
            segment,
            members: 0,
            unknown: 0,
        });
        Self {
            segments: segments.collect(),
            ..Self::default()
        }
    }

    /// Adds other counts of the same segments.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.contexts += other.contexts;
        for (tally, other) in self.segments.iter_mut().zip(other.segments) {
            tally.members += other.members;
            tally.unknown += other.unknown;
        }
        if let Some(error) = other.first_refused {
            self.refuse(error);
            self.refused -= 1;
        }
        self.refused += other.refused;
        self
    }

    fn refuse(&mut self, error: LineError) {
        self.refused += 1;
        error.keep_first(&mut self.first_refused);
    }
}

impl Tally {
    /// Counts one more context, with its known memberships.
    pub fn add(&mut self, member: Option<bool>) {
        match member {
            Some(true) => self.members += 1,
            Some(false) => {}
            None => self.unknown += 1,
        }
    }
}

impl fmt::Display for Counts {
    #[allow(
        clippy::cast_precision_loss,
        reason = "a percentage with one digit after the point"
    )]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} contexts", self.contexts)?;
        if let Some(first) = &self.first_refused {
            write!(f, ", and {} invalid lines; {first}", self.refused)?;
        }
        for tally in &self.segments {
            let percent = 100.0 * tally.members as f64 / self.contexts.max(1) as f64;
            write!(f, "\n{}: {}, {percent:.1}%", tally.segment, tally.members)?;
            if tally.unknown > 0 {
                write!(f, "; unknown for {}", tally.unknown)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments() -> CompiledSegments {
        let json = r#"[
            {"key": "even", "rules": [{"clauses": [
                {"contextKind": "user", "attribute": "even", "op": "in", "values": [true]}
            ]}]},
            {"key": "half", "rules": [{"clauses": [
                {"attribute": "", "op": "segmentMatch", "values": ["even"]}
            ], "weight": 50000, "rolloutContextKind": "user"}]}
        ]"#;
        CompiledSegments::from_json(json).unwrap()
    }

    fn user(number: u64) -> String {
        format!(
            r#"{{"kind": "user", "key": "u-{number}", "even": {}}}"#,
            number.is_multiple_of(2)
        )
    }

    fn users() -> impl Iterator<Item = ContextInstance> {
        (0..1001).map(|n| ContextInstance::from_json(&user(n)).unwrap())
    }

    const SAYS: &str = "1001 contexts\neven: 501, 50.0%\nhalf: 0, 0.0%; unknown for 501";

    #[test]
    fn every_context_is_counted_once_on_any_number_of_threads() {
        for threads in [1, 2, 7] {
            let mut heard = 0;
            let counts = segments()
                .count()
                .threads(NonZero::new(threads).unwrap())
                .progress(|done| heard = done)
                .contexts(users());
            assert_eq!(counts.to_string(), SAYS);
            assert_eq!(heard, 1001);
        }
    }

    #[cfg(feature = "stream")]
    #[test]
    fn a_stream_is_counted_as_an_iterator_is() {
        let stream = futures_util::stream::iter(users());
        let counts = futures_executor::block_on(segments().count().stream(stream));
        assert_eq!(counts.to_string(), SAYS);
    }

    #[test]
    fn clauses_that_are_alike_are_told_apart_from_the_others() {
        // The same but for one thing each, and twice each, about contexts that differ.
        let clauses = [
            r#"{"contextKind": "user", "attribute": "even", "op": "in", "values": [true]}"#,
            r#"{"contextKind": "user", "attribute": "even", "op": "in", "values": [false]}"#,
            r#"{"contextKind": "user", "attribute": "even", "op": "in", "values": [true], "negate": true}"#,
            r#"{"contextKind": "org", "attribute": "even", "op": "in", "values": [true]}"#,
            r#"{"contextKind": "user", "attribute": "key", "op": "in", "values": ["u-7"]}"#,
        ];
        let segment = |(number, clause)| {
            format!(r#"{{"key": "s{number}", "rules": [{{"clauses": [{clause}]}}]}}"#)
        };
        let all: Vec<String> = clauses
            .iter()
            .chain(&clauses)
            .enumerate()
            .map(segment)
            .collect();
        let segments = CompiledSegments::from_json(&format!("[{}]", all.join(","))).unwrap();
        let counts = segments.count().contexts(users());
        let members: Vec<u64> = counts.segments.iter().map(|it| it.members).collect();
        assert_eq!(members, [501, 500, 500, 0, 1, 501, 500, 500, 0, 1]);
    }

    #[test]
    fn lines_that_are_no_contexts_are_counted_apart() {
        let lines: String = (0..600)
            .map(|n| match n {
                400 => "{}\n".to_owned(),
                500 => "no JSON\n".to_owned(),
                n => user(n) + "\n",
            })
            .collect();
        let segments = segments();
        let even = segments.get("even").unwrap();
        let counts = even.count().ndjson(lines.as_bytes()).unwrap();
        assert_eq!((counts.contexts, counts.refused), (598, 2));
        assert_eq!(counts.segments[0].members, 298);
        assert_eq!(counts.first_refused.unwrap().line(), 401);
    }
}
