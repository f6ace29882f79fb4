use crate::code::code;
use crate::did_you_mean;

code! {
    /// The key of an environment is similar to one that most projects have.
    ///
    /// ```toml,wrong
    /// [segments.staff]
    /// nobody = true
    /// environments.produciton = { name = "Staff there" }
    /// ```
    ///
    /// ```text
    /// warning[environment-misspelt]: `produciton` is similar to `production`; did you mean `production`?
    /// ```
    ///
    /// ```toml,right
    /// [segments.staff]
    /// nobody = true
    /// environments.production = { name = "Staff there" }
    /// ```
    ENVIRONMENT_MISSPELT = Warning "environment-misspelt";
}

/// Keys that most projects have: the two that a new project starts with, and what people add to them.
const USUAL: [&str; 6] = [
    "production",
    "test",
    "staging",
    "development",
    "integration",
    "preview",
];

/// Returns the message about a key of an environment that is similar to one that most projects have. Only the service
/// knows which exist.
///
/// ```
/// use segments_model::check::misspelt_environment;
///
/// let said = misspelt_environment("produciton").unwrap();
/// assert_eq!(said, "`produciton` is similar to `production`; did you mean `production`?");
/// assert_eq!(misspelt_environment("production-eu"), None);
/// ```
#[must_use]
pub fn misspelt_environment(key: &str) -> Option<String> {
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
