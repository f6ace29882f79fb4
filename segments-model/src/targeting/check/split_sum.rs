use super::served::splits;
use crate::code::code;
use crate::targeting::DraftTargeting;
use crate::{Code, Findings, Place, Weight};

code! {
    /// The weights of a split do not add up to 100 %.
    ///
    /// ```toml,wrong
    /// [ai_configs.assistant]
    /// variations = ["fast", "careful"]
    /// fallthrough = { fast = 80, careful = 10 }
    /// bucket_context = "user"
    /// ```
    ///
    /// ```text
    /// error[split-sum]: these weights add up to 90 %, not to 100 %; 10 % are missing
    /// ```
    ///
    /// ```toml,right
    /// [ai_configs.assistant]
    /// variations = ["fast", "careful"]
    /// fallthrough = { fast = 80, careful = 20 }
    /// bucket_context = "user"
    /// ```
    SPLIT_SUM = Error "split-sum";
}

pub(super) fn check(draft: &DraftTargeting, findings: &mut Findings) {
    for (rule, split) in splits(draft) {
        check_sum("weights", &split.shares, Place::Serve { rule }, findings);
    }
}

/// Checks that shares add up to everybody. Of one that is no percentage, that is said.
pub(crate) fn check_sum(
    what: &str,
    shares: &[(String, f64)],
    place: Place,
    findings: &mut Findings,
) {
    let weights = shares
        .iter()
        .map(|(_, percent)| Weight::from_percent(*percent));
    let weights: Result<Vec<Weight>, _> = weights.collect();
    let Ok(weights) = weights else { return };
    let sum = weights.iter().map(|it| u64::from(it.thousandths())).sum();
    if let Some(message) = add_up(what, sum) {
        findings.add(Code::SPLIT_SUM, place, message);
    }
}

/// What to say of shares that do not add up to everybody, given their sum in thousandths of a percent.
fn add_up(what: &str, sum: u64) -> Option<String> {
    let percent = |thousandths: u64| {
        let (whole, rest) = (thousandths / 1000, thousandths % 1000);
        let rest = format!("{rest:03}");
        let rest = rest.trim_end_matches('0');
        let point = if rest.is_empty() { "" } else { "." };
        format!("{whole}{point}{rest}")
    };
    let advice = match sum.checked_sub(100_000) {
        None => format!("{} % are missing", percent(100_000 - sum)),
        Some(0) => return None,
        Some(over) => format!("remove {} %", percent(over)),
    };
    Some(format!(
        "these {what} add up to {} %, not to 100 %; {advice}",
        percent(sum)
    ))
}
