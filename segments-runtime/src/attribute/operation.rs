//! The operators as types: what each compares, by the type of the attribute.

use segments_model::Operator;
use segments_model::date::Moment;
use segments_model::kernel;

use crate::attribute::types::{Bool, Date, Number, OneOf, Text, ValueType, Version};
use crate::{AttributeValue, Timestamp};

/// An operator on attributes of type `T`.
///
/// Example: [`Attribute`](crate::Attribute).
pub trait Operation<T: ValueType> {
    /// The operator in the model's table.
    const OPERATOR: Operator;

    /// What a value of the clause is once it is prepared.
    type Comparand: ?Sized;

    /// Returns whether a value that is seen in the context stands in this relation to a value of the
    /// clause.
    fn holds(seen: T::Seen<'_>, comparand: &Self::Comparand) -> bool;
}

macro_rules! operations {
    ($($(#[$docs:meta])* $name:ident $($type:ident as $operator:ident: |$seen:ident, $comparand:ident: &$comparand_type:ty| $holds:expr),*;)*) => {$(
        $(#[$docs])*
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        $(impl Operation<$type> for $name {
            const OPERATOR: Operator = Operator::$operator;
            type Comparand = $comparand_type;

            #[inline]
            fn holds($seen: <$type as ValueType>::Seen<'_>, $comparand: &$comparand_type) -> bool {
                $holds
            }
        })*
    )*};
}

operations! {
    /// Equal.
    Is
        Bool as In: |seen, wanted: &bool| kernel::is_bool(seen, *wanted),
        Text as In: |seen, wanted: &str| kernel::is_text(seen, wanted),
        Number as In: |seen, wanted: &f64| kernel::is_number(seen, *wanted),
        Date as In: |seen, wanted: &Timestamp| seen == *wanted,
        Version as SemVerEqual: |seen, wanted: &semver::Version| kernel::sem_ver_equal(seen, wanted);
    /// A text contains another.
    Contains Text as Contains: |seen, part: &str| kernel::contains(seen, part);
    /// A text starts with another.
    StartsWith Text as StartsWith: |seen, start: &str| kernel::starts_with(seen, start);
    /// A text ends with another.
    EndsWith Text as EndsWith: |seen, end: &str| kernel::ends_with(seen, end);
    /// A regular expression is found in a text.
    Matches Text as Matches: |seen, pattern: &regex::Regex| kernel::matches(seen, pattern);
    /// Less, or an earlier version.
    LessThan
        Number as LessThan: |seen, bound: &f64| kernel::less_than(seen, *bound),
        Version as SemVerLessThan: |seen, bound: &semver::Version| kernel::sem_ver_less_than(seen, bound);
    /// Less or equal.
    AtMost Number as LessThanOrEqual: |seen, bound: &f64| kernel::less_than_or_equal(seen, *bound);
    /// Greater, or a later version.
    GreaterThan
        Number as GreaterThan: |seen, bound: &f64| kernel::greater_than(seen, *bound),
        Version as SemVerGreaterThan: |seen, bound: &semver::Version| kernel::sem_ver_greater_than(seen, bound);
    /// Greater or equal.
    AtLeast Number as GreaterThanOrEqual: |seen, bound: &f64| kernel::greater_than_or_equal(seen, *bound);
    /// Earlier.
    Before Date as Before: |seen, moment: &Moment| seen.moment().is_some_and(|seen| kernel::before(seen, *moment));
    /// Later.
    After Date as After: |seen, moment: &Moment| seen.moment().is_some_and(|seen| kernel::after(seen, *moment));
}

/// Variants are told apart by their place in the enum, which stands for their name.
impl<E: AttributeValue> Operation<OneOf<E>> for Is {
    const OPERATOR: Operator = Operator::In;
    type Comparand = E;

    #[inline]
    fn holds(seen: &E, wanted: &E) -> bool {
        seen.index() == wanted.index()
    }
}
