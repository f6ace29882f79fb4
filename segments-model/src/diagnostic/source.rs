//! A file's text, with lines and columns.

use std::ops::Range;

/// A file for diagnostics: a path to show, and the text.
///
/// ```
/// use segments_model::diagnostic::{Location, Source};
///
/// let source = Source::new("segments.toml", "a = 1\n\tgröße = 2\n");
/// assert_eq!(source.location(15), Location { line: 2, column: 8 });
/// assert_eq!(source.line(2), "\tgröße = 2");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    path: String,
    text: String,
    /// Where each line starts.
    lines: Vec<usize>,
    withheld: bool,
}

/// A position as people and editors count: from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The line.
    pub line: usize,
    /// The column, counted in characters from 1. A tab is one character.
    pub column: usize,
}

impl Source {
    /// Creates a source from the path to show and the text. A byte-order mark is not part of the text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text: String = text.into();
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(starts.map(|(at, _)| at + 1));
        Self {
            path: path.into(),
            lines: lines.collect(),
            text,
            withheld: false,
        }
    }

    /// Withholds the text: diagnostics name places but quote nothing. The text may contain a secret, or
    /// may not be a segments file.
    #[must_use]
    pub fn withheld(mut self) -> Self {
        self.withheld = true;
        self
    }

    pub(super) fn is_withheld(&self) -> bool {
        self.withheld
    }

    /// Returns the path to show.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the text, without a byte-order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns line and column of a byte of the text. Offsets beyond the end count as the end.
    #[must_use]
    pub fn location(&self, offset: usize) -> Location {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines[line - 1];
        Location {
            line,
            column: self.text[start..offset].chars().count() + 1,
        }
    }

    /// Returns the text of a line, counted from 1, without its line break.
    #[must_use]
    pub fn line(&self, line: usize) -> &str {
        &self.text[self.line_span(line)]
    }

    pub(super) fn line_span(&self, line: usize) -> Range<usize> {
        let start = self.lines.get(line - 1).copied();
        let start = start.unwrap_or(self.text.len());
        let end = self.lines.get(line).map_or(self.text.len(), |end| end - 1);
        let text = &self.text[start..end];
        start..start + text.strip_suffix('\r').unwrap_or(text).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = Source::new("f", "\u{feff}ab\r\n\tñ日x\n");
        assert_eq!(source.text(), "ab\r\n\tñ日x\n");
        for (offset, line, column) in [
            (0, 1, 1),
            (2, 1, 3),
            (4, 2, 1),
            (5, 2, 2),
            (7, 2, 3),
            (10, 2, 4),
            (12, 3, 1),
            (99, 3, 1),
        ] {
            assert_eq!(
                source.location(offset),
                Location { line, column },
                "{offset}"
            );
        }
        assert_eq!(source.line(1), "ab");
        assert_eq!(source.line(3), "");
        assert_eq!(source.line(9), "");
    }

    #[test]
    fn an_empty_file_has_one_line() {
        assert_eq!(
            Source::new("f", "").location(0),
            Location { line: 1, column: 1 }
        );
    }
}
