//! Checks of valid declarations in bad style.

mod style_clauses;
mod style_description;
mod style_key;

use super::table::checks;
use crate::Draft;

checks! { Draft:
    style_key,
    style_description,
    style_clauses,
}
