//! A slip, and its kind.

use crate::Code;
use crate::diagnostic::{Diagnostic, Edit, Suggestion};
use crate::file::span::Span;

#[derive(Debug)]
pub(super) struct Slip {
    pub(super) kind: Kind,
    /// The last statement that it is in.
    pub(super) statement: usize,
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) edits: Vec<Edit>,
}

impl Slip {
    pub(super) fn diagnostic(self) -> Diagnostic {
        let found = Diagnostic::new(Code::TOML_SYNTAX, self.span, self.message);
        found.suggest(Suggestion { edits: self.edits })
    }
}

/// Which kind of slip it is. The same kind again in the same statement, or in the next, is the same mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Merge,
    Comment,
    Semicolon,
    Quotes,
    Parentheses,
    Colon,
    Equals,
    Word,
    Comma,
    Unclosed,
    Escape,
    Number,
    Fence,
    Diff,
    LineNumber,
    Table,
    Placeholder,
    Value,
    Invisible,
}

impl Kind {
    /// Returns whether it is one mistake however often it is made: of what was pasted as a whole.
    pub(super) const fn is_of_the_file(self) -> bool {
        matches!(
            self,
            Self::Fence | Self::Diff | Self::LineNumber | Self::Invisible
        )
    }
}
