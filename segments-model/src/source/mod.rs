//! A declaration as a front end reads it, everywhere and in an environment.
//!
//! The reader of `segments.toml` and the macros both fill a [`Source`]: the draft, and where each of its parts is
//! written. What an environment takes from the base, and what is reported of it, is decided here for both.

mod places;

pub use places::Places;

use crate::{Code, Finding, Findings, Place, Severity};

/// A draft, and where its parts are written: `S` is a range of a file, or a token.
///
/// ```
/// use segments_model::check::check;
/// use segments_model::source::Source;
/// use segments_model::{Draft, Findings, Place};
///
/// // The columns of `key = "staff", name = "Staff", tags = ["a", "a"]`.
/// let mut base = Source::new(Draft { key: "staff".into(), name: "Staff".into(), ..Draft::default() }, 0);
/// base.places.add(Place::Name, 15);
/// base.draft.tags = Some(vec!["a".into(), "a".into()]);
/// base.places.add(Place::Tag(1), 38);
///
/// // An environment has a name of its own.
/// let mut staging = Source::new(Draft { name: "Staging".into(), ..Draft::default() }, 50);
/// staging.places.add(Place::Name, 60);
/// staging.inherit(&base);
/// assert_eq!((&staging.draft.key[..], &staging.draft.name[..]), ("staff", "Staging"));
/// assert_eq!(*staging.places.find(Place::Tag(1)), 38);
///
/// // What is known of the base is not said again.
/// let (known, found) = (check(&base.draft), check(&staging.draft));
/// assert!(base.news(&known, &Findings::default()).any(|(_, column)| *column == 38));
/// assert_eq!(staging.news(&found, &known).count(), 0);
/// ```
#[derive(Debug, Clone)]
pub struct Source<D, S> {
    /// The declaration as written.
    pub draft: D,
    /// Where its parts are written.
    pub places: Places<S>,
    /// The warnings that the author allows.
    pub allow: Vec<Code>,
    /// Whether every part could be read.
    pub complete: bool,
}

/// Returns whether a place is one of the base.
///
/// Example: [`Source`].
pub type IsInherited = Box<dyn Fn(Place) -> bool>;

/// A draft whose parts may differ by environment.
///
/// Example: [`Source`].
pub trait Inherit {
    /// Takes what is not written for an environment from the base. Returns which places are then those of the base.
    ///
    /// A part of which the draft does not say whether it is written has a place if it is.
    fn inherit(&mut self, base: &Self, is_written: &dyn Fn(Place) -> bool) -> IsInherited;
}

impl<D, S> Source<D, S> {
    /// Starts with a draft of which no part has a place; `whole` is the place of what has none.
    #[must_use]
    pub fn new(draft: D, whole: S) -> Self {
        Self {
            draft,
            places: Places::new(whole),
            allow: Vec::new(),
            complete: true,
        }
    }

    /// Iterates over the findings to report, each with its place: without warnings that the author allows, without what
    /// is said of a part that could not be read, and, of an environment, without what is `known` of the base and is not
    /// written in the environment again.
    pub fn news<'s>(
        &'s self,
        found: &'s Findings,
        known: &'s Findings,
    ) -> impl Iterator<Item = (&'s Finding, &'s S)> {
        let is_known = |finding: &Finding| {
            known.iter().any(|known| known == finding) && !self.places.is_own(finding.place)
        };
        let is_about_unread = |finding: &Finding| self.places.is_unread(finding.place);
        found
            .iter()
            .filter(move |finding| {
                !self.allows(finding.code) && !is_about_unread(finding) && !is_known(finding)
            })
            .map(|finding| (finding, self.places.find(finding.place)))
    }

    /// Returns whether a code is that of a warning that the author allows.
    #[must_use]
    pub fn allows(&self, code: Code) -> bool {
        code.severity() == Severity::Warning && self.allow.contains(&code)
    }
}

impl<D: Inherit, S: Clone> Source<D, S> {
    /// Takes what is not written for this environment from the base.
    pub fn inherit(&mut self, base: &Self) {
        let is_written = |place| self.places.has(place);
        let is_inherited = self.draft.inherit(&base.draft, &is_written);
        self.places.inherit(&base.places, is_inherited);
        self.allow.clone_from(&base.allow);
        self.complete &= base.complete;
    }
}
