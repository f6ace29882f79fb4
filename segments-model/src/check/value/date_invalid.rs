use super::written::{Compared, WrittenValue};
use crate::code::code;
use crate::{AttributeType, Code, Findings, Operand, date};

code! {
    /// A value is not a date.
    ///
    /// ```toml,wrong
    /// [segments.early]
    /// rules = [{ clauses = [{ attribute = "created", op = "before", values = ["2024-05-03"] }] }]
    /// ```
    ///
    /// ```text
    /// error[date-invalid]: `2024-05-03` is not an RFC 3339 date; write `2024-05-03T00:00:00Z`
    /// ```
    ///
    /// ```toml,right
    /// [segments.early]
    /// rules = [{ clauses = [{ attribute = "created", op = "before", values = ["2024-05-03T00:00:00Z"] }] }]
    /// ```
    DATE_INVALID = Error "date-invalid";
}

pub(super) fn check(written: &WrittenValue<'_>, findings: &mut Findings) {
    let is_date = matches!(
        written.compared,
        Compared::Operand(Operand::Date) | Compared::Attribute(AttributeType::Date)
    );
    let text = written.value.as_str().filter(|_| is_date);
    let error = text.and_then(|text| date::parse(text).err());
    let number = written.milliseconds();
    let error = error.or(number.and_then(|number| date::check_number(number).err()));
    if let Some(error) = error {
        findings.add(Code::DATE_INVALID, written.place, error.to_string());
    }
}
