//! Found by `file/segment.rs`.

use crate::code::code;

code! {
    /// `allow` names something that is not a warning.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// allow = ["segment-empty"]
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// error[allow-invalid]: `segment-empty` is an error, but only warnings can be allowed; fix its cause
    /// ```
    ///
    /// ```toml,right
    /// [segments.Old_Staff]
    /// allow = ["style-key"]
    /// nobody = true
    /// ```
    ALLOW_INVALID = Error "allow-invalid";
}
