//! Slips of the pen that TOML has no word for: habits of JSON, YAML and other languages, marks of a merge, a quote
//! that is missing, quotes of a word processor.
//!
//! The TOML parser tells of each of them several things in several places. Here each is told once, with what to
//! write, and put right in a copy, so that the rest of the file is read as it was meant.

use super::reader::Span;
use super::statement::statements;
use crate::Code;
use crate::diagnostic::{Diagnostic, Edit, Suggestion};

/// A text without its slips.
#[derive(Debug)]
pub(super) struct Corrected {
    pub(super) text: String,
    /// The slips, in places of the original.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What was put in the place of what, in the order of the text.
    edits: Vec<Edit>,
    /// Lines on which somebody is typing a text: what it will be is not known.
    half_typed: Vec<Span>,
}

impl Corrected {
    /// Returns whether a place was put right, or is being typed, so that enough is said of it.
    pub(super) fn covers(&self, span: &Span) -> bool {
        let edits = self.edits.iter().map(|edit| &edit.span);
        let mut parts = edits
            .filter(|edit| !edit.is_empty())
            .chain(&self.half_typed);
        parts.any(|part| part.start < span.end && span.start < part.end)
    }

    /// The place in the original of a place in the corrected text.
    pub(super) fn original(&self, span: &Span) -> Span {
        let place = |offset: usize| {
            let (mut written, mut read) = (0, 0);
            for Edit { span, replacement } in &self.edits {
                let begin = written + (span.start - read);
                if offset < begin {
                    break;
                }
                (written, read) = (begin + replacement.len(), span.end);
                if offset < written {
                    // Inside of what was put in.
                    return (span.start + (offset - begin)).min(span.end);
                }
            }
            read + (offset - written)
        };
        let start = place(span.start);
        start..place(span.end).max(start)
    }
}

/// Puts the slips of a text right; `None` if there are none.
pub(super) fn correct(text: &str) -> Option<Corrected> {
    let mut scanner = Scanner {
        text,
        at: 0,
        starts: statements(text).iter().map(|it| it.span().start).collect(),
        statement: 0,
        open: Vec::new(),
        before: Before::Start,
        key: 0..0,
        slips: Vec::new(),
    };
    scanner.scan();
    let slips = scanner.slips;
    if slips.is_empty() {
        return None;
    }
    let mut edits: Vec<Edit> = slips.iter().flat_map(|slip| slip.edits.clone()).collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits.dedup_by(|later, earlier| later.span.start < earlier.span.end);
    let mut corrected = String::with_capacity(text.len());
    let mut copied = 0;
    for Edit { span, replacement } in &edits {
        corrected.push_str(&text[copied..span.start]);
        corrected.push_str(replacement);
        copied = span.end;
    }
    corrected.push_str(&text[copied..]);
    let half_typed = slips.iter().filter(|slip| slip.kind == Kind::Unclosed);
    let half_typed = half_typed
        .map(|slip| line_around(text, slip.span.start))
        .collect();
    Some(Corrected {
        text: corrected,
        half_typed,
        diagnostics: slips.into_iter().map(Slip::diagnostic).collect(),
        edits,
    })
}

fn line_around(text: &str, at: usize) -> Span {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..]
        .find('\n')
        .map_or(text.len(), |newline| at + newline);
    start..end
}

/// Which kind of slip it is. The same kind again in the same statement, or in the next, is the same mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Merge,
    Comment,
    Semicolon,
    Quotes,
    Parentheses,
    Colon,
    Equals,
    Word,
    Comma,
    Unclosed,
    Escape,
    Number,
}

#[derive(Debug)]
struct Slip {
    kind: Kind,
    /// The last statement that it is in.
    statement: usize,
    span: Span,
    message: String,
    edits: Vec<Edit>,
}

impl Slip {
    fn diagnostic(self) -> Diagnostic {
        let found = Diagnostic::new(Code::TomlSyntax, self.span, self.message);
        found.suggest(Suggestion { edits: self.edits })
    }
}

/// What stands before a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
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

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// Where statements begin, also behind brackets that are never closed.
    starts: Vec<usize>,
    /// How many statements ended before.
    statement: usize,
    /// The brackets that are open.
    open: Vec<u8>,
    before: Before,
    /// The last key.
    key: Span,
    slips: Vec<Slip>,
}

/// Quotes of word processors and other languages, with those that close them.
const QUOTES: &[(&str, &[&str])] = &[
    ("“", &["”", "“", "\""]),
    ("”", &["”", "“", "\""]),
    ("„", &["“", "”", "\""]),
    ("«", &["»"]),
    ("‘", &["’", "‘", "'"]),
    ("’", &["’", "'"]),
    ("`", &["`"]),
];

const MARKERS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

impl<'t> Scanner<'t> {
    fn scan(&mut self) {
        let mut line_start = true;
        while self.at < self.text.len() {
            if line_start && self.merge() {
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

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The rest of the line.
    fn line(&self) -> &'t str {
        let rest = self.rest();
        let line = rest.split('\n').next().unwrap_or(rest);
        line.strip_suffix('\r').unwrap_or(line)
    }

    fn step(&mut self) {
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
                // A header; those that are broken are closed elsewhere.
                self.at += self.line().len();
            }
            '[' | '{' => {
                self.comma(start);
                self.at += 1;
                self.open.push(first as u8);
                self.before = Before::Open;
            }
            ']' | '}' => {
                self.at += 1;
                self.open.pop();
                self.before = Before::Value;
            }
            ',' => {
                self.at += 1;
                self.before = Before::Open;
            }
            '=' => self.equals(),
            ':' if self.before == Before::Key => self.colon(),
            '(' if self.wants_value() => self.parentheses(),
            ';' => {
                let written = self.statement_up_to(start);
                self.at += 1;
                self.add(
                    Kind::Semicolon,
                    start..start + 1,
                    format!("nothing follows a value in TOML; write `{written}` without the `;`"),
                    vec![Edit::new(start..start + 1, "")],
                );
            }
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

    /// Returns whether a value may stand here.
    fn wants_value(&self) -> bool {
        match self.before {
            Before::Equals => true,
            Before::Open => self.open.last() == Some(&b'['),
            Before::Start | Before::Key | Before::Value => false,
        }
    }

    fn add(&mut self, kind: Kind, span: Span, message: String, edits: Vec<Edit>) {
        let statement = self.statement;
        let same = self.slips.iter_mut().rev().find(|slip| slip.kind == kind);
        match same {
            Some(slip) if statement - slip.statement <= 1 && kind != Kind::Unclosed => {
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
    fn statement_up_to(&self, end: usize) -> &'t str {
        let start = self.text[..end]
            .rfind('\n')
            .map_or(0, |newline| newline + 1);
        self.text[start..end].trim()
    }

    /// A side of a merge that was never finished: the first side is kept.
    fn merge(&mut self) -> bool {
        let marker = |line: &str| {
            let found = MARKERS.iter().find(|marker| line.starts_with(**marker))?;
            // `=======` alone, the others with a name.
            let rest = &line[found.len()..];
            (rest.is_empty() || rest.starts_with(' ')).then_some(*found)
        };
        let Some(first) = marker(self.line()) else {
            return false;
        };
        let start = self.at;
        let mut edits = Vec::new();
        let mut theirs = first != MARKERS[0];
        let mut at = start;
        loop {
            let line = self.text[at..]
                .split_inclusive('\n')
                .next()
                .unwrap_or_default();
            let plain = line.trim_end_matches(['\n', '\r']);
            let found = marker(plain);
            match found {
                Some(found) if found == MARKERS[0] => theirs = false,
                Some(_) => theirs = true,
                None => {}
            }
            if found.is_some() || theirs {
                edits.push(Edit::new(at..at + plain.len(), ""));
            }
            at += line.len();
            if found == Some(MARKERS[3]) || at >= self.text.len() {
                break;
            }
        }
        // A lone marker swallows nothing.
        let lone = !self.text[start..at]
            .lines()
            .any(|line| marker(line) == Some(MARKERS[3]));
        if lone {
            at = start + self.line().len();
            edits = vec![Edit::new(start..at, "")];
        }
        let place = start..start + first.len();
        // Each merge is one of its own.
        self.statement += 2;
        self.add(
            Kind::Merge,
            place,
            "a merge was not finished here; keep one of the two sides, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`"
                .to_owned(),
            edits,
        );
        // What is kept is read like the rest.
        self.at = if lone { at } else { start + self.line().len() };
        if !lone {
            self.kept(at);
        }
        true
    }

    /// Reads what is kept of a merge, and goes on behind it.
    fn kept(&mut self, end: usize) {
        let text = &self.text[..end];
        while self.at < end {
            let line = self.text[self.at..].split('\n').next().unwrap_or_default();
            if self.text[..self.at].ends_with('\n')
                && MARKERS[1..].iter().any(|marker| line.starts_with(marker))
            {
                break;
            }
            self.step();
        }
        self.at = end.min(text.len());
        if self.open.is_empty() {
            self.before = Before::Start;
        }
    }

    fn comment(&mut self) {
        let (start, line) = (self.at, self.line());
        if let Some(inside) = line.strip_prefix("/*")
            && let Some(end) = inside.find("*/")
        {
            let (text, after) = (inside[..end].trim(), inside[end + 2..].trim());
            let span = start..start + end + 4;
            let replacement = if after.is_empty() {
                format!("# {text}")
            } else {
                String::new()
            };
            let message = format!("a comment begins with `#` in TOML; write `# {text}`");
            self.at = span.end;
            self.add(
                Kind::Comment,
                start..start + 2,
                message,
                vec![Edit::new(span, replacement)],
            );
            return;
        }
        let text = line[2..].trim();
        let message = format!("a comment begins with `#` in TOML; write `# {text}`");
        self.at += line.len();
        let replacement = format!("# {text}");
        let edit = Edit::new(start..start + line.len(), replacement);
        self.add(Kind::Comment, start..start + 2, message, vec![edit]);
    }

    /// `==`, `=>` and `:=` where `=` belongs.
    fn equals(&mut self) {
        let start = self.at;
        let sign = ["===", "==", "=>"]
            .into_iter()
            .find(|sign| self.rest().starts_with(sign));
        self.at += sign.map_or(1, str::len);
        self.before = Before::Equals;
        if let Some(sign) = sign {
            let span = start..self.at;
            let written = self.pair();
            let message = format!("`{sign}` is no sign of TOML; write `{written}`");
            self.add(
                Kind::Equals,
                span.clone(),
                message,
                vec![Edit::new(span, "=")],
            );
        }
    }

    fn colon(&mut self) {
        let start = self.at;
        self.at += 1;
        if self.rest().starts_with('=') {
            self.at += 1;
        }
        self.before = Before::Equals;
        let span = start..self.at;
        let written = self.pair();
        let message = format!("a key is followed by `=` in TOML; write `{written}`");
        let after = if self.rest().starts_with([' ', '\t']) {
            ""
        } else {
            " "
        };
        let edit = Edit::new(span.clone(), format!(" ={after}"));
        self.add(Kind::Colon, span, message, vec![edit]);
    }

    /// The key, and the value that begins here.
    fn pair(&self) -> String {
        let key = &self.text[self.key.clone()];
        let line = self.line();
        let mut depth = 0_u32;
        let mut quoted = None;
        let end = line.char_indices().find(|(_, letter)| {
            match (*letter, quoted) {
                (letter, Some(quote)) if letter == quote => quoted = None,
                ('"' | '\'', None) => quoted = Some(*letter),
                ('[' | '{', None) => depth += 1,
                (']' | '}', None) if depth > 0 => depth -= 1,
                (',' | ']' | '}' | '#', None) if depth == 0 => return true,
                _ => {}
            }
            false
        });
        let value = line[..end.map_or(line.len(), |(at, _)| at)].trim();
        let value = if value.len() > 60 || depth > 0 {
            "..."
        } else {
            value
        };
        format!("{key} = {value}")
    }

    /// `("a", "b")`: brackets of another kind.
    fn parentheses(&mut self) {
        let (start, line) = (self.at, self.line());
        let mut quoted = false;
        let end = line.char_indices().find(|(_, letter)| {
            quoted ^= *letter == '"';
            *letter == ')' && !quoted
        });
        let Some((end, _)) = end else {
            self.at += 1;
            return;
        };
        let inside = &line[1..end];
        let message = format!("an array has square brackets; write `[{inside}]`");
        let edits = vec![
            Edit::new(start..start + 1, "["),
            Edit::new(start + end..start + end + 1, "]"),
        ];
        self.add(Kind::Parentheses, start..start + 1, message, edits);
        self.at += end + 1;
        self.before = Before::Value;
    }

    /// A comma that is missing before what begins here.
    fn comma(&mut self, start: usize) {
        if self.before != Before::Value || self.open.is_empty() {
            return;
        }
        let end = self.text[..start].trim_end().len();
        // A comment may stand between; then nothing is known.
        if self.text[end..start].contains('#') || self.statement_up_to(end).contains('#') {
            return;
        }
        let before = self.statement_up_to(end);
        let from = before.char_indices().rev().nth(30).map_or(0, |(at, _)| at);
        let from = before[from..]
            .rfind([' ', ',', '[', '{'])
            .map_or(from, |at| from + at + 1);
        let last = &before[from..];
        let message = format!("a comma is missing here; write `{last},`");
        self.add(
            Kind::Comma,
            start..start + 1,
            message,
            vec![Edit::new(end..end, ",")],
        );
        self.before = Before::Open;
    }

    /// What a word, or a quoted one, is: a key or a value.
    fn took(&mut self, span: Span) {
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

    fn string(&mut self, quote: char) {
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
        let message = format!("`\\{escaped}` is no escape in double quotes; write `{replacement}`");
        let place = start + 1 + at..start + 2 + at + escaped.len();
        self.add(
            Kind::Escape,
            place,
            message,
            vec![Edit::new(span, replacement)],
        );
    }

    fn foreign_quotes(&mut self, open: &str, close: &[&str]) {
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
        let message = format!("`{open}` is no quote in TOML; write `{quote}{text}{quote}`");
        self.add(Kind::Quotes, start..start + open.len(), message, edits);
        self.at = behind + length;
        self.took(start..self.at);
    }

    /// A key, a number, a date, `true` or `false`; or something that was to be a text.
    fn word(&mut self) {
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

/// Where a string ends that begins with its quote.
fn end_of_string(line: &str, quote: char) -> Option<usize> {
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
