//! Classes: `[a-z]`.

use std::ops::Range;

use super::{Walk, perl};
use crate::pattern::Construct;

/// A member of a class.
enum Member {
    Char(char),
    Set,
}

impl Walk<'_> {
    pub(super) fn class(&mut self) {
        let start = self.at;
        self.take(1);
        let negated = self.rest().starts_with('^');
        self.take(usize::from(negated));
        self.posix_alone(start);
        if self.rest().starts_with(']') {
            self.note(Construct::EmptyClass, start..self.at + 1);
            self.take(1);
            // Where no other bracket closes it, it is the empty class of Node.
            if !self.rest().contains(']') {
                return;
            }
        }
        let first = self.at;
        let mut last: Option<char> = None;
        // A hyphen behind a range stands for itself.
        let mut after_range = false;
        let (mut ascii, mut beyond, mut ranges) = (String::new(), Vec::new(), false);
        while let Some(next) = self.peek() {
            let from = self.at;
            if next == ']' {
                self.take(1);
                break;
            }
            if next == '-' && from != first && !self.rest()[1..].starts_with(']') {
                let range = last.take().and_then(|low| self.range_end(low));
                match range {
                    Some((low, high)) => {
                        ranges |= !low.is_ascii() || !high.is_ascii();
                        self.cased_range(low, high, from - low.len_utf8()..self.at);
                        ascii.push_str(&self.pattern[from..self.at]);
                        after_range = true;
                    }
                    None if self.at == from => {
                        self.take(1);
                        self.hyphen(from, std::mem::take(&mut after_range));
                        ascii.push_str("\\-");
                    }
                    None => {}
                }
                continue;
            }
            after_range = false;
            match self.member(next) {
                Member::Char(character) => {
                    last = Some(character);
                    if character.is_ascii() {
                        ascii.push_str(&self.pattern[from..self.at]);
                    } else {
                        beyond.push(character);
                        self.note(Construct::ClassBeyondAscii, from..self.at);
                    }
                }
                Member::Set => {
                    last = None;
                    ascii.push_str(&self.pattern[from..self.at]);
                }
            }
        }
        if !beyond.is_empty() && !negated && !ranges {
            self.alternatives(start, &ascii, &beyond);
        }
    }

    /// `[éa]` as `(?:[a]|é)`.
    fn alternatives(&mut self, start: usize, ascii: &str, beyond: &[char]) {
        let mut parts: Vec<String> = beyond.iter().map(char::to_string).collect();
        if !ascii.is_empty() {
            parts.insert(0, format!("[{ascii}]"));
        }
        let text = format!("(?:{})", parts.join("|"));
        for found in &mut self.scan.found {
            found.has_rewrite |=
                found.construct == Construct::ClassBeyondAscii && found.span.start > start;
        }
        self.edit(Construct::ClassBeyondAscii, start..self.at, text);
    }

    /// `[:alpha:]` without brackets around it.
    fn posix_alone(&mut self, start: usize) {
        let Some(inside) = self.rest().split(']').next() else {
            return;
        };
        let mark = inside
            .chars()
            .next()
            .filter(|mark| matches!(mark, ':' | '.' | '='));
        if inside.len() > 1 && mark.is_some_and(|mark| inside.ends_with(mark)) {
            let end = self.at + inside.len() + 1;
            self.note(Construct::PosixClass, start..end.min(self.pattern.len()));
        }
    }

    /// The two ends of a range whose lower one is taken: what follows the hyphen, if it is a character.
    fn range_end(&mut self, low: char) -> Option<(char, char)> {
        let back = self.at;
        self.take(1);
        let next = self.peek()?;
        let is_set = next == '[' || next == '-' || self.starts_set();
        if is_set {
            self.at = back;
            return None;
        }
        match self.member(next) {
            Member::Char(high) => {
                if !low.is_ascii() || !high.is_ascii() {
                    self.note(Construct::ClassBeyondAscii, back..self.at);
                }
                Some((low, high))
            }
            Member::Set => None,
        }
    }

    /// Returns whether an escape that is no character follows.
    fn starts_set(&self) -> bool {
        let mut characters = self.rest().chars();
        characters.next() == Some('\\')
            && characters
                .next()
                .is_some_and(|next| "dDwWsSpPhHvVRNXbB".contains(next))
    }

    fn hyphen(&mut self, from: usize, after_range: bool) {
        if self.rest().starts_with('-') {
            self.take(1);
            self.note(Construct::ClassOperator, from..self.at);
        } else if after_range {
            // What follows looks like the end of a range, which has no case of its own.
            if self.flags().ignore_case {
                self.note(Construct::Flag, from..self.at);
            }
        } else {
            self.replace(Construct::ClassHyphen, from..self.at, "\\-");
        }
    }

    fn cased_range(&mut self, low: char, high: char, span: Range<usize>) {
        if !self.flags().ignore_case {
            return;
        }
        let same_case = (low.is_ascii_lowercase() && high.is_ascii_lowercase())
            || (low.is_ascii_uppercase() && high.is_ascii_uppercase());
        if same_case {
            let other = |c: char| (c as u8 ^ 0x20) as char;
            let text = format!("{low}-{high}{}-{}", other(low), other(high));
            self.edit(Construct::Flag, span, text);
        } else if (low..=high).any(char::is_alphabetic) {
            self.note(Construct::Flag, span);
        }
    }

    /// One member of a class.
    fn member(&mut self, next: char) -> Member {
        let start = self.at;
        self.take(next.len_utf8());
        let doubled = self.rest().starts_with(next);
        match next {
            '\\' => return self.class_escape(start),
            '[' => {
                let mark = self.peek().filter(|mark| matches!(mark, ':' | '.' | '='));
                let close = mark.and_then(|mark| self.rest()[1..].find(&format!("{mark}]")));
                if let Some(close) = close {
                    self.take(close + 3);
                    self.note(Construct::PosixClass, start..self.at);
                    return Member::Set;
                }
                self.note(Construct::NestedClass, start..self.at);
            }
            '(' | ')' => {
                self.replace(
                    Construct::ClassParenthesis,
                    start..self.at,
                    format!("\\{next}"),
                );
            }
            '&' | '~' | '|' | '-' if doubled => {
                self.take(1);
                self.note(Construct::ClassOperator, start..self.at);
                return Member::Set;
            }
            literal => {
                let in_range = self.rest().starts_with('-') && !self.rest()[1..].starts_with(']');
                let ends_range = self.pattern[..start].ends_with('-');
                if !in_range && !ends_range {
                    self.cased(literal, start..self.at, false);
                }
            }
        }
        Member::Char(next)
    }

    fn class_escape(&mut self, start: usize) -> Member {
        let Some(next) = self.peek() else {
            return Member::Set;
        };
        self.take(next.len_utf8());
        match next {
            'd' | 'w' | 's' => {
                let (construct, members) = perl(next);
                self.replace(construct, start..self.at, members);
                Member::Set
            }
            'D' | 'W' | 'S' => {
                self.note(perl(next).0, start..self.at);
                Member::Set
            }
            '-' => Member::Char('-'),
            'A' | 'z' | 'b' | 'B' | 'Z' | 'G' | 'K' | 'Q' => {
                self.note(Construct::UnknownEscape, start..self.at);
                Member::Set
            }
            _ => self
                .character(start, next)
                .map_or(Member::Set, Member::Char),
        }
    }
}
