//! A segment as it is written.

use super::reader::Value;
use super::span::Span;
use crate::source::Source;
use crate::{Draft, EnvironmentKey};

/// A segment as it is written, with the place of each part. The whole stands where its key does.
#[derive(Debug)]
pub(super) struct Written<'t, 'i> {
    pub(super) source: Source<Draft, Span>,
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
