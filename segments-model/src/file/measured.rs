//! Reading metrics and experiments.

use std::collections::HashSet;

use toml::de::DeValue;

use super::contents::{DeclaredExperiment, DeclaredMetric, DeclaredTargeting};
use super::context::Contexts;
use super::places::Places;
use super::reader::{Entries, Reader, Value, in_order};
use super::shape;
use super::span::Span;
use crate::draft::DraftKind;
use crate::experiment::{DraftExperiment, check_together};
use crate::metric::DraftMetric;
use crate::source::Source;
use crate::{Code, Experiment, Findings, Metric, Place, ResourceKind};

/// What metrics and experiments both have.
struct About {
    name: Option<String>,
    description: Option<String>,
    tags: Option<Vec<String>>,
}

impl Reader<'_> {
    /// Reads the metrics, and keeps those that are right; also returns the keys of the others.
    pub(super) fn metrics(
        &mut self,
        value: &Value<'_>,
        contexts: &Contexts,
    ) -> (Vec<DeclaredMetric>, Vec<String>) {
        let declared = self.each(
            "metrics",
            value,
            &shape::METRIC,
            |reader, entries, places, key| {
                let About {
                    name,
                    description,
                    tags,
                } = reader.about(entries, places);
                DraftMetric {
                    key,
                    name,
                    description,
                    tags,
                    event: reader.part("event", entries, places),
                    kind: reader.part("kind", entries, places),
                    unit: reader.part("unit", entries, places),
                    success: reader.part("success", entries, places),
                    by: reader.by(entries, places, contexts),
                    ..DraftMetric::default()
                }
            },
        );
        let (mut metrics, mut unreadable) = (Vec::new(), Vec::new());
        for written in declared {
            let parsed = written.draft.parse();
            match self.keep(&written, parsed) {
                Some(metric) => {
                    let span = written.places.whole().clone();
                    metrics.push(DeclaredMetric { metric, span });
                }
                None => unreadable.push(written.draft.key),
            }
        }
        (metrics, unreadable)
    }

    /// Reads the experiments, and keeps those that are right beside everything else.
    pub(super) fn experiments(
        &mut self,
        value: &Value<'_>,
        contexts: &Contexts,
        targetings: &[DeclaredTargeting],
        unreadable: &[(ResourceKind, String)],
        (metrics, unreadable_metrics): (&[DeclaredMetric], &[String]),
    ) -> Vec<DeclaredExperiment> {
        let read = |reader: &mut Self, entries: &Entries<'_, '_>, places: &mut Places, key| {
            let About {
                name,
                description,
                tags,
            } = reader.about(entries, places);
            let traffic = entries.get("traffic").and_then(|value| {
                places.add(Place::part("traffic"), value.span());
                reader.float("traffic", value)
            });
            DraftExperiment {
                key,
                name,
                description,
                tags,
                hypothesis: reader.part("hypothesis", entries, places),
                on: reader.part("on", entries, places).unwrap_or_default(),
                rule: reader.part("rule", entries, places),
                primary: reader.part("primary", entries, places),
                secondary: reader.parts("metrics", entries, places),
                baseline: reader.part("baseline", entries, places),
                split: reader.split(entries, places),
                by: reader.by(entries, places, contexts),
                traffic: traffic.unwrap_or(100.0),
                ..DraftExperiment::default()
            }
        };
        let declared = self.each("experiments", value, &shape::EXPERIMENT, read);
        let mut right = Vec::new();
        for written in declared {
            let parsed = written.draft.parse();
            if let Some(experiment) = self.keep(&written, parsed) {
                right.push((experiment, written));
            }
        }
        let experiments: Vec<&Experiment> =
            right.iter().map(|(experiment, _)| experiment).collect();
        let targetings: Vec<_> = targetings.iter().map(|it| &it.targeting).collect();
        let metrics: Vec<&Metric> = metrics.iter().map(|it| &it.metric).collect();
        let mut wrong = HashSet::new();
        for related in check_together(&experiments, &targetings, &metrics) {
            let (experiment, written) = &right[related.experiment];
            wrong.insert(related.experiment);
            // What could not be read is said there.
            let on = &experiment.on;
            let is_unreadable =
                |(kind, key): &(ResourceKind, String)| *kind == on.kind() && key == on.key();
            let code = related.finding.code;
            let metric = match related.finding.place {
                Place::Part { key: "metrics", at } => experiment.metrics().nth(at + 1),
                _ => experiment.metrics().next(),
            };
            let reads_metric = !unreadable_metrics
                .iter()
                .any(|key| metric.is_some_and(|metric| metric.as_str() == key));
            if code == Code::EXPERIMENT_TARGET && unreadable.iter().any(is_unreadable)
                || code == Code::METRIC_UNKNOWN && !reads_metric
            {
                continue;
            }
            let span = written.places.find(related.finding.place).clone();
            self.report(code, span, related.finding.message);
        }
        let right = right.into_iter().enumerate();
        let right = right.filter(|(at, _)| !wrong.contains(at));
        right
            .map(|(_, (experiment, written))| DeclaredExperiment {
                experiment,
                span: written.places.whole().clone(),
            })
            .collect()
    }

    /// The tables of one kind, by key.
    fn each<D>(
        &mut self,
        name: &'static str,
        value: &Value<'_>,
        shape: &'static shape::Table,
        draft: impl Fn(&mut Self, &Entries<'_, '_>, &mut Places, String) -> D,
    ) -> Vec<Source<D, Span>> {
        let mut all = Vec::new();
        let Some(declared) = self.map(name, value) else {
            return all;
        };
        for (key, value) in in_order(declared) {
            let errors = self.errors;
            let Some(entries) = self.entries(key.get_ref(), value, shape) else {
                continue;
            };
            entries.require(self);
            // The key stands for the whole.
            let mut places = Places::new(key.span());
            let draft = draft(self, &entries, &mut places, key.get_ref().to_string());
            let allow = entries.get("allow").map(|value| self.allow(value));
            all.push(Source {
                draft,
                places,
                allow: allow.unwrap_or_default(),
                complete: self.errors == errors && !self.unreadable.is_partial(name, key.get_ref()),
            });
        }
        all
    }

    /// Reports what the checks found, and returns what is right.
    fn keep<D, T>(
        &mut self,
        written: &Source<D, Span>,
        parsed: Result<(T, Findings), Findings>,
    ) -> Option<T> {
        let (right, findings) = match parsed {
            Ok((right, findings)) => (Some(right), findings),
            Err(findings) => (None, findings),
        };
        for (finding, span) in written.news(&findings, &Findings::default()) {
            // What is missing was said of the table.
            let said = matches!(finding.code, Code::KEY_MISSING | Code::DRAFT_INCOMPLETE);
            if written.complete || !said && !written.places.lacks(finding.place) {
                self.report(finding.code, span.clone(), finding.message.clone());
            }
        }
        right.filter(|_| written.complete)
    }

    fn about(&mut self, entries: &Entries<'_, '_>, places: &mut Places) -> About {
        let tags = entries.get("tags").is_some();
        let words = self.parts("tags", entries, places);
        About {
            name: self.part("name", entries, places),
            description: self.part("description", entries, places),
            tags: tags.then_some(words),
        }
    }

    /// A text that is written once.
    fn part(
        &mut self,
        key: &'static str,
        entries: &Entries<'_, '_>,
        places: &mut Places,
    ) -> Option<String> {
        let value = entries.get(key)?;
        places.add(Place::part(key), value.span());
        self.text(key, value).map(str::to_owned)
    }

    /// A list of texts.
    fn parts(
        &mut self,
        key: &'static str,
        entries: &Entries<'_, '_>,
        places: &mut Places,
    ) -> Vec<String> {
        let mut texts = Vec::new();
        if let Some(value) = entries.get(key) {
            for (element, text) in self.texts(key, value) {
                let at = texts.len();
                places.add(Place::Part { key, at }, element.span());
                texts.extend(text.map(str::to_owned));
            }
        }
        texts
    }

    fn by(
        &mut self,
        entries: &Entries<'_, '_>,
        places: &mut Places,
        contexts: &Contexts,
    ) -> DraftKind {
        let Some(value) = entries.get("by") else {
            return DraftKind::default();
        };
        places.add(Place::part("by"), value.span());
        let kind = self.kind("by", value, contexts);
        kind.map_or_else(DraftKind::default, |kind| DraftKind::Name(kind.to_owned()))
    }

    fn split(&mut self, entries: &Entries<'_, '_>, places: &mut Places) -> Vec<(String, f64)> {
        let mut shares = Vec::new();
        let Some(value) = entries.get("split") else {
            return shares;
        };
        places.add(Place::part("split_whole"), value.span());
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type("split", "a table of percentages", value);
            return shares;
        };
        for (variation, percent) in in_order(table) {
            let at = shares.len();
            places.add(Place::Part { key: "split", at }, variation.span());
            if let Some(percent) = self.float(variation.get_ref(), percent) {
                shares.push((variation.get_ref().to_string(), percent));
            }
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use crate::file;

    const RIGHT: &str = r#"
[segments.beta]
description = "Beta testers"
included = { user = ["u-1"] }

[ai_configs.assistant]
variations = ["fast", "careful"]
fallthrough = "fast"
rules = [{ clauses = [{ op = "segmentMatch", values = ["beta"] }], serve = "fast" }]

[metrics.resolved]
kind = "occurrence"

[metrics.checkout-total]
kind = "numeric"
unit = "USD"
success = "higher"
tags = ["shop"]

[experiments.careful-answers]
on = "ai-config/assistant"
rule = "beta"
primary = "resolved"
metrics = ["checkout-total"]
baseline = "fast"
split = { fast = 50, careful = 50 }
traffic = 80
"#;

    #[test]
    fn metrics_and_experiments_are_read() {
        let report = file::read("segments.toml", RIGHT.as_bytes());
        assert!(report.diagnostics().is_empty(), "{report}");
        let file = report.into_file().unwrap();
        let metrics: Vec<_> = file
            .metrics
            .iter()
            .map(|it| it.metric.to_string())
            .collect();
        assert_eq!(
            metrics,
            [
                "occurrence by user, higher is better",
                "numeric in USD by user, higher is better"
            ]
        );
        let experiment = &file.experiments[0].experiment;
        assert_eq!(experiment.on.path(), "ai-config/assistant");
        assert_eq!(experiment.metrics().count(), 2);
    }

    #[test]
    fn each_mistake_is_told_once_and_at_its_place() {
        for (right, wrong, code, at) in [
            (
                "kind = \"occurrence\"",
                "kind = \"once\"",
                "word-unknown",
                "\"once\"",
            ),
            ("unit = \"USD\"\n", "", "metric-unit", "\"numeric\""),
            (
                "kind = \"occurrence\"",
                "kind = \"count\"\nunit = \"USD\"",
                "metric-unit",
                "\"USD\"\n\n[metrics.ch",
            ),
            (
                "success = \"higher\"",
                "success = \"up\"",
                "word-unknown",
                "\"up\"",
            ),
            (
                "[\"checkout-total\"]",
                "[\"checkout\"]",
                "metric-unknown",
                "\"checkout\"",
            ),
            (
                "[\"checkout-total\"]",
                "[\"resolved\"]",
                "metric-duplicate",
                "\"resolved\"]",
            ),
            (
                "kind = \"occurrence\"",
                "kind = \"occurrence\"\nby = \"device\"",
                "kind-unknown",
                "\"device\"",
            ),
            (
                "ai-config/assistant",
                "flag/assistant",
                "experiment-target",
                "\"flag/assistant\"",
            ),
            (
                "ai-config/assistant",
                "assistant",
                "experiment-target",
                "\"assistant\"",
            ),
            (
                "rule = \"beta\"\np",
                "rule = \"staff\"\np",
                "experiment-rule",
                "\"staff\"",
            ),
            (
                "baseline = \"fast\"",
                "baseline = \"slow\"",
                "experiment-baseline",
                "\"slow\"",
            ),
            (
                "careful = 50",
                "careful = 40",
                "split-sum",
                "{ fast = 50, careful = 40 }",
            ),
            (
                "fast = 50, careful = 50",
                "fast = 50, slow = 50",
                "variation-unknown",
                "slow = 50",
            ),
            (
                "{ fast = 50, careful = 50 }",
                "{ fast = 100 }",
                "experiment-treatments",
                "{ fast = 100 }",
            ),
            ("traffic = 80", "traffic = 0", "percent-none", "0\n"),
            (
                "primary = \"resolved\"\n",
                "",
                "key-missing",
                "[experiments.careful-answers]",
            ),
        ] {
            assert!(RIGHT.contains(right), "{right}");
            let text = RIGHT.replacen(right, wrong, 1);
            let report = file::read("segments.toml", text.as_bytes());
            let codes: Vec<_> = report
                .diagnostics()
                .iter()
                .map(|it| it.code.name())
                .collect();
            assert_eq!(codes, [code], "{wrong}: {report}");
            let found = &text[report.diagnostics()[0].span.start..];
            assert!(found.starts_with(at), "{code} at {found:.40}");
        }
    }

    #[test]
    fn a_rule_has_one_experiment() {
        let second = RIGHT.split("[experiments.careful-answers]").nth(1).unwrap();
        let text = format!("{RIGHT}\n[experiments.again]{second}");
        let report = file::read("segments.toml", text.as_bytes());
        let codes: Vec<_> = report
            .diagnostics()
            .iter()
            .map(|it| it.code.name())
            .collect();
        assert_eq!(codes, ["experiment-rule-taken"], "{report}");
        // Only the first is one.
        assert_eq!(
            report.into_file().map_or(1, |file| file.experiments.len()),
            1
        );
    }
}
