//! Generated values for tests: the values of a type, and reading them from JSON.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value as Json;

use crate::{OneOrMany, Timestamp};

/// The values of a type.
///
/// Example: [`Make`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Shape {
    /// Strings.
    Text,
    /// Strings that are not empty, as keys are.
    Key,
    /// `true` and `false`.
    Bool,
    /// Integers from the first to the second.
    Whole(i128, i128),
    /// Finite numbers.
    Float,
    /// Finite 32-bit numbers.
    Float32,
    /// Dates, in milliseconds since 1970.
    Date,
    /// Versions, as strings.
    Version,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// A value, or none.
    Optional(Box<Shape>),
    /// Values, of the given number if there is one.
    Many(Box<Shape>, Option<usize>),
    /// One value, or several.
    OneOrMany(Box<Shape>),
    /// An object with these members.
    Object(Vec<(&'static str, Shape)>),
}

impl Shape {
    /// Converts the shape to that of a context's key.
    #[must_use]
    pub fn of_key(self) -> Self {
        match self {
            Self::Text => Self::Key,
            other => other,
        }
    }
}

/// A type of which tests make values: contexts, the objects in them, and what their fields may be. The
/// derives implement it with the feature `proptest`; a key type or a type of field of your own does by hand.
/// `In` plays no part: it puts off the question whether the types of all fields can be made until one asks
/// for values.
///
/// ```
/// use segments_runtime::testing::{Make, Shape};
/// use serde_json::Value;
///
/// struct Percent(u8);
///
/// impl<In> Make<In> for Percent {
///     fn shape() -> Shape {
///         Shape::Whole(0, 100)
///     }
///
///     fn read(json: Option<&Value>) -> Option<Self> {
///         Some(Self(u8::try_from(json?.as_u64()?).ok()?))
///     }
/// }
///
/// let read = <Percent as Make>::read(Some(&40.into())).unwrap();
/// assert_eq!(read.0, 40);
/// ```
#[diagnostic::on_unimplemented(
    message = "tests cannot generate a `{Self}`",
    label = "implement `segments_runtime::testing::Make` for it",
    note = "tests can generate derived contexts, `Attributes` and `AttributeValue`s, and all types that a field may have; a skipped field needs `Default`"
)]
pub trait Make<In = ()>: Sized {
    /// Returns the values of the type.
    fn shape() -> Shape;

    /// Reads a value; `None` stands for an absent attribute. Every value of the shape can be read.
    fn read(json: Option<&Json>) -> Option<Self>;
}

/// A type of a field that is not an attribute, so that any value is accepted.
#[diagnostic::on_unimplemented(
    message = "tests cannot generate a `{Self}`",
    label = "a skipped field needs `Default`",
    note = "derive `Default` for it, or remove the field from the context"
)]
pub trait Skipped<In = ()> {
    /// Returns the value of a skipped field.
    fn skipped() -> Self;
}

impl<T: Default, In> Skipped<In> for T {
    fn skipped() -> Self {
        Self::default()
    }
}

macro_rules! make {
    ($([$($generics:tt)*] $type:ty: $shape:expr, |$json:ident| $read:expr;)*) => {$(
        impl<$($generics)* In> Make<In> for $type {
            fn shape() -> Shape {
                $shape
            }

            fn read(json: Option<&Json>) -> Option<Self> {
                let $json = json?;
                $read
            }
        }
    )*};
}

make! {
    [] String: Shape::Text, |json| Some(json.as_str()?.to_owned());
    [] Box<str>: Shape::Text, |json| Some(json.as_str()?.into());
    [] Arc<str>: Shape::Text, |json| Some(json.as_str()?.into());
    [] Rc<str>: Shape::Text, |json| Some(json.as_str()?.into());
    [] Cow<'static, str>: Shape::Text, |json| Some(Cow::Owned(json.as_str()?.to_owned()));
    // Tests end, and the texts with them.
    [] &'static str: Shape::Text, |json| Some(json.as_str()?.to_owned().leak());
    [] bool: Shape::Bool, |json| json.as_bool();
    [] semver::Version: Shape::Version, |json| segments_model::version::read(json.as_str()?);
    [] Timestamp: Shape::Date, |json| json.as_i64().map(Self::from_millis);
    [] SystemTime: Shape::Date, |json| moment(json.as_i64()?);
    [] f64: Shape::Float, |json| json.as_f64();
    [] f32: Shape::Float32, |json| single(json.as_f64()?);
    [T: Make<In>,] Box<[T]>: many::<T, In>(None), |json| all(json);
    [T: Make<In>,] Vec<T>: many::<T, In>(None), |json| all(json);
    [T: Make<In> + Ord,] BTreeSet<T>: many::<T, In>(None), |json| all(json);
    [T: Make<In> + Eq + Hash, S: BuildHasher + Default,] HashSet<T, S>: many::<T, In>(None), |json| all(json);
    [T: Make<In>, const N: usize,] [T; N]: many::<T, In>(Some(N)), |json| all::<T, Vec<T>, In>(json)?.try_into().ok();
    [T: Make<In>,] OneOrMany<T>: Shape::OneOrMany(Box::new(T::shape())), |json| match json {
        Json::Array(_) => all(json).map(Self::Many),
        one => T::read(Some(one)).map(Self::One),
    };
}

macro_rules! numbers {
    ($($type:ty)*) => {
        make! {
            $([] $type: Shape::Whole(<$type>::MIN as i128, <$type>::MAX as i128), |json| whole(json)?.try_into().ok();)*
        }
    };
}

#[allow(
    clippy::cast_lossless,
    reason = "there is no `From` for the numbers of the machine's size"
)]
mod numbers {
    use super::{Json, Make, Shape, whole};

    numbers! { u8 u16 u32 u64 usize i8 i16 i32 i64 isize }
}

fn whole(json: &Json) -> Option<i128> {
    let whole = json.as_i64().map(i128::from);
    whole.or_else(|| json.as_u64().map(i128::from))
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "what does not fit becomes infinite, and is none"
)]
fn single(number: f64) -> Option<f32> {
    Some(number as f32).filter(|number| number.is_finite())
}

fn moment(millis: i64) -> Option<SystemTime> {
    let distance = Duration::from_millis(millis.unsigned_abs());
    if millis < 0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    }
}

fn many<T: Make<In>, In>(length: Option<usize>) -> Shape {
    Shape::Many(Box::new(T::shape()), length)
}

fn all<T: Make<In>, C: FromIterator<T>, In>(json: &Json) -> Option<C> {
    let values = json.as_array()?.iter();
    values.map(|value| T::read(Some(value))).collect()
}

impl<T: Make<In>, In> Make<In> for Option<T> {
    fn shape() -> Shape {
        Shape::Optional(Box::new(T::shape()))
    }

    fn read(json: Option<&Json>) -> Option<Self> {
        match json {
            None | Some(Json::Null) => Some(None),
            Some(json) => T::read(Some(json)).map(Some),
        }
    }
}

macro_rules! dates {
    ($(#[$feature:meta] $type:ty, |$millis:ident| $read:expr;)*) => {$(
        #[$feature]
        impl<In> Make<In> for $type {
            fn shape() -> Shape {
                Shape::Date
            }

            fn read(json: Option<&Json>) -> Option<Self> {
                let $millis = json?.as_i64()?;
                $read
            }
        }
    )*};
}

dates! {
    #[cfg(feature = "chrono")] chrono::DateTime<chrono::Utc>, |millis| Self::from_timestamp_millis(millis);
    #[cfg(feature = "chrono")] chrono::DateTime<chrono::FixedOffset>, |millis| {
        let utc = chrono::DateTime::<chrono::Utc>::from_timestamp_millis(millis)?;
        Some(utc.fixed_offset())
    };
    #[cfg(feature = "jiff")] jiff::Timestamp, |millis| Self::from_millisecond(millis).ok();
    #[cfg(feature = "jiff")] jiff::ZonedDateTime, |millis| {
        let utc = jiff::Timestamp::from_millisecond(millis).ok()?;
        Some(utc.to_zoned_datetime(jiff::tz::TimeZone::UTC))
    };
    #[cfg(feature = "time")] time::OffsetDateTime, |millis| {
        Self::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok()
    };
    #[cfg(feature = "time")] time::UtcDateTime, |millis| {
        Self::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok()
    };
}
