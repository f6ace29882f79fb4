//! Tags of segments.

use crate::name::{Grammar, checked_name};

checked_name! {
    /// A tag: 1 to 64 letters, digits, `.`, `_` and `-` in any order.
    ///
    /// ```
    /// use segments_model::Tag;
    ///
    /// assert!(Tag::parse("managed-by.checkout").is_ok());
    /// assert!(Tag::parse("two words").is_err());
    /// ```
    Tag, Grammar { what: "tag", starts_alphanumeric: false, longest: Tag::LONGEST, reserved: &[] }
}

impl Tag {
    /// The maximum length of a tag.
    pub const LONGEST: usize = 64;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_may_start_with_any_of_its_characters() {
        for good in [".hidden", "-", "_a", &"t".repeat(64)] {
            assert!(Tag::parse(good).is_ok(), "{good:?}");
        }
        for bad in ["", "a b", "é", &"t".repeat(65)] {
            assert!(Tag::parse(bad).is_err(), "{bad:?}");
        }
    }
}
