use crate::code::code;
use crate::draft::Form;
use crate::experiment::DraftExperiment;
use crate::{Code, Findings, Place, or_list};

code! {
    /// The baseline of an experiment is not one of its treatments.
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
    /// baseline = "slow"
    /// split = { fast = 50, careful = 50 }
    /// ```
    ///
    /// ```text
    /// error[experiment-baseline]: `slow` is not one of the treatments; use `careful` or `fast`
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
    EXPERIMENT_BASELINE = Error "experiment-baseline";
}

pub(super) fn check(draft: &DraftExperiment, findings: &mut Findings) {
    let treatments = || draft.split.iter().map(|(variation, _)| variation.as_str());
    let message = match &draft.baseline {
        None => {
            let example = match draft.form {
                Form::File => "baseline = \"fast\"",
                Form::Rust => "baseline = fast",
            };
            format!("there is no baseline; write `{example}`")
        }
        // Without any treatment, that is what there is to say.
        Some(baseline) if !draft.split.is_empty() && !treatments().any(|it| it == baseline) => {
            let advice = or_list(baseline, treatments());
            format!("`{baseline}` is not one of the treatments{advice}")
        }
        Some(_) => return,
    };
    findings.add(Code::EXPERIMENT_BASELINE, Place::part("baseline"), message);
}
