//! Codes of findings, and the macros that declare them.
//!
//! `code!` stands in the file of the check that finds a code, with what `docs/diagnostics.md` says of it: the page is
//! written from these comments. `codes!` lists the files of a folder, and [`Code::ALL`] the folders.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Severity {
    /// Probably a mistake; can be allowed by its code.
    Warning,
    /// Certainly a mistake, or refused by the service.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// The stable code of one kind of finding. New codes may be added; existing ones keep their names.
///
/// ```
/// use segments_model::{Code, Severity};
///
/// assert_eq!(Code::TAG_DUPLICATE.name(), "tag-duplicate");
/// assert_eq!(Code::TAG_DUPLICATE.severity(), Severity::Warning);
/// assert_eq!(Code::TAG_DUPLICATE.meaning(), "A tag is written twice.");
/// assert!(Code::ALL.contains(&Code::TAG_DUPLICATE));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code(&'static Declared);

/// A code as `code!` declares it.
#[derive(PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) name: &'static str,
    pub(crate) severity: Severity,
    /// With the space that stands before it in a comment.
    pub(crate) meaning: &'static str,
}

impl Code {
    pub(crate) const fn new(declared: &'static Declared) -> Self {
        Self(declared)
    }

    /// Returns the name in output and in `allow`, in kebab case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// Returns the severity.
    #[must_use]
    pub const fn severity(self) -> Severity {
        self.0.severity
    }

    /// Returns the meaning, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        self.0.meaning.trim_ascii()
    }
}

/// By name.
impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By name.
impl Ord for Code {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name())
    }
}

/// The name alone tells codes apart.
impl Hash for Code {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Declares the codes of a file as constants of [`Code`], and lists them as `CODES`.
///
/// The first line of a comment is the code's meaning. What follows is for `docs/diagnostics.md` only: code that gets
/// the finding, what is said of it, and code that does not get it. A check that finds what other files declare has
/// `code! {}`.
macro_rules! code {
    ($(
        #[doc = $meaning:literal]
        $(#[doc = $page:literal])*
        $constant:ident = $severity:ident $name:literal;
    )*) => {
        $(
            impl $crate::Code {
                #[doc = $meaning]
                pub const $constant: Self = Self::new(&$crate::code::Declared {
                    name: $name,
                    severity: $crate::Severity::$severity,
                    meaning: $meaning,
                });
            }
        )*

        pub(crate) const CODES: &[$crate::Code] = &[$($crate::Code::$constant),*];
    };
}

/// Lists the codes of the files of a folder as `CODES`.
macro_rules! codes {
    ($($module:ident),* $(,)?) => {
        pub(crate) const CODES: &[$crate::Code] =
            &$crate::concat::concat::<$crate::Code, { $crate::concat::length(LISTS) }>(LISTS);
        const LISTS: &[&[$crate::Code]] = &[$($module::CODES),*];
    };
}

pub(crate) use {code, codes};
