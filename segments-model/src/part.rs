//! The parts of a segment that a declaration manages, or leaves to people.

use std::fmt;

use crate::form::Form;

/// A part of a segment that a declaration may leave out. The name is always declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Part {
    /// The description.
    Description,
    /// The tags, except those that mark ownership.
    Tags,
    /// The included contexts.
    Included,
    /// The excluded contexts.
    Excluded,
    /// The rules.
    Rules,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 5] = [
        Self::Description,
        Self::Tags,
        Self::Included,
        Self::Excluded,
        Self::Rules,
    ];

    /// Returns the key of `segments.toml` that declares the part.
    ///
    /// ```
    /// use segments_model::Part;
    ///
    /// assert_eq!(Part::Included.name(), "included");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Description => "description",
            Self::Tags => "tags",
            Self::Included => "included",
            Self::Excluded => "excluded",
            Self::Rules => "rules",
        }
    }

    /// Returns the key of `#[segment(...)]` that declares the part.
    #[must_use]
    pub const fn key_in_rust(self) -> &'static str {
        match self {
            Self::Included => "include",
            Self::Excluded => "exclude",
            Self::Rules => "rule",
            Self::Description | Self::Tags => self.name(),
        }
    }

    /// Parses the name of a part in a form.
    #[must_use]
    pub fn parse(form: Form, name: &str) -> Option<Self> {
        let mut parts = Self::ALL.into_iter();
        parts.find(|part| part.written(form) == name)
    }

    /// Returns the name of a part in a form.
    #[must_use]
    pub const fn written(self, form: Form) -> &'static str {
        match form {
            Form::File => self.name(),
            Form::Rust => self.key_in_rust(),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
