//! What is allowed but reads badly.

use crate::draft::Form;
use crate::{Code, Draft, Findings, Place};

pub(super) fn house_style(draft: &Draft, findings: &mut Findings) {
    if draft
        .key
        .chars()
        .any(|c| c.is_ascii_uppercase() || c == '_')
    {
        let better = draft.key.to_ascii_lowercase().replace('_', "-");
        findings.add(
            Code::StyleKey,
            Place::Key,
            format!("keys are in lower case with hyphens; write `{better}`"),
        );
    }
    if draft
        .description
        .as_deref()
        .is_none_or(|description| description.trim().is_empty())
    {
        findings.add(
            Code::StyleDescription,
            Place::Segment,
            "this segment has no description; describe its audience in a sentence",
        );
    }
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        if rule.clauses.len() > 10 {
            let reference = match draft.form {
                Form::File => "op = \"segmentMatch\"",
                Form::Rust => "member_of!(...)",
            };
            let message = format!(
                "a rule of {} clauses is hard to read; move some to another segment, and write `{reference}` in their place",
                rule.clauses.len()
            );
            findings.add(Code::StyleClauses, Place::Rule(index), message);
        }
    }
}
