//! The segments of one request.

use std::any::TypeId;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use segments_model::Membership;
use segments_model::explanation::Explanation;

use super::owned::OwnedContexts;
use crate::membership::decision::{Decision, Verdict};
use crate::{__private_0_1 as private, DecidableWithoutSalt, Decide, Salts, Segment};

/// The contexts of a request, and the segments that contain them. Each segment is evaluated on first use,
/// and only once; clones share results.
///
/// Example: [the module](super).
pub struct RequestSegments<C>(Arc<Shared<C>>);

struct Shared<C> {
    contexts: C,
    salts: Arc<Salts>,
    decided: Mutex<Vec<(TypeId, Decision)>>,
}

impl<C> Clone for RequestSegments<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Its identity is not shown.
impl<C> fmt::Debug for RequestSegments<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestSegments").finish_non_exhaustive()
    }
}

impl<C: OwnedContexts> RequestSegments<C> {
    /// Creates the segments of a request from its contexts, and from the salts for percentages.
    pub fn new(contexts: C, salts: Arc<Salts>) -> Self {
        Self(Arc::new(Shared {
            contexts,
            salts,
            decided: Mutex::default(),
        }))
    }

    /// Returns the contexts.
    #[must_use]
    pub fn contexts(&self) -> &C {
        &self.0.contexts
    }

    /// Returns whether the request's contexts are in a segment.
    pub fn contains<S, At>(&self, segment: S) -> bool
    where
        S: Segment
            + for<'c> Decide<C::Ref<'c>, At>
            + for<'c> DecidableWithoutSalt<C::Ref<'c>>
            + 'static,
    {
        self.known(segment) == Some(true)
    }

    /// Returns whether the request's contexts are in a segment; `None` if a salt is missing.
    pub fn known<S, At>(&self, _: S) -> Option<bool>
    where
        S: Segment + for<'c> Decide<C::Ref<'c>, At> + 'static,
    {
        Verdict::from(self.decision::<S, At>()).known()
    }

    /// Returns whether the request's contexts are in a segment, with the deciding list or rule.
    pub fn membership<S, At>(&self, _: S) -> Membership
    where
        S: Segment + for<'c> Decide<C::Ref<'c>, At> + 'static,
    {
        self.decision::<S, At>().into()
    }

    /// Explains the membership: each rule and clause, with the values compared.
    pub fn explain<S: Segment>(&self, _: S) -> Explanation {
        private::explain_with::<S, _>(self.0.contexts.as_contexts(), &self.0.salts)
    }

    fn decision<S, At>(&self) -> Decision
    where
        S: for<'c> Decide<C::Ref<'c>, At> + 'static,
    {
        let segment = TypeId::of::<S>();
        let known = || {
            self.0
                .decided
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some((_, decision)) = known().iter().find(|(of, _)| *of == segment) {
            return *decision;
        }
        // Nobody waits while it is decided: to decide twice at the same time comes to the same.
        let decision = S::decide(&self.0.contexts.as_contexts(), &self.0.salts);
        known().push((segment, decision));
        decision
    }
}
