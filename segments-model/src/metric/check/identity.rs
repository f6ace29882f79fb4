//! The key, the name and the tags.

use crate::check::{check_duplicate_tags, check_name, check_tags};
use crate::code::code;
use crate::metric::DraftMetric;
use crate::{Code, Findings, MetricKey, Place};

code! {}

pub(super) fn check(draft: &DraftMetric, findings: &mut Findings) {
    if let Err(error) = MetricKey::parse(draft.key.clone()) {
        findings.add(Code::KEY_INVALID, Place::part("key"), error.to_string());
    }
    if let Some(name) = &draft.name {
        check_name(name, Place::part("name"), "metric", findings);
    }
    let tags = draft.tags.as_deref().unwrap_or_default();
    let place = |at| Place::Part { key: "tags", at };
    check_tags(tags, place, findings);
    check_duplicate_tags(tags, place, findings);
}
