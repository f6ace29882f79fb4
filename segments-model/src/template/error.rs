//! What is wrong with a template.

use thiserror::Error;

/// The maximum nesting of sections.
pub const DEPTH: usize = 64;

/// The reason why a template cannot be filled in, with the line, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// A tag is not closed.
    #[error("the tag in line {line} does not close; write `}}}}`")]
    Unclosed {
        /// Where the tag begins.
        line: usize,
    },
    /// A tag is empty.
    #[error("the tag in line {line} is empty; name a variable")]
    Empty {
        /// Where the tag is.
        line: usize,
    },
    /// A section is not closed.
    #[error("the section `{name}` does not close; write `{{{{/{name}}}}}`")]
    UnclosedSection {
        /// What the section is about.
        name: String,
    },
    /// An end tag closes no section, or another one.
    #[error(
        "`{{{{/{name}}}}}` in line {line} closes no open section; close the innermost one first"
    )]
    Unopened {
        /// What the end names.
        name: String,
        /// Where it is.
        line: usize,
    },
    /// Sections are nested too deeply.
    #[error(
        "sections are nested more than {} deep in line {line}; flatten them",
        DEPTH
    )]
    TooDeep {
        /// Where the innermost section begins.
        line: usize,
    },
    /// Repeated sections make a text that is too long for any model.
    #[error("the text becomes too long or takes too long to fill in; repeat less")]
    TooLong,
}
