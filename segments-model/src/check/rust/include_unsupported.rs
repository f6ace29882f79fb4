//! Found by `include_segments!`, in `segments-macros/src/include`.

use crate::code::code;

code! {
    /// `include_segments!` cannot express a declaration of the file in Rust types.
    ///
    /// ```toml,include,wrong
    /// [segments.text-of-version]
    /// description = "A version compared as text"
    /// rules = [{ clauses = [{ attribute = "version", op = "startsWith", values = ["2."] }] }]
    /// ```
    ///
    /// ```text
    /// segment `text-of-version`: `startsWith` compares versions as text, which `include_segments!` cannot; write `semVerEqual`, `semVerLessThan` or `semVerGreaterThan`, or make `version` a string
    /// ```
    ///
    /// ```toml,include,right
    /// [segments.version-two]
    /// description = "A version compared as one"
    /// rules = [{ clauses = [
    ///   { attribute = "version", op = "semVerGreaterThan", values = ["1.999.999"] },
    ///   { attribute = "version", op = "semVerLessThan", values = ["3.0.0"] },
    /// ] }]
    /// ```
    ///
    /// If a clause references a segment of `external_segments`, name the segment's type: `include_segments!("...", "elsewhere" =
    /// crate::Elsewhere)`. The attribute type `any` has no Rust type.
    INCLUDE_UNSUPPORTED = Error "include-unsupported";
}
