use super::both::both;
use crate::code::code;
use crate::{Code, Draft, Findings};

code! {
    /// The expiry of listed contexts has come, so that they are listed no more.
    /// This depends on the day: `cargo segments check` and editors say
    /// it, and a plan does of what it is made of; the macros, whose output is the same every day, do not.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// included = [{ user = ["user-1"] }, { user = ["user-2"], until = "2020-01-31" }]
    /// ```
    ///
    /// ```text
    /// warning[expiry-passed]: the expiry 2020-01-31 has passed, so that these contexts are listed no more; remove them, or write a later date
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// included = { user = ["user-1"] }
    /// ```
    EXPIRY_PASSED = Warning "expiry-passed";
}

/// Finds the lists of a draft whose expiry has come at a moment in milliseconds since 1970: they say nothing any
/// more. What this finds depends on the day, so it is none of the [checks](fn@crate::check::check) that decide whether a
/// draft is right.
///
/// ```
/// use segments_model::draft::{DraftKind, DraftList, DraftTargets};
/// use segments_model::{Draft, Expiry, check};
///
/// let list = DraftList { keys: vec!["user-1".into()], until: Some("2027-01-31".into()), ..DraftList::default() };
/// let included = DraftTargets { lists: vec![list], ..DraftTargets::default() };
/// let draft = Draft { key: "beta".into(), included: Some(included), ..Draft::default() };
///
/// let day = Expiry::parse("2027-01-31").unwrap().milliseconds();
/// assert!(check::passed(&draft, day - 1).is_empty());
/// assert_eq!(check::passed(&draft, day).len(), 1);
/// ```
#[must_use]
pub fn passed(draft: &Draft, now: i64) -> Findings {
    let mut findings = Findings::default();
    for (targets, side) in both(draft) {
        for (index, list) in targets.lists.iter().enumerate() {
            if let Some(Ok(until)) = list.expiry()
                && until.has_passed(now)
            {
                let message = format!(
                    "the expiry {until} has passed, so that these contexts are listed no more; remove them, or write a later date"
                );
                findings.add(Code::EXPIRY_PASSED, side.until(index), message);
            }
        }
    }
    findings
}
