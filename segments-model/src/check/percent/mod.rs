//! Checks of the percentages of rules, and of the contexts that they split.

mod by_without_percent;
mod percent_all;
mod percent_invalid;
mod percent_none;
mod split_kind_unclear;

pub(crate) use split_kind_unclear::split_of;

use super::table::checks;
use crate::Draft;

checks! { Draft:
    percent_invalid,
    percent_none,
    percent_all,
    by_without_percent,
    split_kind_unclear,
}
