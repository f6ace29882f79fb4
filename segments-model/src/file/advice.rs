//! Suggestions in messages, limited in length.

use crate::or_list;

/// How many names are looked at for the suggestions of one file. A file with this many mistakes in
/// names was made by a program, and looking would take longer than reading it.
const MOST_NAMES: usize = 200_000;

/// Makes the endings of messages about unknown names.
#[derive(Debug)]
pub(super) struct Advice {
    /// How many names may still be looked at.
    left: usize,
}

impl Default for Advice {
    fn default() -> Self {
        Self { left: MOST_NAMES }
    }
}

impl Advice {
    /// The text of [`or_list`]; empty after too many names have been compared.
    pub(super) fn or_list<'a>(
        &mut self,
        wrong: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> String {
        if self.is_exhausted() {
            return String::new();
        }
        let left = &mut self.left;
        or_list(
            wrong,
            candidates
                .into_iter()
                .inspect(|_| *left = left.saturating_sub(1)),
        )
    }

    /// Returns whether no further names are compared.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left == 0
    }
}
