use super::written::WrittenText;
use crate::code::code;
use crate::draft::Form;
use crate::{AttributeType, Code, Findings, Operator, Value};

code! {
    /// A string has a `*` or `%` that is not a wildcard here.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "in", values = ["*@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// warning[text-wildcard]: `*` stands for itself here; write `op = "endsWith", values = ["@company.com"]`
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    TEXT_WILDCARD = Warning "text-wildcard";
}

pub(super) fn check(written: &WrittenText<'_>, findings: &mut Findings) {
    // Of a version, its own message says how a range is written.
    if is_range(written.attribute_type, written.text) {
        return;
    }
    if let Some(message) = wildcard(written.form, written.operator, written.text) {
        findings.add(Code::TEXT_WILDCARD, written.place, message);
    }
}

/// Returns whether a text such as `2.*` may stand for versions: what the attribute is, rustc knows.
fn is_range(attribute_type: Option<AttributeType>, text: &str) -> bool {
    let numbers = text.strip_suffix(".*").unwrap_or_default();
    let digits = |number: &str| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    attribute_type.is_none() && numbers.split('.').all(digits)
}

/// `*` and `%` at an end, as other languages write that anything may stand there.
fn wildcard(form: Form, operator: Operator, text: &str) -> Option<String> {
    if operator == Operator::In && text == "*" {
        return Some(
            "\"*\" only equals itself; write `everyone` for a rule that matches everyone"
                .to_owned(),
        );
    }
    let front = text.strip_prefix(['*', '%']);
    let back = front.unwrap_or(text).strip_suffix(['*', '%']);
    // 100% is a text that people write.
    let back =
        back.filter(|rest| !(text.ends_with('%') && rest.ends_with(|c: char| c.is_ascii_digit())));
    let rest = back.or(front).filter(|rest| !rest.is_empty())?;
    let meant = match (operator, front, back) {
        (Operator::In, Some(_), Some(_)) => Operator::Contains,
        (Operator::In, Some(_), None) => Operator::EndsWith,
        (Operator::In, None, _) => Operator::StartsWith,
        (operator, ..) => operator,
    };
    let mark = if text.contains('*') { '*' } else { '%' };
    let rest = Value::from(rest.to_owned());
    let instead = if meant == operator {
        format!("`{rest}`")
    } else {
        form.comparison(meant, &rest)
    };
    Some(format!("`{mark}` stands for itself here; write {instead}"))
}
