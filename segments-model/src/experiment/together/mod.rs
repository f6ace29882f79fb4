//! Checks of experiments together with the metrics, AI Configs and flags that they name, and with each
//! other.

mod experiment_rule;
mod experiment_rule_taken;
mod experiment_target;
mod metric_misfit;
mod metric_unknown;
mod subject;
mod treatments;

use super::Experiment;
use crate::check::checks;
use crate::{Finding, Findings, Metric, Targeting};
use subject::Subject;

checks! { all Subject<'_>:
    experiment_target,
    treatments,
    experiment_rule,
    metric_unknown,
    metric_misfit,
    experiment_rule_taken,
}

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
        let subject = Subject {
            experiment,
            earlier: &experiments[..at],
            targetings,
            metrics,
        };
        let mut findings = Findings::default();
        for check in CHECKS {
            check(&subject, &mut findings);
        }
        found.extend(findings.into_iter().map(|finding| Related {
            experiment: at,
            finding,
        }));
    }
    found
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
