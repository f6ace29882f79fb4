use super::written::WrittenValue;
use crate::code::code;
use crate::{Code, Findings, Operator, Value};

code! {
    /// A regular expression is not one that every SDK reads in the same way.
    /// The [table](reference/patterns.md) has each construct.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "matches", values = ['^(?!test).+@company\.com$'] }] }]
    /// ```
    ///
    /// ```text
    /// error[pattern-invalid]: `^(?!test).+@company\.com$` has look-around, `(?!`, which Go and Rust do not support; write two clauses, one of them negated
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [
    ///   { attribute = "email", op = "startsWith", values = ["test"], negate = true },
    ///   { attribute = "email", op = "endsWith", values = ["@company.com"] },
    /// ] }]
    /// ```
    PATTERN_INVALID = Error "pattern-invalid";
}

pub(super) fn check(written: &WrittenValue<'_>, findings: &mut Findings) {
    let (Some(text), Some(Err(error))) = (written.value.as_str(), written.pattern()) else {
        return;
    };
    let message = match wildcards(text) {
        Some((operator, literal)) => {
            let literal = Value::from(literal.to_owned());
            let instead = written.form.comparison(operator, &literal);
            format!(
                "`{text}` is not a regular expression, in which `*` repeats what stands before it; write {instead}"
            )
        }
        None => error.to_string(),
    };
    findings.add(Code::PATTERN_INVALID, written.place, message);
}

/// What a text means whose `*` stands for anything, as in the names of files.
fn wildcards(text: &str) -> Option<(Operator, &str)> {
    let rest = text.strip_prefix('*')?;
    let (operator, rest) = match rest.strip_suffix('*') {
        Some(inside) => (Operator::Contains, inside),
        None => (Operator::EndsWith, rest),
    };
    let is_plain = |c: char| !r"\^$|?+*()[]{}".contains(c);
    (!rest.is_empty() && rest.chars().all(is_plain)).then_some((operator, rest))
}
