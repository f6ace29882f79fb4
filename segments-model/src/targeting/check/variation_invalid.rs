use crate::code::code;
use crate::targeting::DraftTargeting;
use crate::{Code, Findings, Place, VariationKey};

code! {
    /// The key of a variation has characters that the service does not accept.
    ///
    /// ```toml,wrong
    /// [ai_configs.assistant]
    /// variations = ["fast", "very careful"]
    /// fallthrough = "fast"
    /// ```
    ///
    /// ```text
    /// error[variation-invalid]: `very careful` is not a variation key: a space is not allowed; write `very-careful`
    /// ```
    ///
    /// ```toml,right
    /// [ai_configs.assistant]
    /// variations = ["fast", "very-careful"]
    /// fallthrough = "fast"
    /// ```
    VARIATION_INVALID = Error "variation-invalid";
}

pub(super) fn check(draft: &DraftTargeting, findings: &mut Findings) {
    for (index, variation) in draft.variations.iter().enumerate() {
        if let Err(error) = VariationKey::parse(variation.clone()) {
            let place = Place::Variation(index);
            findings.add(Code::VARIATION_INVALID, place, error.to_string());
        }
    }
}
