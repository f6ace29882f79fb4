//! Checks of the service's size limits: each warns before a segment reaches one.

mod limit;
mod rules_too_many;
mod targets_too_many;
mod values_too_many;

use super::table::checks;
use crate::Draft;

checks! { Draft:
    targets_too_many,
    rules_too_many,
    values_too_many,
}
