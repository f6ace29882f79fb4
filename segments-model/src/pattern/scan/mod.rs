//! Walks a pattern character by character and names every construct that SDKs do not share, with the
//! portable edit if there is one.

mod class;
mod escape;

use std::ops::Range;

use super::dialect::{Construct, Standing};

/// A construct in a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) construct: Construct,
    pub(super) span: Range<usize>,
    /// Whether the edits say the same without it.
    pub(super) has_rewrite: bool,
}

/// A piece of a pattern and what to write in its place.
#[derive(Debug, Clone)]
struct Edit {
    construct: Construct,
    span: Range<usize>,
    text: String,
}

/// What a walk over a pattern found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    found: Vec<Found>,
    edits: Vec<Edit>,
}

impl Scan {
    /// The constructs of one standing, in the order of writing.
    pub(super) fn of(&self, standing: Standing) -> impl Iterator<Item = &Found> {
        let found = self.found.iter();
        found.filter(move |found| found.construct.standing() == standing)
    }

    /// The pattern without the constructs of one standing; `None` if one of them has no rewrite.
    pub(super) fn rewrite(&self, pattern: &str, standing: Standing) -> Option<String> {
        if !self.of(standing).all(|found| found.has_rewrite) {
            return None;
        }
        let edits = self.edits.iter();
        let mut edits: Vec<&Edit> = edits
            .filter(|edit| edit.construct.standing() == standing)
            .collect();
        // Of two edits that start together the one of the larger piece counts.
        edits.sort_by_key(|edit| (edit.span.start, std::cmp::Reverse(edit.span.end)));
        let (mut rewritten, mut at) = (String::new(), 0);
        for edit in edits {
            if edit.span.start >= at {
                rewritten.push_str(&pattern[at..edit.span.start]);
                rewritten.push_str(&edit.text);
                at = edit.span.end;
            }
        }
        rewritten.push_str(&pattern[at..]);
        Some(rewritten)
    }
}

/// Walks a pattern.
pub(super) fn scan(pattern: &str) -> Scan {
    let mut walk = Walk {
        pattern,
        at: 0,
        scan: Scan::default(),
        flags: vec![Flags::default()],
        before: Before::Nothing,
    };
    while let Some(next) = walk.peek() {
        walk.step(next);
    }
    walk.scan
}

/// The marks that have a meaning, and are escaped to stand for themselves.
const SYNTAX: &str = r"\.*+?()[]{}|^$/";

/// What `(?i)` and its like switch on, as far as a rewrite can do without.
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    ignore_case: bool,
    dot_is_all: bool,
}

/// What stands before a quantifier.
#[derive(Debug, Clone)]
enum Before {
    /// Nothing that could be repeated.
    Nothing,
    Anchor,
    Atom(Range<usize>),
    /// A quantifier that may still become lazy; `exact` if it is one like `{2}`.
    Quantifier {
        exact: bool,
    },
    /// A quantifier after which nothing more may come.
    Complete,
}

struct Walk<'p> {
    pattern: &'p str,
    at: usize,
    scan: Scan,
    /// Those of the group that is being read, and of the groups around it.
    flags: Vec<Flags>,
    before: Before,
}

impl Walk<'_> {
    fn rest(&self) -> &str {
        &self.pattern[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, count: usize) {
        self.at += count;
    }

    fn flags(&self) -> Flags {
        self.flags.last().copied().unwrap_or_default()
    }

    fn note(&mut self, construct: Construct, span: Range<usize>) {
        self.scan.found.push(Found {
            construct,
            span,
            has_rewrite: false,
        });
    }

    /// Notes a construct that the text says portably.
    fn replace(&mut self, construct: Construct, span: Range<usize>, text: impl Into<String>) {
        self.scan.found.push(Found {
            construct,
            span: span.clone(),
            has_rewrite: true,
        });
        self.edit(construct, span, text);
    }

    fn edit(&mut self, construct: Construct, span: Range<usize>, text: impl Into<String>) {
        let text = text.into();
        self.scan.edits.push(Edit {
            construct,
            span,
            text,
        });
    }

    fn step(&mut self, next: char) {
        let start = self.at;
        match next {
            '\\' => self.escape(),
            '(' => self.group(),
            '[' => {
                self.class();
                self.before = Before::Atom(start..self.at);
            }
            '*' | '+' | '?' => {
                self.take(1);
                self.quantifier(start..self.at, next, false);
            }
            '{' => self.braces(),
            _ => {
                self.take(next.len_utf8());
                self.mark(next, start..self.at);
            }
        }
    }

    /// Everything that is one character.
    fn mark(&mut self, mark: char, span: Range<usize>) {
        self.before = match mark {
            '|' => Before::Nothing,
            '^' => {
                self.note(Construct::Start, span);
                Before::Anchor
            }
            '$' => {
                self.note(Construct::End, span);
                Before::Anchor
            }
            ')' => {
                if self.flags.len() > 1 {
                    self.flags.pop();
                }
                Before::Atom(span)
            }
            '.' => {
                if self.flags().dot_is_all {
                    self.edit(Construct::Flag, span.clone(), r"(?:[^\n]|\n)");
                }
                self.replace(Construct::Dot, span.clone(), r"[^\n]");
                Before::Atom(span)
            }
            ']' | '}' => {
                self.replace(Construct::LoneBracket, span.clone(), format!("\\{mark}"));
                Before::Atom(span)
            }
            literal => {
                self.cased(literal, span.clone(), true);
                Before::Atom(span)
            }
        };
    }

    /// A character where case may not count.
    fn cased(&mut self, literal: char, span: Range<usize>, brackets: bool) {
        if !self.flags().ignore_case {
            return;
        }
        if !literal.is_ascii() {
            self.note(Construct::Flag, span);
        } else if literal.is_ascii_alphabetic() {
            let (lower, upper) = (literal.to_ascii_lowercase(), literal.to_ascii_uppercase());
            let both = format!("{lower}{upper}");
            let text = if brackets { format!("[{both}]") } else { both };
            self.edit(Construct::Flag, span, text);
        }
    }

    fn quantifier(&mut self, span: Range<usize>, kind: char, exact: bool) {
        let before = std::mem::replace(&mut self.before, Before::Complete);
        match before {
            // The parser says it better.
            Before::Nothing => self.before = Before::Nothing,
            Before::Anchor => self.note(Construct::RepeatedAnchor, span),
            Before::Quantifier { exact } if kind == '?' => {
                if exact {
                    self.replace(Construct::LazyCount, span, "");
                }
            }
            Before::Quantifier { .. } if kind == '+' => self.note(Construct::Possessive, span),
            Before::Quantifier { .. } | Before::Complete => {
                self.note(Construct::RepeatedRepetition, span);
            }
            Before::Atom(atom) => {
                let text = &self.pattern[atom.clone()];
                let mut characters = text.chars();
                if let (Some(first), None) = (characters.next(), characters.next())
                    && !first.is_ascii()
                {
                    let grouped = format!("(?:{text})");
                    self.replace(Construct::RepeatedBeyondAscii, atom, grouped);
                }
                self.before = Before::Quantifier { exact };
            }
        }
    }

    /// `{2}` and its like, or a brace that is none.
    fn braces(&mut self) {
        let start = self.at;
        let pattern = self.pattern;
        let rest = &pattern[start + 1..];
        let inside = rest.find('}').map(|end| &rest[..end]);
        let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let Some(inside) = inside else {
            self.take(1);
            return self.lone_brace(start);
        };
        let (least, most) = match inside.split_once(',') {
            None => (inside, None),
            Some((least, most)) => (least, Some(most)),
        };
        let counts = number(least) && most.is_none_or(|most| most.is_empty() || number(most));
        let open = least.is_empty() && most.is_some_and(number);
        if !counts && !open {
            self.take(1);
            return self.lone_brace(start);
        }
        self.take(inside.len() + 2);
        if open {
            self.note(Construct::OpenRepetition, start..self.at);
            self.before = Before::Complete;
            return;
        }
        self.quantifier(start..self.at, '{', most.is_none());
    }

    fn lone_brace(&mut self, start: usize) {
        self.replace(Construct::LoneBracket, start..self.at, "\\{");
        self.before = Before::Atom(start..self.at);
    }

    fn group(&mut self) {
        let start = self.at;
        let flags = self.flags();
        self.before = Before::Nothing;
        let rest = self.rest();
        let opens = |marks: &[&'static str]| {
            let mut marks = marks.iter().copied();
            marks.find(|mark| rest.starts_with(mark))
        };
        if let Some(look) = opens(&["(?=", "(?!", "(?<=", "(?<!"]) {
            self.take(look.len());
            self.note(Construct::LookAround, start..self.at);
        } else if opens(&["(?>"]).is_some() {
            self.take(3);
            self.note(Construct::AtomicGroup, start..self.at);
        } else if let Some(mark) = opens(&["(?P<", "(?<", "(?'"]) {
            let close = if mark == "(?'" { '\'' } else { '>' };
            let name = self.rest()[mark.len()..].find(close);
            self.take(mark.len() + name.map_or(0, |name| name + 1));
            self.replace(Construct::NamedGroup, start..self.at, "(");
        } else if opens(&["(?P="]).is_some() {
            self.take(4);
            self.note(Construct::BackReference, start..self.at);
        } else if opens(&["(?#"]).is_some() {
            let comment = self
                .rest()
                .find(')')
                .map_or(self.rest().len(), |end| end + 1);
            self.take(comment);
            self.replace(Construct::SpecialGroup, start..self.at, "");
            return;
        } else if opens(&["(?:"]).is_some() {
            self.take(3);
        } else if opens(&["(?"]).is_some() {
            return self.flag_group(flags);
        } else if rest[1..].starts_with('*')
            && rest[2..].starts_with(|c: char| c.is_ascii_uppercase())
        {
            self.take(2);
            self.note(Construct::SpecialGroup, start..self.at);
        } else {
            self.take(1);
        }
        self.flags.push(flags);
    }

    /// `(?i)`, `(?i:`, `(?-s)`, or nothing that is known.
    fn flag_group(&mut self, mut flags: Flags) {
        let start = self.at;
        let word: String = self.rest()[2..]
            .chars()
            .take_while(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '^'))
            .collect();
        self.take(2 + word.len());
        let end = self.peek();
        let known = word.chars().all(|flag| "imsxnuUJ-^".contains(flag));
        if word.is_empty() || !known || !matches!(end, Some(')' | ':')) {
            self.note(Construct::SpecialGroup, start..self.at);
            self.flags.push(flags);
            return;
        }
        self.take(1);
        let (on, off) = word.split_once('-').unwrap_or((&word, ""));
        for (letters, value) in [(on, true), (off, false)] {
            for letter in letters.chars() {
                match letter {
                    'i' => flags.ignore_case = value,
                    's' => flags.dot_is_all = value,
                    _ => {}
                }
            }
        }
        // Greed changes what is found and not whether; the others change what characters mean.
        let known = on.chars().all(|flag| matches!(flag, 'i' | 's' | 'U' | 'u'))
            && off
                .chars()
                .all(|flag| matches!(flag, 'i' | 's' | 'U' | 'm' | 'x'));
        let text = if end == Some(':') { "(?:" } else { "" };
        if known {
            self.replace(Construct::Flag, start..self.at, text);
        } else {
            self.note(Construct::Flag, start..self.at);
        }
        if end == Some(':') {
            self.flags.push(flags);
        } else if let Some(current) = self.flags.last_mut() {
            *current = flags;
        }
    }
}

/// The ASCII characters of `\d` and its like, as members of a class.
fn perl(letter: char) -> (Construct, &'static str) {
    match letter.to_ascii_lowercase() {
        'd' => (Construct::Digit, "0-9"),
        'w' => (Construct::Word, "A-Za-z0-9_"),
        _ => (Construct::Space, r" \t\n\r\f"),
    }
}

/// A character as a pattern says it.
fn written(character: char) -> String {
    if SYNTAX.contains(character) {
        format!("\\{character}")
    } else if character.is_ascii_control() {
        format!("\\x{:02X}", character as u32)
    } else {
        character.to_string()
    }
}

/// A text as a pattern says it.
pub(super) fn escaped(text: &str) -> String {
    text.chars().map(written).collect()
}
