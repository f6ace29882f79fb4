//! What an experiment is on, as written in a file: Rust types are what rustc says that they are.

use crate::code::code;
use crate::draft::Form;
use crate::experiment::DraftExperiment;
use crate::{Code, Findings, Place, Resource, SegmentKey};

code! {}

pub(super) fn check(draft: &DraftExperiment, findings: &mut Findings) {
    if draft.form == Form::Rust {
        return;
    }
    if Resource::parse(&draft.on).is_none() {
        let message = format!(
            "`{}` is not an AI Config or flag; write `on = \"ai-config/<key>\"` or `on = \"flag/<key>\"`",
            draft.on
        );
        findings.add(Code::EXPERIMENT_TARGET, Place::part("on"), message);
    }
    if let Some(Err(error)) = draft.rule.clone().map(SegmentKey::parse) {
        let place = Place::part("rule");
        findings.add(Code::SEGMENT_KEY_INVALID, place, error.to_string());
    }
}
