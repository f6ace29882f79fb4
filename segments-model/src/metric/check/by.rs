//! The kind of context by which a metric counts.

use crate::code::code;
use crate::draft::DraftKind;
use crate::metric::DraftMetric;
use crate::{Code, ContextKind, Findings, Place};

code! {}

pub(super) fn check(draft: &DraftMetric, findings: &mut Findings) {
    if let DraftKind::Name(kind) = &draft.by
        && let Err(error) = ContextKind::parse(kind.clone())
    {
        findings.add(Code::KIND_INVALID, Place::part("by"), error.to_string());
    }
}
