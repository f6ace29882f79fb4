//! Found by `file/whole.rs`.

use crate::code::code;

code! {
    /// The file declares no segments.
    ///
    /// ```toml,wrong,alone
    /// # The segments will stand here.
    /// ```
    ///
    /// ```text
    /// warning[file-empty]: this file declares no segments; write `[segments.some-key]`
    /// ```
    ///
    /// ```toml,right,alone
    /// [segments.staff]
    /// description = "People who work here"
    /// nobody = true
    /// ```
    FILE_EMPTY = Warning "file-empty";
}
