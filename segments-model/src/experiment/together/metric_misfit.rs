use super::subject::Subject;
use crate::code::code;
use crate::{Code, Findings};

code! {
    /// A metric is counted by another kind of context than the experiment.
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
    /// by = "org"
    ///
    /// [experiments.careful-answers]
    /// on = "ai-config/assistant"
    /// rule = "staff"
    /// primary = "resolved"
    /// baseline = "fast"
    /// split = { fast = 50, careful = 50 }
    /// ```
    ///
    /// ```text
    /// error[metric-misfit]: metric `resolved` is counted by org, but the experiment by user; use a metric that is counted by the same kind of context
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
    METRIC_MISFIT = Error "metric-misfit";
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let experiment = subject.experiment;
    for (place, key, metric) in subject.metrics() {
        if let Some(metric) = metric
            && metric.unit != experiment.unit
        {
            let message = format!(
                "metric `{key}` is counted by {}, but the experiment by {}; use a metric that is counted by the same kind of context",
                metric.unit, experiment.unit
            );
            findings.add(Code::METRIC_MISFIT, place, message);
        }
    }
}
