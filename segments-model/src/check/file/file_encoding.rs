//! Found by `file/mod.rs`.

use crate::code::code;

code! {
    /// The file is not UTF-8 text.
    /// The first file is saved as ISO 8859-1, the second as UTF-8.
    ///
    /// ```toml,wrong,latin1
    /// [segments.regulars]
    /// description = "Regulars of the café"
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// error[file-encoding]: byte 0xe9 is not UTF-8 text; save the file as UTF-8
    /// ```
    ///
    /// ```toml,right
    /// [segments.regulars]
    /// description = "Regulars of the café"
    /// nobody = true
    /// ```
    FILE_ENCODING = Error "file-encoding";
}
