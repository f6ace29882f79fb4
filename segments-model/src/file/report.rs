//! What reading a file gave.

use super::{SegmentsFile, syntax};
use crate::Severity;
use crate::diagnostic::{self, Colors, Diagnostic, Source};

/// What reading a file gave: everything that could be read, and everything that is wrong.
#[derive(Clone, PartialEq)]
pub struct Report {
    source: Source,
    file: SegmentsFile,
    diagnostics: Vec<Diagnostic>,
    omitted: usize,
}

crate::readable_debug! {
    struct Report { source, file, diagnostics, omitted }
}

impl Report {
    pub(super) fn new(
        source: Source,
        file: SegmentsFile,
        mut diagnostics: Vec<Diagnostic>,
    ) -> Self {
        let place = |found: &Diagnostic| (found.span.start, found.span.end);
        let omitted = diagnostics.len().saturating_sub(syntax::MOST);
        if omitted > 0 {
            diagnostics.sort_by_key(|found| (std::cmp::Reverse(found.severity()), place(found)));
            diagnostics.truncate(syntax::MOST);
        }
        diagnostics.sort_by_key(place);
        Self {
            source,
            file,
            diagnostics,
            omitted,
        }
    }

    /// The same, without a word of the file where it is shown. See [`Source::withheld`].
    #[must_use]
    pub fn withheld(mut self) -> Self {
        self.source = self.source.withheld();
        self
    }

    /// The file as the diagnostics point into it.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Errors and warnings, in the order of their places. Of more than a thousand, errors first,
    /// the rest is only [counted](Self::omitted).
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// How many diagnostics there are beyond those that are kept.
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Returns whether something is wrong, and not only probably so.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        let mut severities = self.diagnostics.iter().map(Diagnostic::severity);
        severities.any(|severity| severity == Severity::Error)
    }

    /// What the file says, if nothing is wrong with it.
    #[must_use]
    pub fn file(&self) -> Option<&SegmentsFile> {
        (!self.has_errors()).then_some(&self.file)
    }

    /// What the file says, if nothing is wrong with it.
    ///
    /// # Errors
    ///
    /// The report itself, which is an error that shows all diagnostics.
    #[allow(clippy::result_large_err, reason = "asked once for each file")]
    pub fn into_file(self) -> Result<SegmentsFile, Report> {
        if self.has_errors() {
            Err(self)
        } else {
            Ok(self.file)
        }
    }

    /// The part that could be read although something is wrong: a segment with an error is not in
    /// it. For editors and for macros, which keep what is right usable.
    #[must_use]
    pub fn readable_part(&self) -> &SegmentsFile {
        &self.file
    }

    /// All diagnostics for people, with an empty line between them.
    #[must_use]
    pub fn human(&self, colors: Colors) -> String {
        let mut drawn: Vec<String> = self
            .diagnostics
            .iter()
            .map(|found| diagnostic::human(found, &self.source, colors))
            .collect();
        if self.omitted > 0 {
            drawn.push(format!(
                "and {} more in {}",
                self.omitted,
                self.source.path()
            ));
        }
        drawn.join("\n\n")
    }
}

/// All diagnostics, for people.
impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.human(Colors::Never))
    }
}

impl std::error::Error for Report {}
