//! Types of attributes.

use std::fmt;

/// Type of an attribute's values. LaunchDarkly attributes are untyped, so the service cannot detect
/// clauses that never match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum AttributeType {
    /// `true` or `false`.
    #[cfg_attr(feature = "serde", serde(rename = "bool"))]
    Bool,
    /// A string.
    #[cfg_attr(feature = "serde", serde(rename = "string"))]
    String,
    /// A number.
    #[cfg_attr(feature = "serde", serde(rename = "number"))]
    Number,
    /// A date: milliseconds since 1970, or RFC 3339 text.
    #[cfg_attr(feature = "serde", serde(rename = "date"))]
    Date,
    /// A string that is a semantic version.
    #[cfg_attr(feature = "serde", serde(rename = "semver"))]
    Version,
    /// Any value; turns type checks off.
    #[cfg_attr(feature = "serde", serde(rename = "any"))]
    Any,
}

impl AttributeType {
    /// All types, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Bool,
        Self::String,
        Self::Number,
        Self::Date,
        Self::Version,
        Self::Any,
    ];

    /// Returns the name in `segments.toml` and in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::String => "string",
            Self::Number => "number",
            Self::Date => "date",
            Self::Version => "semver",
            Self::Any => "any",
        }
    }
}

impl AttributeType {
    /// Returns a description of the values.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Bool => "`true` or `false`",
            Self::String => "a string",
            Self::Number => "a number",
            Self::Date => "a date: milliseconds since 1970, or RFC 3339 text",
            Self::Version => "a string that is a semantic version",
            Self::Any => "any value; turns type checks off",
        }
    }
}

impl fmt::Display for AttributeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
