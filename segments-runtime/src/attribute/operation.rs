//! The operators as types, with the comparison for each attribute type.

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

    /// The prepared form of a value of the clause.
    type Comparand: ?Sized;

    /// Returns whether the operation holds between a context's value and a value of the clause.
    fn holds(seen: T::Seen<'_>, comparand: &Self::Comparand) -> bool;
}

macro_rules! operation {
    ($(#[$docs:meta])* $name:ident $type:ident: |$seen:ident, $comparand:ident: &$comparand_type:ty| $holds:expr) => {
        $(#[$docs])*
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        operation! { impl $name for $type as $name: |$seen, $comparand: &$comparand_type| $holds }
    };
    (impl $name:ident for $type:ident as $operator:ident: |$seen:ident, $comparand:ident: &$comparand_type:ty| $holds:expr) => {
        impl Operation<$type> for $name {
            const OPERATOR: Operator = Operator::$operator;
            type Comparand = $comparand_type;

            #[inline]
            fn holds($seen: <$type as ValueType>::Seen<'_>, $comparand: &$comparand_type) -> bool {
                $holds
            }
        }
    };
}

/// Generates a type for each operator that fits one attribute type.
macro_rules! operations {
    ($($(#[$docs:meta])* $name:ident $wire:literal [$($method:tt)*] $builder:ident $operand:ident ($kernel:ident $deciding:ident) [$($type:ident),*] $phrase:literal / $negated:literal;)*) => {
        $(operations! { @ [$($method)*] $operand $name $kernel $(#[$docs])* })*
    };
    // Equality fits every type; it is written below.
    (@ [is is_any_of] $($rest:tt)*) => {};
    (@ [member_of!] $($rest:tt)*) => {};
    (@ [$method:ident] Text $name:ident $kernel:ident $(#[$docs:meta])*) => {
        operation! { $(#[$docs])* $name Text: |seen, wanted: &str| kernel::$kernel(seen, wanted) }
    };
    (@ [$method:ident] Pattern $name:ident $kernel:ident $(#[$docs:meta])*) => {
        operation! { $(#[$docs])* $name Text: |seen, pattern: &regex::Regex| kernel::$kernel(seen, pattern) }
    };
    (@ [$method:ident] Number $name:ident $kernel:ident $(#[$docs:meta])*) => {
        operation! { $(#[$docs])* $name Number: |seen, bound: &f64| kernel::$kernel(seen, *bound) }
    };
    (@ [$method:ident] Date $name:ident $kernel:ident $(#[$docs:meta])*) => {
        operation! {
            $(#[$docs])* $name Date:
            |seen, moment: &Moment| seen.moment().is_some_and(|seen| kernel::$kernel(seen, *moment))
        }
    };
    (@ [$method:ident] Version $name:ident $kernel:ident $(#[$docs:meta])*) => {
        operation! { $(#[$docs])* $name Version: |seen, version: &semver::Version| kernel::$kernel(seen, version) }
    };
}

segments_model::__operator_table! { operations }

/// Equality by value and type; versions are compared by precedence.
#[derive(Debug, Clone, Copy)]
pub enum Is {}

operation! { impl Is for Bool as In: |seen, wanted: &bool| kernel::is_bool(seen, *wanted) }
operation! { impl Is for Text as In: |seen, wanted: &str| kernel::is_text(seen, wanted) }
operation! { impl Is for Number as In: |seen, wanted: &f64| kernel::is_number(seen, *wanted) }
operation! { impl Is for Date as In: |seen, wanted: &Timestamp| seen == *wanted }
operation! { impl Is for Version as SemVerEqual: |seen, wanted: &semver::Version| kernel::sem_ver_equal(seen, wanted) }

/// Variants are identified by their position in the enum, which stands for their name.
impl<E: AttributeValue> Operation<OneOf<E>> for Is {
    const OPERATOR: Operator = Operator::In;
    type Comparand = E;

    #[inline]
    fn holds(seen: &E, wanted: &E) -> bool {
        seen.index() == wanted.index()
    }
}
