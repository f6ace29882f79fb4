//! The first percentages of rules, compared with the policy of their file.

use std::collections::HashMap;

use segments_model::policy::Policy;
use segments_model::{Code, Severity};
use segments_runtime::sync::{Change, Outcome, Plan, RuleRollout};

use crate::output::{BAD, CHANGED, Text, styled};

/// A rule that begins with more than the policy allows.
pub(super) struct TooLarge {
    pub(super) severity: Severity,
    segment: String,
    /// In percent.
    begins: f64,
    allowed: f64,
}

impl TooLarge {
    pub(super) fn text(&self) -> Text {
        let Self {
            severity,
            segment,
            begins,
            allowed,
        } = self;
        let style = match severity {
            Severity::Error => BAD,
            Severity::Warning => CHANGED,
        };
        let code = Code::POLICY_FIRST_STEP;
        let said = format!(
            ": a rule of `{segment}` begins with {begins}%, but the policy allows {allowed}%; begin with a smaller percentage"
        );
        styled(style, format_args!("{severity}[{code}]")).then(said)
    }
}

/// The rules that a plan adds, or gives a percentage, and that begin with too much.
pub(super) fn too_large(plan: &Plan, policies: &HashMap<String, Policy>) -> Vec<TooLarge> {
    let mut found = Vec::new();
    for segment in plan.segments() {
        let (Outcome::Planned(action), Some(policy)) =
            (&segment.outcome, policies.get(segment.key.as_str()))
        else {
            continue;
        };
        let Some(severity) = policy.severity(Code::POLICY_FIRST_STEP) else {
            continue;
        };
        let begin = action.changes().iter().filter_map(begins);
        let allowed = policy.first_step.percent();
        let large = begin.filter(|begins| *begins > allowed);
        found.extend(large.map(|begins| TooLarge {
            severity,
            segment: segment.key.to_string(),
            begins,
            allowed,
        }));
    }
    found
}

/// The percentage with which a change lets a rule begin, if it does.
fn begins(change: &Change) -> Option<f64> {
    let thousandths = match change {
        Change::AddRule { added, .. } => added.weight,
        Change::RuleRollout {
            from: None,
            to: Some(RuleRollout { weight, .. }),
            ..
        } => Some(*weight),
        _ => None,
    };
    let thousandths = thousandths.and_then(|weight| u32::try_from(weight).ok())?;
    Some(f64::from(thousandths) / 1000.0)
}
