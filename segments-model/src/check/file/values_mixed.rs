//! Found by `file/value.rs`.

use crate::code::code;

code! {
    /// The values of one clause have different types.
    ///
    /// ```toml,wrong
    /// [contexts.device.attributes]
    /// model = "any"
    ///
    /// [segments.old-devices]
    /// rules = [{ clauses = [{ context = "device", attribute = "model", op = "in", values = ["7", 8] }] }]
    /// ```
    ///
    /// ```text
    /// warning[values-mixed]: these values mix types, a string and a number, and one is never equal to the other; write one type
    /// ```
    ///
    /// ```toml,right
    /// [contexts.device.attributes]
    /// model = "any"
    ///
    /// [segments.old-devices]
    /// rules = [{ clauses = [{ context = "device", attribute = "model", op = "in", values = ["7", "8"] }] }]
    /// ```
    VALUES_MIXED = Warning "values-mixed";
}
