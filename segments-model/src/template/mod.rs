//! Templates of prompts: Mustache, as LaunchDarkly's AI SDK for Python reads it.
//!
//! Parsing is here, because the macros and a sync check templates, too; `segments-ai` fills them in.

mod tag;

use thiserror::Error;

pub use self::tag::{DEPTH, Tag, Tags};

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

/// Returns the names that a template uses outside of sections, each once. A name inside a section may
/// belong to the section's value, so it is left out.
///
/// # Errors
///
/// If the template is invalid.
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
