//! The treatments of an experiment, which are variations of what it is on.

use super::subject::Subject;
use crate::code::code;
use crate::{Code, Findings, Place, VariationKey, or_list};

code! {}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(targeting) = subject.targeting() else {
        return;
    };
    for (at, (variation, _)) in subject.experiment.treatments.iter().enumerate() {
        if !targeting.variations.contains(variation) {
            let known = targeting.variations.iter().map(VariationKey::as_str);
            let advice = or_list(variation.as_str(), known);
            let message = format!("`{variation}` is not a declared variation{advice}");
            let place = Place::Part { key: "split", at };
            findings.add(Code::VARIATION_UNKNOWN, place, message);
        }
    }
}
