use crate::code::code;
use crate::draft::Form;
use crate::{Code, Draft, Findings, Place};

code! {
    /// A rule has more than ten clauses.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// rules = [{ clauses = [
    ///   { attribute = "email", op = "in", values = ["{1..11}@company.com"], negate = true },
    /// ] }]
    /// ```
    ///
    /// ```text
    /// warning[style-clauses]: a rule of 11 clauses is hard to read; move some to another segment, and write `op = "segmentMatch"` in their place
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// rules = [{ clauses = [{ attribute = "email", op = "in", negate = true, values = [
    ///   "{1..11}@company.com",
    /// ] }] }]
    /// ```
    STYLE_CLAUSES = Warning "style-clauses";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        if rule.clauses.len() > 10 {
            let reference = match draft.form {
                Form::File => "op = \"segmentMatch\"",
                Form::Rust => "member_of!(...)",
            };
            let message = format!(
                "a rule of {} clauses is hard to read; move some to another segment, and write `{reference}` in their place",
                rule.clauses.len()
            );
            findings.add(Code::STYLE_CLAUSES, Place::Rule(index), message);
        }
    }
}
