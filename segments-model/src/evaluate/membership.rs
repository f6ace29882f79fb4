//! Evaluating one segment, or all together.

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
    /// Returns the segment with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<CompiledSegment<'_>> {
        let index = self.place(key)?;
        Some(CompiledSegment {
            segments: self,
            index,
        })
    }

    /// Iterates over all segments, in the given order.
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

    /// Returns the membership of the context in each segment, in the given order. Each segment is decided
    /// once, even if others reference it.
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

    /// Returns a counter of the members of every segment.
    #[must_use]
    pub fn count(&self) -> Count<'static> {
        Count::new(self.clone(), (0..self.segments.len()).collect())
    }

    /// Explains the memberships in several segments, in the given order. A segment that several of them
    /// reference is explained at its first reference, and by itself if it is among them. Unknown keys are
    /// ignored.
    pub fn explanations<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k str>,
        context: &ContextInstance,
    ) -> Vec<Explanation> {
        let places = keys.into_iter().filter_map(|key| self.place(key));
        self.explained(places, context)
    }

    /// Explains the membership: each rule and clause, with the values compared. `None` if there is no
    /// such segment.
    #[must_use]
    pub fn explain(&self, segment: &str, context: &ContextInstance) -> Option<Explanation> {
        Some(self.get(segment)?.explain(context))
    }
}

impl<'a> CompiledSegment<'a> {
    /// Returns the segment's key.
    #[must_use]
    pub fn key(self) -> &'a str {
        &self.segments.segments[self.index].key
    }

    /// Returns whether the context is in the segment; `None` if unknown.
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

    /// Returns a counter of the members of this segment.
    #[must_use]
    pub fn count(self) -> Count<'static> {
        Count::new(self.segments.clone(), vec![self.index])
    }

    /// Explains the membership: each rule and clause, with the values compared.
    #[must_use]
    pub fn explain(self, context: &ContextInstance) -> Explanation {
        let mut explained = self.segments.explained([self.index], context);
        explained.remove(0)
    }
}
