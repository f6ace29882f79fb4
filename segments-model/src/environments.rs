//! Differences between environments.

use std::collections::BTreeMap;
use std::collections::btree_map::Iter;
use std::ops::{Deref, DerefMut};

use crate::EnvironmentKey;

/// The declarations for some environments, by key, and whether these are all environments.
///
/// ```
/// use segments_model::{EnvironmentKey, Environments};
///
/// let staging = EnvironmentKey::from_static("staging");
/// let environments = Environments::from([(staging.clone(), 1)]);
/// assert_eq!(environments.get(&staging), Some(&1));
///
/// // In any other environment the rest of the declaration counts, unless there is none.
/// let canary = EnvironmentKey::from_static("canary");
/// assert!(environments.includes(&canary));
/// assert!(!environments.only().includes(&canary));
/// ```
#[derive(Debug, Clone)]
pub struct Environments<T> {
    by_key: BTreeMap<EnvironmentKey, T>,
    only: bool,
}

impl<T> Environments<T> {
    /// States that there are no other environments, like the variants of an enum.
    #[must_use]
    pub fn only(self) -> Self {
        Self { only: true, ..self }
    }

    /// Returns whether something is declared for an environment, including the base declaration.
    #[must_use]
    pub fn includes(&self, environment: &EnvironmentKey) -> bool {
        !self.only || self.by_key.contains_key(environment)
    }
}

impl<T> Default for Environments<T> {
    fn default() -> Self {
        Self {
            by_key: BTreeMap::new(),
            only: false,
        }
    }
}

/// Two declarations say the same if they do so in each environment that either names.
impl<T: PartialEq> PartialEq for Environments<T> {
    fn eq(&self, other: &Self) -> bool {
        self.by_key == other.by_key
    }
}

impl<T: Eq> Eq for Environments<T> {}

impl<T> Deref for Environments<T> {
    type Target = BTreeMap<EnvironmentKey, T>;

    fn deref(&self) -> &Self::Target {
        &self.by_key
    }
}

impl<T> DerefMut for Environments<T> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.by_key
    }
}

impl<T, const N: usize> From<[(EnvironmentKey, T); N]> for Environments<T> {
    fn from(environments: [(EnvironmentKey, T); N]) -> Self {
        environments.into_iter().collect()
    }
}

impl<T> FromIterator<(EnvironmentKey, T)> for Environments<T> {
    fn from_iter<I: IntoIterator<Item = (EnvironmentKey, T)>>(environments: I) -> Self {
        Self {
            by_key: environments.into_iter().collect(),
            only: false,
        }
    }
}

impl<'a, T> IntoIterator for &'a Environments<T> {
    type Item = (&'a EnvironmentKey, &'a T);
    type IntoIter = Iter<'a, EnvironmentKey, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.by_key.iter()
    }
}
