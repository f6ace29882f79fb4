//! Templates of prompts: Mustache, as LaunchDarkly's AI SDK for Python reads it.
//!
//! Parsing is here, because the macros and a sync check templates, too; `segments-ai` fills them in.

mod error;
mod tag;

pub use self::error::{DEPTH, TemplateError};
pub use self::tag::{Tag, Tags};

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
