//! Found by `file/mod.rs`.

use crate::code::code;

code! {
    /// The file cannot be read: it is missing, a directory, not permitted, or too large.
    ///
    /// ```rust,ignore
    /// segments_runtime::include_segments!("nowhere.toml");
    /// ```
    ///
    /// ```text
    /// error: there is no file `nowhere.toml`; the path starts at the folder of the package's `Cargo.toml`
    /// ```
    ///
    /// ```rust
    /// segments_runtime::include_segments!("segments.toml");
    /// # fn main() {}
    /// ```
    FILE_UNREADABLE = Error "file-unreadable";
}
