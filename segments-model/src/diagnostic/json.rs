//! Diagnostics for programs.

use std::ops::Range;

use serde::Serialize;

use super::{Diagnostic, Source};
use crate::{Code, Severity};

#[derive(Serialize)]
struct Record<'a> {
    code: Code,
    severity: Severity,
    message: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Note<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestion: Vec<Change<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    replacement: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
}

#[derive(Serialize)]
struct Note<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// Converts a diagnostic to one JSON object: `code`, `severity`, `message`, `file`, `line`, `column`,
/// `end_line`, `end_column`, and, if there are any, `related` places and the changes of a `suggestion`,
/// each with its `replacement`. Lines and columns count from 1, columns in characters; the end is the
/// first position after the value.
///
/// ```
/// use segments_model::Code;
/// use segments_model::diagnostic::{Diagnostic, Source, json};
///
/// let source = Source::new("segments.toml", "op = \"equals\"\n");
/// let diagnostic = Diagnostic::new(Code::OPERATOR_UNKNOWN, 5..13, "`equals` is not an operator");
/// let object = json(&diagnostic, &source);
/// assert_eq!(object["code"], "operator-unknown");
/// assert_eq!([&object["line"], &object["column"], &object["end_column"]], [1, 6, 14]);
/// ```
#[must_use]
pub fn json(diagnostic: &Diagnostic, source: &Source) -> serde_json::Value {
    let record = Record {
        code: diagnostic.code,
        severity: diagnostic.severity(),
        message: &diagnostic.message,
        place: place(source, &diagnostic.span),
        related: diagnostic
            .related
            .iter()
            .map(|related| Note {
                message: &related.message,
                place: place(source, &related.span),
            })
            .collect(),
        suggestion: diagnostic
            .suggestion
            .iter()
            .flat_map(|suggestion| &suggestion.edits)
            .map(|edit| Change {
                replacement: &edit.replacement,
                place: place(source, &edit.span),
            })
            .collect(),
    };
    serde_json::to_value(record).expect("texts and numbers have a JSON form")
}

fn place<'a>(source: &'a Source, span: &Range<usize>) -> Place<'a> {
    let (start, end) = (source.location(span.start), source.location(span.end));
    Place {
        file: source.path(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}
