use super::subject::Subject;
use crate::code::code;
use crate::{Code, Experiment, Findings, Place};

code! {
    /// Two experiments are on one rule.
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
    /// baseline = "fast"
    /// split = { fast = 50, careful = 50 }
    ///
    /// [experiments.quick-answers]
    /// on = "ai-config/assistant"
    /// rule = "staff"
    /// primary = "resolved"
    /// baseline = "fast"
    /// split = { fast = 20, careful = 80 }
    /// ```
    ///
    /// ```text
    /// error[experiment-rule-taken]: experiment `careful-answers` is on the rule for segment `staff` of AI Config assistant; a rule can have only one experiment, so give this one another rule
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
    ///
    /// [experiments.quick-answers]
    /// on = "ai-config/assistant"
    /// primary = "resolved"
    /// baseline = "fast"
    /// split = { fast = 20, careful = 80 }
    /// ```
    EXPERIMENT_RULE_TAKEN = Error "experiment-rule-taken";
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let experiment = subject.experiment;
    let same = |other: &&&Experiment| {
        other.on == experiment.on && other.rule == experiment.rule && other.key != experiment.key
    };
    if let Some(other) = subject.earlier.iter().find(same) {
        let message = format!(
            "experiment `{}` is on the {} of {}; a rule can have only one experiment, so give this one another rule",
            other.key,
            experiment.rule_in_words(),
            experiment.on
        );
        findings.add(Code::EXPERIMENT_RULE_TAKEN, Place::part("rule"), message);
    }
}
