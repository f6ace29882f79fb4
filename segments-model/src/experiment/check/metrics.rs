//! The metrics of an experiment: there is a primary one, and each has a key.

use crate::code::code;
use crate::draft::Form;
use crate::experiment::DraftExperiment;
use crate::{Code, Findings, MetricKey, Place};

code! {}

pub(super) fn check(draft: &DraftExperiment, findings: &mut Findings) {
    let Some(primary) = &draft.primary else {
        let message = match draft.form {
            Form::File => "there is no primary metric; write one such as `primary = \"resolved\"`",
            Form::Rust => {
                "there is no primary metric; write one such as `metrics(primary = Resolved)`"
            }
        };
        findings.add(Code::KEY_MISSING, Place::part("primary"), message);
        return;
    };
    if draft.form == Form::Rust {
        return;
    }
    let secondary = draft.secondary.iter().enumerate();
    let secondary = secondary.map(|(at, metric)| (Place::Part { key: "metrics", at }, metric));
    for (place, metric) in std::iter::once((Place::part("primary"), primary)).chain(secondary) {
        if let Err(error) = MetricKey::parse(metric.clone()) {
            findings.add(Code::KEY_INVALID, place, error.to_string());
        }
    }
}
