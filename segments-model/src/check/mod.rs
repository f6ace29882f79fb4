//! The checks: tables of named functions, all of which run over every draft.
//!
//! No check stops the others: every mistake is found in one run. Each check is one file: its code, what
//! `docs/diagnostics.md` says of it, and its function. The folders are their subjects; each lists its files in the order
//! in which they run. `file` and `rust` have the codes of what is found before there is a draft.

mod clause;
mod draft_incomplete;
mod file;
mod identity;
mod limits;
mod percent;
mod rule;
mod rust;
mod segment;
mod style;
mod table;
mod targets;
mod text;
mod value;

pub use file::misspelt_environment;
pub use table::Check;
pub use targets::passed;

#[cfg(feature = "toml")]
pub(crate) use clause::{TOO_DEEP, inside_built_in, is_too_deep};
pub(crate) use identity::check_identity;
pub(crate) use percent::split_of;
pub(crate) use table::{checks, run_all};

use crate::code::codes;
use crate::concat::{concat, length};
use crate::draft::about;
use crate::{Definition, Draft, Findings};

codes! {
    segment, targets, limits, rule, percent, clause, value, text, style, draft_incomplete, file, rust,
}

/// The checks of values and of texts, each of which goes through all of them.
const VALUES: &[Check] = &[
    Check::new("values", value::check),
    Check::new("texts", text::check),
];

const OF_CONDITIONS: &[&[Check]] = &[rule::CHECKS, clause::CHECKS, VALUES];

/// The checks that look at the conditions of rules, whatever the rules are for.
pub(crate) static CONDITIONS: &[Check] = &concat::<Check, { length(OF_CONDITIONS) }>(OF_CONDITIONS);

const OF_SEGMENTS: &[&[Check]] = &[
    segment::CHECKS,
    targets::CHECKS,
    limits::CHECKS,
    rule::CHECKS,
    percent::CHECKS,
    clause::CHECKS,
    VALUES,
    style::CHECKS,
];

/// All checks of one segment, in the order in which they run.
pub static CHECKS: &[Check] = &concat::<Check, { length(OF_SEGMENTS) }>(OF_SEGMENTS);

/// Runs all checks.
///
/// ```
/// use segments_model::{Draft, check::check};
///
/// let draft = Draft { key: "Beta".into(), name: "Beta".into(), nobody: true, ..Draft::default() };
/// let names: Vec<_> = check(&draft).iter().map(|finding| finding.code.name()).collect();
/// assert_eq!(names, ["style-key", "style-description"]);
/// ```
#[must_use]
pub fn check(draft: &Draft) -> Findings {
    run_all(CHECKS, draft)
}

/// Here and not beside the type, so that drafts are data that knows nothing of the checks.
impl Draft {
    /// Checks the draft and converts it to a definition.
    ///
    /// # Errors
    ///
    /// All findings, if one of them is an error. An unknown part is an error, too: only a complete draft
    /// can become a definition.
    ///
    /// ```
    /// use segments_model::Draft;
    ///
    /// let draft = Draft { key: "no one".into(), name: "No one".into(), ..Draft::default() };
    /// let findings = draft.parse().unwrap_err();
    /// assert!(findings.iter().any(|finding| finding.code.name() == "key-invalid"));
    /// assert!(findings.iter().any(|finding| finding.code.name() == "segment-empty"));
    /// ```
    pub fn parse(&self) -> Result<(Definition, Findings), Findings> {
        about::parsed(check(self), || self.build())
    }
}
