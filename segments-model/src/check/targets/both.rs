//! The two lists of a segment, and the expiries in them.

use crate::Side;
use crate::draft::{DraftList, DraftTargets};
use crate::{Draft, Expiry};

/// The two lists of a draft, each with where it stands.
pub(in crate::check) fn both(draft: &Draft) -> impl Iterator<Item = (&DraftTargets, Side)> {
    let included = draft.included.iter().map(|it| (it, Side::Included));
    let excluded = draft.excluded.iter().map(|it| (it, Side::Excluded));
    included.chain(excluded)
}

/// When the keys of a list expire, if they do; the text, if it is no date.
pub(super) fn until(list: &DraftList) -> Result<Option<Expiry>, &str> {
    let written = list.until.as_deref().unwrap_or_default();
    list.expiry().transpose().map_err(|_| written)
}
