//! `segments.toml`: contexts and segments as a file.
//!
//! [`read`] takes the whole text and returns its contents and all mistakes, each with its place.
//!
//! ```
//! use segments_model::file;
//!
//! let report = file::read("segments.toml", br#"
//! [contexts.user.attributes]
//! email = "string"
//!
//! [segments.staff]
//! description = "People who work here"
//! rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]
//! "#);
//! assert!(report.diagnostics().is_empty());
//! let file = report.into_file().unwrap();
//! assert_eq!(file.segments[0].definition.rules()[0].to_string(), "user email ends with \"@company.com\"");
//! ```

mod advice;
mod assertion;
mod beside;
mod contents;
mod context;
mod corrected;
mod define;
mod environment;
mod example;
mod measured;
mod mend;
mod other_form;
#[cfg(feature = "outline")]
mod outline;
mod partition;
mod places;
mod policy;
mod quotable;
mod reader;
mod relate;
mod report;
mod rule;
mod schema;
mod segment;
mod shape;
mod slip;
mod span;
mod statement;
mod syntax;
mod targeting;
mod targets;
mod unreadable;
mod value;
mod whole;
mod written;

pub use crate::Arity;
pub use beside::Beside;
pub use contents::{
    AttributeSchema, ContextSchema, DeclaredExperiment, DeclaredMetric, DeclaredPartition,
    DeclaredSegment, DeclaredTargeting, Example, SegmentsFile,
};
#[cfg(feature = "outline")]
pub use context::BUILT_IN;
#[cfg(feature = "outline")]
pub use outline::{Cursor, KeyOf, Keys, Outline, PartOf, Role, Section, Slot, Symbol, unquoted};
pub use quotable::{NotQuotable, QuotableFile};
pub use report::Report;
pub use schema::json_schema;
pub use shape::usual_order;

use corrected::Corrected;
use reader::Reader;
use unreadable::Unreadable;

use crate::Code;
use crate::diagnostic::{Diagnostic, Source};

/// The maximum size of a file in bytes.
pub const LARGEST: u64 = 64 << 20;

/// Returns the report on a file that could not be opened, in the same form as others.
///
/// ```
/// use segments_model::file;
///
/// let report = file::unreadable("segments.toml", "there is no such file");
/// assert_eq!(
///     report.to_string(),
///     "error[file-unreadable]: there is no such file\n--> segments.toml"
/// );
/// ```
pub fn unreadable(path: &str, reason: impl Into<String>) -> Report {
    let found = Diagnostic::new(Code::FILE_UNREADABLE, 0..0, reason);
    let source = Source::new(path, "");
    Report::new(source, SegmentsFile::default(), vec![found]).withheld()
}

/// Reads and checks a file. `path` is only shown; `text` is the content of the file.
///
/// A byte-order mark is ignored, and all line endings are accepted.
#[must_use]
pub fn read(path: &str, text: &[u8]) -> Report {
    read_beside(path, text, &Beside::default())
}

/// Reads and checks a file that belongs to a set of files.
#[must_use]
pub fn read_beside(path: &str, text: &[u8], beside: &Beside) -> Report {
    match std::str::from_utf8(text) {
        Ok(text) => read_text(Source::new(path, text), beside),
        Err(error) => not_utf8(path, text, error.valid_up_to()),
    }
}

fn not_utf8(path: &str, text: &[u8], at: usize) -> Report {
    let message = match text {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            "this file is UTF-16, but TOML is UTF-8; save the file as UTF-8".to_owned()
        }
        _ => format!(
            "byte 0x{:02x} is not UTF-8 text; save the file as UTF-8",
            text[at]
        ),
    };
    let source = Source::new(path, String::from_utf8_lossy(text));
    // The mark of byte order, which the source leaves out, is valid and counted.
    let bom = if text.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let span = at - bom..at - bom + char::REPLACEMENT_CHARACTER.len_utf8();
    let is_other = is_something_else(source.text());
    let found = Diagnostic::new(Code::FILE_ENCODING, span, message);
    let report = Report::new(source, SegmentsFile::default(), vec![found]);
    if is_other { report.withheld() } else { report }
}

/// Returns whether a text that is no TOML has not one line of a file of segments. Then it is something else,
/// which somebody may have named to have it printed, such as a list of passwords.
fn is_something_else(text: &str) -> bool {
    let statements = statement::statements(text);
    let mut first = statements.iter().filter_map(|one| one.keys(text).next());
    !first.any(|key| shape::FILE.key(key).is_some())
}

/// The report on a text that is something else: where the first mistake is, and nothing else.
fn something_else(source: Source, mistakes: Vec<Diagnostic>) -> Report {
    let first = mistakes.into_iter().min_by_key(|found| found.span.start);
    let found = first.map(|found| {
        // What is wrong quotes what stands there.
        let message =
            "this is not a segments file; begin with a table, as in `[segments.some-key]`";
        Diagnostic::new(Code::TOML_SYNTAX, found.span, message)
    });
    Report::new(source, SegmentsFile::default(), found.into_iter().collect()).withheld()
}

/// More values than a file has that people can read, and as many as fit into memory.
const MOST_VALUES: usize = 2_000_000;

fn read_text(source: Source, beside: &Beside) -> Report {
    let ends = |byte: &&u8| matches!(byte, b',' | b'=' | b'[' | b'{');
    if source
        .text()
        .as_bytes()
        .iter()
        .filter(ends)
        .nth(MOST_VALUES)
        .is_some()
    {
        let message = format!(
            "this file has more than {MOST_VALUES} values; move long lists to a big segment"
        );
        let found = Diagnostic::new(Code::FILE_UNREADABLE, 0..0, message);
        return Report::new(source, SegmentsFile::default(), vec![found]);
    }
    if let Some(diagnostics) = syntax::flood(source.text()) {
        if is_something_else(source.text()) {
            return something_else(source, diagnostics);
        }
        return Report::new(source, SegmentsFile::default(), diagnostics);
    }
    let (table, syntax) = syntax::parse(source.text());
    if !syntax.iter().any(syntax::is_error) {
        let unreadable = Unreadable::default();
        let mut reader = Reader::new(source.text(), &unreadable);
        let file = reader.file(table.get_ref(), beside);
        let mut diagnostics = reader.diagnostics;
        diagnostics.extend(syntax);
        return Report::new(source, file, diagnostics);
    }
    if is_something_else(source.text()) {
        return something_else(source.clone(), syntax);
    }
    let Some(corrected) = slip::correct(source.text()) else {
        let (file, diagnostics) = read_broken(source.text(), beside);
        return Report::new(source, file, diagnostics);
    };
    let (mut file, mut diagnostics) = read_broken(&corrected.text, beside);
    to_original(&corrected, &mut file, &mut diagnostics);
    // What was taken out may have been a description, or the only rules.
    diagnostics.retain(|found| {
        let may_be_taken_out = matches!(found.code, Code::STYLE_DESCRIPTION | Code::SEGMENT_EMPTY);
        !corrected.tells(&found.span) && !may_be_taken_out
    });
    diagnostics.extend(corrected.diagnostics);
    Report::new(source, file, diagnostics)
}

/// Reads a text that may be no TOML, as far as it can be read.
fn read_broken(text: &str, beside: &Beside) -> (SegmentsFile, Vec<Diagnostic>) {
    let statements = statement::statements(text);
    let mended = mend::mend(text, &statements);
    let (table, mut syntax) = syntax::parse(&mended.text);
    for found in &mut syntax {
        found.span = mended.original(&found.span);
    }
    syntax.retain(|found| !syntax::is_error(found) || !mended.tells(&found.span));
    syntax.extend_from_slice(&mended.diagnostics);
    let (mut broken, doubled): (Vec<_>, Vec<_>) = syntax.into_iter().partition(syntax::is_error);
    broken.sort_by_key(|found| found.span.start);
    let unreadable = Unreadable::new(text, &statements, &broken);
    let mut reader = Reader::new(&mended.text, &unreadable);
    let mut file = reader.file(table.get_ref(), beside);
    let mut diagnostics = reader.diagnostics;
    to_original(&mended, &mut file, &mut diagnostics);
    diagnostics.extend(doubled);
    diagnostics.retain(|found| !unreadable.explains(found));
    diagnostics.extend(broken);
    (file, diagnostics)
}

/// Takes all places from a corrected copy to the original.
fn to_original(corrected: &Corrected, file: &mut SegmentsFile, diagnostics: &mut [Diagnostic]) {
    let in_diagnostics = diagnostics.iter_mut().flat_map(|found| {
        let related = found.related.iter_mut().map(|related| &mut related.span);
        let edits = found.suggestion.iter_mut().flat_map(|it| &mut it.edits);
        let edits = edits.map(|edit| &mut edit.span);
        std::iter::once(&mut found.span).chain(related).chain(edits)
    });
    for span in in_diagnostics.chain(file.spans_mut()) {
        *span = corrected.original(span);
    }
}
