//! Quotes that are missing, wrongly escaped, or curly.

use super::kind::Kind;
use super::scanner::Scanner;
use crate::diagnostic::Edit;

impl<'t> Scanner<'t> {
    pub(super) fn string(&mut self, quote: char) {
        let (start, rest) = (self.at, self.rest());
        self.comma(start);
        let triple = if quote == '"' { "\"\"\"" } else { "'''" };
        if rest.starts_with(triple) {
            let end = rest[3..].find(triple).map_or(rest.len(), |end| end + 6);
            self.at += end;
            self.took(start..self.at);
            return;
        }
        let line = self.line();
        let end = end_of_string(line, quote);
        let inside = &line[1..end.unwrap_or(line.len())];
        let behind = end.and_then(|end| line[end + 1..].chars().next());
        // A word right behind: this quote was to open the next text, and the one before was never closed.
        let swallowed = behind
            .is_some_and(|next| next.is_alphanumeric() || next == '@' || next == '^')
            && inside.contains(',')
            && inside.trim_end().ends_with(['=', '[', ',', ':']);
        match end {
            Some(end) if !swallowed => {
                self.escapes(start, inside, quote);
                self.at += end + 1;
                self.took(start..self.at);
            }
            _ => self.unclosed(start, inside, quote),
        }
    }

    /// Closes a text where the next mark of punctuation is, inside of brackets, or at the end of the line.
    fn unclosed(&mut self, start: usize, inside: &'t str, quote: char) {
        let marks = inside.find([',', ']', '}']);
        let cut = match marks {
            Some(cut) if !self.open.is_empty() || inside.contains(" = ") => cut,
            _ => inside.find(" #").unwrap_or(inside.len()),
        };
        let text = inside[..cut].trim_end();
        let end = start + 1 + text.len();
        let half_typed = cut == inside.len() && !self.open.is_empty();
        if text.is_empty() || half_typed {
            // Somebody is typing, and what it will be is not known.
            self.at = end;
            self.took(start..end);
            return;
        }
        let message = format!("this `{quote}` is never closed; write `{quote}{text}{quote}`");
        let edit = Edit::new(end..end, quote.to_string());
        self.add(Kind::Unclosed, start..start + 1, message, vec![edit]);
        self.at = end;
        self.took(start..end);
    }

    /// `"^\d+$"`: a text with backslashes stands in single quotes.
    fn escapes(&mut self, start: usize, inside: &'t str, quote: char) {
        if quote != '"' {
            return;
        }
        let mut letters = inside.char_indices();
        let mut wrong = None;
        while let Some((at, letter)) = letters.next() {
            if letter == '\\' {
                let escaped = letters.next().map(|(_, escaped)| escaped);
                let known = |escaped| "btnfre\"\\uUx".contains(escaped);
                if !escaped.is_some_and(known) {
                    wrong.get_or_insert((at, escaped));
                }
            }
        }
        let Some((at, escaped)) = wrong else { return };
        let span = start..start + inside.len() + 2;
        // What every SDK reads alike, where it does not stand in a class of its own.
        let portable = |inside: &str| {
            let text = inside.replace("\\d", "[0-9]");
            text.replace("\\w", "[A-Za-z0-9_]")
        };
        let portable = if inside.contains('[') {
            inside.to_owned()
        } else {
            portable(inside)
        };
        let inside = &portable[..];
        let replacement = if inside.contains('\'') {
            format!("\"{}\"", inside.replace('\\', "\\\\"))
        } else {
            format!("'{inside}'")
        };
        let escaped = escaped.map(String::from).unwrap_or_default();
        let message =
            format!("`\\{escaped}` is not an escape in double quotes; write `{replacement}`");
        let place = start + 1 + at..start + 2 + at + escaped.len();
        self.add(
            Kind::Escape,
            place,
            message,
            vec![Edit::new(span, replacement)],
        );
    }

    pub(super) fn foreign_quotes(&mut self, open: &str, close: &[&str]) {
        let (start, line) = (self.at, self.line());
        self.comma(start);
        let inside = &line[open.len()..];
        let ends = close
            .iter()
            .filter_map(|close| Some((inside.find(close)?, close.len())));
        let (end, length) = ends.min().unwrap_or((inside.trim_end().len(), 0));
        let text = &inside[..end];
        let quote = if text.contains('\\') || text.contains('"') {
            "'"
        } else {
            "\""
        };
        let behind = start + open.len() + end;
        let edits = vec![
            Edit::new(start..start + open.len(), quote),
            Edit::new(behind..behind + length, quote),
        ];
        let message = format!("`{open}` is not a quote in TOML; write `{quote}{text}{quote}`");
        self.add(Kind::Quotes, start..start + open.len(), message, edits);
        self.at = behind + length;
        self.took(start..self.at);
    }
}

/// Where a string ends that begins with its quote.
pub(super) fn end_of_string(line: &str, quote: char) -> Option<usize> {
    let mut letters = line.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == quote {
            return Some(at);
        }
        if letter == '\\' && quote == '"' {
            letters.next();
        }
    }
    None
}
