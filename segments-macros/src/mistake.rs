//! A mistake in a clause: a message, or one that depends on the type of the attribute.

use syn::Error;

use crate::by_type::ByType;

/// A clause as messages show it.
pub(crate) const EXAMPLE: &str = "`User::EMAIL.ends_with(\"@company.com\")`";

/// A mistake in a clause.
pub(crate) enum Mistake {
    /// A mistake that the shape alone shows.
    Said {
        error: Error,
        /// The replacement.
        instead: Option<Instead>,
    },
    /// One whose message depends on the type of the attribute.
    ByType(Box<ByType>),
}

/// The probable intention.
#[derive(Debug, Clone)]
pub(crate) enum Instead {
    /// A clause, or several between commas.
    Clause(String),
    /// Several rules.
    Rules(String),
}

impl Mistake {
    pub(crate) fn said(error: Error) -> Self {
        Self::Said {
            error,
            instead: None,
        }
    }

    pub(crate) fn instead(self, meant: Instead) -> Self {
        match self {
            Self::Said { error, .. } => Self::Said {
                error,
                instead: Some(meant),
            },
            by_type @ Self::ByType(_) => by_type,
        }
    }

    /// The replacement, if it is known.
    pub(crate) fn clause(&self) -> Option<&Instead> {
        match self {
            Self::Said { instead, .. } => instead.as_ref(),
            Self::ByType(_) => None,
        }
    }

    /// The probable intention, as far as it can be determined.
    pub(crate) fn into_instead(self) -> Option<Instead> {
        match self {
            Self::Said { instead, .. } => instead,
            Self::ByType(by_type) => by_type.guess.map(Instead::Clause),
        }
    }
}

impl From<Error> for Mistake {
    fn from(error: Error) -> Self {
        Self::said(error)
    }
}
