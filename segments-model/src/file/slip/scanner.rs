//! Scans a text and finds its slips.

use super::characters::{QUOTES, is_invisible, is_other_space};
use super::kind::{Kind, Slip};
use crate::diagnostic::Edit;
use crate::file::span::Span;

/// What stands before a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing: a statement begins.
    Start,
    /// A key, behind which `=` belongs.
    Key,
    /// `=`, behind which a value belongs.
    Equals,
    /// A bracket that was opened, or a comma.
    Open,
    /// A value.
    Value,
}

pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    /// Where statements begin, also behind brackets that are never closed.
    pub(super) starts: Vec<usize>,
    /// How many statements ended before.
    pub(super) statement: usize,
    /// The brackets that are open.
    pub(super) open: Vec<u8>,
    pub(super) before: Before,
    /// The last key.
    pub(super) key: Span,
    /// Whether the text has lines that a diff adds.
    pub(super) is_diff: bool,
    pub(super) slips: Vec<Slip>,
}

impl<'t> Scanner<'t> {
    pub(super) fn scan(&mut self) {
        let mut line_start = true;
        while self.at < self.text.len() {
            if line_start && (self.merge() || self.foreign_line()) {
                continue;
            }
            line_start = self.rest().starts_with('\n');
            if !self.open.is_empty() && self.starts.binary_search(&self.at).is_ok() {
                self.begin();
            }
            self.step();
        }
    }

    /// A statement begins; what is open stays open, and is told elsewhere.
    fn begin(&mut self) {
        self.open.clear();
        self.before = Before::Start;
        self.statement += 1;
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The rest of the line.
    pub(super) fn line(&self) -> &'t str {
        let rest = self.rest();
        let line = rest.split('\n').next().unwrap_or(rest);
        line.strip_suffix('\r').unwrap_or(line)
    }

    pub(super) fn step(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return;
        };
        let start = self.at;
        match first {
            '\n' => {
                self.at += 1;
                if self.open.is_empty() {
                    self.begin();
                }
            }
            ' ' | '\t' | '\r' => self.at += 1,
            '#' => self.at += self.line().len(),
            '[' if self.open.is_empty() && self.before == Before::Start => {
                // Those that are broken are closed elsewhere.
                self.header();
                self.at += self.line().len();
            }
            '{' if self.wants_value() && self.is_set() => self.parentheses('}'),
            '[' | '{' => {
                self.comma(start);
                self.at += 1;
                self.open.push(first as u8);
                self.before = Before::Open;
            }
            ']' | '}' => {
                self.at += 1;
                if self.open.pop().is_none() && self.before == Before::Value {
                    self.closes_nothing(start, first);
                }
                self.before = Before::Value;
            }
            ',' if self.open.is_empty() && self.before == Before::Value && self.ends_line() => {
                self.behind_a_value(start, first);
            }
            ',' => {
                self.at += 1;
                self.second_comma(start);
                self.before = Before::Open;
            }
            _ if is_invisible(first) || is_other_space(first) => {
                self.invisible(start, first);
            }
            '=' => self.equals(),
            ':' if self.before == Before::Key && self.is_behind_a_key(start) => self.colon(),
            ';' if self.before == Before::Start => self.comment(),
            '(' if self.wants_value() => self.parentheses(')'),
            ';' => self.behind_a_value(start, first),
            _ if rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with("-- ") => {
                self.comment();
            }
            '"' | '\'' => self.string(first),
            _ => match QUOTES.iter().find(|(open, _)| rest.starts_with(open)) {
                Some((open, close)) => self.foreign_quotes(open, close),
                None => self.word(),
            },
        }
    }

    /// Returns whether the line has nothing behind this sign.
    fn ends_line(&self) -> bool {
        let behind = self.line()[1..].trim_start();
        behind.is_empty() || behind.starts_with('#')
    }

    /// A sign that ends statements in other languages.
    fn behind_a_value(&mut self, start: usize, sign: char) {
        let written = self.statement_up_to(start);
        self.at += 1;
        self.add(
            Kind::Semicolon,
            start..start + 1,
            format!("nothing follows a value in TOML; write `{written}` without the `{sign}`"),
            vec![Edit::new(start..start + 1, "")],
        );
    }

    /// Returns whether a value may stand here.
    pub(super) fn wants_value(&self) -> bool {
        match self.before {
            Before::Equals => true,
            Before::Open => self.open.last() == Some(&b'['),
            Before::Start | Before::Key | Before::Value => false,
        }
    }

    pub(super) fn add(&mut self, kind: Kind, span: Span, message: String, edits: Vec<Edit>) {
        let statement = self.statement;
        let same = self.slips.iter_mut().rev().find(|slip| slip.kind == kind);
        match same {
            Some(slip)
                if kind.is_of_the_file()
                    || statement - slip.statement <= 1 && kind != Kind::Unclosed =>
            {
                slip.statement = statement;
                slip.edits.extend(edits);
            }
            _ => self.slips.push(Slip {
                kind,
                statement,
                span,
                message,
                edits,
            }),
        }
    }

    /// The line up to a place, without what is around it.
    pub(super) fn statement_up_to(&self, end: usize) -> &'t str {
        let start = self.text[..end]
            .rfind('\n')
            .map_or(0, |newline| newline + 1);
        self.text[start..end].trim()
    }

    /// What a word, or a quoted one, is: a key or a value.
    pub(super) fn took(&mut self, span: Span) {
        let is_key = match self.before {
            Before::Start => self.open.is_empty(),
            Before::Open => self.open.last() == Some(&b'{'),
            // A dotted key goes on.
            Before::Key => true,
            Before::Equals | Before::Value => false,
        };
        if is_key {
            if self.before != Before::Key {
                self.key = span;
            }
            self.before = Before::Key;
        } else {
            self.before = Before::Value;
        }
    }
}
