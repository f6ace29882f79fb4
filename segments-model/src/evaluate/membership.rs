//! Questions to segments, one by one or all together.

use super::context::ContextInstance;
use super::count::Count;
use super::decide::{Question, Visits};
use super::segments::CompiledSegments;
use crate::explanation::Explanation;
use crate::{Membership, UnknownReason};

/// One of [`CompiledSegments`], looked up once.
#[derive(Debug, Clone, Copy)]
pub struct CompiledSegment<'a> {
    segments: &'a CompiledSegments,
    index: usize,
}

impl CompiledSegments {
    /// The segment of this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<CompiledSegment<'_>> {
        let index = self.place(key)?;
        Some(CompiledSegment {
            segments: self,
            index,
        })
    }

    /// Every segment, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = CompiledSegment<'_>> {
        (0..self.segments.len()).map(|index| CompiledSegment {
            segments: self,
            index,
        })
    }

    /// Returns whether the context is in the segment, and why.
    #[must_use]
    pub fn membership(&self, segment: &str, context: &ContextInstance) -> Membership {
        match self.get(segment) {
            Some(segment) => segment.membership(context),
            None => Membership::Unknown {
                reason: UnknownReason::UnknownSegment {
                    segment: segment.to_owned().into(),
                },
            },
        }
    }

    /// What each segment says of the context, in the order in which they were given. A segment that
    /// others ask is decided once.
    pub fn memberships(
        &self,
        context: &ContextInstance,
    ) -> impl Iterator<Item = (&str, Membership)> {
        let question = Question::new(self, context);
        let mut visits = Visits::of_many(self);
        self.segments
            .iter()
            .enumerate()
            .map(move |(index, segment)| {
                let decision = self.decide(index, &question, &mut visits);
                let membership = self.membership_of(index, decision, &visits);
                (segment.key.as_str(), membership)
            })
    }

    /// Counts members of every segment among many contexts.
    #[must_use]
    pub fn count(&self) -> Count<'static> {
        Count::new(self.clone(), (0..self.segments.len()).collect())
    }

    /// How the answers of several segments come about, in the order in which they are named. A
    /// segment that several of them ask is explained where it is asked first, and by itself if it is
    /// among them. Keys of segments that are not here are passed over.
    pub fn explanations<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k str>,
        context: &ContextInstance,
    ) -> Vec<Explanation> {
        let places = keys.into_iter().filter_map(|key| self.place(key));
        self.explained(places, context)
    }

    /// How the answer comes about: each rule and clause, with what was seen and compared. `None` if
    /// no such segment.
    #[must_use]
    pub fn explain(&self, segment: &str, context: &ContextInstance) -> Option<Explanation> {
        Some(self.get(segment)?.explain(context))
    }
}

impl<'a> CompiledSegment<'a> {
    /// The segment's key.
    #[must_use]
    pub fn key(self) -> &'a str {
        &self.segments.segments[self.index].key
    }

    /// Returns whether the context is in the segment; `None` if that cannot be told.
    #[must_use]
    pub fn contains(self, context: &ContextInstance) -> Option<bool> {
        let question = Question::new(self.segments, context);
        self.segments
            .decide(self.index, &question, &mut Visits::default())
            .known()
    }

    /// Returns whether the context is in the segment, and why.
    #[must_use]
    pub fn membership(self, context: &ContextInstance) -> Membership {
        let question = Question::new(self.segments, context);
        let mut visits = Visits::default();
        let decision = self.segments.decide(self.index, &question, &mut visits);
        self.segments.membership_of(self.index, decision, &visits)
    }

    /// Counts members of this segment among many contexts.
    #[must_use]
    pub fn count(self) -> Count<'static> {
        Count::new(self.segments.clone(), vec![self.index])
    }

    /// How the answer comes about: each rule and clause, with what was seen and compared.
    #[must_use]
    pub fn explain(self, context: &ContextInstance) -> Explanation {
        let mut explained = self.segments.explained([self.index], context);
        explained.remove(0)
    }
}
