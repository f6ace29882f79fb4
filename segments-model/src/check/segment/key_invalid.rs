use crate::code::code;
use crate::{Code, Draft, Findings, Place, SegmentKey};

code! {
    /// A key has characters that the service does not accept.
    /// It is the key of a segment, an AI Config, a flag or an environment.
    ///
    /// ```toml,wrong
    /// [segments."eu users"]
    /// nobody = true
    /// ```
    ///
    /// ```text
    /// error[key-invalid]: `eu users` is not a segment key: a space is not allowed; write `eu-users`
    /// ```
    ///
    /// ```toml,wrong
    /// [segments.eu-users]
    /// nobody = true
    /// environments."eu west" = {}
    /// ```
    ///
    /// ```text
    /// error[key-invalid]: `eu west` is not an environment key: a space is not allowed; write `eu-west`
    /// ```
    ///
    /// ```toml,right
    /// [segments.eu-users]
    /// nobody = true
    /// ```
    KEY_INVALID = Error "key-invalid";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    if let Err(error) = SegmentKey::parse(draft.key.clone()) {
        findings.add(Code::KEY_INVALID, Place::Key, error.to_string());
    }
}
