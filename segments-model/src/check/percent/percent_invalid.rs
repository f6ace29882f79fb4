use crate::code::code;
use crate::{Code, Draft, Findings, Place, Weight};

code! {
    /// A percentage is out of range or has more than three decimal places.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ percent = 33.3333, clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// error[percent-invalid]: 33.3333 % is finer than the service counts; write at most three decimal places
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ percent = 33.333, clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
    /// ```
    PERCENT_INVALID = Error "percent-invalid";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        if let Some(Err(error)) = rule.percent.map(Weight::from_percent) {
            let place = Place::Percent(index);
            findings.add(Code::PERCENT_INVALID, place, error.to_string());
        }
    }
}
