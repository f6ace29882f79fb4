//! How much of its lists one patch has room for.

use segments_model::MAX_PATCH_TARGETS;

use crate::sync::change::MemberKeys;

/// The part of each list of keys that one patch has room for, one list after the other; the next patch
/// goes on.
pub(crate) fn portions() -> impl FnMut(&MemberKeys) -> Vec<String> {
    let mut left = MAX_PATCH_TARGETS;
    move |keys| {
        let taken: Vec<String> = keys.0.iter().take(left).cloned().collect();
        left -= taken.len();
        taken
    }
}
