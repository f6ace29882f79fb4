//! Lists of context keys that are known when the program is built.

use std::sync::OnceLock;

use foldhash::HashSet;

/// Up to this length, comparing one by one is faster than hashing.
const SHORT: usize = 8;

/// A list of keys, hashed at the first question if it is long.
#[derive(Debug)]
pub struct KeySet {
    keys: &'static [&'static str],
    hashed: OnceLock<HashSet<&'static str>>,
}

impl KeySet {
    /// Takes the keys.
    #[must_use]
    pub const fn new(keys: &'static [&'static str]) -> Self {
        Self {
            keys,
            hashed: OnceLock::new(),
        }
    }

    /// The keys, in the order of declaration.
    #[must_use]
    pub const fn keys(&self) -> &'static [&'static str] {
        self.keys
    }

    /// Returns whether this key is in the list.
    #[inline]
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
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
}
