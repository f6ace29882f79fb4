//! Changes that are not wanted.

use crate::counted::counted;

/// The unwanted parts of a plan.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Denied {
    Warnings(usize),
    Effects(usize),
}

/// `the plan has 2 warnings, and ...`: what is not wanted.
impl std::fmt::Display for Denied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Warnings(count) => write!(
                f,
                "the plan has {}, and `--deny warnings` is set",
                counted(*count, "warning")
            ),
            Self::Effects(count) => {
                write!(
                    f,
                    "the plan has {}, which `--deny` refuses",
                    counted(*count, "change")
                )
            }
        }
    }
}
