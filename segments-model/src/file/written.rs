//! A segment as it is written.

use std::collections::HashSet;

use super::places::Places;
use super::reader::Value;
use super::span::Span;
use crate::{Code, Draft, EnvironmentKey};

/// A segment as it is written, with the place of each part.
#[derive(Debug)]
pub(super) struct Written<'t, 'i> {
    pub(super) draft: Draft,
    pub(super) places: Places,
    /// The key, where the segment starts.
    pub(super) key_span: Span,
    pub(super) allow: HashSet<Code>,
    /// Whether some part could not be read, so that there can be no definition.
    pub(super) broken: bool,
    pub(super) examples: Option<&'t Value<'i>>,
    /// The segment as it is in environments that have something of their own.
    pub(super) environments: Vec<(EnvironmentKey, Written<'t, 'i>)>,
}

impl Written<'_, '_> {
    /// The segment as it is in one environment, or, without one, elsewhere.
    pub(super) fn in_environment(&self, environment: Option<&EnvironmentKey>) -> &Self {
        let mut environments = self.environments.iter();
        let found = environments.find(|(key, _)| Some(key) == environment);
        found.map_or(self, |(_, written)| written)
    }
}
