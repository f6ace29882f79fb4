use super::clauses::clauses;
use crate::code::code;
use crate::{AttributeRef, Code, Draft, Findings, Operator, Place};

code! {
    /// A reference to an attribute is malformed; the whole flag would fail in SDKs.
    ///
    /// ```toml,wrong
    /// [contexts.device.attributes]
    /// "/os/~2" = "string"
    ///
    /// [segments.staff]
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// error[attribute-invalid]: `/os/~2` has a lone `~`; in a path write `~0` for `~` and `~1` for `/`
    /// ```
    ///
    /// ```toml,right
    /// [contexts.device.attributes]
    /// "/os/name" = "string"
    ///
    /// [segments.staff]
    /// nobody = true
    /// ```
    ATTRIBUTE_INVALID = Error "attribute-invalid";
}

/// How many names the way to an attribute may have. SDKs read no JSON that nests much deeper, and the
/// types that are made of attributes nest as they do.
const DEEPEST: usize = 100;

/// The message for an attribute that is deeper.
pub(crate) const TOO_DEEP: &str =
    "this attribute is more than 100 objects deep, deeper than any context; shorten its path";

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (place, attribute) in attributes(draft) {
        match AttributeRef::parse(attribute.to_owned()) {
            Err(error) => findings.add(Code::ATTRIBUTE_INVALID, place, error.to_string()),
            Ok(reference) if is_too_deep(&reference) => {
                findings.add(Code::ATTRIBUTE_INVALID, place, TOO_DEEP);
            }
            Ok(_) => {}
        }
    }
}

/// The attributes of clauses and of percentages, as written.
pub(super) fn attributes(draft: &Draft) -> impl Iterator<Item = (Place, &str)> {
    let tested = clauses(draft).filter_map(|(rule, clause, draft)| {
        let is_attribute = draft.operator != Some(Operator::SegmentMatch);
        let attribute = draft.attribute.as_deref().filter(|_| is_attribute)?;
        Some((Place::Attribute { rule, clause }, attribute))
    });
    let rules = draft.rules.iter().flatten().enumerate();
    let by = rules.filter_map(|(rule, draft)| {
        let attribute = draft.by.as_ref()?.attribute.as_deref()?;
        Some((Place::By(rule), attribute))
    });
    by.chain(tested)
}

/// Reports whether an attribute is deeper than any context.
pub(crate) fn is_too_deep(reference: &AttributeRef) -> bool {
    reference.path().nth(DEEPEST).is_some()
}
