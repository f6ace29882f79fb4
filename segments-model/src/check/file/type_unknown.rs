//! Found by `file/context.rs`.

use crate::code::code;

code! {
    /// An attribute has a type that does not exist.
    ///
    /// ```toml,wrong
    /// [contexts.device.attributes]
    /// model = "text"
    ///
    /// [segments.staff]
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// error[type-unknown]: `text` is not a type of attributes; write `"string"`
    /// ```
    ///
    /// ```toml,right
    /// [contexts.device.attributes]
    /// model = "string"
    ///
    /// [segments.staff]
    /// nobody = true
    /// ```
    TYPE_UNKNOWN = Error "type-unknown";
}
