//! The semantics of the operators: one function for each comparison, used wherever membership is decided.
//!
//! The typed path, generated from `#[segment]`, and the interpreter of segments in JSON call the same
//! functions, so both have the same semantics. The left-hand side is always the value of the attribute,
//! the right-hand side the value of the clause. None of them allocates.
//!
//! ```
//! use segments_model::kernel::{ends_with, greater_than, is_text};
//!
//! assert!(ends_with("ann@company.com", "@company.com"));
//! assert!(!greater_than(30.0, 30.0));
//! assert!(!is_text("Berlin", "berlin"));
//! ```
//!
//! The rules around a comparison, in LaunchDarkly's SDKs and here:
//!
//! - a clause matches if the comparison is true for any element of the attribute and any value;
//! - negation applies to the result of the whole clause;
//! - an absent attribute, or an absent kind of context, makes the clause false, negated or not;
//! - values of the wrong type never match.

mod bucket;

use std::cmp::Ordering;

use semver::Version;

use crate::date::Moment;
use crate::version::compare;

#[cfg(feature = "bucket")]
pub use bucket::{bucket, seeded_bucket};
pub use bucket::{in_share, in_share_without_kind, whole_number};

/// `in`, for strings.
#[must_use]
#[inline]
pub fn is_text(attribute: &str, value: &str) -> bool {
    attribute == value
}

/// `in`, for numbers. Zero has one value, with either sign.
///
/// ```
/// assert!(segments_model::kernel::is_number(0.0, -0.0));
/// ```
#[must_use]
#[inline]
#[allow(
    clippy::float_cmp,
    reason = "the operator means equality to the last bit"
)]
pub fn is_number(attribute: f64, value: f64) -> bool {
    attribute == value
}

/// `in`, for booleans.
///
/// Example: [`kernel`](self).
#[must_use]
#[inline]
pub fn is_bool(attribute: bool, value: bool) -> bool {
    attribute == value
}

/// `startsWith`.
#[must_use]
#[inline]
pub fn starts_with(attribute: &str, value: &str) -> bool {
    attribute.starts_with(value)
}

/// `endsWith`.
///
/// ```
/// use segments_model::kernel::ends_with;
///
/// assert!(ends_with("ann@company.com", "@company.com"));
/// assert!(!ends_with("ann@COMPANY.com", "@company.com"), "case counts");
/// ```
#[must_use]
#[inline]
pub fn ends_with(attribute: &str, value: &str) -> bool {
    attribute.ends_with(value)
}

/// `contains`.
#[must_use]
#[inline]
pub fn contains(attribute: &str, value: &str) -> bool {
    attribute.contains(value)
}

/// `matches`: the pattern is found anywhere in the string.
#[cfg(feature = "regex")]
#[must_use]
#[inline]
pub fn matches(attribute: &str, value: &regex::Regex) -> bool {
    value.is_match(attribute)
}

/// `lessThan`.
///
/// Example: [`kernel`](self).
#[must_use]
#[inline]
pub fn less_than(attribute: f64, value: f64) -> bool {
    attribute < value
}

/// `lessThanOrEqual`.
///
/// Example: [`kernel`](self).
#[must_use]
#[inline]
pub fn less_than_or_equal(attribute: f64, value: f64) -> bool {
    attribute <= value
}

/// `greaterThan`.
#[must_use]
#[inline]
pub fn greater_than(attribute: f64, value: f64) -> bool {
    attribute > value
}

/// `greaterThanOrEqual`.
///
/// Example: [`kernel`](self).
#[must_use]
#[inline]
pub fn greater_than_or_equal(attribute: f64, value: f64) -> bool {
    attribute >= value
}

/// `before`: strictly earlier.
///
/// Example: [`kernel`](self).
#[must_use]
#[inline]
pub fn before(attribute: Moment, value: Moment) -> bool {
    attribute < value
}

/// `after`: strictly later.
///
/// Example: [`kernel`](self).
#[must_use]
#[inline]
pub fn after(attribute: Moment, value: Moment) -> bool {
    attribute > value
}

/// `semVerEqual`: build metadata does not count.
///
/// ```
/// use segments_model::{kernel::sem_ver_equal, version};
///
/// let [a, b] = ["2.0.0+linux", "2"].map(|text| version::parse(text).unwrap());
/// assert!(sem_ver_equal(&a, &b));
/// ```
#[must_use]
#[inline]
pub fn sem_ver_equal(attribute: &Version, value: &Version) -> bool {
    compare(attribute, value) == Ordering::Equal
}

/// `semVerLessThan`: strictly earlier in precedence.
///
/// Example: [`kernel`](self).
#[must_use]
#[inline]
pub fn sem_ver_less_than(attribute: &Version, value: &Version) -> bool {
    compare(attribute, value) == Ordering::Less
}

/// `semVerGreaterThan`: strictly later in precedence.
///
/// Example: [`kernel`](self).
#[must_use]
#[inline]
pub fn sem_ver_greater_than(attribute: &Version, value: &Version) -> bool {
    compare(attribute, value) == Ordering::Greater
}
