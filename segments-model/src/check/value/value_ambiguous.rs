use super::written::WrittenValue;
use crate::code::code;
use crate::{Code, Findings, Operand, Operator, date, version};

code! {
    /// SDKs differ about a version or a date.
    /// Ruby's SDK splits a pre-release at hyphens, Go's stores nanoseconds and overflows after the year
    /// 2262, and PHP's does not read the first moment of 1970 as a date.
    ///
    /// ```toml,wrong
    /// [segments.old-app]
    /// rules = [{ clauses = [{ attribute = "version", op = "semVerLessThan", values = ["2.0.0-rc-1"] }] }]
    /// ```
    ///
    /// ```text
    /// warning[value-ambiguous]: `2.0.0-rc-1` is ordered differently in Ruby, which splits a pre-release at hyphens, too; write a pre-release without hyphens, as in `1.0.0-rc.1`
    /// ```
    ///
    /// ```toml,right
    /// [segments.old-app]
    /// rules = [{ clauses = [{ attribute = "version", op = "semVerLessThan", values = ["2.0.0-rc.1"] }] }]
    /// ```
    VALUE_AMBIGUOUS = Warning "value-ambiguous";
}

pub(super) fn check(written: &WrittenValue<'_>, findings: &mut Findings) {
    let ambiguity = if let Some(text) = written.text(Operand::Date) {
        date::ambiguity_of_text(text).map(|it| it.to_string())
    } else if let Some(text) = written.text(Operand::Version) {
        version::ambiguity(text).map(|it| it.to_string())
    } else if let Some(number) = written.milliseconds()
        && written.clause.operator != Some(Operator::In)
    {
        date::ambiguity_of_number(number).map(|it| it.to_string())
    } else {
        None
    };
    if let Some(ambiguity) = ambiguity {
        findings.add(Code::VALUE_AMBIGUOUS, written.place, ambiguity);
    }
}
