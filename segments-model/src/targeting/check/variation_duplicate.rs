use std::collections::HashSet;

use crate::code::code;
use crate::targeting::DraftTargeting;
use crate::{Code, Findings, Place, VariationKey};

code! {
    /// A variation is declared twice.
    ///
    /// ```toml,wrong
    /// [ai_configs.assistant]
    /// variations = ["fast", "fast"]
    /// fallthrough = "fast"
    /// ```
    ///
    /// ```text
    /// error[variation-duplicate]: variation `fast` is declared twice; remove the second
    /// ```
    ///
    /// ```toml,right
    /// [ai_configs.assistant]
    /// variations = ["fast", "careful"]
    /// fallthrough = "fast"
    /// ```
    VARIATION_DUPLICATE = Error "variation-duplicate";
}

pub(super) fn check(draft: &DraftTargeting, findings: &mut Findings) {
    let mut seen = HashSet::new();
    for (index, variation) in draft.variations.iter().enumerate() {
        // Of an invalid key, that is said.
        if !seen.insert(variation) && VariationKey::parse(variation.clone()).is_ok() {
            let place = Place::Variation(index);
            let message = format!("variation `{variation}` is declared twice; remove the second");
            findings.add(Code::VARIATION_DUPLICATE, place, message);
        }
    }
}
