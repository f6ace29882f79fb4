//! Found by `file/reader.rs`.

use crate::code::code;

code! {
    /// A table has an unknown key.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// tag = ["internal"]
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// error[key-unknown]: `tag` is not a key of a segment; write `tags = ["internal"]`
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// tags = ["internal"]
    /// nobody = true
    /// ```
    KEY_UNKNOWN = Error "key-unknown";
}
