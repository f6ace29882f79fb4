//! Counts the members of segments.

use std::fmt;
use std::num::NonZero;

use segments_model::evaluate::{Counts, Workers};
use segments_model::{Membership, SegmentKey};

/// Counts the members of segments among many contexts, on all cores, in constant memory: the size of an
/// audience, before it ships.
///
/// `T` holds the contexts of one request: a struct, or a tuple of several.
///
/// ```
/// use segments_runtime::{Context, Count, Segment, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, age: u32 }
///
/// /// Those who are of age.
/// #[segment(rule(User::AGE.ge(18)))]
/// struct Adults;
///
/// /// A quarter of them.
/// #[segment(rule(percent = 25.0, User::AGE.ge(18)))]
/// struct AdultsInTrial;
///
/// let users = (0..100).map(|age| User { id: format!("u-{age}"), age });
/// let counts = Count::new()
///     .segment(Adults::KEY, |user: &User| Adults::contains(user))
///     .segment(AdultsInTrial::KEY, |user: &User| AdultsInTrial::membership(user))
///     .progress(|done| eprintln!("{done} users"))
///     .contexts(users);
/// assert_eq!(
///     counts.to_string(),
///     "100 contexts\nadults: 82, 82.0%\nadults-in-trial: 0, 0.0%; unknown for 82"
/// );
/// ```
///
/// For contexts in JSON, use
/// [`CompiledSegments::count`](segments_model::evaluate::CompiledSegments::count).
pub struct Count<'a, T> {
    asked: Vec<Asked<T>>,
    workers: Workers<'a>,
}

struct Asked<T> {
    segment: SegmentKey,
    question: Box<Question<T>>,
}

type Question<T> = dyn Fn(&T) -> Option<bool> + Send + Sync;

impl<T> fmt::Debug for Count<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segments: Vec<_> = self.asked.iter().map(|asked| &asked.segment).collect();
        f.debug_struct("Count")
            .field("segments", &segments)
            .field("workers", &self.workers)
            .finish()
    }
}

impl<T> Default for Count<'_, T> {
    fn default() -> Self {
        Self {
            asked: Vec::new(),
            workers: Workers::new(),
        }
    }
}

impl<'a, T> Count<'a, T> {
    /// Creates a counter without segments.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts members of one more segment. The function returns a `bool`, an `Option<bool>` (`None`:
    /// unknown) or a [`Membership`].
    #[must_use]
    pub fn segment<A: Answer>(
        mut self,
        segment: SegmentKey,
        question: impl Fn(&T) -> A + Send + Sync + 'static,
    ) -> Self {
        self.asked.push(Asked {
            segment,
            question: Box::new(move |contexts| question(contexts).known()),
        });
        self
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
    pub fn contexts(self, contexts: impl IntoIterator<Item = T>) -> Counts
    where
        T: Send,
    {
        let asked = self.asked;
        let start = || nothing(&asked);
        let add = |counts: &mut Counts, contexts| add(&asked, counts, &contexts);
        let counts = self.workers.fold(contexts, start, add);
        counts.into_iter().fold(nothing(&asked), Counts::merge)
    }

    /// Counts the contexts of a stream, on threads beside those of the caller's runtime.
    #[cfg(feature = "stream")]
    pub async fn stream(self, contexts: impl futures_util::Stream<Item = T>) -> Counts
    where
        T: Send + 'static,
    {
        use std::sync::Arc;

        let asked = Arc::new(self.asked);
        let (of_start, of_add) = (Arc::clone(&asked), Arc::clone(&asked));
        let start = move || nothing(&of_start);
        let add = move |counts: &mut Counts, contexts| add(&of_add, counts, &contexts);
        let counts = self.workers.fold_stream(contexts, start, add).await;
        counts.into_iter().fold(nothing(&asked), Counts::merge)
    }
}

fn nothing<T>(asked: &[Asked<T>]) -> Counts {
    Counts::new(asked.iter().map(|asked| asked.segment.to_string()))
}

fn add<T>(asked: &[Asked<T>], counts: &mut Counts, contexts: &T) {
    counts.contexts += 1;
    for (asked, tally) in asked.iter().zip(&mut counts.segments) {
        tally.add((asked.question)(contexts));
    }
}

/// The answer to whether contexts are in a segment.
pub trait Answer {
    /// Returns the answer; `None` if it is unknown.
    fn known(self) -> Option<bool>;
}

impl Answer for bool {
    fn known(self) -> Option<bool> {
        Some(self)
    }
}

impl Answer for Option<bool> {
    fn known(self) -> Option<bool> {
        self
    }
}

impl Answer for Membership {
    fn known(self) -> Option<bool> {
        Membership::known(&self)
    }
}
