//! Symbols of other languages between keys and values, and brackets and commas that are not TOML's.

use super::kind::Kind;
use super::scanner::{Before, Scanner};
use crate::diagnostic::Edit;

impl Scanner<'_> {
    /// `==`, `=>` and `:=` where `=` belongs.
    pub(super) fn equals(&mut self) {
        let start = self.at;
        if self.before == Before::Equals {
            self.at += 1;
            let written = self.pair();
            let message = format!("one `=` is enough; write `{written}`");
            let span = start..start + 1;
            self.add(
                Kind::Equals,
                span.clone(),
                message,
                vec![Edit::new(span, "")],
            );
            return;
        }
        let sign = ["===", "==", "=>"]
            .into_iter()
            .find(|sign| self.rest().starts_with(sign));
        self.at += sign.map_or(1, str::len);
        self.before = Before::Equals;
        if let Some(sign) = sign {
            let span = start..self.at;
            let written = self.pair();
            let message = format!("`{sign}` is not a sign of TOML; write `{written}`");
            self.add(
                Kind::Equals,
                span.clone(),
                message,
                vec![Edit::new(span, "=")],
            );
        }
        self.no_value();
    }

    pub(super) fn colon(&mut self) {
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
        let (end, depth) = outside(line, &[',', ']', '}', '#']);
        let value = line[..end.unwrap_or(line.len())].trim();
        let value = if value.len() > 60 || depth > 0 {
            "..."
        } else {
            value
        };
        format!("{key} = {value}")
    }

    /// `("a", "b")`: brackets of another kind.
    pub(super) fn parentheses(&mut self, close: char) {
        let (start, line) = (self.at, self.line());
        let mut quoted = false;
        let end = line.char_indices().find(|(_, letter)| {
            quoted ^= *letter == '"';
            *letter == close && !quoted
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

    /// Returns whether braces hold values alone, as a set of Python does.
    pub(super) fn is_set(&self) -> bool {
        let inside = self.line().strip_prefix('{').unwrap_or_default();
        let inside = inside.split('}').next().unwrap_or_default().trim();
        inside.starts_with('"') && !inside.contains(['=', ':', '[', '{'])
    }

    /// `["a", negate = true]`: keys that belong behind the array.
    pub(super) fn key_in_array(&mut self, start: usize, end: usize) -> bool {
        let (line, front) = (self.line(), self.text[..start].trim_end());
        let behind = line[end..].trim_start();
        let is_key = behind.starts_with('=') && !behind.starts_with("==");
        let [.., around, b'['] = self.open[..] else {
            return false;
        };
        if around != b'{' || !is_key || !front.ends_with(',') {
            return false;
        }
        let (Some(close), _) = outside(line, &[']']) else {
            return false;
        };
        let pairs = line[..close].trim_end();
        let message = format!(
            "`{}` is a key, and keys stand behind the array; write `], {pairs}`",
            &line[..end]
        );
        let edits = vec![
            Edit::new(front.len() - 1..start, "], "),
            Edit::new(start + pairs.len()..start + close + 1, ""),
        ];
        self.add(Kind::Equals, start..start + end, message, edits);
        self.at += close + 1;
        self.open.pop();
        self.before = Before::Value;
        true
    }

    /// A comma that is missing before what begins here.
    pub(super) fn comma(&mut self, start: usize) {
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

    /// Returns whether what stands before a colon is one key, and not a sentence.
    pub(super) fn is_behind_a_key(&self, at: usize) -> bool {
        let key = self.text[self.key.start..at].trim_end();
        key.starts_with(['"', '\'']) || !key.contains(char::is_whitespace)
    }

    /// A comma behind another.
    pub(super) fn second_comma(&mut self, start: usize) {
        let before = self.text[..start].trim_end();
        if self.open.is_empty() || !before.ends_with(',') || self.before != Before::Open {
            return;
        }
        let span = start..start + 1;
        let message = "there is an extra comma; remove the second".to_owned();
        self.add(
            Kind::Comma,
            span.clone(),
            message,
            vec![Edit::new(span, "")],
        );
    }

    /// A bracket behind a value that opened none.
    pub(super) fn closes_nothing(&mut self, start: usize, bracket: char) {
        let span = start..start + 1;
        let message = format!("this `{bracket}` closes nothing; remove the bracket");
        self.add(
            Kind::Parentheses,
            span.clone(),
            message,
            vec![Edit::new(span, "")],
        );
    }

    /// A character that nobody sees.
    pub(super) fn invisible(&mut self, start: usize, letter: char) {
        let span = start..start + letter.len_utf8();
        self.at = span.end;
        if super::characters::is_other_space(letter) {
            let message = format!(
                "U+{:04X} is not a space in TOML; write a plain space",
                u32::from(letter)
            );
            self.add(
                Kind::Invisible,
                span.clone(),
                message,
                vec![Edit::new(span, " ")],
            );
            return;
        }
        let message = format!(
            "there is an invisible character here, U+{:04X}; remove the character",
            u32::from(letter)
        );
        self.add(
            Kind::Invisible,
            span.clone(),
            message,
            vec![Edit::new(span, "")],
        );
    }
}

/// Where one of these signs stands outside of quotes and of brackets that this line opens, and how many of those stay
/// open.
fn outside(line: &str, signs: &[char]) -> (Option<usize>, u32) {
    let mut depth = 0_u32;
    let mut quoted = None;
    let found = line.char_indices().find(|(_, letter)| {
        match (*letter, quoted) {
            (letter, Some(quote)) if letter == quote => quoted = None,
            ('"' | '\'', None) => quoted = Some(*letter),
            ('[' | '{', None) => depth += 1,
            (']' | '}', None) if depth > 0 => depth -= 1,
            (letter, None) if depth == 0 && signs.contains(&letter) => return true,
            _ => {}
        }
        false
    });
    (found.map(|(at, _)| at), depth)
}
