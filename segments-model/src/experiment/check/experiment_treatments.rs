use crate::code::code;
use crate::draft::Form;
use crate::experiment::DraftExperiment;
use crate::{Code, Findings, Place};

code! {
    /// An experiment has fewer than two treatments.
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
    /// split = { fast = 100 }
    /// ```
    ///
    /// ```text
    /// error[experiment-treatments]: an experiment needs at least two treatments; write `split = { fast = 50, careful = 50 }`
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
    EXPERIMENT_TREATMENTS = Error "experiment-treatments";
}

pub(super) fn check(draft: &DraftExperiment, findings: &mut Findings) {
    if draft.split.len() < 2 {
        let example = match draft.form {
            Form::File => "split = { fast = 50, careful = 50 }",
            Form::Rust => "split(fast = 50, careful = 50)",
        };
        let message = format!("an experiment needs at least two treatments; write `{example}`");
        let place = Place::part("split_whole");
        findings.add(Code::EXPERIMENT_TREATMENTS, place, message);
    }
}
