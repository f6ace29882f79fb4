//! Codes of what only macros and the Rust compiler find.

mod attribute_conflict;
mod include_unsupported;
mod name_collision;
mod serde_ignored;
mod value_out_of_range;

use crate::code::codes;

codes! {
    attribute_conflict,
    include_unsupported,
    name_collision,
    serde_ignored,
    value_out_of_range,
}
