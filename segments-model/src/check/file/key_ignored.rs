//! Found by `file/rule.rs` and `file/targeting/mod.rs`.

use crate::code::code;

code! {
    /// A key is written where it has no effect.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// nobody = true
    ///
    /// [segments.testers]
    /// rules = [{ clauses = [{ attribute = "email", op = "segmentMatch", values = ["staff"] }] }]
    /// ```
    ///
    /// ```text
    /// warning[key-ignored]: `segmentMatch` tests the whole context; leave `attribute` out
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// nobody = true
    ///
    /// [segments.testers]
    /// rules = [{ clauses = [{ op = "segmentMatch", values = ["staff"] }] }]
    /// ```
    KEY_IGNORED = Warning "key-ignored";
}
