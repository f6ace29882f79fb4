//! Lines that are not TOML: fences and other marks of pasted text, headers and lists of YAML, blocks of
//! other languages.

use super::kind::Kind;
use super::scanner::{Before, Scanner};
use crate::diagnostic::Edit;

/// A line that a diff adds.
fn added(line: &str) -> bool {
    let rest = line.strip_prefix('+');
    rest.is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || "[ \t\"".contains(c))
    })
}

/// Returns whether a text has lines that a diff adds.
pub(super) fn is_diff(text: &str) -> bool {
    text.lines().any(added)
}

/// More lines than a block has that somebody wrote by hand.
pub(super) const LONGEST_BLOCK: usize = 1000;

/// A word alone, in quotes or not, with a colon behind it.
fn yaml_header(line: &str) -> Option<&str> {
    let name = line.trim().strip_suffix(':')?;
    let plain = name.trim_matches(['"', '\'']);
    let is_name = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    (!plain.is_empty() && plain.chars().all(is_name)).then_some(plain)
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A word that can be a key or a part of a header.
fn is_key(word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !word.is_empty() && word.chars().all(part)
}

impl Scanner<'_> {
    /// Reads a line that is no statement of TOML; says whether it was one.
    pub(super) fn foreign_line(&mut self) -> bool {
        if !self.open.is_empty() || self.before != Before::Start {
            return false;
        }
        self.fence()
            || self.diff()
            || self.line_number()
            || self.yaml_table()
            || self.resource()
            || self.block()
            || self.ellipsis()
    }

    /// The rest of the text, by lines, with the place of each.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut at = self.at;
        self.text[self.at..].split_inclusive('\n').map(move |line| {
            let start = at;
            at += line.len();
            (start, line.trim_end_matches(['\n', '\r']))
        })
    }

    /// The fences of Markdown around code.
    fn fence(&mut self) -> bool {
        let line = self.line();
        let plain = line.trim_start();
        if !plain.starts_with("```") && !plain.starts_with("~~~") {
            return false;
        }
        let start = self.at + indentation(line);
        let edit = Edit::new(self.at..self.at + line.len(), "");
        let message = format!("`{}` is not TOML; remove these lines", &plain[..3]);
        self.add(Kind::Fence, start..start + 3, message, vec![edit]);
        self.at += line.len();
        true
    }

    /// The marks of a diff: what was added is kept.
    fn diff(&mut self) -> bool {
        let line = self.line();
        let removed = ["-", "@@ ", "diff --git ", "+++ "];
        let is_mark = added(line) || removed.iter().any(|mark| line.starts_with(mark));
        if !is_mark || !self.is_diff {
            return false;
        }
        let start = self.at;
        let keeps = added(line);
        let edit = if keeps {
            Edit::new(start..start + 1, "")
        } else {
            Edit::new(start..start + line.len(), "")
        };
        let message =
            "a diff was pasted here; keep the lines with `+`, and remove the marks".to_owned();
        self.add(Kind::Diff, start..start + 1, message, vec![edit]);
        self.at += if keeps { 1 } else { line.len() };
        true
    }

    /// A number in front of a statement, as a page or an editor shows it.
    fn line_number(&mut self) -> bool {
        let line = self.line();
        let plain = line.trim_start();
        let digits = plain.len() - plain.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let behind = plain[digits..].trim_start_matches([':', '.', '|', ')']);
        let statement = behind.trim_start();
        let (key, rest) = statement
            .split_once(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or((statement, ""));
        let is_pair = is_key(&key.replace('.', "")) && (rest.is_empty() || statement.contains('='));
        let is_statement = statement.starts_with('[') || is_pair && !rest.is_empty();
        if digits == 0 || behind == statement || !is_statement {
            return false;
        }
        let start = self.at + indentation(line);
        let end = self.at + line.len() - statement.len();
        let message = format!(
            "a line number was pasted here; remove the `{}`",
            &plain[..digits]
        );
        let edit = Edit::new(start..end, "");
        self.add(Kind::LineNumber, start..start + digits, message, vec![edit]);
        self.at = end;
        true
    }

    /// `segments:` and what is indented below it.
    fn yaml_table(&mut self) -> bool {
        let mut edits = Vec::new();
        // `---` begins a document.
        if self.line().trim_end() == "---" {
            let next = self
                .lines()
                .skip(1)
                .find(|(_, line)| !line.trim().is_empty());
            let Some((at, _)) = next.filter(|(_, line)| yaml_header(line).is_some()) else {
                return false;
            };
            edits.push(Edit::new(self.at..self.at + self.line().len(), ""));
            self.at = at;
        }
        let Some(first) = yaml_header(self.line()) else {
            return false;
        };
        let depth = indentation(self.line());
        let mut path = vec![first.to_owned()];
        let mut end = self.at;
        let mut header = None;
        let mut inside_header = true;
        for (index, (start, line)) in self.lines().enumerate() {
            if index > 0 && !line.trim().is_empty() && indentation(line) <= depth {
                break;
            }
            end = start + line.len();
            if inside_header && let Some(name) = yaml_header(line) {
                if index > 0 {
                    path.push(name.to_owned());
                }
                edits.push(Edit::new(start..end, ""));
                header = Some(edits.len() - 1);
            } else {
                inside_header = false;
                if let Some(at) = line.find(": ").filter(|at| is_key(line[..*at].trim())) {
                    let value = line[at + 2..].trim();
                    let at = start + at;
                    edits.push(Edit::new(at..at + 1, " ="));
                    // A text without quotes.
                    let is_word = |c: char| c.is_alphanumeric() || " -_.@".contains(c);
                    let is_text = value.starts_with(char::is_alphabetic)
                        && value.chars().all(is_word)
                        && !matches!(value, "true" | "false" | "yes" | "no");
                    if is_text {
                        let begin = at
                            + 2
                            + (self.text[at + 2..].len() - self.text[at + 2..].trim_start().len());
                        edits.push(Edit::new(begin..begin, "\""));
                        edits.push(Edit::new(begin + value.len()..begin + value.len(), "\""));
                    }
                }
            }
        }
        let written = format!("[{}]", path.join("."));
        if let Some(header) = header {
            edits[header].replacement.clone_from(&written);
        }
        let start = self.at + depth;
        let message = format!("a table begins with a header in TOML; write `{written}`");
        self.add(Kind::Table, start..start + first.len(), message, edits);
        self.at = end;
        true
    }

    /// `segment "staff" {` and what follows up to `}`, as in HCL.
    fn block(&mut self) -> bool {
        let line = self.line();
        let Some(head) = line.trim().strip_suffix('{') else {
            return false;
        };
        let mut words = head.split_whitespace();
        let (Some(name), label, None) = (words.next(), words.next(), words.next()) else {
            return false;
        };
        let label = label.map(|label| label.trim_matches('"'));
        if !is_key(name) || label.is_some_and(|label| !is_key(label)) {
            return false;
        }
        let mut depth = 0_i32;
        let close = self.lines().take(LONGEST_BLOCK).find_map(|(start, line)| {
            depth += i32::try_from(line.matches('{').count()).unwrap_or(i32::MAX);
            depth -= i32::try_from(line.matches('}').count()).unwrap_or(i32::MAX);
            (depth <= 0).then_some((start, line.len()))
        });
        let (start, first) = (self.at, self.at + line.len());
        let place = start + indentation(line);
        let place = place..place + name.len();
        let mut edits = Vec::new();
        let message = if let Some(label) = label {
            // `segment` is `segments` here.
            let table = crate::foreign::key(name, is_table).unwrap_or(name);
            let header = format!("[{table}.{label}]");
            edits.push(Edit::new(start..first, header.clone()));
            if let Some((start, length)) = close {
                edits.push(Edit::new(start..start + length, ""));
            }
            self.at = first;
            format!("a table begins with a header in TOML; write `{header}`")
        } else {
            let end = close.map_or(self.text.len(), |(start, length)| start + length);
            edits.push(Edit::new(start..end, ""));
            self.at = end;
            format!("a table has a key and `=` in TOML; write `{name} = [{{ ... }}]`")
        };
        self.add(Kind::Table, place, message, edits);
        true
    }

    /// `...` on a line of its own.
    fn ellipsis(&mut self) -> bool {
        let line = self.line();
        if !matches!(line.trim(), "..." | "…") {
            return false;
        }
        let start = self.at;
        self.placeholder(start + indentation(line)..start + line.trim_end().len());
        self.at = start + line.len();
        true
    }

    /// Something that stands for what was left out.
    pub(super) fn placeholder(&mut self, span: crate::file::span::Span) {
        let mark = &self.text[span.clone()];
        let message =
            format!("`{mark}` is a placeholder; write what belongs here, or remove the mark");
        let edit = Edit::new(span.clone(), "");
        self.add(Kind::Placeholder, span, message, vec![edit]);
    }

    /// A header in which somebody has to put a name, or that has a space in a name.
    pub(super) fn header(&mut self) {
        let line = self.line();
        let start = self.at;
        let inside = line.trim_start_matches('[');
        let from = start + line.len() - inside.len();
        let Some(inside) = inside
            .split(']')
            .next()
            .filter(|path| !path.contains(['"', '\'', '#']))
        else {
            return;
        };
        if let (Some(open), Some(close)) = (inside.find('<'), inside.find('>'))
            && open < close
        {
            let name = inside[open + 1..close].trim().replace(' ', "-");
            let span = from + open..from + close + 1;
            let message = format!(
                "`{}` is a placeholder; write a name such as `{name}`",
                &inside[open..=close]
            );
            self.add(
                Kind::Placeholder,
                span.clone(),
                message,
                vec![Edit::new(span, name)],
            );
            return;
        }
        let parts = inside.trim().split('.');
        let spaced = parts
            .map(str::trim)
            .find(|part| part.contains(' ') && is_key(&part.replace(' ', "")));
        if let Some(part) = spaced
            && line.contains(']')
        {
            let name = part.split_whitespace().collect::<Vec<_>>().join("-");
            let at = from + inside.find(part).unwrap_or_default();
            let span = at..at + part.len();
            let message = format!("a key has no spaces; write `{name}`");
            self.add(
                Kind::Word,
                span.clone(),
                message,
                vec![Edit::new(span, name)],
            );
        }
    }
}

/// Returns whether a key of the file is a table of named parts.
fn is_table(key: &str) -> bool {
    matches!(key, "segments" | "contexts" | "ai_configs" | "flags")
}
