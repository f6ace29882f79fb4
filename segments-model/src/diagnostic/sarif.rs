//! Diagnostics for code review: the Static Analysis Results Interchange Format 2.1.0, an OASIS
//! standard that GitHub, GitLab and editors show as annotations.

use std::ops::Range;

use serde_json::{Value, json};

use super::{Diagnostic, Source};
use crate::{Code, Severity};

/// Creates one SARIF log of the diagnostics of any number of files.
///
/// ```
/// use segments_model::Code;
/// use segments_model::diagnostic::{Diagnostic, Source, sarif};
///
/// let source = Source::new("segments.toml", "op = \"equals\"\n");
/// let diagnostic = Diagnostic::new(Code::OPERATOR_UNKNOWN, 5..13, "`equals` is not an operator");
/// let log = sarif([(&source, [&diagnostic])]);
/// assert_eq!(log["version"], "2.1.0");
/// assert_eq!(log["runs"][0]["results"][0]["ruleId"], "operator-unknown");
/// ```
pub fn sarif<'a, D>(files: impl IntoIterator<Item = (&'a Source, D)>) -> Value
where
    D: IntoIterator<Item = &'a Diagnostic>,
{
    let mut results = Vec::new();
    for (source, diagnostics) in files {
        results.extend(diagnostics.into_iter().map(|found| result(found, source)));
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo-segments",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": Code::ALL.iter().copied().map(rule).collect::<Vec<_>>(),
            } },
            // The standard's default counts UTF-16 units.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.name(),
        "shortDescription": { "text": code.meaning() },
        "helpUri": page(code),
        "defaultConfiguration": { "level": level(code.severity()) },
    })
}

/// Returns the address of the page about a code, with examples.
#[must_use]
pub fn page(code: Code) -> String {
    let repository = env!("CARGO_PKG_REPOSITORY");
    format!("{repository}/blob/main/docs/diagnostics.md#{code}")
}

fn result(diagnostic: &Diagnostic, source: &Source) -> Value {
    let mut result = json!({
        "ruleId": diagnostic.code.name(),
        "ruleIndex": Code::ALL.iter().position(|code| *code == diagnostic.code),
        "level": level(diagnostic.severity()),
        "message": { "text": diagnostic.message },
        "locations": [location(source, &diagnostic.span)],
    });
    if !diagnostic.related.is_empty() {
        let related = diagnostic.related.iter().map(|related| {
            let mut location = location(source, &related.span);
            location["message"] = json!({ "text": related.message });
            location
        });
        result["relatedLocations"] = related.collect();
    }
    result
}

fn location(source: &Source, span: &Range<usize>) -> Value {
    let (start, end) = (source.location(span.start), source.location(span.end));
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(source.path()) },
        "region": {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        },
    } })
}

/// The path as a relative reference of RFC 3986: slashes between its parts, everything else that is
/// not unreserved in percent form.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            b'\\' => uri.push('/'),
            other => {
                uri.push('%');
                for digit in [other >> 4, other & 15] {
                    uri.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
                }
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references() {
        assert_eq!(uri(r"a b\ü.toml"), "a%20b/%C3%BC.toml");
    }

    #[test]
    fn rule_indexes_point_at_the_rule() {
        let source = Source::new("f", "x");
        let diagnostic = Diagnostic::new(Code::STYLE_KEY, 0..1, "m").with(0..1, "r");
        let log = sarif([(&source, [&diagnostic])]);
        let run = &log["runs"][0];
        let index = run["results"][0]["ruleIndex"].as_u64().unwrap();
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(rules[usize::try_from(index).unwrap()]["id"], "style-key");
        assert_eq!(
            run["results"][0]["relatedLocations"][0]["message"]["text"],
            "r"
        );
    }
}
