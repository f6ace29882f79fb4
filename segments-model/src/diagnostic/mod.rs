//! The mistakes in a file, with their places: for people, for programs and for code review.
//!
//! | for | function |
//! |---|---|
//! | people: in rustc's style, with the line and a caret under the value | [`human`] |
//! | compile errors of macros: the same without the first word | [`inside_compile_error`] |
//! | programs: one JSON object per diagnostic | `json` |
//! | annotations in code review: SARIF 2.1.0 | `sarif` |

mod human;
mod json;
mod sarif;
mod source;

use std::ops::Range;

pub use human::{Colors, human, inside_compile_error};
pub use json::json;
pub use sarif::{page, sarif};
pub use source::{Location, Source};

use crate::{Code, Severity};

/// A mistake in a file, or a probable one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The code.
    pub code: Code,
    /// The problem and what to write instead: lower case, names in backticks, no full stop.
    pub message: String,
    /// The place: bytes of the [`Source`].
    pub span: Range<usize>,
    /// Related places, each with its relation.
    pub related: Vec<Related>,
    /// The suggestion of the message, as a change of the text.
    pub suggestion: Option<Suggestion>,
    severity: Severity,
}

/// Changes of a text that fix a diagnostic.
///
/// ```
/// use segments_model::diagnostic::{Edit, Suggestion};
///
/// let suggestion = Suggestion { edits: vec![Edit::new(5..13, "\"in\"")] };
/// assert_eq!(suggestion.apply("op = \"equals\""), "op = \"in\"");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suggestion {
    /// The changes, without overlaps.
    pub edits: Vec<Edit>,
}

/// One change of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The text to replace: bytes of the [`Source`].
    pub span: Range<usize>,
    /// The new text.
    pub replacement: String,
}

impl Edit {
    /// Creates a change.
    pub fn new(span: Range<usize>, replacement: impl Into<String>) -> Self {
        Self {
            span,
            replacement: replacement.into(),
        }
    }
}

impl Suggestion {
    /// Creates a suggestion of one change.
    pub fn replace(span: Range<usize>, replacement: impl Into<String>) -> Self {
        Self {
            edits: vec![Edit::new(span, replacement)],
        }
    }

    /// Returns the text with all changes applied.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let mut edits: Vec<&Edit> = self.edits.iter().collect();
        edits.sort_by_key(|edit| std::cmp::Reverse((edit.span.start, edit.span.end)));
        let mut changed = text.to_owned();
        for Edit { span, replacement } in edits {
            changed.replace_range(span.clone(), replacement);
        }
        changed
    }
}

/// A place that explains a diagnostic elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The relation of the place to the diagnostic.
    pub message: String,
    /// The place: bytes of the same [`Source`].
    pub span: Range<usize>,
}

impl Diagnostic {
    /// Creates a diagnostic at one place.
    pub fn new(code: Code, span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            span,
            related: Vec::new(),
            suggestion: None,
            severity: code.severity(),
        }
    }

    /// Sets the severity, as a policy does.
    #[must_use]
    pub fn with_severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// Adds a suggestion.
    #[must_use]
    pub fn suggest(mut self, suggestion: Suggestion) -> Self {
        self.suggestion = (!suggestion.edits.is_empty()).then_some(suggestion);
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn with(mut self, span: Range<usize>, message: impl Into<String>) -> Self {
        self.related.push(Related {
            message: message.into(),
            span,
        });
        self
    }

    /// Returns the severity.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }
}
