//! The result of reading a file.

use super::{SegmentsFile, syntax};
use crate::Severity;
use crate::diagnostic::{self, Colors, Diagnostic, Source};

/// The result of reading a file: its readable contents, and all mistakes.
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

    /// Withholds the file's text from messages. See [`Source::withheld`].
    #[must_use]
    pub fn withheld(mut self) -> Self {
        self.source = self.source.withheld();
        self
    }

    /// Returns the file for diagnostics.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Returns errors and warnings, ordered by place. Of more than a thousand, errors first, the rest is
    /// only [counted](Self::omitted).
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Returns the number of diagnostics that were left out.
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Returns whether there are errors, not only warnings.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        let mut severities = self.diagnostics.iter().map(Diagnostic::severity);
        severities.any(|severity| severity == Severity::Error)
    }

    /// Returns the contents, if there are no errors.
    #[must_use]
    pub fn file(&self) -> Option<&SegmentsFile> {
        (!self.has_errors()).then_some(&self.file)
    }

    /// Returns the contents, if there are no errors.
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

    /// Returns the readable contents in spite of errors: segments with errors are left out. For editors
    /// and for macros, which keep valid parts usable.
    #[must_use]
    pub fn readable_part(&self) -> &SegmentsFile {
        &self.file
    }

    /// Renders all diagnostics for people, separated by empty lines.
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
