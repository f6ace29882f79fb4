//! Output: data to standard output, messages to standard error.
//!
//! Everything printed is a [`Text`], which escapes invisible characters: foreign keys, paths and messages
//! cannot control a terminal, forge a line, or inject commands into GitHub's log.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anstream::ColorChoice;
use clap::builder::styling::AnsiColor;
pub(crate) use clap::builder::styling::Style;
use segments_model::{steers, visible};

use crate::arguments::{Color, Global};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const CHANGED: Style = AnsiColor::Yellow.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
pub(crate) const STRONG: Style = Style::new().bold();

/// Text that may be shown.
///
/// Everything that can be displayed becomes one, on a line of its own and with everything escaped that
/// is not seen. Lines and styles come in by the functions below only. That it cannot be displayed
/// itself is on purpose: so it cannot become part of a text of which nobody knows whose it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text(String);

impl<T: Display> From<T> for Text {
    fn from(text: T) -> Self {
        Self(visible(&text.to_string()).into_owned())
    }
}

impl Text {
    /// Text whose parts from others were already made visible, in lines and styles: diagnostics,
    /// explanations, changes of a plan.
    pub(crate) fn drawn(text: impl Display) -> Self {
        let text = text.to_string();
        let mut shown = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((at, character)) = rest.char_indices().find(|(_, found)| steers(*found)) {
            shown.push_str(&rest[..at]);
            let length = match character {
                '\n' | '\t' => 1,
                '\u{1b}' => style_at(&rest[at..]).unwrap_or_default(),
                _ => 0,
            };
            if length == 0 {
                shown.extend(character.escape_unicode());
            }
            let kept = at + length;
            shown.push_str(&rest[at..kept]);
            rest = &rest[kept.max(at + character.len_utf8())..];
        }
        shown.push_str(rest);
        Self(shown)
    }

    /// Several texts, one below the other.
    pub(crate) fn lines(texts: impl IntoIterator<Item = Text>) -> Self {
        let texts: Vec<String> = texts.into_iter().map(|text| text.0).collect();
        Self(texts.join("\n"))
    }

    /// The text with another behind it.
    pub(crate) fn then(mut self, more: impl Into<Text>) -> Self {
        self.0.push_str(&more.into().0);
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text for those who are neither a terminal nor a log: without styles and secrets.
    #[cfg(feature = "mcp")]
    pub(crate) fn told(&self) -> String {
        without_secrets(anstream::adapter::strip_str(&self.0).to_string())
    }

    /// The text as it is printed: without secrets, and without what GitHub takes for a command, which
    /// is two colons that begin a line, or `##[` anywhere.
    fn printed(&self) -> String {
        let lines = self.0.split('\n').map(|line| {
            let begun = begin(line);
            match line[begun..].strip_prefix("::") {
                Some(rest) if !rest.starts_with(':') => {
                    format!("{}\\u{{3a}}:{rest}", &line[..begun])
                }
                _ => line.to_owned(),
            }
        });
        let lines: Vec<String> = lines.collect();
        without_secrets(lines.join("\n").replace("##[", "#\\u{23}["))
    }
}

/// Where a line begins behind spaces and styles.
fn begin(line: &str) -> usize {
    let mut at = 0;
    while let Some(next) = line[at..].chars().next() {
        match style_at(&line[at..]) {
            Some(length) => at += length,
            None if next.is_whitespace() => at += next.len_utf8(),
            None => break,
        }
    }
    at
}

/// How long the escape sequence is that a text begins with, if all it does is to change the style.
fn style_at(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("\u{1b}[")?;
    let end = inside.find(|c: char| !matches!(c, '0'..='9' | ';'))?;
    inside[end..].starts_with('m').then_some(end + 3)
}

/// A text in a style. The streams below take the style out where colours are not wanted.
pub(crate) fn styled(style: Style, text: impl Into<Text>) -> Text {
    Text(format!("{style}{}{style:#}", text.into().0))
}

/// Texts that must never be printed: the tokens of this run.
static SECRETS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A shorter text is an ordinary word, and not a token.
const SHORTEST_SECRET: usize = 8;

/// Keeps a text out of everything that is printed from now on.
pub(crate) fn keep_secret(secret: &str) {
    let secret = secret.trim();
    if secret.len() >= SHORTEST_SECRET {
        let mut secrets = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.push(secret.to_owned());
    }
}

/// Returns whether a text holds a secret of this run.
pub(crate) fn holds_secret(text: &str) -> bool {
    let secrets = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    secrets.iter().any(|secret| text.contains(secret.as_str()))
}

fn without_secrets(text: String) -> String {
    let secrets = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    secrets.iter().fold(text, |text, secret| {
        text.replace(secret.as_str(), "[token]")
    })
}

/// Whether something for people could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Returns whether a message could not be written, so that the output is incomplete.
pub(crate) fn is_anything_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    quiet: bool,
    verbose: bool,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        match global.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
        .write_global();
        Self {
            quiet: global.quiet,
            verbose: global.verbose,
        }
    }

    /// The requested output.
    #[allow(clippy::unused_self, reason = "reads as the others")]
    pub(crate) fn data(self, text: impl Into<Text>) -> io::Result<()> {
        print(&text.into().printed())
    }

    /// A complete file: a page, a schema, definitions. It is written unchanged.
    #[allow(clippy::unused_self, reason = "reads as the others")]
    pub(crate) fn file(self, text: &str) -> io::Result<()> {
        print(text.trim_end())
    }

    /// An annotation for GitHub.
    #[allow(clippy::unused_self, reason = "reads as the others")]
    pub(crate) fn command(self, command: &str) -> io::Result<()> {
        print(&without_secrets(command.to_owned()))
    }

    /// The same as JSON: on one line for programs, over several for people who look at it.
    #[allow(clippy::unused_self, reason = "reads as the others")]
    pub(crate) fn json(self, value: &impl serde::Serialize) -> io::Result<()> {
        let text = if io::stdout().is_terminal() {
            serde_json::to_string_pretty(value)
        } else {
            serde_json::to_string(value)
        };
        let text = text.map_err(io::Error::other)?;
        print(&without_secrets(visible_json(&text)))
    }

    /// Returns whether only errors are wanted.
    pub(crate) fn is_quiet(self) -> bool {
        self.quiet
    }

    /// A message for most users; not with `--quiet`.
    pub(crate) fn message(self, text: impl Into<Text>) {
        if !self.quiet {
            self.always(text);
        }
    }

    /// A detail; only with `--verbose`.
    pub(crate) fn detail(self, text: impl Into<Text>) {
        if self.verbose {
            self.always(text);
        }
    }

    /// A message that everybody has to see.
    #[allow(clippy::unused_self, reason = "reads as the others")]
    pub(crate) fn always(self, text: impl Into<Text>) {
        let text = text.into().printed();
        say(|stream| writeln!(stream, "{text}"));
    }

    /// A question, with the answer on the same line.
    #[allow(clippy::unused_self, reason = "reads as the others")]
    pub(crate) fn question(self, text: impl Into<Text>) {
        let text = text.into().printed();
        say(|stream| write!(stream, "{text}").and_then(|()| stream.flush()));
    }

    pub(crate) fn error(self, error: impl Into<Text>) {
        let style = AnsiColor::Red.on_default().bold();
        self.always(styled(style, "error").then(": ").then(error));
    }

    /// Returns whether a bar may be drawn.
    pub(crate) fn draws(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }
}

fn print(text: &str) -> io::Result<()> {
    let mut stream = anstream::stdout().lock();
    writeln!(stream, "{text}")?;
    stream.flush()
}

/// Writes to standard error. A closed pipe is ignored; any other error is kept for the exit code.
pub(crate) fn say(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    if let Err(error) = write(&mut anstream::stderr())
        && error.kind() != ErrorKind::BrokenPipe
    {
        LOST.store(true, Ordering::Relaxed);
    }
}

/// JSON says the same with its own escapes.
fn visible_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        if steers(character) && character != '\n' {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            shown.push(character);
        }
    }
    shown.replace("##[", "#\\u0023[")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_say_is_one_line_and_no_escape() {
        let text = Text::from("a\x1b[2Kb\nc\u{202e}\u{9b}\u{200b}");
        assert_eq!(text.0, r"a\u{1b}[2Kb\u{a}c\u{202e}\u{9b}\u{200b}");
        let styled = styled(GOOD, "a\nb").then("\nc");
        assert_eq!(styled.0, "\u{1b}[32ma\\u{a}b\u{1b}[0m\\u{a}c");
    }

    #[test]
    fn what_is_drawn_keeps_its_lines_and_styles_and_nothing_else() {
        let drawn = Text::drawn("\x1b[1mé\n\t\x1b[38;5;9mb\x1b[0m\x1b[2K\x1b]0;x\x07\u{202e}");
        let expected = "\x1b[1mé\n\t\x1b[38;5;9mb\x1b[0m\\u{1b}[2K\\u{1b}]0;x\\u{7}\\u{202e}";
        assert_eq!(drawn.0, expected);
        assert_eq!(Text::drawn("\x1b[").0, "\\u{1b}[");
    }

    #[test]
    fn nothing_is_a_command_to_github() {
        for (text, printed) in [
            ("::error::x", r"\u{3a}:error::x"),
            ("a\n  ::stop-commands::x", "a\n  \\u{3a}:stop-commands::x"),
            ("\x1b[32m::error::x", "\x1b[32m\\u{3a}:error::x"),
            ("a::b", "a::b"),
            // As diagnostics name further places.
            ("  ::: a.toml:1:1", "  ::: a.toml:1:1"),
            ("a ##[add-mask]b", r"a #\u{23}[add-mask]b"),
        ] {
            assert_eq!(Text::drawn(text).printed(), printed);
        }
    }

    #[test]
    fn json_stays_json() {
        let json = serde_json::json!({"a\u{202e}": "\u{1b}\u{e0001}\u{7f}##[debug]"}).to_string();
        let shown = visible_json(&json);
        assert!(!shown.contains(steers), "{shown}");
        assert!(!shown.contains("##["), "{shown}");
        let read: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(read.to_string(), json);
    }

    #[test]
    fn secrets_are_not_printed() {
        keep_secret(" api-canary-5d8e-printed\n");
        keep_secret("short");
        let text = Text::from("a api-canary-5d8e-printed b short");
        assert_eq!(text.printed(), "a [token] b short");
        assert!(holds_secret("x=api-canary-5d8e-printed"));
    }
}
