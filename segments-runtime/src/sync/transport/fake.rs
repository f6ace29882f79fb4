//! A service that is a function, for tests.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Answer, Broken, Exchange, Outgoing, Transport};

type Answering = Box<dyn Fn(&Outgoing) -> Result<Answer, Broken> + Send + Sync>;

/// Answers what a function answers, and counts.
pub(crate) struct Fake {
    answer: Answering,
    asked: AtomicUsize,
}

impl Fake {
    pub(crate) fn new(
        answer: impl Fn(&Outgoing) -> Result<Answer, Broken> + Send + Sync + 'static,
    ) -> Self {
        Self {
            answer: Box::new(answer),
            asked: AtomicUsize::new(0),
        }
    }

    /// How many requests there were.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Transport for Fake {
    fn exchange(&self, request: Outgoing) -> Exchange<'_> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let answer = (self.answer)(&request);
        Box::pin(async move { answer })
    }
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}
