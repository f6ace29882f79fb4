use super::subject::Subject;
use crate::code::code;
use crate::{Code, Findings, Place, SegmentKey, Targeting, TargetingRule, or_list};

code! {
    /// An experiment is on a rule that does not exist.
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
    /// rule = "guests"
    /// primary = "resolved"
    /// baseline = "fast"
    /// split = { fast = 50, careful = 50 }
    /// ```
    ///
    /// ```text
    /// error[experiment-rule]: AI Config assistant has no rule on segment `guests` alone; use `staff`
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
    EXPERIMENT_RULE = Error "experiment-rule";
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let experiment = subject.experiment;
    let Some(targeting) = subject.targeting() else {
        return;
    };
    let message = match &experiment.rule {
        Some(segment) if targeting.rule_for(segment).is_none() => {
            let known: Vec<&str> = targeting.rules().iter().filter_map(only_segment).collect();
            let advice = or_list(segment.as_str(), known);
            format!(
                "{} has no rule on segment `{segment}` alone{advice}",
                experiment.on
            )
        }
        None if targeting.fallthrough.is_none() => format!(
            "{} declares no fallthrough to run on; declare one, or name the segment of a rule",
            experiment.on
        ),
        _ => return,
    };
    findings.add(Code::EXPERIMENT_RULE, Place::part("rule"), message);
}

/// The segment that a rule asks for, if it asks for one and nothing else.
fn only_segment(rule: &TargetingRule) -> Option<&str> {
    let [clause] = &rule.clauses[..] else {
        return None;
    };
    let mut segments = clause.segments();
    let only = segments.next().filter(|_| !clause.negate)?;
    segments.next().is_none().then_some(only)
}

impl Targeting {
    /// Returns the index of the rule whose only clause references this segment.
    #[must_use]
    pub fn rule_for(&self, segment: &SegmentKey) -> Option<usize> {
        let mut rules = self.rules().iter();
        rules.position(|rule| only_segment(rule) == Some(segment.as_str()))
    }
}
