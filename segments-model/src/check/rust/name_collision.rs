//! Found by `include_segments!`, in `segments-macros/src/include/names.rs`, and by `file/partition.rs`.

use crate::code::code;

code! {
    /// Two names of a file become the same name in Rust.
    ///
    /// ```toml,include,wrong
    /// [contexts.user.attributes]
    /// accountAge = "number"
    /// account_age = "number"
    /// ```
    ///
    /// ```text
    /// attributes `accountAge` and `account_age` of `user` are both `ACCOUNT_AGE` in Rust; rename one of them
    /// ```
    ///
    /// ```toml,include,right
    /// [contexts.user.attributes]
    /// accountAge = "number"
    /// accountAgeInYears = "number"
    /// ```
    NAME_COLLISION = Error "name-collision";
}
