use crate::code::code;
use crate::metric::{DraftMetric, MetricKind};
use crate::{Code, Findings, Place};

code! {
    /// A numeric metric has no unit, or another metric has one.
    ///
    /// ```toml,wrong
    /// [metrics.checkout-total]
    /// kind = "numeric"
    /// success = "higher"
    /// ```
    ///
    /// ```text
    /// error[metric-unit]: a numeric metric needs a unit; write one such as `unit = "USD"`
    /// ```
    ///
    /// ```toml,right
    /// [metrics.checkout-total]
    /// kind = "numeric"
    /// unit = "USD"
    /// success = "higher"
    /// ```
    METRIC_UNIT = Error "metric-unit";
}

pub(super) fn check(draft: &DraftMetric, findings: &mut Findings) {
    // Of a kind that is missing or unknown, that is said.
    let kind = draft.kind.as_deref();
    let Some(kind) = kind.filter(|kind| MetricKind::WORDS.contains(kind)) else {
        return;
    };
    match &draft.unit {
        None if draft.is_numeric() => {
            let message = "a numeric metric needs a unit; write one such as `unit = \"USD\"`";
            findings.add(Code::METRIC_UNIT, Place::part("kind"), message);
        }
        Some(unit) if draft.is_numeric() && unit.trim().is_empty() => {
            let message = "the unit is empty; write one such as `unit = \"USD\"`";
            findings.add(Code::METRIC_UNIT, Place::part("unit"), message);
        }
        Some(_) if !draft.is_numeric() => {
            let message = format!(
                "a metric of kind `{kind}` has no unit; remove `unit`, or make it `numeric`"
            );
            findings.add(Code::METRIC_UNIT, Place::part("unit"), message);
        }
        _ => {}
    }
}
