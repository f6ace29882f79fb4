//! Checks of a segment as a whole, and of what describes it.

mod big_with_rules;
mod key_invalid;
mod lifecycle;
mod moved_from;
mod name_empty;
mod nobody_contradicted;
mod segment_empty;
mod tag_duplicate;
mod tag_invalid;
mod unmanaged;

pub(crate) use name_empty::check_name;
pub(super) use segment_empty::says_nothing;
pub(crate) use tag_duplicate::check_duplicate_tags;
pub(crate) use tag_invalid::check_tags;

use super::table::checks;
use crate::Draft;

checks! { Draft:
    key_invalid,
    lifecycle,
    moved_from,
    name_empty,
    tag_invalid,
    tag_duplicate,
    big_with_rules,
    nobody_contradicted,
    segment_empty,
    unmanaged,
}
