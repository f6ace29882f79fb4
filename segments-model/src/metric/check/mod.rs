//! The checks of a metric, and the conversion of a valid draft.

mod by;
mod event;
mod identity;
mod metric_unit;
mod missing;
mod word_unknown;

use super::{DraftMetric, Metric, MetricKind, SuccessCriterion};
use crate::check::{checks, run_all};
use crate::draft::{DraftKind, about};
use crate::{ContextKind, Finding, Findings, MetricKey, Place};

checks! { DraftMetric:
    identity,
    event,
    missing,
    metric_unit,
    word_unknown,
    by,
}

impl DraftMetric {
    /// Runs all checks.
    #[must_use]
    pub fn check(&self) -> Findings {
        run_all(CHECKS, self)
    }

    /// Checks the draft and converts it to a metric.
    ///
    /// # Errors
    ///
    /// All findings, if one of them is an error. An unknown part is an error, too.
    pub fn parse(&self) -> Result<(Metric, Findings), Findings> {
        about::parsed(self.check(), || self.build())
    }

    fn build(&self) -> Result<Metric, Finding> {
        let by = match &self.by {
            DraftKind::Name(kind) => kind.clone(),
            DraftKind::Path(_) => return Err(Finding::missing(Place::part("by"))),
        };
        let unit = || {
            self.unit
                .clone()
                .ok_or_else(|| Finding::missing(Place::part("unit")))
        };
        Ok(Metric {
            key: MetricKey::parse(self.key.clone())
                .map_err(|e| Finding::incomplete(Place::part("key"), &e))?,
            name: self.name(),
            description: self.description.clone(),
            tags: about::tags(self.tags.as_deref(), |at| Place::Part { key: "tags", at })?,
            event: self.event().to_owned(),
            kind: match self.kind.as_deref() {
                Some("count") => MetricKind::Count,
                Some("occurrence") => MetricKind::Occurrence,
                Some("numeric") => MetricKind::Numeric(unit()?),
                _ => return Err(Finding::missing(Place::part("kind"))),
            },
            success: match self.success.as_deref() {
                Some("lower") => SuccessCriterion::LowerThanBaseline,
                _ => SuccessCriterion::HigherThanBaseline,
            },
            unit: ContextKind::parse(by).map_err(|e| Finding::incomplete(Place::part("by"), &e))?,
        })
    }

    fn is_numeric(&self) -> bool {
        self.kind.as_deref() == Some("numeric")
    }

    /// Returns the name: the written one, or the words of the key.
    #[must_use]
    pub fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| about::words(&self.key))
    }

    /// Returns the key of the events.
    #[must_use]
    pub fn event(&self) -> &str {
        self.event.as_deref().unwrap_or(&self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(kind: &str) -> DraftMetric {
        DraftMetric {
            key: "checkout-total".into(),
            kind: Some(kind.into()),
            ..DraftMetric::default()
        }
    }

    fn said(draft: &DraftMetric) -> Vec<String> {
        draft.check().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_metric_is_made_of_what_is_written() {
        let mut written = draft("numeric");
        written.unit = Some("USD".into());
        written.success = Some("lower".into());
        let (metric, findings) = written.parse().unwrap();
        assert!(findings.is_empty());
        assert_eq!(
            metric.to_string(),
            "numeric in USD by user, lower is better"
        );
        assert_eq!(
            (metric.name.as_str(), metric.event.as_str()),
            ("Checkout total", "checkout-total")
        );
        assert!(draft("count").parse().is_ok() && draft("occurrence").parse().is_ok());
    }

    #[test]
    fn mistakes_are_told_at_their_parts() {
        assert_eq!(
            said(&draft("counts")),
            ["error[word-unknown]: `counts` is not a kind of metric; did you mean `count`?"]
        );
        assert_eq!(said(&draft("numeric")).len(), 2);
        let mut written = draft("count");
        written.unit = Some("USD".into());
        written.success = Some("more".into());
        written.by = DraftKind::Name("kind".into());
        written.event = Some(" ".into());
        written.name = Some(String::new());
        written.tags = Some(vec!["a b".into(), "c".into(), "c".into()]);
        let codes: Vec<_> = written
            .check()
            .iter()
            .map(|found| found.code.name())
            .collect();
        assert_eq!(
            codes,
            [
                "name-empty",
                "tag-invalid",
                "tag-duplicate",
                "value-empty",
                "metric-unit",
                "word-unknown",
                "kind-invalid"
            ]
        );
    }
}
