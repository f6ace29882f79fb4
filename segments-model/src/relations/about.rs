//! The rules that are checked.

use crate::Rule;

/// The rules that are checked, and how messages name them.
pub(super) struct About<'r, 's> {
    pub(super) segment: usize,
    pub(super) key: &'s str,
    pub(super) rules: &'r [Rule],
    pub(super) say: &'s dyn Fn(usize, Option<usize>) -> String,
    /// What becomes of a rule that earlier rules cover.
    pub(super) covered: &'static str,
}

/// A rule of a segment: any rule lets a context in.
pub(super) const CHANGES_NOTHING: &str = "changes nothing";
/// A rule of what is served: the first rule decides.
#[cfg(feature = "toml")]
pub(super) const NEVER_REACHED: &str = "is never reached";
