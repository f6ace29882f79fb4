//! The checks of one experiment, and the conversion of a valid draft.

use std::collections::HashSet;

use super::{DraftExperiment, Experiment};
use crate::draft::about::{self, incomplete, unknown};
use crate::draft::{DraftKind, Form};
use crate::targeting::check::add_up;
use crate::{
    Code, ContextKind, ExperimentKey, Finding, Findings, MetricKey, Place, Resource, SegmentKey,
    VariationKey, Weight, or_list,
};

/// Every check of one experiment, in the order in which they run.
const CHECKS: &[fn(&DraftExperiment, &mut Findings)] = &[
    key, name, tags, on, rule, metrics, split, baseline, by, traffic,
];

impl DraftExperiment {
    /// Runs all checks.
    #[must_use]
    pub fn check(&self) -> Findings {
        let mut findings = Findings::default();
        for check in CHECKS {
            check(self, &mut findings);
        }
        findings
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
            return Err(unknown(Place::part("by")));
        };
        let metric = |key: &String, at| {
            MetricKey::parse(key.clone())
                .map_err(|e| incomplete(Place::Part { key: "metrics", at }, &e))
        };
        let variation = |key: &String, place| {
            VariationKey::parse(key.clone()).map_err(|e| incomplete(place, &e))
        };
        let treatments = self.split.iter().enumerate().map(|(at, (key, percent))| {
            let place = Place::Part { key: "split", at };
            let weight = Weight::from_percent(*percent).map_err(|e| incomplete(place, &e))?;
            Ok((variation(key, place)?, weight))
        });
        let primary = self
            .primary
            .as_ref()
            .ok_or_else(|| unknown(Place::part("primary")))?;
        let baseline = self
            .baseline
            .as_ref()
            .ok_or_else(|| unknown(Place::part("baseline")))?;
        let secondary = self.secondary.iter().enumerate();
        let rule = self.rule.as_ref().map(|key| SegmentKey::parse(key.clone()));
        Ok(Experiment {
            key: ExperimentKey::parse(self.key.clone())
                .map_err(|e| incomplete(Place::part("key"), &e))?,
            name: self.name(),
            description: self.description.clone(),
            tags: about::tags(self.tags.as_deref(), |at| Place::Part { key: "tags", at })?,
            hypothesis: self.hypothesis.clone().unwrap_or_default(),
            on: Resource::parse(&self.on).ok_or_else(|| unknown(Place::part("on")))?,
            rule: rule
                .transpose()
                .map_err(|e| incomplete(Place::part("rule"), &e))?,
            primary: metric(primary, 0)?,
            secondary: secondary
                .map(|(at, key)| metric(key, at))
                .collect::<Result<_, _>>()?,
            baseline: variation(baseline, Place::part("baseline"))?,
            treatments: treatments.collect::<Result<_, Finding>>()?,
            unit: ContextKind::parse(by.clone()).map_err(|e| incomplete(Place::part("by"), &e))?,
            traffic: Weight::from_percent(self.traffic)
                .map_err(|e| incomplete(Place::part("traffic"), &e))?,
        })
    }
}

fn key(draft: &DraftExperiment, findings: &mut Findings) {
    if let Err(error) = ExperimentKey::parse(draft.key.clone()) {
        findings.add(Code::KeyInvalid, Place::part("key"), error.to_string());
    }
}

fn name(draft: &DraftExperiment, findings: &mut Findings) {
    if let Some(name) = &draft.name {
        about::check_name(name, Place::part("name"), "experiment", findings);
    }
}

fn tags(draft: &DraftExperiment, findings: &mut Findings) {
    let tags = draft.tags.as_deref().unwrap_or_default();
    about::check_tags(tags, |at| Place::Part { key: "tags", at }, findings);
}

/// Rust types are what rustc says that they are.
fn on(draft: &DraftExperiment, findings: &mut Findings) {
    if draft.form == Form::File && Resource::parse(&draft.on).is_none() {
        let message = format!(
            "`{}` is not an AI Config or flag; write `on = \"ai-config/<key>\"` or `on = \"flag/<key>\"`",
            draft.on
        );
        findings.add(Code::ExperimentTarget, Place::part("on"), message);
    }
}

fn rule(draft: &DraftExperiment, findings: &mut Findings) {
    if draft.form == Form::File
        && let Some(Err(error)) = draft.rule.clone().map(SegmentKey::parse)
    {
        findings.add(
            Code::SegmentKeyInvalid,
            Place::part("rule"),
            error.to_string(),
        );
    }
}

fn metrics(draft: &DraftExperiment, findings: &mut Findings) {
    let Some(primary) = &draft.primary else {
        let message = match draft.form {
            Form::File => "there is no primary metric; write one such as `primary = \"resolved\"`",
            Form::Rust => {
                "there is no primary metric; write one such as `metrics(primary = Resolved)`"
            }
        };
        findings.add(Code::KeyMissing, Place::part("primary"), message);
        return;
    };
    let mut seen = HashSet::from([primary]);
    if draft.form == Form::File
        && let Err(error) = MetricKey::parse(primary.clone())
    {
        findings.add(Code::KeyInvalid, Place::part("primary"), error.to_string());
    }
    for (at, metric) in draft.secondary.iter().enumerate() {
        let place = Place::Part { key: "metrics", at };
        if draft.form == Form::File
            && let Err(error) = MetricKey::parse(metric.clone())
        {
            findings.add(Code::KeyInvalid, place, error.to_string());
        } else if !seen.insert(metric) {
            let message = format!("metric `{metric}` is named twice; remove the second");
            findings.add(Code::MetricDuplicate, place, message);
        }
    }
}

fn split(draft: &DraftExperiment, findings: &mut Findings) {
    let mut sum = Some(0);
    let mut seen = HashSet::new();
    for (at, (variation, percent)) in draft.split.iter().enumerate() {
        let place = Place::Part { key: "split", at };
        if draft.form == Form::File
            && let Err(error) = VariationKey::parse(variation.clone())
        {
            findings.add(Code::VariationInvalid, place, error.to_string());
        }
        if !seen.insert(variation) {
            let message = format!("`{variation}` has two shares; add them up");
            findings.add(Code::SplitDuplicate, place, message);
        }
        match Weight::from_percent(*percent) {
            Err(error) => {
                sum = None;
                findings.add(Code::PercentInvalid, place, error.to_string());
            }
            Ok(Weight::NONE) => {
                let message = format!("0 % serves nobody `{variation}`; leave it out");
                findings.add(Code::PercentNone, place, message);
            }
            Ok(weight) => sum = sum.map(|sum: u64| sum + u64::from(weight.thousandths())),
        }
    }
    if draft.split.len() < 2 {
        let example = match draft.form {
            Form::File => "split = { fast = 50, careful = 50 }",
            Form::Rust => "split(fast = 50, careful = 50)",
        };
        let message = format!("an experiment needs at least two treatments; write `{example}`");
        findings.add(
            Code::ExperimentTreatments,
            Place::part("split_whole"),
            message,
        );
    } else if let Some(message) = sum.and_then(|sum| add_up("treatments", sum)) {
        findings.add(Code::SplitSum, Place::part("split_whole"), message);
    }
}

fn baseline(draft: &DraftExperiment, findings: &mut Findings) {
    let treatments = || draft.split.iter().map(|(variation, _)| variation.as_str());
    match &draft.baseline {
        None => {
            let example = match draft.form {
                Form::File => "baseline = \"fast\"",
                Form::Rust => "baseline = fast",
            };
            let message = format!("there is no baseline; write `{example}`");
            findings.add(Code::ExperimentBaseline, Place::part("baseline"), message);
        }
        // Without any treatment, that is what there is to say.
        Some(baseline) if !draft.split.is_empty() && !treatments().any(|it| it == baseline) => {
            let advice = or_list(baseline, treatments());
            let message = format!("`{baseline}` is not one of the treatments{advice}");
            findings.add(Code::ExperimentBaseline, Place::part("baseline"), message);
        }
        Some(_) => {}
    }
}

fn by(draft: &DraftExperiment, findings: &mut Findings) {
    if let DraftKind::Name(kind) = &draft.by
        && let Err(error) = ContextKind::parse(kind.clone())
    {
        findings.add(Code::KindInvalid, Place::part("by"), error.to_string());
    }
}

fn traffic(draft: &DraftExperiment, findings: &mut Findings) {
    match Weight::from_percent(draft.traffic) {
        Err(error) => findings.add(
            Code::PercentInvalid,
            Place::part("traffic"),
            error.to_string(),
        ),
        Ok(Weight::NONE) => {
            let message = "0 % lets nobody take part; write how many do, or leave `traffic` out";
            findings.add(Code::PercentNone, Place::part("traffic"), message);
        }
        Ok(_) => {}
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
