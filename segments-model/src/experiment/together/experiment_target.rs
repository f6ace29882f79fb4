use super::subject::Subject;
use crate::code::code;
use crate::{Code, Findings, Place, or_list};

code! {
    /// An experiment is on an AI Config or flag that is not declared.
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
    /// on = "ai-config/assistent"
    /// rule = "staff"
    /// primary = "resolved"
    /// baseline = "fast"
    /// split = { fast = 50, careful = 50 }
    /// ```
    ///
    /// ```text
    /// error[experiment-target]: AI Config assistent is not declared; did you mean `ai-config/assistant`?
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
    EXPERIMENT_TARGET = Error "experiment-target";
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let experiment = subject.experiment;
    if subject.targeting().is_none() {
        let declared = subject.targetings.iter();
        let paths: Vec<String> = declared.map(|it| it.resource.path()).collect();
        let advice = or_list(&experiment.on.path(), paths.iter().map(String::as_str));
        let message = format!("{} is not declared{advice}", experiment.on);
        findings.add(Code::EXPERIMENT_TARGET, Place::part("on"), message);
    }
}
