use super::served::served;
use crate::code::code;
use crate::targeting::{DraftServe, DraftTargeting};
use crate::{Code, Findings, Place, or_list};

code! {
    /// A served variation is not declared.
    ///
    /// ```toml,wrong
    /// [ai_configs.assistant]
    /// variations = ["fast", "careful"]
    /// fallthrough = "slow"
    /// ```
    ///
    /// ```text
    /// error[variation-unknown]: `slow` is not a declared variation; use `careful` or `fast`
    /// ```
    ///
    /// ```toml,right
    /// [ai_configs.assistant]
    /// variations = ["fast", "careful"]
    /// fallthrough = "careful"
    /// ```
    VARIATION_UNKNOWN = Error "variation-unknown";
}

pub(super) fn check(draft: &DraftTargeting, findings: &mut Findings) {
    for (target, listed) in draft.targets.iter().flatten().enumerate() {
        if let Some(variation) = &listed.variation {
            known(draft, variation, Place::TargetServe(target), findings);
        }
    }
    for (rule, serve) in served(draft) {
        match serve {
            DraftServe::Variation(variation) => {
                known(draft, variation, Place::Serve { rule }, findings);
            }
            DraftServe::Split(split) => {
                for (share, (variation, _)) in split.shares.iter().enumerate() {
                    known(draft, variation, Place::Share { rule, share }, findings);
                }
            }
        }
    }
}

fn known(draft: &DraftTargeting, variation: &str, place: Place, findings: &mut Findings) {
    // Without any, that is what there is to say.
    if !draft.variations.is_empty() && !draft.variations.iter().any(|known| known == variation) {
        let advice = or_list(variation, draft.variations.iter().map(String::as_str));
        let message = format!("`{variation}` is not a declared variation{advice}");
        findings.add(Code::VARIATION_UNKNOWN, place, message);
    }
}
