//! How much a prune may delete.

/// How many segments may go at once: a share of all that the owner has, but a few always.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum AtMost {
    Percent(u8),
    Count(usize),
}

impl AtMost {
    /// A share of hardly anything is nothing.
    const ALWAYS: usize = 2;

    pub(crate) fn of(self, owned: usize) -> usize {
        match self {
            AtMost::Percent(percent) => {
                let share = owned.saturating_mul(usize::from(percent)) / 100;
                share.max(Self::ALWAYS)
            }
            AtMost::Count(count) => count,
        }
    }

    /// The settings that allow more.
    pub(crate) fn how(self) -> &'static str {
        match self {
            AtMost::Percent(_) => "(`prune_at_most`, `--max-deletions`)",
            AtMost::Count(_) => "(`--max-deletions`)",
        }
    }
}
