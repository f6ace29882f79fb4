//! What is wrong with a file, and where: for people, for programs and for code review.
//!
//! | for | function |
//! |---|---|
//! | people: the way rustc writes, with the line and a caret under the value | [`human`] |
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

/// One thing that is wrong with a file, or probably is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of thing it is.
    pub code: Code,
    /// What is wrong and what to write instead: lower case, names in backticks, no full stop.
    pub message: String,
    /// Where: bytes of the [`Source`].
    pub span: Range<usize>,
    /// Other places that belong to it, each with what it has to do with it.
    pub related: Vec<Related>,
    /// What the message says to write, as a change to the text.
    pub suggestion: Option<Suggestion>,
    severity: Severity,
}

/// Changes to a text that take a diagnostic away.
///
/// ```
/// use segments_model::diagnostic::{Edit, Suggestion};
///
/// let suggestion = Suggestion { edits: vec![Edit::new(5..13, "\"in\"")] };
/// assert_eq!(suggestion.apply("op = \"equals\""), "op = \"in\"");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suggestion {
    /// The changes, none of which overlap.
    pub edits: Vec<Edit>,
}

/// One change to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced: bytes of the [`Source`].
    pub span: Range<usize>,
    /// What stands there then.
    pub replacement: String,
}

impl Edit {
    /// Makes a change.
    pub fn new(span: Range<usize>, replacement: impl Into<String>) -> Self {
        Self {
            span,
            replacement: replacement.into(),
        }
    }
}

impl Suggestion {
    /// Makes a suggestion of one change.
    pub fn replace(span: Range<usize>, replacement: impl Into<String>) -> Self {
        Self {
            edits: vec![Edit::new(span, replacement)],
        }
    }

    /// Returns the text with all changes made.
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
    /// What the place has to do with it.
    pub message: String,
    /// Where: bytes of the same [`Source`].
    pub span: Range<usize>,
}

impl Diagnostic {
    /// Makes a diagnostic that one place explains.
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

    /// Makes it as bad as a policy says.
    #[must_use]
    pub fn with_severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// Says what to write as a change to the text, too.
    #[must_use]
    pub fn suggest(mut self, suggestion: Suggestion) -> Self {
        self.suggestion = (!suggestion.edits.is_empty()).then_some(suggestion);
        self
    }

    /// Adds a place that belongs to it.
    #[must_use]
    pub fn with(mut self, span: Range<usize>, message: impl Into<String>) -> Self {
        self.related.push(Related {
            message: message.into(),
            span,
        });
        self
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }
}
