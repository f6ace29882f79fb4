//! Positions as editors count them: lines from 0, and columns in units of an encoding.

use std::ops::Range;

use gen_lsp_types as lsp;

/// The unit of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    Utf8,
    /// The encoding that every editor supports.
    #[default]
    Utf16,
}

impl Encoding {
    fn len(self, text: &str) -> usize {
        match self {
            Encoding::Utf8 => text.len(),
            Encoding::Utf16 => text.encode_utf16().count(),
        }
    }
}

/// Where each line of a text begins.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    starts: Vec<usize>,
    /// The number of columns before the text in the first line: a byte order mark, which is not part of
    /// it.
    before: usize,
}

impl Lines {
    pub(super) fn new(text: &str, has_mark: bool, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            // A lone carriage return ends a line, too.
            if *byte == b'\n' || *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n') {
                starts.push(at + 1);
            }
        }
        let before = if has_mark {
            encoding.len("\u{feff}")
        } else {
            0
        };
        Self { starts, before }
    }

    /// The line of a byte, and the text of the line before it.
    fn before<'t>(&self, text: &'t str, offset: usize) -> (usize, &'t str) {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        (line, &text[self.starts[line]..offset])
    }

    pub(super) fn position(&self, text: &str, offset: usize, encoding: Encoding) -> lsp::Position {
        let (line, before) = self.before(text, offset);
        let mark = if line == 0 { self.before } else { 0 };
        lsp::Position {
            line: number(line),
            character: number(encoding.len(before) + mark),
        }
    }

    pub(super) fn range(&self, text: &str, span: &Range<usize>, encoding: Encoding) -> lsp::Range {
        lsp::Range {
            start: self.position(text, span.start, encoding),
            end: self.position(text, span.end, encoding),
        }
    }

    /// The byte of a position. What is beyond the end of a line counts as its end.
    pub(super) fn offset(&self, text: &str, position: lsp::Position, encoding: Encoding) -> usize {
        let line = position.line as usize;
        let Some(start) = self.starts.get(line).copied() else {
            return text.len();
        };
        let end = self.starts.get(line + 1).copied().unwrap_or(text.len());
        let line_text = text[start..end].trim_end_matches(['\r', '\n']);
        let mark = if line == 0 { self.before } else { 0 };
        let wanted = (position.character as usize).saturating_sub(mark);
        let mut counted = 0;
        for (at, found) in line_text.char_indices() {
            let width = match encoding {
                Encoding::Utf8 => found.len_utf8(),
                Encoding::Utf16 => found.len_utf16(),
            };
            // Inside of a character is before it.
            if counted + width > wanted {
                return start + at;
            }
            counted += width;
        }
        start + line_text.len()
    }

    pub(super) fn line(&self, text: &str, offset: usize) -> usize {
        self.before(text, offset).0
    }
}

/// A number that no file reaches becomes the largest that the protocol allows.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_units() {
        let text = "a😀e\u{301}\r\nñ\rx\n";
        for (offset, line, utf16, utf8) in [
            (0, 0, 0, 0),
            (1, 0, 1, 1),
            (5, 0, 3, 5),
            (6, 0, 4, 6),
            (8, 0, 5, 8),
            (10, 1, 0, 0),
            (12, 1, 1, 2),
            (13, 2, 0, 0),
            (15, 3, 0, 0),
        ] {
            for (encoding, character) in [(Encoding::Utf16, utf16), (Encoding::Utf8, utf8)] {
                let lines = Lines::new(text, false, encoding);
                let position = lsp::Position { line, character };
                assert_eq!(lines.position(text, offset, encoding), position, "{offset}");
                assert_eq!(
                    lines.offset(text, position, encoding),
                    offset,
                    "{position:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_beyond_the_end_is_the_end() {
        let text = "a😀\r\nb";
        let lines = Lines::new(text, false, Encoding::Utf16);
        let offset = |line, character| {
            lines.offset(text, lsp::Position { line, character }, Encoding::Utf16)
        };
        assert_eq!((offset(0, 99), offset(1, 99), offset(9, 0)), (5, 8, 8));
        // Half of a surrogate pair.
        assert_eq!(offset(0, 2), 1);
    }

    #[test]
    fn a_mark_of_byte_order_is_a_column_of_the_editor() {
        let lines = Lines::new("ab\nc", true, Encoding::Utf16);
        let at = |offset| lines.position("ab\nc", offset, Encoding::Utf16);
        assert_eq!(
            (at(0).character, at(1).character, at(3).character),
            (1, 2, 0)
        );
        let start = lsp::Position {
            line: 0,
            character: 0,
        };
        assert_eq!(lines.offset("ab\nc", start, Encoding::Utf16), 0);
    }
}
