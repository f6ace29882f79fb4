//! Diagnostics for people, drawn the way rustc draws its own.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Source};
use crate::Severity;

/// Whether the output goes to a terminal that shows colours.
///
/// See the example of [`human`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colors {
    /// Text alone.
    #[default]
    Never,
    /// Text with ANSI escapes.
    Always,
}

/// A line that is longer than this many bytes is named, not shown.
const LONGEST_LINE: usize = 4096;

/// Draws a diagnostic: severity, code and message, the place, the line, a caret under the value.
///
/// ```
/// use segments_model::Code;
/// use segments_model::diagnostic::{Colors, Diagnostic, Source, human};
///
/// let source = Source::new("segments.toml", "op = \"equals\"\n");
/// let diagnostic = Diagnostic::new(Code::OperatorUnknown, 5..13, "`equals` is not an operator");
/// let text = human(&diagnostic, &source, Colors::Never);
/// assert_eq!(text, "\
/// error[operator-unknown]: `equals` is not an operator
///  --> segments.toml:1:6
///   |
/// 1 | op = \"equals\"
///   |      ^^^^^^^^");
/// ```
#[must_use]
pub fn human(diagnostic: &Diagnostic, source: &Source, colors: Colors) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    draw(
        level,
        Some(diagnostic.code.name()),
        diagnostic,
        source,
        colors,
    )
}

/// Draws a diagnostic for the inside of a compile error, where rustc writes the first word itself.
///
/// ```
/// use segments_model::Code;
/// use segments_model::diagnostic::{Diagnostic, Source, inside_compile_error};
///
/// let source = Source::new("segments.toml", "op = \"equals\"\n");
/// let diagnostic = Diagnostic::new(Code::OperatorUnknown, 5..13, "`equals` is not an operator");
/// let text = inside_compile_error(&diagnostic, &source);
/// assert!(text.starts_with("`equals` is not an operator\n --> segments.toml:1:6\n"));
/// ```
#[must_use]
pub fn inside_compile_error(diagnostic: &Diagnostic, source: &Source) -> String {
    draw(
        Level::ERROR.no_name(),
        None,
        diagnostic,
        source,
        Colors::Never,
    )
}

fn draw(
    level: Level<'_>,
    id: Option<&str>,
    diagnostic: &Diagnostic,
    source: &Source,
    colors: Colors,
) -> String {
    let mut title = level.primary_title(diagnostic.message.as_str());
    if let Some(id) = id {
        title = title.id(id);
    }
    let mut group = annotate_snippets::Group::with_title(title);
    group = place(group, source, &diagnostic.span, None);
    for related in &diagnostic.related {
        group = place(group, source, &related.span, Some(&related.message));
    }
    let renderer = match colors {
        Colors::Never => Renderer::plain(),
        Colors::Always => Renderer::styled(),
    };
    // The renderer draws the control characters of ASCII as pictures, and leaves those beyond it,
    // which some terminals obey.
    renderer
        .render(&[group])
        .replace(|found| matches!(found, '\u{80}'..='\u{9f}'), "\u{fffd}")
}

/// Adds a line and its caret: under `label` if it is a related place.
fn place<'a>(
    group: annotate_snippets::Group<'a>,
    source: &'a Source,
    span: &Range<usize>,
    label: Option<&'a str>,
) -> annotate_snippets::Group<'a> {
    let location = source.location(span.start);
    let line = source.line_span(location.line);
    if line.len() > LONGEST_LINE {
        let origin = Origin::path(source.path()).line(location.line);
        let group = group.element(origin.char_column(location.column));
        return match label {
            Some(label) => group.element(Level::NOTE.message(label)),
            None => group,
        };
    }
    // What spans several lines is marked on its first.
    let start = span.start.clamp(line.start, line.end) - line.start;
    let end = span.end.clamp(line.start + start, line.end) - line.start;
    let kind = match label {
        None => AnnotationKind::Primary,
        Some(_) => AnnotationKind::Context,
    };
    group.element(
        Snippet::source(&source.text()[line])
            .path(source.path())
            .line_start(location.line)
            .annotation(kind.span(start..end).label(label)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    fn drawn(text: &str, span: Range<usize>) -> String {
        let source = Source::new("f.toml", text);
        inside_compile_error(&Diagnostic::new(Code::TomlType, span, "wrong"), &source)
    }

    #[test]
    fn tabs_and_wide_characters_keep_the_caret_under_the_value() {
        assert_eq!(
            drawn("\n\tk = [\"größe\", \"日本\", 1]\n", 28..29),
            "wrong\n --> f.toml:2:22\n  |\n2 |     k = [\"größe\", \"日本\", 1]\n  |                           ^"
        );
    }

    #[test]
    fn a_value_of_several_lines_is_marked_on_its_first() {
        assert_eq!(
            drawn("k = [\r\n1,\r\n]\r\n", 4..13),
            "wrong\n --> f.toml:1:5\n  |\n1 | k = [\n  |     ^"
        );
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let text = drawn("k = \"\u{1b}[31m\u{9b}\u{202e}\"", 4..15);
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{text}");
    }

    #[test]
    fn a_very_long_line_is_named() {
        let text = drawn(&format!("k = \"{}\"", "x".repeat(1_000_000)), 4..1_000_006);
        assert_eq!(text, "wrong\n--> f.toml:1:5");
    }

    #[test]
    fn related_places_are_shown() {
        let source = Source::new("f.toml", "a = 1\nb = 2\n");
        let diagnostic =
            Diagnostic::new(Code::TomlType, 6..7, "wrong").with(0..1, "because of this");
        assert_eq!(
            human(&diagnostic, &source, Colors::Never),
            "error[toml-type]: wrong\n --> f.toml:2:1\n  |\n2 | b = 2\n  | ^\n  |\n ::: f.toml:1:1\n  |\n1 | a = 1\n  | - because of this"
        );
    }
}
