//! Checks of experiments together with the metrics, AI Configs and flags that they name, and with each
//! other.

use super::Experiment;
use crate::{Code, Finding, Metric, Place, SegmentKey, Targeting, VariationKey, or_list};

/// A finding about one of several experiments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The index of the experiment.
    pub experiment: usize,
    /// The finding.
    pub finding: Finding,
}

/// Checks experiments together with all other declarations.
///
/// ```
/// use segments_model::experiment::{DraftExperiment, check_together};
///
/// let draft = DraftExperiment {
///     key: "careful-answers".into(),
///     on: "flag/checkout".into(),
///     primary: Some("resolved".into()),
///     baseline: Some("fast".into()),
///     split: vec![("fast".into(), 50.0), ("careful".into(), 50.0)],
///     ..DraftExperiment::default()
/// };
/// let experiment = draft.parse().unwrap().0;
/// let found = check_together(&[&experiment], &[], &[]);
/// let codes: Vec<_> = found.iter().map(|it| it.finding.code.name()).collect();
/// assert_eq!(codes, ["experiment-target", "metric-unknown"]);
/// ```
#[must_use]
pub fn check_together(
    experiments: &[&Experiment],
    targetings: &[&Targeting],
    metrics: &[&Metric],
) -> Vec<Related> {
    let mut found = Vec::new();
    for (at, experiment) in experiments.iter().enumerate() {
        let mut add = |code, place, message: String| {
            let finding = Finding::new(code, place, message);
            let experiment = at;
            found.push(Related {
                experiment,
                finding,
            });
        };
        target(experiment, targetings, &mut add);
        measures(experiment, metrics, &mut add);
        let same = |other: &&&Experiment| {
            other.on == experiment.on
                && other.rule == experiment.rule
                && other.key != experiment.key
        };
        if let Some(other) = experiments[..at].iter().find(same) {
            let message = format!(
                "experiment `{}` is on the {} of {}; a rule can have only one experiment, so give this one another rule",
                other.key,
                experiment.rule_in_words(),
                experiment.on
            );
            add(Code::ExperimentRuleTaken, Place::part("rule"), message);
        }
    }
    found
}

fn target(
    experiment: &Experiment,
    targetings: &[&Targeting],
    add: &mut impl FnMut(Code, Place, String),
) {
    let mut all = targetings.iter();
    let Some(targeting) = all.find(|it| it.resource == experiment.on) else {
        let paths: Vec<String> = targetings.iter().map(|it| it.resource.path()).collect();
        let advice = or_list(&experiment.on.path(), paths.iter().map(String::as_str));
        let message = format!("{} is not declared{advice}", experiment.on);
        return add(Code::ExperimentTarget, Place::part("on"), message);
    };
    for (at, (variation, _)) in experiment.treatments.iter().enumerate() {
        if !targeting.variations.contains(variation) {
            let known = targeting.variations.iter().map(VariationKey::as_str);
            let advice = or_list(variation.as_str(), known);
            let message = format!("`{variation}` is not a declared variation{advice}");
            add(
                Code::VariationUnknown,
                Place::Part { key: "split", at },
                message,
            );
        }
    }
    match &experiment.rule {
        Some(segment) if targeting.rule_for(segment).is_none() => {
            let known: Vec<&str> = targeting.rules().iter().filter_map(only_segment).collect();
            let advice = or_list(segment.as_str(), known);
            let message = format!(
                "{} has no rule on segment `{segment}` alone{advice}",
                experiment.on
            );
            add(Code::ExperimentRule, Place::part("rule"), message);
        }
        None if targeting.fallthrough.is_none() => {
            let message = format!(
                "{} declares no fallthrough to run on; declare one, or name the segment of a rule",
                experiment.on
            );
            add(Code::ExperimentRule, Place::part("rule"), message);
        }
        _ => {}
    }
}

fn measures(
    experiment: &Experiment,
    metrics: &[&Metric],
    add: &mut impl FnMut(Code, Place, String),
) {
    for (at, key) in experiment.metrics().enumerate() {
        let place = match at.checked_sub(1) {
            None => Place::part("primary"),
            Some(at) => Place::Part { key: "metrics", at },
        };
        let Some(metric) = metrics.iter().find(|metric| metric.key == *key) else {
            let known = metrics.iter().map(|metric| metric.key.as_str());
            let advice = or_list(key.as_str(), known);
            let message = format!("metric `{key}` is not declared{advice}");
            add(Code::MetricUnknown, place, message);
            continue;
        };
        if metric.unit != experiment.unit {
            let message = format!(
                "metric `{key}` is counted by {}, but the experiment by {}; use a metric that is counted by the same kind of context",
                metric.unit, experiment.unit
            );
            add(Code::MetricMisfit, place, message);
        }
    }
}

/// The segment that a rule asks for, if it asks for one and nothing else.
fn only_segment(rule: &crate::TargetingRule) -> Option<&str> {
    let [clause] = &rule.clauses[..] else {
        return None;
    };
    let mut segments = clause.segments();
    let only = segments.next().filter(|_| !clause.negate)?;
    segments.next().is_none().then_some(only)
}

impl Targeting {
    /// Returns the index of the rule whose only clause references this segment.
    #[must_use]
    pub fn rule_for(&self, segment: &SegmentKey) -> Option<usize> {
        let mut rules = self.rules().iter();
        rules.position(|rule| only_segment(rule) == Some(segment.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{DraftClause, DraftKind, DraftRule};
    use crate::experiment::DraftExperiment;
    use crate::metric::DraftMetric;
    use crate::targeting::{DraftServe, DraftTargeting, DraftTargetingRule};
    use crate::{Operator, Value};

    fn targeting() -> Targeting {
        let clause = DraftClause {
            operator: Some(Operator::SegmentMatch),
            attribute: Some(String::new()),
            kind: Some("user".into()),
            values: vec![Some(Value::from("beta".to_owned()))],
            ..DraftClause::default()
        };
        let rule = DraftTargetingRule {
            when: DraftRule {
                clauses: vec![clause],
                ..DraftRule::default()
            },
            serve: Some(DraftServe::Variation("fast".into())),
        };
        let draft = DraftTargeting {
            key: "assistant".into(),
            variations: vec!["fast".into(), "careful".into()],
            rules: Some(vec![rule]),
            ..DraftTargeting::default()
        };
        draft.parse().unwrap().0
    }

    fn metric(kind: &str) -> Metric {
        let draft = DraftMetric {
            key: "resolved".into(),
            kind: Some("occurrence".into()),
            by: DraftKind::Name(kind.into()),
            ..DraftMetric::default()
        };
        draft.parse().unwrap().0
    }

    fn experiment(key: &str, rule: Option<&str>) -> Experiment {
        let draft = DraftExperiment {
            key: key.into(),
            on: "ai-config/assistant".into(),
            rule: rule.map(str::to_owned),
            primary: Some("resolved".into()),
            baseline: Some("fast".into()),
            split: vec![("fast".into(), 50.0), ("careful".into(), 50.0)],
            ..DraftExperiment::default()
        };
        draft.parse().unwrap().0
    }

    fn codes(experiments: &[Experiment], metric: &Metric) -> Vec<(usize, &'static str)> {
        let experiments: Vec<_> = experiments.iter().collect();
        let found = check_together(&experiments, &[&targeting()], &[metric]);
        found
            .iter()
            .map(|it| (it.experiment, it.finding.code.name()))
            .collect()
    }

    #[test]
    fn what_an_experiment_names_exists() {
        let user = metric("user");
        assert_eq!(codes(&[experiment("a", Some("beta"))], &user), []);
        assert_eq!(
            codes(&[experiment("a", Some("staff"))], &user),
            [(0, "experiment-rule")]
        );
        assert_eq!(
            codes(&[experiment("a", None)], &user),
            [(0, "experiment-rule")]
        );
        assert_eq!(
            codes(&[experiment("a", Some("beta"))], &metric("device")),
            [(0, "metric-misfit")]
        );
        let mut other = experiment("a", Some("beta"));
        other.treatments[1].0 = crate::VariationKey::from_static("carefull");
        assert_eq!(codes(&[other], &user), [(0, "variation-unknown")]);
    }

    #[test]
    fn a_rule_has_one_experiment() {
        let both = [experiment("a", Some("beta")), experiment("b", Some("beta"))];
        assert_eq!(
            codes(&both, &metric("user")),
            [(1, "experiment-rule-taken")]
        );
    }
}
