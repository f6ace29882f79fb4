//! The shares of the treatments.

use crate::code::code;
use crate::draft::Form;
use crate::experiment::DraftExperiment;
use crate::targeting::check::{check_duplicate_shares, check_shares, check_sum};
use crate::{Code, Findings, Place, VariationKey};

code! {}

pub(super) fn check(draft: &DraftExperiment, findings: &mut Findings) {
    let place = |at| Place::Part { key: "split", at };
    if draft.form == Form::File {
        for (at, (variation, _)) in draft.split.iter().enumerate() {
            if let Err(error) = VariationKey::parse(variation.clone()) {
                findings.add(Code::VARIATION_INVALID, place(at), error.to_string());
            }
        }
    }
    check_duplicate_shares(&draft.split, place, findings);
    check_shares(&draft.split, place, findings);
    // Of fewer than two treatments, that is said.
    if draft.split.len() >= 2 {
        let whole = Place::part("split_whole");
        check_sum("treatments", &draft.split, whole, findings);
    }
}
