//! Found by `file/reader.rs`.

use crate::code::code;

code! {
    /// A key has a value of the wrong TOML type.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// tags = "internal"
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// error[toml-type]: `tags` is an array of strings, not a string; write `["internal"]`
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// tags = ["internal"]
    /// nobody = true
    /// ```
    TOML_TYPE = Error "toml-type";
}
