//! Dividing many items among threads.

use std::num::NonZero;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many items change hands at once: enough to make the change cheap.
const BATCH: usize = 256;
/// How many batches there are for each thread: one in work, one waiting, one being filled. There are
/// never more, so that memory does not grow with the number of items.
const BATCHES_PER_THREAD: usize = 3;

/// Threads that fold many items together, in constant memory.
///
/// ```
/// use segments_model::evaluate::Workers;
///
/// let sums = Workers::new().fold(1..=1000_u64, || 0, |sum, number| *sum += number);
/// assert_eq!(sums.into_iter().sum::<u64>(), 500_500);
/// ```
pub struct Workers<'a> {
    threads: NonZero<usize>,
    progress: Box<dyn FnMut(u64) + Send + 'a>,
}

impl std::fmt::Debug for Workers<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workers")
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

impl Default for Workers<'_> {
    fn default() -> Self {
        Self {
            threads: thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN),
            progress: Box::new(|_| {}),
        }
    }
}

impl<'a> Workers<'a> {
    /// Uses one thread for each core.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of threads; by default one for each core.
    #[must_use]
    pub fn threads(mut self, threads: NonZero<usize>) -> Self {
        self.threads = threads;
        self
    }

    /// Calls `progress` periodically, and once at the end, with the number of items so far.
    #[must_use]
    pub fn progress(mut self, progress: impl FnMut(u64) + Send + 'a) -> Self {
        self.progress = Box::new(progress);
        self
    }

    /// Folds items: each thread starts with its own value, to which it adds its items. Returns these
    /// values.
    ///
    /// The iterator runs on the calling thread.
    pub fn fold<T: Send, A: Send>(
        self,
        items: impl IntoIterator<Item = T>,
        start: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, T) + Sync,
    ) -> Vec<A> {
        let mut items = items.into_iter();
        self.fold_batches(
            |batch: &mut Vec<T>| {
                batch.extend(items.by_ref().take(BATCH));
                !batch.is_empty()
            },
            start,
            |value, batch| add_all(value, batch, &add),
        )
    }

    /// Folds batches, which `fill` fills on the calling thread until it says that there is nothing
    /// more, and of which `add` returns how many items they had. Batches are used again.
    pub(super) fn fold_batches<B: Default + Send, A: Send>(
        mut self,
        mut fill: impl FnMut(&mut B) -> bool,
        start: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &mut B) -> u64 + Sync,
    ) -> Vec<A> {
        let (batches, queue) = mpsc::channel();
        let queue = Mutex::new(queue);
        let (returned, free) = mpsc::channel();
        let mut pool = Pool::new(self.threads);
        thread::scope(|scope| {
            let (queue, start, add) = (&queue, &start, &add);
            let spawn = |_| {
                let returned = returned.clone();
                // Whoever gave the batch waits for it, or has panicked.
                let give_back = move |batch| drop(returned.send(batch));
                scope.spawn(move || work(queue, start(), add, give_back))
            };
            let workers: Vec<_> = (0..self.threads.get()).map(spawn).collect();
            drop(returned);
            while let Some(mut batch) = pool.take().or_else(|| Some(pool.back(free.recv().ok()?))) {
                (self.progress)(pool.done);
                if !fill(&mut batch) || batches.send(batch).is_err() {
                    break;
                }
            }
            drop(batches);
            while let Ok(batch) = free.recv() {
                pool.back(batch);
            }
            (self.progress)(pool.done);
            workers
                .into_iter()
                .map(|worker| value(worker.join()))
                .collect()
        })
    }

    /// Folds the items of a stream, on threads beside those of the caller's runtime. If the future is
    /// dropped, the threads end after their current items.
    #[cfg(feature = "stream")]
    pub async fn fold_stream<T, A>(
        mut self,
        items: impl futures_util::Stream<Item = T>,
        start: impl Fn() -> A + Send + Sync + 'static,
        add: impl Fn(&mut A, T) + Send + Sync + 'static,
    ) -> Vec<A>
    where
        T: Send + 'static,
        A: Send + 'static,
    {
        use std::sync::Arc;

        use futures_util::StreamExt;

        let (batches, queue) = mpsc::channel();
        let shared = Arc::new((Mutex::new(queue), start, add));
        let (returned, mut free) = futures_channel::mpsc::unbounded();
        let spawn = |_| {
            let (shared, returned) = (Arc::clone(&shared), returned.clone());
            thread::spawn(move || {
                let (queue, start, add) = &*shared;
                // Whoever gave the batch waits for it, or is gone.
                let give_back = |batch| drop(returned.unbounded_send(batch));
                let add = |value: &mut A, batch: &mut Vec<T>| add_all(value, batch, add);
                work(queue, start(), add, give_back)
            })
        };
        let workers: Vec<_> = (0..self.threads.get()).map(spawn).collect();
        drop(returned);
        let mut pool = Pool::new(self.threads);
        let mut items = std::pin::pin!(items.fuse());
        loop {
            let mut batch = match pool.take() {
                Some(batch) => batch,
                None => match free.next().await {
                    Some(batch) => pool.back(batch),
                    None => break,
                },
            };
            (self.progress)(pool.done);
            while batch.len() < BATCH
                && let Some(item) = items.next().await
            {
                batch.push(item);
            }
            if batch.is_empty() || batches.send(batch).is_err() {
                break;
            }
        }
        drop(batches);
        // Ends when the last thread ends, so that joining them does not block.
        while let Some(batch) = free.next().await {
            pool.back(batch);
        }
        (self.progress)(pool.done);
        workers
            .into_iter()
            .map(|worker| value(worker.join()))
            .collect()
    }
}

/// The batches that go around, and how many items came back in them.
struct Pool {
    unused: usize,
    done: u64,
}

/// An emptied batch, and how many items were in it.
type Emptied<B> = (B, u64);

impl Pool {
    fn new(threads: NonZero<usize>) -> Self {
        Self {
            unused: threads.get().saturating_mul(BATCHES_PER_THREAD),
            done: 0,
        }
    }

    /// A batch that was not used yet, if there is one.
    fn take<B: Default>(&mut self) -> Option<B> {
        self.unused = self.unused.checked_sub(1)?;
        Some(B::default())
    }

    fn back<B>(&mut self, (batch, items): Emptied<B>) -> B {
        self.done += items;
        batch
    }
}

/// Adds up what the queue holds, until it is closed.
fn work<B, A>(
    queue: &Mutex<Receiver<B>>,
    mut value: A,
    add: impl Fn(&mut A, &mut B) -> u64,
    give_back: impl Fn(Emptied<B>),
) -> A {
    while let Some(mut batch) = receive(queue) {
        let items = add(&mut value, &mut batch);
        give_back((batch, items));
    }
    value
}

fn add_all<T, A>(value: &mut A, batch: &mut Vec<T>, add: impl Fn(&mut A, T)) -> u64 {
    let items = batch.len() as u64;
    for item in batch.drain(..) {
        add(value, item);
    }
    items
}

fn receive<T>(queue: &Mutex<Receiver<T>>) -> Option<T> {
    // A receiver cannot be half-changed by a worker that panicked.
    let queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    queue.recv().ok()
}

/// The result of a thread. Its panic continues in the caller.
fn value<A>(joined: thread::Result<A>) -> A {
    joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_added_once_on_any_number_of_threads() {
        for threads in [1, 2, 7] {
            for items in [0, 1, 256, 10_001] {
                let mut heard = Vec::new();
                let sums = Workers::new()
                    .threads(NonZero::new(threads).unwrap())
                    .progress(|done| heard.push(done))
                    .fold(1..=items, || 0, |sum, number| *sum += number);
                assert_eq!(sums.len(), threads);
                assert_eq!(sums.into_iter().sum::<u64>(), items * (items + 1) / 2);
                assert!(
                    heard.is_sorted() && heard.last() == Some(&items),
                    "{heard:?}"
                );
            }
        }
    }

    #[test]
    #[should_panic(expected = "the 700th")]
    fn a_panic_is_passed_on() {
        Workers::new().fold(
            0..10_000,
            || (),
            |(), number| assert!(number != 700, "the 700th"),
        );
    }

    /// An endless iterator would fill the memory if anything but the pool kept items.
    #[test]
    fn no_more_items_are_taken_than_fit_into_the_pool() {
        use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
        let (taken, added) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let items = (0..100_000).inspect(|_| {
            let waiting = taken.fetch_add(1, SeqCst) - added.load(SeqCst);
            assert!(waiting < BATCH * (2 * BATCHES_PER_THREAD + 1), "{waiting}");
        });
        Workers::new().threads(NonZero::new(2).unwrap()).fold(
            items,
            || (),
            |(), _| _ = added.fetch_add(1, SeqCst),
        );
        assert_eq!(added.into_inner(), 100_000);
    }

    #[cfg(feature = "stream")]
    mod stream {
        use std::sync::Arc;
        use std::task::{Context, Poll, Waker};
        use std::time::{Duration, Instant};

        use futures_util::{StreamExt, stream};

        use super::*;

        #[test]
        fn a_stream_is_folded_as_an_iterator_is() {
            // Every third time there is nothing yet.
            let mut polled = 0;
            let mut numbers = 1..=10_000_u64;
            let items = stream::poll_fn(move |context| {
                polled += 1;
                if polled % 3 == 0 {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Ready(numbers.next())
            });
            let mut heard = Vec::new();
            let workers = Workers::new().progress(|done| heard.push(done));
            let sums = futures_executor::block_on(workers.fold_stream(
                items,
                || 0,
                |sum, number| *sum += number,
            ));
            assert_eq!(sums.into_iter().sum::<u64>(), 50_005_000);
            assert!(
                heard.is_sorted() && heard.last() == Some(&10_000),
                "{heard:?}"
            );
        }

        #[test]
        fn threads_end_where_the_future_is_dropped() {
            let alive = Arc::new(());
            let kept = Arc::clone(&alive);
            let endless = stream::iter(0..).chain(stream::pending());
            let mut folded = Box::pin(Workers::new().fold_stream(
                endless.take(1000),
                move || Arc::clone(&kept),
                |_, _: u64| {},
            ));
            let _ = folded
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()));
            drop(folded);
            let patience = Instant::now() + Duration::from_secs(30);
            while Arc::strong_count(&alive) > 1 {
                assert!(Instant::now() < patience, "the threads are still there");
                thread::yield_now();
            }
        }
    }
}
