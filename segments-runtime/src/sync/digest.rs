//! A digest of a declaration.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

/// A digest of a declaration, short enough for a tag.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Digest(String);

impl Digest {
    pub(crate) const LENGTH: usize = 6;

    /// The digest of a set of them.
    pub(crate) fn of_all(digests: &BTreeSet<Self>) -> Self {
        Self::of(&digests.iter().map(|digest| digest.0.as_str()).collect())
    }

    pub(crate) fn of(contents: &Json) -> Self {
        let digest = Sha256::digest(contents.to_string());
        let digits = digest.iter().map(|byte| format!("{byte:02x}"));
        Self(digits.take(Self::LENGTH / 2).collect())
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == Self::LENGTH && text.bytes().all(digit)).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// It stands for the keys of members, too.
impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
