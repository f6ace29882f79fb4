use super::attribute_invalid::{attributes, is_too_deep};
use crate::code::code;
use crate::{AttributeRef, Code, Draft, Findings};

code! {
    /// A clause misuses a built-in attribute.
    ///
    /// ```toml,wrong
    /// [segments.anns]
    /// rules = [{ clauses = [{ attribute = "/name/first", op = "in", values = ["Ann"] }] }]
    /// ```
    ///
    /// ```text
    /// error[attribute-reserved]: `name` is built in and not an object, so there is never a value at `/name/first`; write another attribute
    /// ```
    ///
    /// ```toml,right
    /// [segments.anns]
    /// rules = [{ clauses = [{ attribute = "name", op = "startsWith", values = ["Ann "] }] }]
    /// ```
    ATTRIBUTE_RESERVED = Error "attribute-reserved";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (place, attribute) in attributes(draft) {
        let reference = AttributeRef::parse(attribute.to_owned()).ok();
        let reference = reference.filter(|reference| !is_too_deep(reference));
        if let Some(message) = reference.as_ref().and_then(inside_built_in) {
            findings.add(Code::ATTRIBUTE_RESERVED, place, message);
        }
    }
}

/// Attributes that every context has, which are no objects.
const PLAIN: [&str; 4] = ["key", "kind", "name", "anonymous"];

/// Says why nothing can be inside what every context has.
pub(crate) fn inside_built_in(reference: &AttributeRef) -> Option<String> {
    let mut path = reference.path();
    let name = path.next()?;
    path.next()?;
    PLAIN.contains(&&*name).then(|| {
        format!("`{name}` is built in and not an object, so there is never a value at `{reference}`; write another attribute")
    })
}
