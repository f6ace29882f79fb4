//! Templates of prompts: Mustache, as LaunchDarkly's AI SDK for Python reads it.
//!
//! Reading is here, because the macros and a sync look at templates as well; `segments-ai` fills them in.

mod tag;

use thiserror::Error;

pub use self::tag::{DEPTH, Tag, Tags};

/// Why a template cannot be filled in, and the line, counted from 1, at which that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// A tag has no end.
    #[error("the tag in line {line} does not close; write `}}}}`")]
    Unclosed {
        /// Where the tag begins.
        line: usize,
    },
    /// A tag names nothing.
    #[error("the tag in line {line} is empty; name a variable")]
    Empty {
        /// Where the tag is.
        line: usize,
    },
    /// A section has no end.
    #[error("the section `{name}` does not close; write `{{{{/{name}}}}}`")]
    UnclosedSection {
        /// What the section is about.
        name: String,
    },
    /// An end that belongs to no section, or to another one.
    #[error(
        "`{{{{/{name}}}}}` in line {line} closes no open section; close the innermost one first"
    )]
    Unopened {
        /// What the end names.
        name: String,
        /// Where it is.
        line: usize,
    },
    /// Sections inside sections inside sections.
    #[error(
        "sections are nested more than {} deep in line {line}; flatten them",
        DEPTH
    )]
    TooDeep {
        /// Where the innermost section begins.
        line: usize,
    },
    /// Sections that repeat each other make a text that no model takes.
    #[error("the text becomes too long or takes too long to fill in; repeat less")]
    TooLong,
}

/// The names that a template asks for outside of sections, each once. Inside a section, a name may be one of
/// what the section is about, so it is left out.
///
/// # Errors
///
/// When the template is none.
///
/// ```
/// let names = segments_model::template::placeholders("Hi {{name}}, {{#orders}}{{id}}{{/orders}} {{ldctx.plan}}")?;
/// assert_eq!(names, ["ldctx.plan", "name", "orders"]);
/// # Ok::<(), segments_model::template::TemplateError>(())
/// ```
pub fn placeholders(template: &str) -> Result<Vec<String>, TemplateError> {
    let mut tags = Tags::new(template);
    let mut found = Vec::new();
    let mut depth = 0_usize;
    while let Some(tag) = tags.next()? {
        let name = match tag {
            Tag::Variable(name) | Tag::Unescaped(name) => Some(name),
            Tag::Section(name) | Tag::Inverted(name) => {
                depth += 1;
                (depth == 1).then_some(name)
            }
            Tag::End(_) => {
                depth = depth.saturating_sub(1);
                None
            }
            Tag::Literal(_) | Tag::Ignored => None,
        };
        let section = matches!(tag, Tag::Section(_) | Tag::Inverted(_));
        let name = name.filter(|name| (depth == 0 || section) && *name != ".");
        found.extend(name.map(str::to_owned));
    }
    found.sort();
    found.dedup();
    Ok(found)
}
