//! The checks: a table of named functions, all of which run over every draft.
//!
//! No check stops the others: every mistake is found in one run.

mod audience;
mod clauses;
mod covered;
pub mod environment;
mod identity;
mod lifecycle;
mod limits;
mod moved;
mod rules;
mod shares;
mod style;
mod texts;
mod unmanaged;
mod values;

pub use audience::passed;
pub(crate) use shares::split_of;

use crate::draft::about;
use crate::{Definition, Draft, Findings};

#[cfg(feature = "toml")]
pub(crate) use clauses::{TOO_DEEP, inside_built_in, is_too_deep};

/// One check of the table.
///
/// Example: [`check`](fn@check).
#[derive(Clone, Copy)]
pub struct Check {
    /// The subject of the check.
    pub name: &'static str,
    run: fn(&Draft, &mut Findings),
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Check").field(&self.name).finish()
    }
}

impl Check {
    /// Looks at a draft.
    pub(crate) fn run(&self, draft: &Draft, findings: &mut Findings) {
        (self.run)(draft, findings);
    }
}

/// Tables of checks: the name of each, and its function.
macro_rules! checks {
    ($($(#[$docs:meta])* $visibility:vis $table:ident { $($name:literal $run:path,)* })*) => {$(
        $(#[$docs])*
        $visibility static $table: &[Check] = &[$(Check { name: $name, run: $run }),*];
    )*};
}

checks! {
    /// The checks that look at the conditions of rules, whatever the rules are for.
    pub(crate) CONDITIONS {
        "rules" rules::rules,
        "attributes" clauses::attributes,
        "operators" clauses::operators,
        "values" values::values,
        "texts" texts::texts,
    }

    /// All checks of one segment, in the order in which they run.
    pub CHECKS {
        "key" identity::key,
        "lifecycle" lifecycle::texts,
        "moved" moved::moved,
        "name" identity::name,
        "tags" identity::tags,
        "audience" audience::audience,
        "unmanaged" unmanaged::unmanaged,
        "targets" audience::targets,
        "target overlap" audience::target_overlap,
        "target limit" limits::target_limit,
        "rule limits" limits::rule_limits,
        "rules" rules::rules,
        "shares" shares::shares,
        "attributes" clauses::attributes,
        "operators" clauses::operators,
        "values" values::values,
        "texts" texts::texts,
        "house style" style::house_style,
    }
}

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
    let mut findings = Findings::default();
    for check in CHECKS {
        (check.run)(draft, &mut findings);
    }
    findings
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
