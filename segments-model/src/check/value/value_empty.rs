use super::written::WrittenValue;
use crate::code::code;
use crate::{Code, Findings, Operand, pattern};

code! {
    /// A value is the empty string, which every string contains.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "contains", values = [""] }] }]
    /// ```
    ///
    /// ```text
    /// error[value-empty]: every string contains the empty string; write at least one character
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "contains", values = ["@"] }] }]
    /// ```
    VALUE_EMPTY = Error "value-empty";
}

pub(super) fn check(written: &WrittenValue<'_>, findings: &mut Findings) {
    let message = match (written.text(Operand::Text), written.text(Operand::Pattern)) {
        (Some(""), _) => {
            "every string contains the empty string; write at least one character".to_owned()
        }
        (_, Some(text)) if pattern::is_everywhere(text) => format!(
            "`{text}` matches every string, even an empty one; write a pattern that requires some text"
        ),
        _ => return,
    };
    findings.add(Code::VALUE_EMPTY, written.place, message);
}
