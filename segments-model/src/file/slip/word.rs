//! Words without quotes: a key, a number, a boolean, or something that was to be a string.

use super::Kind;
use super::scanner::{Before, Scanner};
use crate::diagnostic::Edit;
use crate::file::reader::Span;

impl Scanner<'_> {
    /// A key, a number, a date, `true` or `false`; or something that was to be a text.
    pub(super) fn word(&mut self) {
        let (start, line) = (self.at, self.line());
        let bytes = line.as_bytes();
        let end = line.char_indices().find(|(at, letter)| {
            // The colons of a time.
            let time = *letter == ':'
                && *at > 0
                && bytes[at - 1].is_ascii_digit()
                && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            let ends = letter.is_whitespace() || ",[]{}=\"'#:;()“”‘’«»`".contains(*letter);
            ends && !time
        });
        let end = end.map_or(line.len(), |(at, _)| at);
        if end == 0 {
            // Nothing that is known.
            self.at += line.chars().next().map_or(1, char::len_utf8);
            return;
        }
        let word = &line[..end];
        if self.before == Before::Value && !self.open.is_empty() {
            self.comma(start);
        }
        self.at += end;
        if !self.wants_value() {
            self.took(start..self.at);
            return;
        }
        let span = start..self.at;
        // The quote that opens is missing.
        if let Some(quote) = self
            .rest()
            .chars()
            .next()
            .filter(|next| matches!(next, '"' | '\''))
            && !is_literal(word)
        {
            let message =
                format!("a `{quote}` is missing in front of this; write `{quote}{word}{quote}`");
            self.at += 1;
            self.add(
                Kind::Unclosed,
                span.clone(),
                message,
                vec![Edit::new(start..start, quote.to_string())],
            );
        } else if !is_literal(word) {
            self.not_a_literal(word, span.clone());
        }
        self.before = Before::Value;
    }

    fn not_a_literal(&mut self, word: &str, span: Span) {
        let (message, kind, replacement) = match &word.to_lowercase()[..] {
            "null" | "nil" | "none" | "undefined" | "nan" => (
                format!(
                    "TOML has no `{word}`; leave `{}` out",
                    &self.text[self.key.clone()]
                ),
                Kind::Word,
                None,
            ),
            "true" | "yes" | "on" => (String::new(), Kind::Word, Some("true".to_owned())),
            "false" | "no" | "off" => (String::new(), Kind::Word, Some("false".to_owned())),
            lower => {
                let number = lower.strip_suffix('%').unwrap_or(lower);
                let number = number
                    .strip_prefix('.')
                    .map_or(number.to_owned(), |digits| format!("0.{digits}"));
                let number = number.strip_suffix('.').unwrap_or(&number).to_owned();
                match number.parse::<f64>() {
                    Ok(_)
                        if lower.starts_with(|c: char| c.is_ascii_digit() || ".-+".contains(c)) =>
                    {
                        let number = number.trim_start_matches('0');
                        let number = if number.is_empty() || number.starts_with('.') {
                            format!("0{number}")
                        } else {
                            number.to_owned()
                        };
                        (String::new(), Kind::Number, Some(number))
                    }
                    _ => (String::new(), Kind::Word, Some(quoted(word))),
                }
            }
        };
        let (message, edits) = match replacement {
            // With the comma behind it, or the one in front.
            None => {
                let pair = self.key.start..span.end;
                let behind = self.text[pair.end..].trim_start_matches([' ', '\t']);
                let comma = behind.starts_with(',');
                let end = if comma {
                    self.text.len() - behind.len() + 1
                } else {
                    pair.end
                };
                let front = self.text[..pair.start].trim_end();
                let start = if !comma && front.ends_with(',') {
                    front.len() - 1
                } else {
                    pair.start
                };
                (message, vec![Edit::new(start..end, "")])
            }
            Some(replacement) => {
                let what = if kind == Kind::Number {
                    format!("`{word}` is no number in TOML")
                } else if replacement.starts_with(['"', '\'']) {
                    "strings have quotes".to_owned()
                } else {
                    format!("`{word}` is no boolean in TOML")
                };
                (
                    format!("{what}; write `{replacement}`"),
                    vec![Edit::new(span.clone(), replacement)],
                )
            }
        };
        self.add(kind, span, message, edits);
    }
}

/// A word as a text of TOML.
fn quoted(word: &str) -> String {
    if word.contains('\\') {
        format!("'{word}'")
    } else {
        format!("\"{word}\"")
    }
}

/// Returns whether TOML reads a word as a number, a date or a boolean, or will say itself what is wrong with it.
fn is_literal(word: &str) -> bool {
    if matches!(
        word,
        "true" | "false" | "inf" | "nan" | "+inf" | "-inf" | "+nan" | "-nan"
    ) {
        return true;
    }
    let digits = word.trim_start_matches(['+', '-']);
    let plain = digits.replace('_', "");
    let date =
        plain.len() >= 10 && plain.as_bytes()[4] == b'-' && plain.as_bytes()[0].is_ascii_digit();
    let based = ["0x", "0o", "0b"]
        .iter()
        .any(|base| digits.starts_with(base));
    let leading_zero =
        plain.len() > 1 && plain.starts_with('0') && plain.as_bytes()[1].is_ascii_digit();
    let number = plain.parse::<f64>().is_ok()
        && plain.starts_with(|c: char| c.is_ascii_digit())
        && !plain.ends_with('.')
        && !leading_zero;
    number || date || based
}
