use super::written::WrittenValue;
use crate::code::code;
use crate::{Code, Findings, InvalidNumber, Number, Value};

code! {
    /// A number is infinite, not a number, or loses digits on its way to LaunchDarkly.
    ///
    /// ```toml,wrong
    /// [segments.all]
    /// rules = [{ clauses = [{ attribute = "age", op = "lessThan", values = [9007199254740993] }] }]
    /// ```
    ///
    /// ```text
    /// error[number-invalid]: 9007199254740993 is beyond 2^53, where LaunchDarkly's numbers lose digits; write it as a string and compare strings
    /// ```
    ///
    /// ```toml,right
    /// [segments.all]
    /// rules = [{ clauses = [{ attribute = "age", op = "lessThan", values = [9007199254740992] }] }]
    /// ```
    NUMBER_INVALID = Error "number-invalid";
}

pub(super) fn check(written: &WrittenValue<'_>, findings: &mut Findings) {
    if let Value::Number(number) = written.value
        && let Err(error) = exact(*number)
    {
        findings.add(Code::NUMBER_INVALID, written.place, error.to_string());
    }
}

/// Beyond 2^53 some SDKs hold whole numbers and others round them.
#[allow(
    clippy::cast_possible_truncation,
    clippy::float_cmp,
    reason = "whole, and looked at again before it is told"
)]
fn exact(number: Number) -> Result<(), InvalidNumber> {
    let whole = number.get().trunc();
    if number.as_integer().is_none() && number.get() == whole {
        let told = whole as i128;
        return Err(if told < i128::MAX && told > i128::MIN {
            InvalidNumber::Inexact(told)
        } else {
            InvalidNumber::Huge(whole)
        });
    }
    Ok(())
}
