//! A moment on the command line.

use segments_model::Expiry;

/// A day, or a moment in RFC 3339, in milliseconds since 1970.
pub(super) fn moment(text: &str) -> Result<i64, String> {
    let parsed = Expiry::parse(text).map(Expiry::milliseconds);
    parsed.map_err(|error| error.to_string())
}
