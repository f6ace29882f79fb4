use super::written::WrittenValue;
use crate::code::code;
use crate::{Code, Findings, Operand, pattern};

code! {
    /// A regular expression is enclosed in slashes, which would have to match.
    ///
    /// ```toml,wrong
    /// [segments.ann]
    /// rules = [{ clauses = [{ attribute = "email", op = "matches", values = ['/[ab]nn/i'] }] }]
    /// ```
    ///
    /// ```text
    /// warning[pattern-delimited]: `/[ab]nn/i` also looks for the slashes; write `[aAbB][nN][nN]` without them
    /// ```
    ///
    /// ```toml,right
    /// [segments.ann]
    /// rules = [{ clauses = [{ attribute = "email", op = "matches", values = ['[aAbB][nN][nN]'] }] }]
    /// ```
    PATTERN_DELIMITED = Warning "pattern-delimited";
}

pub(super) fn check(written: &WrittenValue<'_>, findings: &mut Findings) {
    if let Some(text) = written.text(Operand::Pattern)
        && let Some(inside) = pattern::undelimited(text)
    {
        let message = format!("`{text}` also looks for the slashes; write `{inside}` without them");
        findings.add(Code::PATTERN_DELIMITED, written.place, message);
    }
}
