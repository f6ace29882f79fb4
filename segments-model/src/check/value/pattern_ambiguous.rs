use super::written::WrittenValue;
use crate::code::code;
use crate::pattern::{LINE_BREAKS, Standing};
use crate::{Code, Findings, Operator};

code! {
    /// SDKs differ about a regular expression on strings with non-ASCII characters.
    /// The [table](reference/patterns.md) has the reason for each construct.
    ///
    /// ```toml,wrong
    /// [segments.numbered]
    /// rules = [{ clauses = [{ attribute = "email", op = "matches", values = ['\d+@'] }] }]
    /// ```
    ///
    /// ```text
    /// warning[pattern-ambiguous]: `\d+@` has `\d`, which is any script's digit in Python, .NET and Rust, and an ASCII digit elsewhere; write `[0-9]+@`
    /// ```
    ///
    /// ```toml,right
    /// [segments.numbered]
    /// rules = [{ clauses = [{ attribute = "email", op = "matches", values = ['[0-9]+@'] }] }]
    /// ```
    PATTERN_AMBIGUOUS = Warning "pattern-ambiguous";

    /// SDKs differ about a regular expression on strings with line breaks.
    /// The [table](reference/patterns.md) has the reason for each construct. If no
    /// attribute has a line break, allow the warning.
    ///
    /// ```toml,wrong
    /// [segments.short]
    /// rules = [{ clauses = [{ attribute = "email", op = "matches", values = ['^[a-z]+$'] }] }]
    /// ```
    ///
    /// ```text
    /// warning[pattern-line-breaks]: `^[a-z]+$` has `^`, which Ruby finds at the start of every line, and `$`, which Python, Java, .NET, Ruby, Erlang and PHP find before a line break at the end as well, and Ruby at the end of every line; exclude strings with line breaks with a second clause: not `contains` one of "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"
    /// ```
    ///
    /// ```toml,right
    /// [segments.short]
    /// rules = [{ clauses = [
    ///   { attribute = "email", op = "matches", values = ['^[a-z]+$'] },
    ///   { attribute = "email", op = "contains", values = ["\n", "\r", "\u0085", "\u2028", "\u2029"], negate = true },
    /// ] }]
    /// ```
    PATTERN_LINE_BREAKS = Warning "pattern-line-breaks";
}

pub(super) fn check(written: &WrittenValue<'_>, findings: &mut Findings) {
    let Some(Ok(ambiguities)) = written.pattern() else {
        return;
    };
    for ambiguity in ambiguities {
        let code = match ambiguity.standing {
            Standing::LineBreaks if has_no_line_breaks(written) => continue,
            Standing::LineBreaks => Code::PATTERN_LINE_BREAKS,
            _ => Code::PATTERN_AMBIGUOUS,
        };
        findings.add(code, written.place, ambiguity.to_string());
    }
}

/// Returns whether another clause of the rule leaves out every text with a line break.
fn has_no_line_breaks(written: &WrittenValue<'_>) -> bool {
    let mut clauses = written.rule.clauses.iter();
    clauses.any(|clause| {
        let leaves_out = |text: &&str| {
            let mut values = clause.values.iter().flatten();
            values.any(|value| value.as_str() == Some(text))
        };
        clause.negate
            && clause.operator == Some(Operator::Contains)
            && clause.looks_at_same(written.clause)
            && LINE_BREAKS.iter().all(leaves_out)
    })
}
