use super::written::WrittenValue;
use crate::code::code;
use crate::{Code, Findings, Operand, version};

code! {
    /// A value is not a semantic version.
    ///
    /// ```toml,wrong
    /// [segments.outdated]
    /// rules = [{ clauses = [{ attribute = "version", op = "semVerGreaterThan", values = ["v2.0.0"], negate = true }] }]
    /// ```
    ///
    /// ```text
    /// error[version-invalid]: `v2.0.0` is not a semantic version; write `2.0.0`
    /// ```
    ///
    /// ```toml,right
    /// [segments.outdated]
    /// rules = [{ clauses = [{ attribute = "version", op = "semVerGreaterThan", values = ["2.0.0"], negate = true }] }]
    /// ```
    VERSION_INVALID = Error "version-invalid";
}

pub(super) fn check(written: &WrittenValue<'_>, findings: &mut Findings) {
    if let Some(text) = written.text(Operand::Version)
        && let Err(error) = version::parse(text)
    {
        findings.add(Code::VERSION_INVALID, written.place, error.to_string());
    }
}
