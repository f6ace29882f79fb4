use super::written::WrittenValue;
use crate::code::code;
use crate::{Code, Findings, Operand, SegmentKey};

code! {
    /// A value cannot be the key of a segment.
    ///
    /// ```toml,wrong
    /// [segments.testers]
    /// rules = [{ clauses = [{ op = "segmentMatch", values = ["all staff"] }] }]
    /// ```
    ///
    /// ```text
    /// error[segment-key-invalid]: `all staff` is not a segment key: a space is not allowed; write `all-staff`
    /// ```
    ///
    /// ```toml,right,alone
    /// external_segments = ["all-staff"]
    ///
    /// [segments.testers]
    /// allow = ["style-description"]
    /// rules = [{ clauses = [{ op = "segmentMatch", values = ["all-staff"] }] }]
    /// ```
    SEGMENT_KEY_INVALID = Error "segment-key-invalid";
}

pub(super) fn check(written: &WrittenValue<'_>, findings: &mut Findings) {
    if let Some(key) = written.text(Operand::Segment)
        && let Err(error) = SegmentKey::parse(key.to_owned())
    {
        findings.add(Code::SEGMENT_KEY_INVALID, written.place, error.to_string());
    }
}
