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

/// The checks that look at the conditions of rules, whatever the rules are for.
pub(crate) static CONDITIONS: &[Check] = &[
    Check {
        name: "rules",
        run: rules::rules,
    },
    Check {
        name: "attributes",
        run: clauses::attributes,
    },
    Check {
        name: "operators",
        run: clauses::operators,
    },
    Check {
        name: "values",
        run: values::values,
    },
    Check {
        name: "texts",
        run: texts::texts,
    },
];

/// All checks of one segment, in the order in which they run.
pub static CHECKS: &[Check] = &[
    Check {
        name: "key",
        run: identity::key,
    },
    Check {
        name: "lifecycle",
        run: lifecycle::texts,
    },
    Check {
        name: "moved",
        run: moved::moved,
    },
    Check {
        name: "name",
        run: identity::name,
    },
    Check {
        name: "tags",
        run: identity::tags,
    },
    Check {
        name: "audience",
        run: audience::audience,
    },
    Check {
        name: "unmanaged",
        run: unmanaged::unmanaged,
    },
    Check {
        name: "targets",
        run: audience::targets,
    },
    Check {
        name: "target overlap",
        run: audience::target_overlap,
    },
    Check {
        name: "target limit",
        run: limits::target_limit,
    },
    Check {
        name: "rule limits",
        run: limits::rule_limits,
    },
    Check {
        name: "rules",
        run: rules::rules,
    },
    Check {
        name: "shares",
        run: shares::shares,
    },
    Check {
        name: "attributes",
        run: clauses::attributes,
    },
    Check {
        name: "operators",
        run: clauses::operators,
    },
    Check {
        name: "values",
        run: values::values,
    },
    Check {
        name: "texts",
        run: texts::texts,
    },
    Check {
        name: "house style",
        run: style::house_style,
    },
];

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
