use super::written::WrittenText;
use crate::code::code;
use crate::{Code, Findings, Value};

code! {
    /// A string looks like several values.
    ///
    /// ```toml,wrong
    /// [segments.two]
    /// rules = [{ clauses = [{ attribute = "email", op = "in", values = ["ann@company.com, bob@company.com"] }] }]
    /// ```
    ///
    /// ```text
    /// warning[text-list]: "ann@company.com, bob@company.com" is one value; write `"ann@company.com", "bob@company.com"`
    /// ```
    ///
    /// ```toml,right
    /// [segments.two]
    /// rules = [{ clauses = [{ attribute = "email", op = "in", values = ["ann@company.com", "bob@company.com"] }] }]
    /// ```
    TEXT_LIST = Warning "text-list";
}

pub(super) fn check(written: &WrittenText<'_>, findings: &mut Findings) {
    if let Some(message) = list(written.text) {
        findings.add(Code::TEXT_LIST, written.place, message);
    }
}

/// Several values in one text.
fn list(text: &str) -> Option<String> {
    let separator = [',', ';', '|'].into_iter().find(|c| text.contains(*c))?;
    let parts: Vec<&str> = text.split(separator).collect();
    let words = parts.iter().all(|part| {
        let part = part.trim();
        !part.is_empty() && !part.contains(char::is_whitespace)
    });
    // `Berlin, Germany` is one value; `a@x.com, b@x.com` and `free,pro` are not.
    let addresses = parts.iter().all(|part| part.contains('@'));
    let tight = parts.iter().all(|part| part.trim() == *part)
        && parts.iter().all(|part| part.contains(char::is_alphabetic));
    if !words || !(addresses || tight) {
        return None;
    }
    let values: Vec<String> = parts
        .iter()
        .map(|part| Value::from(part.trim().to_owned()).to_string())
        .collect();
    Some(format!(
        "{} is one value; write `{}`",
        Value::from(text.to_owned()),
        values.join(", ")
    ))
}
