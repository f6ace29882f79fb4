use super::written::WrittenText;
use crate::code::code;
use crate::{Code, Findings, Operator, Value};

code! {
    /// A string begins or ends with a space, or has an invisible character.
    ///
    /// ```toml,wrong
    /// [segments.ann]
    /// rules = [{ clauses = [{ attribute = "email", op = "in", values = ["ann@company.com "] }] }]
    /// ```
    ///
    /// ```text
    /// warning[text-invisible]: "ann@company.com " begins or ends with a space, which is compared, too; write `"ann@company.com"`
    /// ```
    ///
    /// ```toml,right
    /// [segments.ann]
    /// rules = [{ clauses = [{ attribute = "email", op = "in", values = ["ann@company.com"] }] }]
    /// ```
    TEXT_INVISIBLE = Warning "text-invisible";
}

pub(super) fn check(written: &WrittenText<'_>, findings: &mut Findings) {
    if let Some(message) = invisible(written.operator, written.text) {
        findings.add(Code::TEXT_INVISIBLE, written.place, message);
    }
}

/// Spaces where they decide and nobody sees them, and characters that are never seen.
fn invisible(operator: Operator, text: &str) -> Option<String> {
    let unseen = |c: &char| {
        let is_break = matches!(c, '\t' | '\n' | '\r' | '\u{85}');
        c.is_control() && !is_break || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}')
    };
    if let Some(unseen) = text.chars().find(unseen) {
        return Some(format!(
            "{} has an invisible character, U+{:04X}; remove it",
            Value::from(text.to_owned()),
            u32::from(unseen)
        ));
    }
    let trimmed = match operator {
        Operator::In => text.trim(),
        Operator::StartsWith => text.trim_start(),
        Operator::EndsWith => text.trim_end(),
        _ => text,
    };
    if trimmed.is_empty() || trimmed == text {
        return None;
    }
    Some(format!(
        "{} begins or ends with a space, which is compared, too; write `{}`",
        Value::from(text.to_owned()),
        Value::from(trimmed.to_owned())
    ))
}
