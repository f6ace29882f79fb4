//! Checks of what a rule consists of.

mod everyone_contradicted;
mod rule_without_clauses;

use super::table::checks;
use crate::Draft;

checks! { Draft:
    everyone_contradicted,
    rule_without_clauses,
}
