//! Lists of context keys that are known at compile time.

use std::sync::OnceLock;

use foldhash::HashSet;
use segments_model::Expiry;

use crate::clock::now;

/// Up to this length, comparing one by one is faster than hashing.
const SHORT: usize = 8;

/// A list of keys that leave it together, if they do; hashed at the first question if it is long.
#[derive(Debug)]
pub struct KeySet {
    keys: &'static [&'static str],
    until: Option<Expiry>,
    hashed: OnceLock<HashSet<&'static str>>,
}

impl KeySet {
    /// Creates a set of these keys.
    #[must_use]
    pub const fn new(keys: &'static [&'static str]) -> Self {
        Self {
            keys,
            until: None,
            hashed: OnceLock::new(),
        }
    }

    /// Takes the moment at which the keys leave the list, in milliseconds since 1970.
    #[must_use]
    pub const fn until(mut self, milliseconds: i64) -> Self {
        self.until = Some(Expiry::from_milliseconds(milliseconds));
        self
    }

    /// When the keys leave the list.
    #[must_use]
    pub const fn expiry(&self) -> Option<Expiry> {
        self.until
    }

    /// The keys, in the order of declaration.
    #[must_use]
    pub const fn keys(&self) -> &'static [&'static str] {
        self.keys
    }

    /// Returns whether this key is in the list now. The time of day is only asked for a key that would be, of a
    /// list that expires.
    #[inline]
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.has(key) && self.until.is_none_or(|until| !until.has_passed(now()))
    }

    #[inline]
    fn has(&self, key: &str) -> bool {
        if self.keys.len() <= SHORT {
            self.keys.contains(&key)
        } else {
            self.hashed
                .get_or_init(|| self.keys.iter().copied().collect())
                .contains(key)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_lists_answer_alike() {
        static SHORT_LIST: KeySet = KeySet::new(&["a", "b"]);
        static LONG_LIST: KeySet = KeySet::new(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]);
        for list in [&SHORT_LIST, &LONG_LIST] {
            assert!(list.contains("a") && list.contains("b"));
            assert!(!list.contains("") && !list.contains("z"));
        }
    }

    #[test]
    fn who_has_expired_is_on_no_list() {
        static OVER: KeySet = KeySet::new(&["a"]).until(1_577_836_800_000);
        static FAR: KeySet = KeySet::new(&["a"]).until(i64::MAX);
        assert!(!OVER.contains("a") && FAR.contains("a") && !FAR.contains("b"));
        assert_eq!(OVER.keys(), ["a"]);
    }
}
