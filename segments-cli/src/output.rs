//! Where text goes: data to standard output, everything for people to standard error.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anstream::ColorChoice;
use clap::builder::styling::AnsiColor;
pub(crate) use clap::builder::styling::Style;

use crate::arguments::{Color, Global};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const CHANGED: Style = AnsiColor::Yellow.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
pub(crate) const STRONG: Style = Style::new().bold();

/// A text in a style. The streams below take the style out where colours are not wanted.
pub(crate) fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
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

    /// What was asked for.
    #[allow(clippy::unused_self, reason = "reads as the others")]
    pub(crate) fn data(self, text: impl Display) -> io::Result<()> {
        let mut stream = anstream::stdout().lock();
        writeln!(stream, "{text}")?;
        stream.flush()
    }

    /// The same as JSON: on one line for programs, over several for people who look at it.
    pub(crate) fn json(self, value: &impl serde::Serialize) -> io::Result<()> {
        let text = if io::stdout().is_terminal() {
            serde_json::to_string_pretty(value)
        } else {
            serde_json::to_string(value)
        };
        self.data(text.map_err(io::Error::other)?)
    }

    /// What people may want to know; not with `--quiet`.
    pub(crate) fn message(self, text: impl Display) {
        if !self.quiet {
            self.always(text);
        }
    }

    /// What only the curious want to know; with `--verbose`.
    pub(crate) fn detail(self, text: impl Display) {
        if self.verbose {
            self.always(text);
        }
    }

    /// What people have to know.
    #[allow(clippy::unused_self, reason = "reads as the others")]
    pub(crate) fn always(self, text: impl Display) {
        // If standard error is closed, there is nobody to be told.
        let _ = writeln!(anstream::stderr(), "{text}");
    }

    /// A question, with the answer on the same line.
    #[allow(clippy::unused_self, reason = "reads as the others")]
    pub(crate) fn question(self, text: impl Display) {
        let mut stream = anstream::stderr();
        let _ = write!(stream, "{text}").and_then(|()| stream.flush());
    }

    pub(crate) fn error(self, error: impl Display) {
        let style = AnsiColor::Red.on_default().bold();
        self.always(format_args!("{style}error{style:#}: {error}"));
    }

    /// Whether a bar may be drawn.
    pub(crate) fn draws(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }
}
