//! Checks of clauses: of what they test, of their operators, and of their values among each other.

mod attribute_invalid;
mod attribute_reserved;
mod clauses;
mod contains_in_list;
mod kind_invalid;
mod operator_misfit;
mod value_covered;
mod value_duplicate;
mod values_missing;

#[cfg(feature = "toml")]
pub(crate) use attribute_invalid::{TOO_DEEP, is_too_deep};
#[cfg(feature = "toml")]
pub(crate) use attribute_reserved::inside_built_in;
pub(super) use clauses::{clauses, names_kinds};

use super::table::checks;
use crate::Draft;

checks! { Draft:
    kind_invalid,
    attribute_invalid,
    attribute_reserved,
    operator_misfit,
    values_missing,
    value_duplicate,
    value_covered,
    contains_in_list,
}
