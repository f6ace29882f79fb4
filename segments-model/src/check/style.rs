//! Valid declarations in bad style.

use super::unmanaged::leaves_audience;
use crate::draft::Form;
use crate::{Code, Draft, Findings, Place, SegmentKey};

pub(super) fn house_style(draft: &Draft, findings: &mut Findings) {
    // What is no key is told elsewhere, with one that is.
    let is_key = SegmentKey::parse(draft.key.clone()).is_ok();
    let styled = |c: char| c.is_ascii_uppercase() || c == '_';
    if is_key && draft.key.chars().any(styled) {
        let better = draft.key.to_ascii_lowercase().replace('_', "-");
        findings.add(
            Code::StyleKey,
            Place::Key,
            format!("keys are in lower case with hyphens; write `{better}`"),
        );
    }
    // Of a segment that says nothing, that is said.
    let says_nothing = draft.included.is_none()
        && draft.excluded.is_none()
        && draft.rules.is_none()
        && draft.big.is_none()
        && !draft.nobody
        && !leaves_audience(draft);
    if !says_nothing
        && draft
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
