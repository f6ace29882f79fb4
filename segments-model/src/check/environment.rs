//! Keys of environments; only the service knows which exist.

use crate::did_you_mean;

/// Keys that most projects have: the two that a new project starts with, and what people add to them.
const USUAL: [&str; 6] = [
    "production",
    "test",
    "staging",
    "development",
    "integration",
    "preview",
];

/// Returns the message about a key that is similar to one that most projects have.
///
/// ```
/// use segments_model::check::environment::misspelt;
///
/// let said = misspelt("produciton").unwrap();
/// assert_eq!(said, "`produciton` is similar to `production`; did you mean `production`?");
/// assert_eq!(misspelt("production-eu"), None);
/// ```
#[must_use]
pub fn misspelt(key: &str) -> Option<String> {
    if USUAL.contains(&key) {
        return None;
    }
    let meant = did_you_mean(key, USUAL)?;
    // `production-eu` is another environment, and no typing mistake.
    if key
        .strip_prefix(meant)
        .is_some_and(|rest| rest.starts_with(['-', '_', '.']))
    {
        return None;
    }
    Some(format!(
        "`{key}` is similar to `{meant}`; did you mean `{meant}`?"
    ))
}
