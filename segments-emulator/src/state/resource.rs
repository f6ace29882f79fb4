//! The resources with rules: segments, flags and AI Configs.

use serde::{Deserialize, Serialize};

/// The kinds of resources whose changes may need an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Segment,
    Flag,
    AiConfig,
}

impl From<Targeted> for Kind {
    fn from(targeted: Targeted) -> Self {
        match targeted {
            Targeted::Flag => Kind::Flag,
            Targeted::AiConfig => Kind::AiConfig,
        }
    }
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Segment, Self::Flag, Self::AiConfig];

    /// The kind of a name, which the service writes with and without capitals.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// The `resourceKind` by which requests are filtered (API documentation, *getApprovalRequests*).
    pub(crate) fn resource_kind(self) -> &'static str {
        match self {
            Kind::AiConfig => "aiConfig",
            other => other.name(),
        }
    }

    /// The `resourceKind` of settings, and what roles and resources are called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Segment => "segment",
            Kind::Flag => "flag",
            Kind::AiConfig => "aiconfig",
        }
    }
}

/// The two things that have a targeting. Their keys are one namespace for SDKs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Targeted {
    Flag,
    AiConfig,
}

impl Targeted {
    /// The name under which the state has them.
    pub(crate) fn place(self) -> &'static str {
        match self {
            Targeted::Flag => "flags",
            Targeted::AiConfig => "aiConfigs",
        }
    }
}
