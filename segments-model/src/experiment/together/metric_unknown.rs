use super::subject::Subject;
use crate::code::code;
use crate::{Code, Findings, or_list};

code! {
    /// An experiment names a metric that is not declared.
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
    /// primary = "solved"
    /// baseline = "fast"
    /// split = { fast = 50, careful = 50 }
    /// ```
    ///
    /// ```text
    /// error[metric-unknown]: metric `solved` is not declared; did you mean `resolved`?
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
    METRIC_UNKNOWN = Error "metric-unknown";
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (place, key, metric) in subject.metrics() {
        if metric.is_none() {
            let known = subject.metrics.iter().map(|metric| metric.key.as_str());
            let advice = or_list(key.as_str(), known);
            let message = format!("metric `{key}` is not declared{advice}");
            findings.add(Code::METRIC_UNKNOWN, place, message);
        }
    }
}
