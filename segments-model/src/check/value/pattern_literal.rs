use super::written::WrittenValue;
use crate::code::code;
use crate::pattern::{self, Literal};
use crate::{Code, Findings, Operand, Operator, Value};

code! {
    /// A regular expression has no special characters.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "matches", values = ['@company\.com$'] }] }]
    /// ```
    ///
    /// ```text
    /// warning[pattern-literal]: `@company\.com$` has no special characters; write `op = "endsWith", values = ["@company.com"]`, which is equivalent and faster
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    PATTERN_LITERAL = Warning "pattern-literal";
}

pub(super) fn check(written: &WrittenValue<'_>, findings: &mut Findings) {
    if let Some(text) = written.text(Operand::Pattern)
        && let Some(literal) = pattern::literal(text)
    {
        let (operator, literal) = match literal {
            Literal::Contains(text) => (Operator::Contains, text),
            Literal::StartsWith(text) => (Operator::StartsWith, text),
            Literal::EndsWith(text) => (Operator::EndsWith, text),
            Literal::Is(text) => (Operator::In, text),
        };
        let instead = written.form.comparison(operator, &Value::from(literal));
        let message = format!(
            "`{text}` has no special characters; write {instead}, which is equivalent and faster"
        );
        findings.add(Code::PATTERN_LITERAL, written.place, message);
    }
}
