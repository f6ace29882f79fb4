//! What a check of experiments together looks at.

use crate::{Experiment, Metric, MetricKey, Place, Targeting};

/// An experiment, and all that it may name.
pub(super) struct Subject<'e> {
    pub(super) experiment: &'e Experiment,
    /// The experiments before it.
    pub(super) earlier: &'e [&'e Experiment],
    pub(super) targetings: &'e [&'e Targeting],
    pub(super) metrics: &'e [&'e Metric],
}

impl<'e> Subject<'e> {
    /// What the experiment is on, if it is declared.
    pub(super) fn targeting(&self) -> Option<&'e Targeting> {
        let mut all = self.targetings.iter();
        let found = all.find(|it| it.resource == self.experiment.on);
        found.copied()
    }

    /// The metrics that it names, each with its place, and as it is declared.
    pub(super) fn metrics(
        &self,
    ) -> impl Iterator<Item = (Place, &'e MetricKey, Option<&'e Metric>)> {
        let declared = self.metrics;
        self.experiment.metrics().enumerate().map(|(at, key)| {
            let place = match at.checked_sub(1) {
                None => Place::part("primary"),
                Some(at) => Place::Part { key: "metrics", at },
            };
            let metric = declared.iter().find(|metric| metric.key == *key);
            (place, key, metric.copied())
        })
    }
}
