//! The checks of one experiment, and the conversion of a valid draft.

mod experiment_baseline;
mod experiment_treatments;
mod identity;
mod metric_duplicate;
mod metrics;
mod on;
mod participants;
mod split;

use super::{DraftExperiment, Experiment};
use crate::check::{checks, run_all};
use crate::draft::{DraftKind, about};
use crate::{
    ContextKind, ExperimentKey, Finding, Findings, MetricKey, Place, Resource, SegmentKey,
    VariationKey, Weight,
};

checks! { DraftExperiment:
    identity,
    on,
    metrics,
    metric_duplicate,
    split,
    experiment_treatments,
    experiment_baseline,
    participants,
}

impl DraftExperiment {
    /// Runs all checks.
    #[must_use]
    pub fn check(&self) -> Findings {
        run_all(CHECKS, self)
    }

    /// Checks the draft and converts it to an experiment.
    ///
    /// # Errors
    ///
    /// All findings, if one of them is an error. An unknown part is an error, too.
    pub fn parse(&self) -> Result<(Experiment, Findings), Findings> {
        about::parsed(self.check(), || self.build())
    }

    /// Returns the name: the written one, or the words of the key.
    #[must_use]
    pub fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| about::words(&self.key))
    }

    fn build(&self) -> Result<Experiment, Finding> {
        let DraftKind::Name(by) = &self.by else {
            return Err(Finding::missing(Place::part("by")));
        };
        let metric = |key: &String, at| {
            MetricKey::parse(key.clone())
                .map_err(|e| Finding::incomplete(Place::Part { key: "metrics", at }, &e))
        };
        let variation = |key: &String, place| {
            VariationKey::parse(key.clone()).map_err(|e| Finding::incomplete(place, &e))
        };
        let treatments = self.split.iter().enumerate().map(|(at, (key, percent))| {
            let place = Place::Part { key: "split", at };
            let weight =
                Weight::from_percent(*percent).map_err(|e| Finding::incomplete(place, &e))?;
            Ok((variation(key, place)?, weight))
        });
        let primary = self
            .primary
            .as_ref()
            .ok_or_else(|| Finding::missing(Place::part("primary")))?;
        let baseline = self
            .baseline
            .as_ref()
            .ok_or_else(|| Finding::missing(Place::part("baseline")))?;
        let secondary = self.secondary.iter().enumerate();
        let rule = self.rule.as_ref().map(|key| SegmentKey::parse(key.clone()));
        Ok(Experiment {
            key: ExperimentKey::parse(self.key.clone())
                .map_err(|e| Finding::incomplete(Place::part("key"), &e))?,
            name: self.name(),
            description: self.description.clone(),
            tags: about::tags(self.tags.as_deref(), |at| Place::Part { key: "tags", at })?,
            hypothesis: self.hypothesis.clone().unwrap_or_default(),
            on: Resource::parse(&self.on).ok_or_else(|| Finding::missing(Place::part("on")))?,
            rule: rule
                .transpose()
                .map_err(|e| Finding::incomplete(Place::part("rule"), &e))?,
            primary: metric(primary, 0)?,
            secondary: secondary
                .map(|(at, key)| metric(key, at))
                .collect::<Result<_, _>>()?,
            baseline: variation(baseline, Place::part("baseline"))?,
            treatments: treatments.collect::<Result<_, Finding>>()?,
            unit: ContextKind::parse(by.clone())
                .map_err(|e| Finding::incomplete(Place::part("by"), &e))?,
            traffic: Weight::from_percent(self.traffic)
                .map_err(|e| Finding::incomplete(Place::part("traffic"), &e))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Edit = fn(&mut DraftExperiment);

    fn draft() -> DraftExperiment {
        DraftExperiment {
            key: "careful-answers".into(),
            on: "ai-config/assistant".into(),
            rule: Some("beta".into()),
            primary: Some("resolved".into()),
            baseline: Some("fast".into()),
            split: vec![("fast".into(), 50.0), ("careful".into(), 50.0)],
            traffic: 80.0,
            ..DraftExperiment::default()
        }
    }

    fn codes(draft: &DraftExperiment) -> Vec<&'static str> {
        draft
            .check()
            .iter()
            .map(|found| found.code.name())
            .collect()
    }

    #[test]
    fn an_experiment_is_made_of_what_is_written() {
        let (experiment, _) = draft().parse().unwrap();
        assert_eq!(
            experiment.to_string(),
            "fast 50% (baseline) against careful 50%, by user"
        );
        let shares = experiment.treatments.iter();
        let shares: Vec<u64> = shares
            .map(|(_, share)| experiment.allocation(*share))
            .collect();
        assert_eq!(shares, [40_000, 40_000], "of all who reach the rule");
    }

    #[test]
    fn each_mistake_has_its_code() {
        let mistakes: &[(Edit, &str)] = &[
            (|it| it.key = "a b".into(), "key-invalid"),
            (|it| it.on = "assistant".into(), "experiment-target"),
            (|it| it.rule = Some("a b".into()), "segment-key-invalid"),
            (|it| it.primary = None, "key-missing"),
            (
                |it| it.secondary = vec!["resolved".into()],
                "metric-duplicate",
            ),
            (|it| it.baseline = None, "experiment-baseline"),
            (
                |it| it.baseline = Some("slow".into()),
                "experiment-baseline",
            ),
            (|it| it.split[1].1 = 40.0, "split-sum"),
            (|it| it.split[1].0 = "fast".into(), "split-duplicate"),
            (|it| it.split[1].1 = -1.0, "percent-invalid"),
            (|it| it.traffic = 0.0, "percent-none"),
            (|it| it.traffic = 101.0, "percent-invalid"),
            (|it| it.by = DraftKind::Name("multi".into()), "kind-invalid"),
            (|it| it.tags = Some(vec!["a b".into()]), "tag-invalid"),
            (|it| it.name = Some(" ".into()), "name-empty"),
        ];
        for (change, expected) in mistakes {
            let mut changed = draft();
            change(&mut changed);
            assert_eq!(codes(&changed), [*expected], "{changed:?}");
            assert!(changed.parse().is_err());
        }
        let mut single = draft();
        single.split.pop();
        assert_eq!(codes(&single), ["experiment-treatments"]);
    }
}
