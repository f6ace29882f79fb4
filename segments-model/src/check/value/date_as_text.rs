use super::written::{Compared, WrittenValue};
use crate::code::code;
use crate::{AttributeType, Code, Findings, Value, date};

code! {
    /// A date is compared as a string.
    ///
    /// ```toml,wrong
    /// [segments.launch]
    /// rules = [{ clauses = [{ attribute = "created", op = "in", values = ["2024-05-03T00:00:00Z"] }] }]
    /// ```
    ///
    /// ```text
    /// warning[date-as-text]: `in` compares "2024-05-03T00:00:00Z" as a string, which never equals a date in milliseconds; write `1714694400000` if contexts have milliseconds
    /// ```
    ///
    /// ```toml,right
    /// [segments.launch]
    /// rules = [{ clauses = [{ attribute = "created", op = "in", values = [1714694400000] }] }]
    /// ```
    DATE_AS_TEXT = Warning "date-as-text";
}

pub(super) fn check(written: &WrittenValue<'_>, findings: &mut Findings) {
    if written.compared == Compared::Attribute(AttributeType::Date)
        && let Value::String(text) = written.value
        && let Ok(milliseconds) = date::parse(text)
    {
        let message = format!(
            "`in` compares {} as a string, which never equals a date in milliseconds; write `{milliseconds}` if contexts have milliseconds",
            written.value
        );
        findings.add(Code::DATE_AS_TEXT, written.place, message);
    }
}
