//! Escapes: the characters after a backslash.

use super::{Before, SYNTAX, Walk, escaped, perl, written};
use crate::pattern::Construct;

impl Walk<'_> {
    pub(super) fn escape(&mut self) {
        let start = self.at;
        self.take(1);
        let Some(next) = self.peek() else {
            self.before = Before::Nothing;
            return;
        };
        self.take(next.len_utf8());
        let is_anchor = match next {
            'b' if !self.rest().starts_with('{') => {
                self.note(Construct::Boundary, start..self.at);
                true
            }
            'A' | 'z' => {
                let anchor = if next == 'A' { "^" } else { "$" };
                self.replace(Construct::TextAnchor, start..self.at, anchor);
                true
            }
            'b' | 'B' | 'Z' | 'G' | 'K' | '<' | '>' => {
                self.note(Construct::Anchor, start..self.at);
                if self.rest().starts_with('{') {
                    let end = self
                        .rest()
                        .find('}')
                        .map_or(self.rest().len(), |end| end + 1);
                    self.take(end);
                }
                true
            }
            'Q' => {
                let text = self
                    .rest()
                    .split("\\E")
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                let ends = self.rest()[text.len()..].starts_with("\\E");
                self.take(text.len() + if ends { 2 } else { 0 });
                self.replace(Construct::Quoted, start..self.at, escaped(&text));
                false
            }
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => {
                let (construct, members) = perl(next);
                let not = if next.is_ascii_uppercase() { "^" } else { "" };
                self.replace(construct, start..self.at, format!("[{not}{members}]"));
                false
            }
            _ => {
                if let Some(character) = self.character(start, next)
                    && character.is_ascii_alphabetic()
                {
                    self.cased(character, start..self.at, true);
                }
                false
            }
        };
        self.before = if is_anchor {
            Before::Anchor
        } else {
            Before::Atom(start..self.at)
        };
    }

    /// An escape that means one character, or something that no SDK or not every SDK knows. The
    /// backslash and the character behind it are taken.
    pub(super) fn character(&mut self, start: usize, next: char) -> Option<char> {
        let simple = match next {
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'f' => Some('\u{c}'),
            mark if SYNTAX.contains(mark) => Some(mark),
            _ => None,
        };
        if simple.is_some() {
            return simple;
        }
        match next {
            'x' | 'u' | 'U' => self.number(start, next),
            'a' | 'e' => {
                let number = if next == 'a' { "\\x07" } else { "\\x1B" };
                self.replace(Construct::ControlEscape, start..self.at, number);
                None
            }
            'c' => {
                match self.peek().filter(char::is_ascii_alphabetic) {
                    Some(letter) => {
                        self.take(1);
                        let number = letter.to_ascii_uppercase() as u32 - 64;
                        let number = format!("\\x{number:02X}");
                        self.replace(Construct::ControlEscape, start..self.at, number);
                    }
                    None => self.note(Construct::ControlEscape, start..self.at),
                }
                None
            }
            '0'..='9' => {
                self.octal(start, next);
                None
            }
            'k' | 'g' => {
                self.note(Construct::BackReference, start..self.at);
                None
            }
            'p' | 'P' => {
                let name = match self.peek() {
                    Some('{') => self.rest().find('}').map_or(0, |end| end + 1),
                    Some(letter) => letter.len_utf8(),
                    None => 0,
                };
                self.take(name);
                self.note(Construct::Property, start..self.at);
                None
            }
            'h' | 'H' | 'R' | 'v' | 'V' | 'N' | 'X' | 'C' | 'O' => {
                self.note(Construct::ClassEscape, start..self.at);
                None
            }
            letter if letter.is_ascii_alphabetic() => {
                self.note(Construct::UnknownEscape, start..self.at);
                None
            }
            other => {
                self.replace(Construct::NeedlessEscape, start..self.at, other.to_string());
                Some(other)
            }
        }
    }

    /// A character by its hexadecimal number.
    fn number(&mut self, start: usize, form: char) -> Option<char> {
        let braces = self.rest().starts_with('{');
        let digits: String = if braces {
            let end = self.rest().find('}').unwrap_or(1);
            self.rest()[1..end].to_owned()
        } else {
            let longest = match form {
                'x' => 2,
                'u' => 4,
                _ => 8,
            };
            let digits = self.rest().chars().take(longest);
            digits.take_while(char::is_ascii_hexdigit).collect()
        };
        let complete = braces || digits.len() == if form == 'x' { 2 } else { digits.len().max(4) };
        let character = u32::from_str_radix(&digits, 16)
            .ok()
            .and_then(char::from_u32);
        let Some(character) = character.filter(|_| complete) else {
            self.note(Construct::UnknownEscape, start..self.at);
            return None;
        };
        self.take(digits.len() + if braces { 2 } else { 0 });
        if form != 'x' || braces || !character.is_ascii() {
            let text = written(character);
            self.replace(Construct::Number, start..self.at, text);
        }
        Some(character)
    }

    fn octal(&mut self, start: usize, first: char) {
        let rest = self.rest().chars().take(2);
        let more: String = rest.take_while(|c| matches!(c, '0'..='7')).collect();
        if first != '0' && (first > '3' || more.len() < 2) {
            let digits = self.rest().chars();
            let digits = digits.take_while(char::is_ascii_digit).count();
            self.take(digits);
            return self.note(Construct::BackReference, start..self.at);
        }
        self.take(more.len());
        let number = u32::from_str_radix(&format!("{first}{more}"), 8);
        match number.ok().and_then(char::from_u32) {
            Some(character) => {
                self.replace(Construct::Octal, start..self.at, written(character));
            }
            None => self.note(Construct::Octal, start..self.at),
        }
    }
}
