//! Checks of the contexts that a segment lists.

mod both;
mod expiry_conflict;
mod expiry_invalid;
mod expiry_passed;
mod kind_duplicate;
mod target_duplicate;
mod target_empty;
mod target_overlap;

pub(super) use both::both;
pub use expiry_passed::passed;

use super::table::checks;
use crate::Draft;

checks! { Draft:
    expiry_invalid,
    kind_duplicate,
    target_empty,
    target_duplicate,
    expiry_conflict,
    target_overlap;
    codes: expiry_passed,
}
