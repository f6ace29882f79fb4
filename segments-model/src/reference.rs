//! References to attributes of a context.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

/// The attribute that a clause tests: a top-level name, or a path into an object.
///
/// The notation is LaunchDarkly's: a text without a leading `/` is a plain name, even if it contains `/`
/// or `~`. With a leading `/` it is a path of names, in which `~1` stands for `/` and `~0` for `~`.
///
/// Each attribute has one reference: `/email` is normalized to `email`, as LaunchDarkly's SDKs do.
///
/// ```
/// use segments_model::AttributeRef;
///
/// let city = AttributeRef::parse("/address/city").unwrap();
/// assert_eq!(city.path().collect::<Vec<_>>(), ["address", "city"]);
///
/// let name = AttributeRef::parse("a/b").unwrap();
/// assert_eq!(name.path().collect::<Vec<_>>(), ["a/b"]);
///
/// assert_eq!(AttributeRef::from_path(["a/b", "c"]).unwrap().as_str(), "/a~1b/c");
/// assert_eq!(AttributeRef::parse("/email").unwrap().as_str(), "email");
/// assert!(AttributeRef::parse("/address/").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "String", try_from = "String"))]
pub struct AttributeRef(Cow<'static, str>);

/// The reason why a text is not an attribute reference.
#[derive(Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidReference {
    /// The text is empty, or only a slash.
    #[error(
        "an attribute reference is not empty; name an attribute, or write a path such as `/address/city`"
    )]
    Empty,
    /// A path with two slashes in a row or one at its end.
    #[error(
        "`{0}` has an empty part; write a path such as `/address/city`, without doubled or trailing slashes"
    )]
    EmptyPart(String),
    /// A `~` that is neither `~0` nor `~1`.
    #[error("`{0}` has a lone `~`; in a path write `~0` for `~` and `~1` for `/`")]
    Escape(String),
}

crate::readable_debug! {
    enum InvalidReference {
        Empty,
        EmptyPart(text),
        Escape(text),
    }
}

impl AttributeRef {
    /// The context's own key.
    pub const KEY: Self = Self(Cow::Borrowed("key"));
    /// The kinds of a context. A clause on it tests all of them; the clause's own kind has no effect.
    pub const KIND: Self = Self(Cow::Borrowed("kind"));
    /// The attribute that the service's documentation uses in clauses that reference segments.
    pub const SEGMENT_MATCH: Self = Self(Cow::Borrowed("segmentMatch"));

    /// Parses a reference in the service's notation.
    ///
    /// # Errors
    ///
    /// If it is empty, or a path with an empty part or a bad escape.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidReference> {
        let text = text.into();
        if text.is_empty() || text == "/" {
            return Err(InvalidReference::Empty);
        }
        let Some(path) = text.strip_prefix('/') else {
            return Ok(Self(Cow::Owned(text)));
        };
        for part in path.split('/') {
            if part.is_empty() {
                return Err(InvalidReference::EmptyPart(text));
            }
            if part.replace("~0", "").replace("~1", "").contains('~') {
                return Err(InvalidReference::Escape(text));
            }
        }
        // A path of one name is that name, unless the name starts with a slash itself.
        let name = (!path.contains('/')).then(|| unescape(path));
        let name = name.filter(|name| !name.starts_with('/'));
        let name = name.map(Cow::into_owned);
        Ok(Self(Cow::Owned(name.unwrap_or(text))))
    }

    /// Creates the reference to a top-level attribute of this name, with any characters. Clauses without
    /// a context kind are read this way.
    ///
    /// # Errors
    ///
    /// If the name is empty.
    ///
    /// ```
    /// use segments_model::AttributeRef;
    ///
    /// let name = AttributeRef::from_name("/email").unwrap();
    /// assert_eq!(name.path().collect::<Vec<_>>(), ["/email"]);
    /// ```
    pub fn from_name(name: &str) -> Result<Self, InvalidReference> {
        Self::from_path([name])
    }

    /// Creates the reference to a top-level attribute of this name, or to a property inside objects.
    ///
    /// # Errors
    ///
    /// If there is no name, or one of them is empty.
    pub fn from_path<'a>(
        path: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, InvalidReference> {
        let path: Vec<&str> = path.into_iter().collect();
        match path[..] {
            [] | [""] => Err(InvalidReference::Empty),
            [name] if !name.starts_with('/') => Ok(Self(Cow::Owned(name.to_owned()))),
            _ => {
                let mut escaped = String::new();
                for part in path {
                    escaped.push('/');
                    escaped.push_str(&part.replace('~', "~0").replace('/', "~1"));
                }
                Self::parse(escaped)
            }
        }
    }

    /// Returns the reference in the service's notation.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Iterates over the names of the path, unescaped: one for a top-level attribute.
    pub fn path(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let parts = match self.0.strip_prefix('/') {
            Some(path) => path.split('/').map(unescape).collect(),
            None => vec![Cow::Borrowed(&*self.0)],
        };
        parts.into_iter()
    }
}

fn unescape(part: &str) -> Cow<'_, str> {
    if part.contains('~') {
        Cow::Owned(part.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(part)
    }
}

impl fmt::Display for AttributeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AttributeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A reference is looked up by its text.
impl std::borrow::Borrow<str> for AttributeRef {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<AttributeRef> for String {
    fn from(reference: AttributeRef) -> String {
        reference.0.into_owned()
    }
}

impl TryFrom<String> for AttributeRef {
    type Error = InvalidReference;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

impl std::str::FromStr for AttributeRef {
    type Err = InvalidReference;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_reference_is_refused() {
        for bad in ["", "/", "//", "/a/", "/a//b", "/a~", "/a~2", "/~"] {
            assert!(AttributeRef::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn one_attribute_has_one_reference() {
        for (text, canonical) in [
            ("/email", "email"),
            ("/kind", "kind"),
            ("/a~1b", "a/b"),
            ("/a~0b", "a~b"),
            ("/~1email", "/~1email"),
            ("/address/city", "/address/city"),
        ] {
            assert_eq!(AttributeRef::parse(text).unwrap().as_str(), canonical);
        }
        assert_eq!(
            AttributeRef::from_name("/email").unwrap().as_str(),
            "/~1email"
        );
    }

    #[test]
    fn names_without_a_leading_slash_are_literal() {
        for name in ["a", "a/b", "a~b", "a b", "ключ", "~"] {
            assert_eq!(
                AttributeRef::parse(name)
                    .unwrap()
                    .path()
                    .collect::<Vec<_>>(),
                [name]
            );
        }
    }

    proptest! {
        #[test]
        fn paths_survive_escaping(path in prop::collection::vec("[a/~0-1é ]{1,5}", 1..4)) {
            let reference = AttributeRef::from_path(path.iter().map(String::as_str)).unwrap();
            prop_assert_eq!(reference.path().collect::<Vec<_>>(), path);
            prop_assert_eq!(AttributeRef::parse(reference.as_str()).unwrap(), reference);
        }
    }
}
