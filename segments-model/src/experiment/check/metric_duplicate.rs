use std::collections::HashSet;

use crate::code::code;
use crate::draft::Form;
use crate::experiment::DraftExperiment;
use crate::{Code, Findings, MetricKey, Place};

code! {
    /// An experiment names a metric twice.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// included = { user = ["u-1"] }
    ///
    /// [ai_configs.assistant]
    /// variations = ["fast", "careful"]
    /// fallthrough = "fast"
    /// rules = [{ clauses = [{ op = "segmentMatch", values = ["staff"] }], serve = "fast" }]
    ///
    /// [metrics.resolved]
    /// kind = "occurrence"
    ///
    /// [experiments.careful-answers]
    /// on = "ai-config/assistant"
    /// rule = "staff"
    /// primary = "resolved"
    /// metrics = ["resolved"]
    /// baseline = "fast"
    /// split = { fast = 50, careful = 50 }
    /// ```
    ///
    /// ```text
    /// error[metric-duplicate]: metric `resolved` is named twice; remove the second
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// included = { user = ["u-1"] }
    ///
    /// [ai_configs.assistant]
    /// variations = ["fast", "careful"]
    /// fallthrough = "fast"
    /// rules = [{ clauses = [{ op = "segmentMatch", values = ["staff"] }], serve = "fast" }]
    ///
    /// [metrics.resolved]
    /// kind = "occurrence"
    ///
    /// [experiments.careful-answers]
    /// on = "ai-config/assistant"
    /// rule = "staff"
    /// primary = "resolved"
    /// baseline = "fast"
    /// split = { fast = 50, careful = 50 }
    /// ```
    METRIC_DUPLICATE = Error "metric-duplicate";
}

pub(super) fn check(draft: &DraftExperiment, findings: &mut Findings) {
    // Without a primary metric, that is what there is to say.
    let Some(primary) = &draft.primary else {
        return;
    };
    let mut seen = HashSet::from([primary]);
    for (at, metric) in draft.secondary.iter().enumerate() {
        // In Rust it is the name of a type, which rustc knows.
        let is_key = draft.form == Form::Rust || MetricKey::parse(metric.clone()).is_ok();
        if !seen.insert(metric) && is_key {
            let place = Place::Part { key: "metrics", at };
            let message = format!("metric `{metric}` is named twice; remove the second");
            findings.add(Code::METRIC_DUPLICATE, place, message);
        }
    }
}
