//! How many contexts are in segments.

use std::io::BufRead;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::context::ContextInstance;
use super::decide::Visits;
use super::ndjson::{LineError, lines};
use super::segments::CompiledSegments;

/// Counts how many of many contexts are in segments, on all cores, with memory that does not grow
/// with their number. Made by [`CompiledSegments::count`] and
/// [`CompiledSegment::count`](super::CompiledSegment::count).
///
/// ```
/// use segments_model::evaluate::{CompiledSegments, ContextInstance};
///
/// let segments = CompiledSegments::from_json(r#"{"key": "a", "included": ["u-1", "u-2"]}"#)?;
/// let users = (0..10).map(|n| {
///     ContextInstance::from_json(&format!(r#"{{"kind": "user", "key": "u-{n}"}}"#)).unwrap()
/// });
/// let counts = segments.count().contexts(users);
/// assert_eq!(counts.contexts, 10);
/// assert_eq!(counts.segments[0].members, 2);
/// # Ok::<(), segments_model::evaluate::LoadError>(())
/// ```
pub struct Count<'a> {
    segments: &'a CompiledSegments,
    counted: Vec<usize>,
    threads: NonZero<usize>,
    progress: Box<dyn FnMut(u64) + 'a>,
}

impl std::fmt::Debug for Count<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Count")
            .field("counted", &self.counted)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

/// What was counted.
#[derive(Debug, Default)]
pub struct Counts {
    /// How many contexts there were.
    pub contexts: u64,
    /// The segments, in the order in which they were given.
    pub segments: Vec<Tally>,
    /// How many lines were no contexts. They are not among the contexts.
    pub refused: u64,
    /// What is wrong with the first of them.
    pub first_refused: Option<LineError>,
}

/// How many contexts are in one segment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tally {
    /// The segment's key.
    pub segment: String,
    /// How many are in it.
    pub members: u64,
    /// Of how many it cannot be told.
    pub unknown: u64,
}

/// How many contexts change hands at once: enough to make the change cheap.
const BATCH: usize = 256;

impl<'a> Count<'a> {
    pub(super) fn new(segments: &'a CompiledSegments, counted: Vec<usize>) -> Self {
        Self {
            segments,
            counted,
            threads: thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN),
            progress: Box::new(|_| {}),
        }
    }

    /// How many threads ask; by default one for each core.
    #[must_use]
    pub fn threads(mut self, threads: NonZero<usize>) -> Self {
        self.threads = threads;
        self
    }

    /// Is told now and then how many contexts have been counted, and once at the end.
    #[must_use]
    pub fn progress(mut self, progress: impl FnMut(u64) + 'a) -> Self {
        self.progress = Box::new(progress);
        self
    }

    /// Counts contexts.
    pub fn contexts(self, contexts: impl IntoIterator<Item = ContextInstance>) -> Counts {
        self.run(contexts, |context, tallies| tallies.add(&context))
    }

    /// Counts contexts from newline-delimited JSON. Lines are parsed on all threads, too.
    ///
    /// # Errors
    ///
    /// When the stream cannot be read. Lines that are no contexts are counted apart.
    pub fn ndjson(self, reader: impl BufRead) -> Result<Counts, LineError> {
        let mut failed = None;
        let lines = lines(reader).map_while(|line| line.map_err(|error| failed = Some(error)).ok());
        let counts = self.run(lines, |line, tallies| match line.parse() {
            Ok(context) => tallies.add(&context),
            Err(error) => tallies.refuse(error),
        });
        failed.map_or(Ok(counts), Err)
    }

    fn run<T: Send>(
        mut self,
        items: impl IntoIterator<Item = T>,
        count: impl Fn(T, &mut Tallies<'_>) + Sync,
    ) -> Counts {
        let done = AtomicU64::new(0);
        let (batches, queue) = sync_channel::<Vec<T>>(self.threads.get() * 2);
        let queue = Mutex::new(queue);
        let tallies = || Tallies::new(self.segments, &self.counted);
        let mut total = tallies();
        thread::scope(|scope| {
            let work = || {
                let mut tallies = tallies();
                while let Some(batch) = receive(&queue) {
                    let length = batch.len() as u64;
                    for item in batch {
                        count(item, &mut tallies);
                    }
                    done.fetch_add(length, Ordering::Relaxed);
                }
                tallies
            };
            let workers: Vec<_> = (0..self.threads.get()).map(|_| scope.spawn(work)).collect();
            let mut items = items.into_iter();
            loop {
                let batch: Vec<T> = items.by_ref().take(BATCH).collect();
                // Nobody takes it only if all workers panicked, which joining them tells.
                if batch.is_empty() || batches.send(batch).is_err() {
                    break;
                }
                (self.progress)(done.load(Ordering::Relaxed));
            }
            drop(batches);
            for worker in workers {
                match worker.join() {
                    Ok(tallies) => total.merge(tallies),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        (self.progress)(total.contexts + total.refused);
        total.finish()
    }
}

fn receive<T>(queue: &Mutex<Receiver<T>>) -> Option<T> {
    // A receiver cannot be half-changed by a worker that panicked.
    let queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    queue.recv().ok()
}

/// What one thread counted.
struct Tallies<'a> {
    segments: &'a CompiledSegments,
    counted: &'a [usize],
    visits: Visits,
    contexts: u64,
    members: Vec<u64>,
    unknown: Vec<u64>,
    refused: u64,
    first_refused: Option<LineError>,
}

impl<'a> Tallies<'a> {
    fn new(segments: &'a CompiledSegments, counted: &'a [usize]) -> Self {
        Self {
            segments,
            counted,
            visits: Visits::default(),
            contexts: 0,
            members: vec![0; counted.len()],
            unknown: vec![0; counted.len()],
            refused: 0,
            first_refused: None,
        }
    }

    fn add(&mut self, context: &ContextInstance) {
        self.contexts += 1;
        self.visits.clear();
        for (place, index) in self.counted.iter().enumerate() {
            let decision = self.segments.decide(*index, context, &mut self.visits);
            match decision.known() {
                Some(true) => self.members[place] += 1,
                Some(false) => {}
                None => self.unknown[place] += 1,
            }
        }
    }

    fn refuse(&mut self, error: LineError) {
        self.refused += 1;
        if self
            .first_refused
            .as_ref()
            .is_none_or(|first| error.line() < first.line())
        {
            self.first_refused = Some(error);
        }
    }

    fn merge(&mut self, other: Self) {
        self.contexts += other.contexts;
        for (total, count) in self.members.iter_mut().zip(other.members) {
            *total += count;
        }
        for (total, count) in self.unknown.iter_mut().zip(other.unknown) {
            *total += count;
        }
        let refused = self.refused + other.refused;
        if let Some(error) = other.first_refused {
            self.refuse(error);
        }
        self.refused = refused;
    }

    fn finish(self) -> Counts {
        let segments = self.counted.iter().zip(self.members).zip(self.unknown);
        Counts {
            contexts: self.contexts,
            segments: segments
                .map(|((index, members), unknown)| Tally {
                    segment: self.segments.segments[*index].key.clone(),
                    members,
                    unknown,
                })
                .collect(),
            refused: self.refused,
            first_refused: self.first_refused,
        }
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

    #[test]
    fn every_context_is_counted_once_on_any_number_of_threads() {
        for threads in [1, 2, 7] {
            let segments = segments();
            let mut heard = Vec::new();
            let counts = segments
                .count()
                .threads(NonZero::new(threads).unwrap())
                .progress(|done| heard.push(done))
                .contexts((0..1001).map(|n| ContextInstance::from_json(&user(n)).unwrap()));
            assert_eq!(counts.contexts, 1001);
            let tallies: Vec<_> = counts
                .segments
                .iter()
                .map(|tally| (tally.segment.as_str(), tally.members, tally.unknown))
                .collect();
            assert_eq!(tallies, [("even", 501, 0), ("half", 0, 501)]);
            assert!(
                heard.is_sorted() && heard.last() == Some(&1001),
                "{heard:?}"
            );
        }
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
