//! The parts of the targeting of an AI Config or a flag.

use segments_model::Targeting;
use serde::Serialize;

/// A part of the targeting of an AI Config or a flag in an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetingPart {
    /// The individual contexts.
    Targets,
    /// The rules.
    Rules,
    /// The fallthrough.
    Fallthrough,
}

impl TargetingPart {
    /// All parts.
    pub const ALL: [Self; 3] = [Self::Targets, Self::Rules, Self::Fallthrough];

    /// Returns the key that declares the part, in a file and in Rust.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Targets => "targets",
            Self::Rules => "rules",
            Self::Fallthrough => "fallthrough",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// Returns whether a declaration says something of the part.
    pub(crate) fn is_declared(self, targeting: &Targeting) -> bool {
        match self {
            Self::Targets => targeting.targets.is_some(),
            Self::Rules => targeting.rules.is_some(),
            Self::Fallthrough => targeting.fallthrough.is_some(),
        }
    }
}
