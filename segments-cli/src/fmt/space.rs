//! The text between the values of a TOML file: line breaks and comments.

use toml_edit::RawString;

/// The text of a place between values. One that was never written is empty.
pub(super) fn text(raw: Option<&RawString>) -> String {
    raw.and_then(RawString::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// The lines above something, with no space around them: comments as they are, at most one empty
/// line in a row, and none at the start unless `gap`.
pub(super) fn above(raw: &str, gap: bool) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in raw.lines().map(str::trim) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    let mut text = String::new();
    if gap {
        text.push('\n');
    }
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// A comment at the end of a line, with one space before it.
pub(super) fn behind(raw: &str) -> String {
    match raw.trim() {
        "" => String::new(),
        comment => format!(" {comment}"),
    }
}

/// Returns whether a line of it is empty: somebody wanted a gap there.
pub(super) fn has_gap(raw: &str) -> bool {
    // What stands before the first line break belongs to the line before, and what stands behind
    // the last one to the line after.
    let lines: Vec<&str> = raw.split('\n').collect();
    let inner = lines.get(..lines.len() - 1).unwrap_or_default();
    inner.iter().any(|line| line.trim().is_empty())
}
