//! Attributes that hold one value in some contexts and several in others.

use serde_json::Value as Json;

use crate::attribute::field::describe_scalar;
use crate::attribute::types::ValueType;
use crate::{AttributeSchema, Field, Scalar};

/// An attribute that holds one value in some contexts and an array in others, or whose number of values
/// is unknown. Imported structs use it, because LaunchDarkly does not store this; once you know, use `T`
/// or `Vec<T>`.
///
/// ```
/// use segments_runtime::{Context, OneOrMany, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User {
///     #[context(key)]
///     id: String,
///     groups: Option<OneOrMany<String>>,
/// }
///
/// /// Administrators.
/// #[segment(rule(User::GROUPS.is("admin")))]
/// struct Admins;
///
/// let user = |groups| User { id: "u-1".into(), groups: Some(groups) };
/// assert!(Admins::contains(&user("admin".into())));
/// assert!(Admins::contains(&user(vec!["eu".to_owned(), "admin".to_owned()].into())));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOrMany<T> {
    /// One value.
    One(T),
    /// An array of values.
    Many(Vec<T>),
}

impl<T> From<T> for OneOrMany<T> {
    fn from(value: T) -> Self {
        Self::One(value)
    }
}

impl<T> From<Vec<T>> for OneOrMany<T> {
    fn from(values: Vec<T>) -> Self {
        Self::Many(values)
    }
}

impl From<&str> for OneOrMany<String> {
    fn from(text: &str) -> Self {
        Self::One(text.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Scalar> Field for OneOrMany<T> {
    type Type = T::Type;

    fn json(&self) -> Option<Json> {
        match self {
            Self::One(value) => value.json(),
            Self::Many(values) => values.json(),
        }
    }

    fn describe(path: &[&'static str], private: bool, schema: &mut Vec<AttributeSchema>) {
        describe_scalar::<Self>(path, private, schema);
    }
}

#[diagnostic::do_not_recommend]
impl<T: Scalar> Scalar for OneOrMany<T> {
    /// It may.
    const MANY: bool = true;

    #[inline]
    fn any(&self, test: impl FnMut(<Self::Type as ValueType>::Seen<'_>) -> bool) -> Option<bool> {
        match self {
            Self::One(value) => value.any(test),
            Self::Many(values) => values.any(test),
        }
    }
}
