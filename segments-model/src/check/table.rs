//! A table of checks.

use crate::{Draft, Findings};

/// One check of a table; of segments, unless it is of another `D`.
///
/// Example: [`check`](fn@super::check).
pub struct Check<D = Draft> {
    /// The subject of the check.
    pub name: &'static str,
    run: fn(&D, &mut Findings),
}

impl<D> Check<D> {
    pub(crate) const fn new(name: &'static str, run: fn(&D, &mut Findings)) -> Self {
        Self { name, run }
    }

    /// Looks at a draft.
    pub(crate) fn run(&self, draft: &D, findings: &mut Findings) {
        (self.run)(draft, findings);
    }
}

impl<D> Clone for Check<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for Check<D> {}

impl<D> std::fmt::Debug for Check<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Check").field(&self.name).finish()
    }
}

/// Runs checks over a draft; none stops the others.
pub(crate) fn run_all<D>(checks: &[Check<D>], draft: &D) -> Findings {
    let mut findings = Findings::default();
    for check in checks {
        check.run(draft, &mut findings);
    }
    findings
}

/// Lists the checks of a folder in the order in which they run, one file each: as `CHECKS`, and their codes as `CODES`.
/// Behind `codes:` stand the files of codes that the folder finds otherwise. Checks of `each` value end with the first
/// that finds something; of what is no draft, `all` run.
macro_rules! checks {
    (all $subject:ty: $($module:ident),* $(,)?) => {
        $crate::code::codes! { $($module),* }

        const CHECKS: &[fn(&$subject, &mut $crate::Findings)] = &[$($module::check),*];
    };
    (each $value:ty: $($module:ident),* $(,)?) => {
        $crate::check::checks! { all $value: $($module),* }

        /// Runs the checks of one value.
        fn check_value(value: &$value, findings: &mut $crate::Findings) {
            let before = findings.len();
            for check in CHECKS {
                check(value, findings);
                if findings.len() > before {
                    return;
                }
            }
        }
    };
    ($draft:ty: $($module:ident),* $(,)? $(; codes: $($file:ident),* $(,)?)?) => {
        $crate::code::codes! { $($module,)* $($($file),*)? }

        /// All checks of one draft, in the order in which they run.
        pub const CHECKS: &[$crate::check::Check<$draft>] =
            &[$($crate::check::Check::new(stringify!($module), $module::check)),*];
    };
}

pub(crate) use checks;
