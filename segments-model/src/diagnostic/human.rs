//! Diagnostics for people, drawn the way rustc draws its own.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Source};
use crate::{Severity, steers, visible, visible_lines};

/// Whether the output goes to a terminal that shows colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colors {
    /// Plain text.
    #[default]
    Never,
    /// Text with ANSI escapes.
    Always,
}

/// A line that is longer than this many bytes is named, not shown.
const LONGEST_LINE: usize = 4096;

/// Renders a diagnostic: severity, code and message, the place, the line, a caret under the value.
///
/// ```
/// use segments_model::Code;
/// use segments_model::diagnostic::{Colors, Diagnostic, Source, human};
///
/// let source = Source::new("segments.toml", "op = \"equals\"\n");
/// let diagnostic = Diagnostic::new(Code::OPERATOR_UNKNOWN, 5..13, "`equals` is not an operator");
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

/// Renders a diagnostic for the inside of a compile error, where rustc prints the first word itself.
///
/// ```
/// use segments_model::Code;
/// use segments_model::diagnostic::{Diagnostic, Source, inside_compile_error};
///
/// let source = Source::new("segments.toml", "op = \"equals\"\n");
/// let diagnostic = Diagnostic::new(Code::OPERATOR_UNKNOWN, 5..13, "`equals` is not an operator");
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
    let message = visible_lines(&diagnostic.message);
    let mut title = level.primary_title(message.as_ref());
    if let Some(id) = id {
        title = title.id(id);
    }
    let path = visible(source.path());
    let labels: Vec<_> = diagnostic
        .related
        .iter()
        .map(|related| visible(&related.message))
        .collect();
    let mut group = annotate_snippets::Group::with_title(title);
    group = place(group, source, &path, &diagnostic.span, None);
    for (related, label) in diagnostic.related.iter().zip(&labels) {
        group = place(group, source, &path, &related.span, Some(label));
    }
    let renderer = match colors {
        Colors::Never => Renderer::plain(),
        Colors::Always => Renderer::styled(),
    };
    // The renderer draws the control characters of ASCII as pictures, and leaves others, which some
    // terminals obey and nobody sees. One character each, so that carets stay where they belong.
    renderer.render(&[group]).replace(
        |found| steers(found) && !matches!(found, '\n' | '\t' | '\u{1b}'),
        "\u{fffd}",
    )
}

/// Adds a line and its caret: under `label` if it is a related place.
fn place<'a>(
    group: annotate_snippets::Group<'a>,
    source: &'a Source,
    path: &'a str,
    span: &Range<usize>,
    label: Option<&'a str>,
) -> annotate_snippets::Group<'a> {
    let location = source.location(span.start);
    let line = source.line_span(location.line);
    if line.len() > LONGEST_LINE || source.is_withheld() {
        let origin = Origin::path(path);
        // Of a text that could not be read there is no line.
        let group = if source.text().is_empty() {
            group.element(origin)
        } else {
            group.element(origin.line(location.line).char_column(location.column))
        };
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
            .path(path)
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
        inside_compile_error(&Diagnostic::new(Code::TOML_TYPE, span, "wrong"), &source)
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
        let text = drawn(
            "k = \"\u{1b}[31m\u{9b}\u{202e}\u{61c}\u{200b}\u{2028}\u{feff}\"",
            4..27,
        );
        let steer = |found: char| found != '\n' && steers(found);
        assert!(!text.contains(steer), "{text:?}");
    }

    #[test]
    fn messages_and_paths_do_not_steer_either() {
        let source = Source::new("a\u{1b}[2K\n.toml", "k = 1\n");
        let found = Diagnostic::new(Code::TOML_TYPE, 0..1, "`\u{1b}[2K` is wrong");
        let text = human(&found, &source, Colors::Never);
        assert!(!text.contains('\u{1b}'), "{text:?}");
        assert!(text.contains(r"a\u{1b}[2K\u{a}.toml:1:1"), "{text}");
    }

    #[test]
    fn a_text_that_is_withheld_is_not_quoted() {
        let source = Source::new("f.toml", "a = 1\nsecret = 2\n").withheld();
        let found = Diagnostic::new(Code::TOML_TYPE, 6..12, "wrong");
        assert_eq!(
            human(&found, &source, Colors::Never),
            "error[toml-type]: wrong\n--> f.toml:2:1"
        );
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
            Diagnostic::new(Code::TOML_TYPE, 6..7, "wrong").with(0..1, "because of this");
        assert_eq!(
            human(&diagnostic, &source, Colors::Never),
            "error[toml-type]: wrong\n --> f.toml:2:1\n  |\n2 | b = 2\n  | ^\n  |\n ::: f.toml:1:1\n  |\n1 | a = 1\n  | - because of this"
        );
    }
}
