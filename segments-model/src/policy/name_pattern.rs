//! A pattern that keys of segments have to match.

use std::fmt;

/// A pattern of keys: `*` stands for any characters, everything else for itself.
///
/// ```
/// use segments_model::policy::NamePattern;
///
/// let of_teams = NamePattern::new("team-*");
/// assert!(of_teams.matches("team-growth") && !of_teams.matches("growth-team"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern(String);

impl NamePattern {
    /// Creates a pattern.
    pub fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }

    /// Returns whether a key matches.
    #[must_use]
    pub fn matches(&self, key: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = key.strip_prefix(first) else {
            return false;
        };
        let mut parts: Vec<&str> = parts.collect();
        let Some(last) = parts.pop() else {
            return rest.is_empty();
        };
        for part in parts {
            let Some(at) = rest.find(part) else {
                return false;
            };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything_and_parts_do_not_overlap() {
        let matches = |pattern: &str, key: &str| NamePattern::new(pattern).matches(key);
        for (pattern, key) in [
            ("*", ""),
            ("a*", "a"),
            ("*-eu-*", "x-eu-y"),
            ("a*b*c", "abbc"),
            ("ab", "ab"),
        ] {
            assert!(matches(pattern, key), "{pattern} {key}");
        }
        for (pattern, key) in [("ab", "abc"), ("a*a", "a"), ("a*b*c", "acb"), ("-*", "x-")] {
            assert!(!matches(pattern, key), "{pattern} {key}");
        }
    }
}
