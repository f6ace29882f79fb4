//! What a change of lists would do, in words.

use std::fmt;

use segments_model::{ContextKind, date};
use serde::Serialize;

use super::expiry::Expiry;

/// What a change of the lists of a segment would do, or did. Its `Display` says it in words; keys are
/// counted.
///
/// Example: [`ListChange`](super::ListChange).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ListPreview {
    /// The kind of the contexts.
    pub kind: ContextKind,
    /// How many are included.
    pub include: usize,
    /// How many are excluded.
    pub exclude: usize,
    /// How many are taken off the included list.
    pub no_longer_include: usize,
    /// How many are taken off the excluded list.
    pub no_longer_exclude: usize,
    /// How many get another expiry.
    pub expire: usize,
    /// When they are taken off, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// The keys themselves.
#[derive(Default)]
pub(super) struct Due {
    pub(super) include: Vec<String>,
    pub(super) exclude: Vec<String>,
    pub(super) take_from_included: Vec<String>,
    pub(super) take_from_excluded: Vec<String>,
    pub(super) expiries: Vec<Expiry>,
}

impl Due {
    pub(super) fn adds(&self) -> bool {
        !self.include.is_empty() || !self.exclude.is_empty()
    }

    pub(super) fn preview(&self, kind: &ContextKind, until: Option<i64>) -> ListPreview {
        ListPreview {
            kind: kind.clone(),
            include: self.include.len(),
            exclude: self.exclude.len(),
            no_longer_include: self.take_from_included.len(),
            no_longer_exclude: self.take_from_excluded.len(),
            expire: self.expiries.len(),
            until: until.map(date::format),
        }
    }
}

impl ListPreview {
    /// Returns whether everything is as wanted already.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            kind: _,
            include,
            exclude,
            no_longer_include,
            no_longer_exclude,
            expire,
            until: _,
        } = self;
        [
            include,
            exclude,
            no_longer_include,
            no_longer_exclude,
            expire,
        ]
        .into_iter()
        .all(|count| *count == 0)
    }
}

impl fmt::Display for ListPreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing to change");
        }
        let added = self.include + self.exclude;
        let parts = [
            ("include", self.include),
            ("exclude", self.exclude),
            ("no longer include", self.no_longer_include),
            ("no longer exclude", self.no_longer_exclude),
        ];
        let mut separator = "";
        for (does, count) in parts.into_iter().filter(|(_, count)| *count > 0) {
            let s = if count == 1 { "" } else { "s" };
            write!(
                f,
                "{separator}{does} {count} context{s} of kind {}",
                self.kind
            )?;
            separator = ", ";
        }
        match &self.until {
            Some(until) if added > 0 => write!(f, ", until {until}"),
            Some(until) if self.expire > 0 => {
                let s = if self.expire == 1 { "" } else { "s" };
                let Self { expire, kind, .. } = self;
                write!(
                    f,
                    "{separator}set the expiry of {expire} context{s} of kind {kind} to {until}"
                )
            }
            _ => Ok(()),
        }
    }
}
