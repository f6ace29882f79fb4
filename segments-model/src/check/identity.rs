//! The key, the name and the tags of what is neither a segment nor a targeting.

use std::fmt::Display;

use super::segment::{check_duplicate_tags, check_name, check_tags};
use crate::{Code, Findings, Place};

/// Checks what `what` is called: whether its key could be parsed, and the parts that may be left out.
pub(crate) fn check_identity(
    what: &str,
    invalid_key: Option<impl Display>,
    name: Option<&str>,
    tags: Option<&[String]>,
    findings: &mut Findings,
) {
    if let Some(error) = invalid_key {
        findings.add(Code::KEY_INVALID, Place::part("key"), error.to_string());
    }
    if let Some(name) = name {
        check_name(name, Place::part("name"), what, findings);
    }
    let tags = tags.unwrap_or_default();
    let place = |at| Place::Part { key: "tags", at };
    check_tags(tags, place, findings);
    check_duplicate_tags(tags, place, findings);
}
