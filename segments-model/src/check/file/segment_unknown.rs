//! Found by `file/define.rs`, `file/assertion.rs` and `file/partition.rs`.

use crate::code::code;

code! {
    /// A clause references a segment that is not declared; negated it would match everyone.
    /// List a segment that is declared elsewhere in
    /// `external_segments`.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// nobody = true
    ///
    /// [segments.customers]
    /// rules = [{ clauses = [{ op = "segmentMatch", values = ["stuff"], negate = true }] }]
    /// ```
    ///
    /// ```text
    /// error[segment-unknown]: there is no segment `stuff`; did you mean `staff`?
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// nobody = true
    ///
    /// [segments.customers]
    /// rules = [{ clauses = [{ op = "segmentMatch", values = ["staff"], negate = true }] }]
    /// ```
    SEGMENT_UNKNOWN = Error "segment-unknown";
}
