//! The checks of a metric, and the conversion of a valid draft.

use super::{DraftMetric, Metric, MetricKind, SuccessCriterion};
use crate::draft::DraftKind;
use crate::draft::about::{self, incomplete, unknown};
use crate::{Code, ContextKind, Finding, Findings, MetricKey, Place, or_list};

/// Every check of one metric, in the order in which they run.
const CHECKS: &[fn(&DraftMetric, &mut Findings)] = &[key, name, tags, event, kind, success, by];

impl DraftMetric {
    /// Runs all checks.
    #[must_use]
    pub fn check(&self) -> Findings {
        let mut findings = Findings::default();
        for check in CHECKS {
            check(self, &mut findings);
        }
        findings
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
            DraftKind::Path(_) => return Err(unknown(Place::part("by"))),
        };
        let unit = || {
            self.unit
                .clone()
                .ok_or_else(|| unknown(Place::part("unit")))
        };
        Ok(Metric {
            key: MetricKey::parse(self.key.clone())
                .map_err(|e| incomplete(Place::part("key"), &e))?,
            name: self.name(),
            description: self.description.clone(),
            tags: about::tags(self.tags.as_deref(), |at| Place::Part { key: "tags", at })?,
            event: self.event().to_owned(),
            kind: match self.kind.as_deref() {
                Some("count") => MetricKind::Count,
                Some("occurrence") => MetricKind::Occurrence,
                Some("numeric") => MetricKind::Numeric(unit()?),
                _ => return Err(unknown(Place::part("kind"))),
            },
            success: match self.success.as_deref() {
                Some("lower") => SuccessCriterion::LowerThanBaseline,
                _ => SuccessCriterion::HigherThanBaseline,
            },
            unit: ContextKind::parse(by).map_err(|e| incomplete(Place::part("by"), &e))?,
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

fn key(draft: &DraftMetric, findings: &mut Findings) {
    if let Err(error) = MetricKey::parse(draft.key.clone()) {
        findings.add(Code::KeyInvalid, Place::part("key"), error.to_string());
    }
}

fn name(draft: &DraftMetric, findings: &mut Findings) {
    if let Some(name) = &draft.name {
        about::check_name(name, Place::part("name"), "metric", findings);
    }
}

fn tags(draft: &DraftMetric, findings: &mut Findings) {
    let tags = draft.tags.as_deref().unwrap_or_default();
    about::check_tags(tags, |at| Place::Part { key: "tags", at }, findings);
}

fn event(draft: &DraftMetric, findings: &mut Findings) {
    if draft
        .event
        .as_deref()
        .is_some_and(|event| event.trim().is_empty())
    {
        let message = "the event has no key; write the key that is tracked, or remove `event`";
        findings.add(Code::ValueEmpty, Place::part("event"), message);
    }
}

fn kind(draft: &DraftMetric, findings: &mut Findings) {
    let Some(kind) = draft.kind.as_deref() else {
        let message =
            "a metric needs a kind; write `kind = \"count\"`, `\"occurrence\"` or `\"numeric\"`";
        let message = match draft.form {
            crate::draft::Form::File => message.to_owned(),
            crate::draft::Form::Rust => message.replace('"', ""),
        };
        findings.add(Code::KeyMissing, Place::part("kind"), message);
        return;
    };
    if !MetricKind::WORDS.contains(&kind) {
        let advice = or_list(kind, MetricKind::WORDS);
        let message = format!("`{kind}` is not a kind of metric{advice}");
        findings.add(Code::WordUnknown, Place::part("kind"), message);
        return;
    }
    match &draft.unit {
        None if draft.is_numeric() => {
            let message = "a numeric metric needs a unit; write one such as `unit = \"USD\"`";
            findings.add(Code::MetricUnit, Place::part("kind"), message);
        }
        Some(unit) if draft.is_numeric() && unit.trim().is_empty() => {
            let message = "the unit is empty; write one such as `unit = \"USD\"`";
            findings.add(Code::MetricUnit, Place::part("unit"), message);
        }
        Some(_) if !draft.is_numeric() => {
            let message = format!(
                "a metric of kind `{kind}` has no unit; remove `unit`, or make it `numeric`"
            );
            findings.add(Code::MetricUnit, Place::part("unit"), message);
        }
        _ => {}
    }
}

fn success(draft: &DraftMetric, findings: &mut Findings) {
    match draft.success.as_deref() {
        None if draft.is_numeric() => {
            let written = match draft.form {
                crate::draft::Form::File => "`success = \"higher\"` or `success = \"lower\"`",
                crate::draft::Form::Rust => "`success = higher` or `success = lower`",
            };
            let message = format!("a numeric metric needs a success criterion; write {written}");
            findings.add(Code::KeyMissing, Place::part("kind"), message);
        }
        Some(word) if !SuccessCriterion::WORDS.contains(&word) => {
            let advice = or_list(word, SuccessCriterion::WORDS);
            let message = format!("`{word}` is not a success criterion{advice}");
            findings.add(Code::WordUnknown, Place::part("success"), message);
        }
        _ => {}
    }
}

fn by(draft: &DraftMetric, findings: &mut Findings) {
    if let DraftKind::Name(kind) = &draft.by
        && let Err(error) = ContextKind::parse(kind.clone())
    {
        findings.add(Code::KindInvalid, Place::part("by"), error.to_string());
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
