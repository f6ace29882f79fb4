//! Values that are not TOML: calls, prefixes of strings, lists with hyphens, missing values.

use super::kind::Kind;
use super::scanner::{Before, Scanner};
use crate::diagnostic::Edit;
use crate::foreign;

/// Prefixes of strings in other languages.
const PREFIXES: &[&str] = &[
    "f", "r", "b", "u", "rb", "br", "fr", "rf", "L", "@", "$", "R", "F",
];

impl<'t> Scanner<'t> {
    /// `key =` with nothing behind it, or with a list of YAML below it.
    pub(super) fn no_value(&mut self) {
        if !self.open.is_empty() || !self.line().trim().is_empty() {
            return;
        }
        let key = self.text[self.key.clone()].to_owned();
        let place = self.key.clone();
        let behind = self.at + self.line().len();
        let mut items = Vec::new();
        let mut end = behind;
        for line in self.text[behind..].split_inclusive('\n').skip(1) {
            let Some(item) = line.trim().strip_prefix("- ") else {
                break;
            };
            let item = item.trim().trim_matches(['"', '\'']);
            items.push(format!("\"{item}\""));
        }
        if items.is_empty() {
            return;
        }
        for line in self.text[behind..]
            .split_inclusive('\n')
            .take(items.len() + 1)
        {
            end += line.len();
        }
        let end = self.text[..end].trim_end_matches(['\n', '\r']).len();
        let array = format!("[{}]", items.join(", "));
        let message = format!("an array has square brackets; write `{key} = {array}`");
        let edit = Edit::new(self.at..end, format!(" {array}"));
        self.add(Kind::Value, place, message, vec![edit]);
        self.at = end;
        self.before = Before::Value;
    }

    /// `r"..."`, `f"..."`: TOML has no prefixes.
    pub(super) fn prefixed(&mut self, start: usize, prefix: &str) -> bool {
        if !PREFIXES.contains(&prefix) {
            return false;
        }
        if self.rest().starts_with('#') {
            return self.raw(start, prefix);
        }
        let rest = self.rest();
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            return false;
        };
        let line = self.line();
        let Some(end) = super::quote::end_of_string(line, quote) else {
            return false;
        };
        let inside = &line[1..end];
        let quote = if inside.contains('\\') { '\'' } else { '"' };
        let written = format!("{quote}{inside}{quote}");
        let span = start..self.at + end + 1;
        let message = format!("a string has no prefix in TOML; write `{written}`");
        self.add(
            Kind::Value,
            start..start + prefix.len(),
            message,
            vec![Edit::new(span.clone(), written)],
        );
        self.at = span.end;
        true
    }

    /// `r#"..."#`, a raw string of Rust.
    fn raw(&mut self, start: usize, prefix: &str) -> bool {
        let line = self.line();
        let marks = &line[..line.len() - line.trim_start_matches('#').len()];
        let close = format!("\"{marks}");
        let Some(inside) = line[marks.len()..].strip_prefix('"') else {
            return false;
        };
        let Some(length) = inside.find(&close) else {
            return false;
        };
        let quote = if inside[..length].contains(['\\', '"']) {
            '\''
        } else {
            '"'
        };
        let written = format!("{quote}{}{quote}", &inside[..length]);
        let end = self.at + marks.len() + 1 + length + close.len();
        let message = format!("a string has no prefix in TOML; write `{written}`");
        let edit = Edit::new(start..end, written);
        self.add(
            Kind::Value,
            start..start + prefix.len(),
            message,
            vec![edit],
        );
        self.at = end;
        true
    }

    /// `<<EOT` and lines up to that word, as HCL and shells write a long text.
    pub(super) fn here_document(&mut self, start: usize, word: &str) -> bool {
        let Some(name) = word
            .strip_prefix("<<")
            .map(|name| name.trim_start_matches('-'))
        else {
            return false;
        };
        if name.is_empty() || !self.line().trim().is_empty() {
            return false;
        }
        let mut more = self.lines_after();
        let Some(count) = more.position(|line| line.trim() == name) else {
            return false;
        };
        let text: Vec<&str> = self.lines_after().take(count).collect();
        // The word that ends it is no part of it.
        self.long_text(start, word, &text, count + 1);
        true
    }

    /// The lines behind this one, with their ends.
    fn lines_after(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let from = self.at + self.line().len();
        self.text[from..].split_inclusive('\n').skip(1)
    }

    /// Says what to write for a text over so many lines behind this one.
    fn long_text(&mut self, start: usize, word: &str, text: &[&str], lines: usize) {
        let from = self.at + self.line().len();
        let whole = self.text[from..].split_inclusive('\n').take(lines + 1);
        let end = from + whole.map(str::len).sum::<usize>();
        let end = self.text[..end].trim_end_matches(['\n', '\r']).len();
        let text: Vec<&str> = text.iter().map(|line| line.trim()).collect();
        let written = format!("\"\"\"{}\"\"\"", text.join("\\n"));
        let message = format!("a long string has three quotes; write `{written}`");
        let edit = Edit::new(start..end, written);
        self.add(Kind::Value, start..start + word.len(), message, vec![edit]);
        self.at = end;
        self.before = Before::Value;
    }

    /// `new Date("2024-05-03")`, `now()`: a value is written, and not calculated.
    pub(super) fn called(&mut self, start: usize, word: &str) -> bool {
        let line = &self.text[start
            ..start
                + self.text[start..]
                    .find('\n')
                    .unwrap_or(self.text.len() - start)];
        let name = if word == "new" {
            line[3..].trim_start()
        } else {
            line
        };
        let length = name.find(|c: char| !c.is_alphanumeric() && !"._".contains(c));
        let Some(length) = length.filter(|at| *at > 0 && name[*at..].starts_with('(')) else {
            return false;
        };
        let open = line.len() - name.len() + length;
        let mut depth = 0_u32;
        let close = line[open..].char_indices().find_map(|(at, letter)| {
            match letter {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            (depth == 0).then_some(open + at)
        });
        let Some(close) = close else { return false };
        let inside = line[open + 1..close].trim();
        let text = inside.trim_matches(['"', '\'']);
        let quoted = text.len() + 2 == inside.len();
        let value = match foreign::date_with_time(text) {
            Some(date) if quoted => format!("\"{date}\""),
            _ if quoted => format!("\"{text}\""),
            // `list(["a"])`, `dict(user=["a"])`.
            _ if inside.starts_with('[') && inside.ends_with(']') => inside.to_owned(),
            _ if inside.contains('=') => format!("{{ {inside} }}"),
            _ => "\"2024-05-03T00:00:00Z\"".to_owned(),
        };
        let quoted = quoted || value.starts_with(['[', '{']);
        let message = if quoted {
            format!("a value is not calculated; write `{value}`")
        } else {
            format!("a value is not calculated; write the result, such as `{value}`")
        };
        let span = start..start + close + 1;
        self.add(
            Kind::Value,
            start..start + open,
            message,
            vec![Edit::new(span.clone(), value)],
        );
        self.at = span.end;
        self.before = Before::Value;
        true
    }

    /// Several words without quotes: `Users in Europe`.
    pub(super) fn words(&mut self, start: usize, word: &str) -> Option<usize> {
        let rest = self.line();
        let ends: &[char] = if self.open.is_empty() {
            &['#']
        } else {
            &['#', ',', ']', '}']
        };
        let more = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let next = more.trim_start();
        let is_text = more.starts_with(' ')
            && next.starts_with(char::is_alphanumeric)
            && !next.contains(['"', '=', '\'', '`'])
            && word.starts_with(char::is_alphabetic);
        is_text.then(|| start + word.len() + more.trim_end().len())
    }

    /// `|` and lines that are indented, as YAML writes a long text.
    pub(super) fn folded(&mut self, start: usize, word: &str) -> bool {
        if !matches!(word, "|" | ">" | "|-" | ">-") || !self.line().trim().is_empty() {
            return false;
        }
        let text: Vec<&str> = self
            .lines_after()
            .take_while(|line| line.starts_with([' ', '\t']))
            .collect();
        self.long_text(start, word, &text, text.len());
        true
    }

    /// Quotes that were escaped for another language: `\"d\"`, `&quot;d&quot;`.
    pub(super) fn escaped_quotes(&mut self, start: usize) -> bool {
        let rest = &self.text[start..];
        let line = rest.split('\n').next().unwrap_or(rest);
        let Some(mark) = ["\\\"", "&quot;", "&#34;", "&ldquo;"]
            .into_iter()
            .find(|mark| line.starts_with(mark))
        else {
            return false;
        };
        let Some(end) = line[mark.len()..].find(mark) else {
            return false;
        };
        let text = &line[mark.len()..mark.len() + end];
        let written = format!("\"{text}\"");
        let span = start..start + end + 2 * mark.len();
        let message = format!("`{mark}` is not a quote in TOML; write `{written}`");
        self.add(
            Kind::Quotes,
            start..start + mark.len(),
            message,
            vec![Edit::new(span.clone(), written)],
        );
        self.at = span.end;
        self.took(span);
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::file;

    #[test]
    fn a_here_document_ends_with_its_word_whatever_ends_the_lines() {
        for (end, word) in [("\n", "EOT"), ("\r\n", "EOT"), ("\r\n", "É")] {
            for last in ["", end] {
                let text = format!(
                    "[segments.a]{end}description = <<{word}{end}some{end}more{end}{word}{last}"
                );
                let report = file::read("segments.toml", text.as_bytes());
                let edits = report
                    .diagnostics()
                    .iter()
                    .filter_map(|found| found.suggestion.as_ref())
                    .map(|suggestion| suggestion.apply(&text));
                let written: Vec<String> = edits.collect();
                let right = format!("[segments.a]{end}description = \"\"\"some\\nmore\"\"\"{last}");
                assert_eq!(written, [right], "{text:?}");
            }
        }
    }
}
