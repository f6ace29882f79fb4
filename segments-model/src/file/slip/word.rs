//! Words without quotes: a key, a number, a boolean, or an unquoted string.

use super::kind::Kind;
use super::scanner::{Before, Scanner};
use crate::diagnostic::Edit;
use crate::file::span::Span;

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
        if self.key_in_array(start, end) {
            return;
        }
        if self.before == Before::Value && !self.open.is_empty() {
            self.comma(start);
        }
        self.at += end;
        if !self.wants_value() {
            self.took(start..self.at);
            return;
        }
        // `vec!["a"]`: the brackets alone are the list.
        if word == "vec!" && self.rest().starts_with('[') {
            let span = start..self.at;
            let message = "a list is written without `vec!`; remove `vec!`".to_owned();
            self.add(
                Kind::Value,
                span.clone(),
                message,
                vec![Edit::new(span, "")],
            );
            return;
        }
        if self.foreign_value(start, word) {
            return;
        }
        let span = start
            ..self
                .words(start, word)
                .filter(|_| !is_literal(word))
                .unwrap_or(self.at);
        let word = &self.text[span.clone()];
        self.at = span.end;
        // The quote that opens is missing.
        if let Some(quote) = self
            .rest()
            .chars()
            .next()
            .filter(|next| matches!(next, '"' | '\''))
            && !is_literal(word)
        {
            let message =
                format!("a `{quote}` is missing before this; write `{quote}{word}{quote}`");
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

    /// What other languages write where a value belongs.
    fn foreign_value(&mut self, start: usize, word: &str) -> bool {
        let is_spread = word.len() > 3 && word.starts_with("...");
        if is_spread || matches!(word, "..." | "…" | "TODO" | "FIXME" | "TBD" | "XXX") {
            self.placeholder(start..self.at);
            self.before = Before::Value;
            return true;
        }
        let taken = self.escaped_quotes(start)
            || self.prefixed(start, word)
            || self.called(start, word)
            || self.folded(start, word)
            || self.here_document(start, word)
            || self.thousands(start, word);
        if taken {
            self.before = Before::Value;
        }
        taken
    }

    /// `10,000`: a number as people write it.
    fn thousands(&mut self, start: usize, word: &str) -> bool {
        let before = self.text[..start].strip_suffix(',').unwrap_or_default();
        let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let group =
            word.len() == 3 && word.starts_with('0') && word.chars().all(|c| c.is_ascii_digit());
        if !group || digits == 0 || digits > 3 {
            return false;
        }
        let number = format!("{}{word}", &before[before.len() - digits..]);
        let span = start - 1 - digits..self.at;
        let message = format!("a number has no commas; write `{number}`");
        self.add(
            Kind::Number,
            span,
            message,
            vec![Edit::new(start - 1..start, "")],
        );
        true
    }

    fn not_a_literal(&mut self, word: &str, span: Span) {
        let in_array = self.open.last() == Some(&b'[');
        let (message, kind, replacement) = match &word.to_lowercase()[..] {
            "null" | "nil" | "none" | "undefined" | "nan" => {
                let instead = if in_array {
                    ", and an attribute that is absent equals nothing; remove it".to_owned()
                } else {
                    format!("; leave `{}` out", &self.text[self.key.clone()])
                };
                let message = format!("TOML has no `{word}`{instead}");
                (message, Kind::Word, None)
            }
            "true" | "yes" | "on" => (String::new(), Kind::Word, Some("true".to_owned())),
            "false" | "no" | "off" => (String::new(), Kind::Word, Some("false".to_owned())),
            // A pattern between slashes.
            _ if word.len() > 2 && word.starts_with('/') && word.ends_with('/') => (
                String::new(),
                Kind::Word,
                Some(quoted(&word[1..word.len() - 1])),
            ),
            _ if word.starts_with('<') && word.ends_with('>') => {
                self.placeholder(span);
                return;
            }
            lower => {
                let lower = lower.replace(['–', '−', '—'], "-");
                let lower = &lower[..];
                let number = lower.strip_suffix('%').unwrap_or(lower);
                let number = number
                    .strip_prefix('.')
                    .map_or(number.to_owned(), |digits| format!("0.{digits}"));
                let number = number.strip_suffix('.').unwrap_or(&number).to_owned();
                match number.parse::<f64>() {
                    Ok(_)
                        if lower.starts_with(|c: char| c.is_ascii_digit() || ".-+".contains(c)) =>
                    {
                        let (sign, digits) = match number.strip_prefix('-') {
                            Some(digits) => ("-", digits),
                            None => ("", &number[..]),
                        };
                        let digits = digits.trim_start_matches('0');
                        let zero = if digits.is_empty() || digits.starts_with('.') {
                            "0"
                        } else {
                            ""
                        };
                        let number = format!("{sign}{zero}{digits}");
                        (String::new(), Kind::Number, Some(number))
                    }
                    _ => (String::new(), Kind::Word, Some(quoted(word))),
                }
            }
        };
        let (message, edits) = match replacement {
            // With the comma behind it, or the one in front.
            None => {
                let start = if in_array { span.start } else { self.key.start };
                let pair = start..span.end;
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
                    format!("`{word}` is not a number in TOML")
                } else if replacement.starts_with(['"', '\'']) {
                    "strings have quotes".to_owned()
                } else {
                    format!("`{word}` is not a boolean in TOML")
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
