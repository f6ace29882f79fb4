//! What may happen to a segment, beside who is in it: one row for each key.
//!
//! The attribute, files, the JSON Schema, builders, revisions and the page of `cargo segments doc` take the keys
//! from these rows, and carry their values as one [`Lifecycle`].

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

/// Calls a macro with the rows: a key, its kind (a `flag` is written or not; a `text` has a type that reads it, and the
/// code of the finding if it cannot), its form in Rust, and its meaning.
macro_rules! lifecycle_rows {
    ($callback:ident) => {
        $callback! {
            Protect protect: flag = "protect",
                "The segment is never deleted and never emptied, even if it is no longer declared.";
            MovedFrom moved_from: text(crate::SegmentKey, KEY_INVALID) = "moved_from = \"testers\"",
                "The key that the segment had before. The segment takes the place of the one with that key: all references are changed, and the other segment is deleted.";
            NeverWider never_wider: flag = "never_wider",
                "A sync refuses every change that may add a member, and shows an example.";
        }
    };
}

pub(crate) use lifecycle_rows;

macro_rules! types {
    ($($variant:ident $field:ident: $kind:ident$(($type:ty, $code:ident))? = $form:literal, $meaning:literal;)*) => {
        /// A key that says what may happen to a segment.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum LifecycleKey {
            $(#[doc = $meaning] $variant,)*
        }

        impl LifecycleKey {
            /// All keys.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the name, in Rust and in files.
            ///
            /// ```
            /// use segments_model::LifecycleKey;
            ///
            /// assert_eq!(LifecycleKey::MovedFrom.name(), "moved_from");
            /// ```
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($field),)*
                }
            }

            /// Returns how it is written in Rust, with an example of its value.
            #[must_use]
            pub const fn form(self) -> &'static str {
                match self {
                    $(Self::$variant => $form,)*
                }
            }

            /// Returns the meaning, as a sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => $meaning,)*
                }
            }

            /// Returns whether it has a text; otherwise it is written or not.
            #[must_use]
            pub const fn has_text(self) -> bool {
                match self {
                    $(Self::$variant => row!($kind has_text),)*
                }
            }
        }

        /// What may happen to a segment, as a declaration says it.
        ///
        /// ```
        /// use segments_model::{Definition, Lifecycle, SegmentKey};
        ///
        /// let beta = Definition::builder("beta").nobody().protect().moved_from("testers").build()?;
        /// assert!(beta.lifecycle.protect && !beta.lifecycle.never_wider);
        /// assert_eq!(beta.lifecycle.moved_from, Some(SegmentKey::from_static("testers")));
        /// # Ok::<(), segments_model::Findings>(())
        /// ```
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct Lifecycle {
            $(#[doc = $meaning] pub $field: row!($kind type $($type)?),)*
        }

        impl Lifecycle {
            fn parse(draft: &DraftLifecycle) -> Result<Self, InvalidText> {
                Ok(Self {
                    $($field: row!($kind parse draft, LifecycleKey::$variant),)*
                })
            }
        }

        impl From<&Lifecycle> for DraftLifecycle {
            fn from(lifecycle: &Lifecycle) -> Self {
                let mut draft = Self::default();
                $(row!($kind write draft, LifecycleKey::$variant, lifecycle.$field);)*
                draft
            }
        }
    };
}

/// What depends on the kind of a key.
macro_rules! row {
    (flag has_text) => { false };
    (text has_text) => { true };

    (flag type) => { bool };
    (text type $type:ty) => { Option<$type> };

    (flag parse $draft:ident, $key:expr) => { $draft.0.contains_key(&$key) };
    (text parse $draft:ident, $key:expr) => { parse_text($draft, $key)? };

    (flag write $draft:ident, $key:expr, $value:expr) => {
        if $value {
            $draft.insert($key, None);
        }
    };
    (text write $draft:ident, $key:expr, $value:expr) => {
        if let Some(value) = &$value {
            $draft.insert($key, Some(value.to_string()));
        }
    };
}

lifecycle_rows!(types);

impl LifecycleKey {
    /// Returns the key with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.name() == name)
    }
}

impl Lifecycle {
    /// Makes the value from what a macro wrote after all checks.
    ///
    /// # Panics
    ///
    /// If the text of a key is not valid; the macro has refused that.
    #[must_use]
    pub fn from_static(entries: &[(LifecycleKey, Option<&'static str>)]) -> Self {
        let entries = entries.iter();
        let draft = entries.map(|(key, text)| (*key, text.map(str::to_owned)));
        match Self::parse(&draft.collect()) {
            Ok(lifecycle) => lifecycle,
            Err(invalid) => panic!("{}", invalid.problem),
        }
    }
}

/// What may happen to a segment, as written: the keys, and the texts of those that have one.
///
/// ```
/// use segments_model::LifecycleKey;
/// use segments_model::draft::DraftLifecycle;
///
/// let mut draft = DraftLifecycle::default();
/// draft.insert(LifecycleKey::Protect, None);
/// draft.insert(LifecycleKey::MovedFrom, Some("testers".to_owned()));
/// assert_eq!(draft.text(LifecycleKey::MovedFrom), Some("testers"));
/// let entries: Vec<_> = draft.iter().collect();
/// assert_eq!(entries, [(LifecycleKey::Protect, None), (LifecycleKey::MovedFrom, Some("testers"))]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DraftLifecycle(BTreeMap<LifecycleKey, Option<String>>);

impl DraftLifecycle {
    /// Adds a key. A flag has no text.
    pub fn insert(&mut self, key: LifecycleKey, text: Option<String>) {
        self.0.insert(key, text);
    }

    /// Returns the text of a key, if it is written.
    #[must_use]
    pub fn text(&self, key: LifecycleKey) -> Option<&str> {
        self.0.get(&key)?.as_deref()
    }

    /// Iterates over the keys that are written, and their texts.
    pub fn iter(&self) -> impl Iterator<Item = (LifecycleKey, Option<&str>)> {
        self.0.iter().map(|(key, text)| (*key, text.as_deref()))
    }

    pub(crate) fn parse(&self) -> Result<Lifecycle, InvalidText> {
        Lifecycle::parse(self)
    }
}

impl FromIterator<(LifecycleKey, Option<String>)> for DraftLifecycle {
    fn from_iter<T: IntoIterator<Item = (LifecycleKey, Option<String>)>>(entries: T) -> Self {
        Self(entries.into_iter().collect())
    }
}

/// A text that its key does not take.
#[derive(Debug)]
pub(crate) struct InvalidText {
    pub(crate) key: LifecycleKey,
    pub(crate) problem: String,
}

fn parse_text<T>(draft: &DraftLifecycle, key: LifecycleKey) -> Result<Option<T>, InvalidText>
where
    T: FromStr<Err: Display>,
{
    let value = draft.text(key).map(str::parse).transpose();
    value.map_err(|error: T::Err| InvalidText {
        key,
        problem: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_at_the_start_of_its_form_and_a_text_behind_it() {
        for key in LifecycleKey::ALL {
            let rest = key.form().strip_prefix(key.name()).unwrap();
            assert_eq!(rest.starts_with(" = \""), key.has_text(), "{}", key.form());
            assert_eq!(LifecycleKey::named(key.name()), Some(*key));
        }
    }

    #[test]
    fn what_is_written_is_what_is_declared() {
        let text = |key: &LifecycleKey| {
            key.has_text()
                .then(|| key.form().split('"').nth(1).unwrap().to_owned())
        };
        let draft: DraftLifecycle = LifecycleKey::ALL
            .iter()
            .map(|key| (*key, text(key)))
            .collect();
        let lifecycle = draft.parse().unwrap();
        assert_eq!(DraftLifecycle::from(&lifecycle), draft);
        assert_eq!(draft.iter().count(), LifecycleKey::ALL.len());
        assert_eq!(
            DraftLifecycle::default().parse().unwrap(),
            Lifecycle::default()
        );
    }

    #[test]
    fn a_text_that_is_not_valid_says_of_which_key() {
        let draft =
            DraftLifecycle::from_iter([(LifecycleKey::MovedFrom, Some("no key".to_owned()))]);
        assert_eq!(draft.parse().unwrap_err().key, LifecycleKey::MovedFrom);
    }
}
