//! Who takes part: the kind of context, and how many.

use crate::code::code;
use crate::draft::DraftKind;
use crate::experiment::DraftExperiment;
use crate::{Code, ContextKind, Findings, Place, Weight};

code! {}

pub(super) fn check(draft: &DraftExperiment, findings: &mut Findings) {
    if let DraftKind::Name(kind) = &draft.by
        && let Err(error) = ContextKind::parse(kind.clone())
    {
        findings.add(Code::KIND_INVALID, Place::part("by"), error.to_string());
    }
    let place = Place::part("traffic");
    match Weight::from_percent(draft.traffic) {
        Err(error) => findings.add(Code::PERCENT_INVALID, place, error.to_string()),
        Ok(Weight::NONE) => {
            let message = "0 % lets nobody take part; write how many do, or leave `traffic` out";
            findings.add(Code::PERCENT_NONE, place, message);
        }
        Ok(_) => {}
    }
}
