//! Keys of contexts of one kind on a list, some of which expire.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use crate::Expiry;

/// Keys of contexts of one kind on a list. It reads as the set of its keys; some of them may have an
/// [expiry](Expiry).
///
/// ```
/// use segments_model::{ContextKeys, Expiry};
///
/// let mut keys = ContextKeys::from(["user-1"]);
/// let expiry = Expiry::parse("2027-01-31").unwrap();
/// keys.insert_until("user-2", expiry);
/// assert!(keys.contains("user-1") && keys.contains("user-2"));
/// assert_eq!((keys.until("user-1"), keys.until("user-2")), (None, Some(expiry)));
/// assert_eq!(keys.at(expiry.milliseconds()), ContextKeys::from(["user-1"]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContextKeys {
    keys: BTreeSet<String>,
    /// Of keys that are in the set.
    until: BTreeMap<String, Expiry>,
}

impl ContextKeys {
    /// Adds a key that stays for good, if it is not there.
    pub fn insert(&mut self, key: impl Into<String>) {
        self.keys.insert(key.into());
    }

    /// Adds a key that expires, or gives one that is there an expiry.
    pub fn insert_until(&mut self, key: impl Into<String>, until: Expiry) {
        let key = key.into();
        self.keys.insert(key.clone());
        self.until.insert(key, until);
    }

    /// Removes a key with its expiry, and returns whether it was there.
    pub fn remove(&mut self, key: &str) -> bool {
        self.until.remove(key);
        self.keys.remove(key)
    }

    /// Returns when a key expires, if it is there and does.
    #[must_use]
    pub fn until(&self, key: &str) -> Option<Expiry> {
        self.until.get(key).copied()
    }

    /// Returns whether some of the keys expire.
    #[must_use]
    pub fn expire(&self) -> bool {
        !self.until.is_empty()
    }

    /// Returns the keys that expire.
    pub fn expiring(&self) -> impl Iterator<Item = (&str, Expiry)> {
        self.until.iter().map(|(key, until)| (key.as_str(), *until))
    }

    /// Returns the keys that are left at a moment in milliseconds since 1970.
    #[must_use]
    pub fn at(&self, now: i64) -> Self {
        let mut left = self.clone();
        left.expire_at(now);
        left
    }

    /// Removes the keys whose expiry has come at a moment in milliseconds since 1970.
    pub fn expire_at(&mut self, now: i64) {
        let Self { keys, until } = self;
        until.retain(|key, until| {
            let stays = !until.has_passed(now);
            if !stays {
                keys.remove(key);
            }
            stays
        });
    }

    /// Returns the keys by the expiry that they have in common, those without one first.
    #[must_use]
    pub fn by_expiry(&self) -> BTreeMap<Option<Expiry>, Vec<&String>> {
        let mut groups: BTreeMap<_, Vec<&String>> = BTreeMap::new();
        for key in &self.keys {
            groups.entry(self.until(key)).or_default().push(key);
        }
        groups
    }

    /// Adds all of another list.
    pub fn append(&mut self, other: &Self) {
        self.keys.extend(other.keys.iter().cloned());
        let until = other.until.iter().map(|(key, until)| (key.clone(), *until));
        self.until.extend(until);
    }
}

/// The set of the keys.
impl Deref for ContextKeys {
    type Target = BTreeSet<String>;

    fn deref(&self) -> &BTreeSet<String> {
        &self.keys
    }
}

impl From<BTreeSet<String>> for ContextKeys {
    fn from(keys: BTreeSet<String>) -> Self {
        let until = BTreeMap::new();
        Self { keys, until }
    }
}

impl<K: Into<String>, const N: usize> From<[K; N]> for ContextKeys {
    fn from(keys: [K; N]) -> Self {
        keys.into_iter().map(Into::into).collect()
    }
}

impl FromIterator<String> for ContextKeys {
    fn from_iter<I: IntoIterator<Item = String>>(keys: I) -> Self {
        BTreeSet::from_iter(keys).into()
    }
}

impl Extend<String> for ContextKeys {
    fn extend<I: IntoIterator<Item = String>>(&mut self, keys: I) {
        self.keys.extend(keys);
    }
}

impl<'k> IntoIterator for &'k ContextKeys {
    type Item = &'k String;
    type IntoIter = std::collections::btree_set::Iter<'k, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.keys.iter()
    }
}

impl IntoIterator for ContextKeys {
    type Item = String;
    type IntoIter = std::collections::btree_set::IntoIter<String>;

    fn into_iter(self) -> Self::IntoIter {
        self.keys.into_iter()
    }
}
