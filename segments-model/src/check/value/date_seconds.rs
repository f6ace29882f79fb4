use super::written::WrittenValue;
use crate::code::code;
use crate::{Code, Findings, date};

code! {
    /// A number of milliseconds looks like seconds.
    ///
    /// ```toml,wrong
    /// [segments.early]
    /// rules = [{ clauses = [{ attribute = "created", op = "before", values = [1714694400] }] }]
    /// ```
    ///
    /// ```text
    /// warning[date-seconds]: 1714694400 looks like seconds, but LaunchDarkly counts milliseconds; write `1714694400000`
    /// ```
    ///
    /// ```toml,right
    /// [segments.early]
    /// rules = [{ clauses = [{ attribute = "created", op = "before", values = [1714694400000] }] }]
    /// ```
    DATE_SECONDS = Warning "date-seconds";
}

pub(super) fn check(written: &WrittenValue<'_>, findings: &mut Findings) {
    if let Some(number) = written.milliseconds()
        && date::looks_like_seconds(number)
    {
        let message = format!(
            "{} looks like seconds, but LaunchDarkly counts milliseconds; write `{}`",
            written.value,
            number * 1000.0
        );
        findings.add(Code::DATE_SECONDS, written.place, message);
    }
}
