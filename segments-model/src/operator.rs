//! The operator table: the only list of operators.

use std::cmp::Ordering;
use std::fmt;

use crate::date::Moment;
use crate::{AttributeType, kernel};

/// The type of an operator's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operand {
    /// A boolean, a number or a string; compared by value and type.
    Scalar,
    /// A plain string.
    Text,
    /// A [portable](crate::pattern) regular expression.
    Pattern,
    /// A number.
    Number,
    /// A [date](crate::date): milliseconds since 1970, or RFC 3339 text.
    Date,
    /// A string that is a [semantic version](crate::version).
    Version,
    /// The key of a segment.
    Segment,
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Operand::Scalar => "a boolean, a number or a string",
            Operand::Text => "a string",
            Operand::Pattern => "a regular expression",
            Operand::Number => "a number",
            Operand::Date => "a date",
            Operand::Version => "a semantic version",
            Operand::Segment => "a segment key",
        })
    }
}

/// One operator: its names, its operands, and its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorRow {
    /// The operator.
    pub operator: Operator,
    /// The name in the service's JSON and in `segments.toml`, case-sensitive.
    pub wire: &'static str,
    /// The methods of typed attributes: for one value and, if there is a second, for several.
    pub methods: &'static [&'static str],
    /// The type of its values.
    pub operand: Operand,
    /// The attribute types that it fits; [`AttributeType::Any`] fits every operator.
    pub types: &'static [AttributeType],
    /// The words between the attribute and the values.
    pub phrase: &'static str,
    /// The negated words.
    pub negated_phrase: &'static str,
}

impl OperatorRow {
    /// Returns the method for this number of values; `None` if the operator has no method.
    ///
    /// ```
    /// use segments_model::Operator;
    ///
    /// assert_eq!(Operator::In.row().method(1), Some("is"));
    /// assert_eq!(Operator::In.row().method(2), Some("is_any_of"));
    /// assert_eq!(Operator::SegmentMatch.row().method(1), Some("member_of!"));
    /// ```
    #[must_use]
    pub fn method(&self, values: usize) -> Option<&'static str> {
        match (self.methods, values) {
            ([_, several], 2..) => Some(several),
            (methods, _) => methods.first().copied(),
        }
    }
}

/// Which of the values of a clause decides, where several are given and one is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deciding {
    /// Each may.
    Each,
    /// The least: what fulfils another fulfils it, too.
    Least,
    /// The greatest: what fulfils another fulfils it, too.
    Greatest,
}

impl Deciding {
    /// The values that are worth comparing with.
    pub(crate) fn of<T>(
        self,
        values: impl Iterator<Item = T>,
        order: impl Fn(&T, &T) -> Ordering,
    ) -> Vec<T> {
        match self {
            Deciding::Each => values.collect(),
            Deciding::Least => values.min_by(order).into_iter().collect(),
            Deciding::Greatest => values.max_by(order).into_iter().collect(),
        }
    }
}

/// How an operator compares the value of an attribute with a value of the clause.
#[derive(Clone, Copy)]
pub(crate) enum Comparison {
    /// By value and type.
    Equal,
    Text(fn(&str, &str) -> bool),
    Pattern,
    Number(fn(f64, f64) -> bool, Deciding),
    Date(fn(Moment, Moment) -> bool, Deciding),
    Version(fn(&semver::Version, &semver::Version) -> bool, Deciding),
    /// Not a comparison of values: the membership of the whole context.
    Segment,
}

/// The operator table. Calls the given macro with its rows; here that generates [`Operator`] and
/// [`OPERATORS`], in the runtime the typed operators. A row has
///
/// - the name, the name on the wire, the methods of typed attributes (for one value and for several), and the method
///   of builders;
/// - the type of the values, the comparison function of [`kernel`](crate::kernel), and the value that
///   decides;
/// - the types of attributes that the operator fits;
/// - the words for a rule, plain and negated.
///
/// A new operator is a row here and a function in `kernel`; proofs about its clauses follow from the type
/// of its values.
#[doc(hidden)]
#[macro_export]
macro_rules! __operator_table {
    ($then:ident) => {
        $then! {
            /// The attribute equals one of the values, type included.
            In "in" [is is_any_of] is_any_of Scalar (equal Each) [Bool, Text, Number, Date, Version] "is" / "is not";
            /// The attribute starts with one of the values; case counts.
            StartsWith "startsWith" [starts_with] starts_with Text (starts_with Each) [Text, Version] "starts with" / "does not start with";
            /// The attribute ends with one of the values; case counts.
            EndsWith "endsWith" [ends_with] ends_with Text (ends_with Each) [Text, Version] "ends with" / "does not end with";
            /// The attribute contains one of the values; case counts.
            Contains "contains" [contains] contains Text (contains Each) [Text, Version] "contains" / "does not contain";
            /// One of the regular expressions is found in the attribute; anchor it with `^` and `$` if it is
            /// to be all of it. Only what every LaunchDarkly SDK reads in the same way: no flags, no
            /// look-around.
            Matches "matches" [matches] matches Pattern (matches Each) [Text, Version] "matches" / "does not match";
            /// The attribute is less than one of the values.
            LessThan "lessThan" [lt] lt Number (less_than Greatest) [Number] "is less than" / "is not less than";
            /// The attribute is less than one of the values, or equal to it.
            LessThanOrEqual "lessThanOrEqual" [le] le Number (less_than_or_equal Greatest) [Number] "is at most" / "is not at most";
            /// The attribute is greater than one of the values.
            GreaterThan "greaterThan" [gt] gt Number (greater_than Least) [Number] "is greater than" / "is not greater than";
            /// The attribute is greater than one of the values, or equal to it.
            GreaterThanOrEqual "greaterThanOrEqual" [ge] ge Number (greater_than_or_equal Least) [Number] "is at least" / "is not at least";
            /// The attribute is a moment before one of the values: milliseconds since 1970, or RFC 3339 text.
            Before "before" [before] before Date (before Greatest) [Date] "is before" / "is not before";
            /// The attribute is a moment after one of the values: milliseconds since 1970, or RFC 3339 text.
            After "after" [after] after Date (after Least) [Date] "is after" / "is not after";
            /// The attribute is the same version as one of the values; build metadata does not count.
            SemVerEqual "semVerEqual" [is is_any_of] is_version Version (sem_ver_equal Each) [Version] "is version" / "is not version";
            /// The attribute is an earlier version than one of the values.
            SemVerLessThan "semVerLessThan" [lt] lt_version Version (sem_ver_less_than Greatest) [Version] "is earlier than version" / "is not earlier than version";
            /// The attribute is a later version than one of the values.
            SemVerGreaterThan "semVerGreaterThan" [gt] gt_version Version (sem_ver_greater_than Least) [Version] "is later than version" / "is not later than version";
            /// The whole context is in one of the segments.
            SegmentMatch "segmentMatch" [member_of!] member_of Segment (member Each) [] "is in segment" / "is not in segment";
        }
    };
}

/// The methods of typed attributes, each with rustc's message for an attribute that it does not fit, and
/// the types that it does not fit. The traits carry the message; no method fits an object.
#[doc(hidden)]
#[macro_export]
macro_rules! __method_table {
    ($then:ident) => {
        $then! {
            "`Text` has `contains`, `starts_with`, `ends_with`, `matches`; `Number` has `lt`, `le`, `gt`, `ge`; `Date` has `before`, `after`; `Version` has `lt`, `gt`; every type has `is`, `is_any_of`";
            is FitsIs ObjectIs "" "" [];
            is_any_of FitsIsAnyOf ObjectIsAnyOf "" "" [];
            contains FitsContains ObjectContains "operator `contains` does not fit an attribute of type `{T}`" "this operator looks into text" [Bool Number Date Version OneOf];
            starts_with FitsStartsWith ObjectStartsWith "operator `starts_with` does not fit an attribute of type `{T}`" "this operator looks into text" [Bool Number Date Version OneOf];
            ends_with FitsEndsWith ObjectEndsWith "operator `ends_with` does not fit an attribute of type `{T}`" "this operator looks into text" [Bool Number Date Version OneOf];
            matches FitsMatches ObjectMatches "operator `matches` does not fit an attribute of type `{T}`" "this operator looks into text" [Bool Number Date Version OneOf];
            lt FitsLt ObjectLt "operator `lt` does not fit an attribute of type `{T}`" "this operator compares numbers or versions" [Bool Text Date OneOf];
            gt FitsGt ObjectGt "operator `gt` does not fit an attribute of type `{T}`" "this operator compares numbers or versions" [Bool Text Date OneOf];
            le FitsLe ObjectLe "operator `le` does not fit an attribute of type `{T}`" "this operator compares numbers" [Bool Text Date Version OneOf];
            ge FitsGe ObjectGe "operator `ge` does not fit an attribute of type `{T}`" "this operator compares numbers" [Bool Text Date Version OneOf];
            before FitsBefore ObjectBefore "operator `before` does not fit an attribute of type `{T}`" "this operator compares dates" [Bool Text Number Version OneOf];
            after FitsAfter ObjectAfter "operator `after` does not fit an attribute of type `{T}`" "this operator compares dates" [Bool Text Number Version OneOf];
        }
    };
}

use AttributeType::{Bool, Date, Number, String as Text, Version};

macro_rules! comparison {
    (Scalar $kernel:ident $deciding:ident) => {
        Comparison::Equal
    };
    (Text $kernel:ident $deciding:ident) => {
        Comparison::Text(kernel::$kernel)
    };
    (Pattern $kernel:ident $deciding:ident) => {
        Comparison::Pattern
    };
    (Segment $kernel:ident $deciding:ident) => {
        Comparison::Segment
    };
    ($operand:ident $kernel:ident $deciding:ident) => {
        Comparison::$operand(kernel::$kernel, Deciding::$deciding)
    };
}

macro_rules! methods {
    (member_of!) => {
        &["member_of!"]
    };
    ($($method:ident)*) => {
        &[$(stringify!($method)),*]
    };
}

macro_rules! operators {
    ($($(#[$docs:meta])* $name:ident $wire:literal [$($method:tt)*] $builder:ident $operand:ident ($kernel:ident $deciding:ident) [$($type:ident),*] $phrase:literal / $negated:literal;)*) => {
        /// An operator of clauses. LaunchDarkly has fifteen.
        ///
        /// ```
        /// use segments_model::Operator;
        ///
        /// let operator = Operator::from_wire("endsWith").unwrap();
        /// assert_eq!(operator, Operator::EndsWith);
        /// assert_eq!(operator.row().methods, ["ends_with"]);
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub enum Operator {
            $($(#[$docs])* #[cfg_attr(feature = "serde", serde(rename = $wire))] $name,)*
        }

        /// The operators, in the order of declaration. Parsers, checks, the evaluator, the schema of
        /// `segments.toml` and the documentation are derived from this table.
        pub static OPERATORS: &[OperatorRow] = &[
            $(OperatorRow {
                operator: Operator::$name, wire: $wire, methods: methods!($($method)*), operand: Operand::$operand,
                types: &[$($type),*], phrase: $phrase, negated_phrase: $negated,
            },)*
        ];

        impl Operator {
            /// How the operator compares.
            pub(crate) fn comparison(self) -> Comparison {
                match self {
                    $(Operator::$name => comparison!($operand $kernel $deciding),)*
                }
            }
        }
    };
}

__operator_table! { operators }

impl Operator {
    /// Returns the operator with this name on the wire.
    #[must_use]
    pub fn from_wire(name: &str) -> Option<Self> {
        OPERATORS
            .iter()
            .find(|row| row.wire == name)
            .map(|row| row.operator)
    }

    /// Returns the operators of a method of typed attributes; the attribute's type selects one.
    pub fn of_method(method: &str) -> impl Iterator<Item = Self> {
        OPERATORS
            .iter()
            .filter(move |row| row.methods.contains(&method))
            .map(|row| row.operator)
    }

    /// Returns the operator's row of the table.
    #[must_use]
    pub fn row(self) -> &'static OperatorRow {
        &OPERATORS[self as usize]
    }

    /// Returns the name on the wire.
    #[must_use]
    pub fn wire(self) -> &'static str {
        self.row().wire
    }

    /// Returns whether the operator can ever match an attribute of this type.
    #[must_use]
    pub fn fits(self, attribute_type: AttributeType) -> bool {
        attribute_type == AttributeType::Any || self.row().types.contains(&attribute_type)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for (index, row) in OPERATORS.iter().enumerate() {
            assert_eq!(row.operator as usize, index);
            assert_eq!(row.operator.row(), row);
            assert_eq!(Operator::from_wire(row.wire), Some(row.operator));
        }
        assert_eq!(OPERATORS.len(), 15);
    }

    macro_rules! note_and_methods {
        ($note:literal; $($method:ident $fits:ident $object:ident $message:literal $label:literal [$($type:ident)*];)*) => {
            const NOTE: &str = $note;
            const METHODS: &[(&str, &str, &[&str])] = &[$((stringify!($method), $message, &[$(stringify!($type)),*])),*];
        };
    }
    __method_table! { note_and_methods }

    /// The types of typed attributes, by the operands that are compared with them.
    const TYPES: [(&str, &[Operand]); 5] = [
        ("Bool", &[]),
        ("Text", &[Operand::Text, Operand::Pattern]),
        ("Number", &[Operand::Number]),
        ("Date", &[Operand::Date]),
        ("Version", &[Operand::Version]),
    ];

    fn methods_of(operands: &[Operand]) -> Vec<&'static str> {
        let rows = OPERATORS
            .iter()
            .filter(|row| operands.contains(&row.operand) && row.operator != Operator::SemVerEqual);
        rows.map(|row| row.methods[0]).collect()
    }

    #[test]
    fn every_method_fits_a_type_or_is_told_to_be_a_misfit_of_it() {
        for row in OPERATORS {
            for method in row.methods {
                let listed = METHODS.iter().any(|(name, ..)| name == method);
                assert!(
                    listed || *method == "member_of!",
                    "`{method}` is missing in the table of methods"
                );
            }
        }
        for (method, message, misfits) in METHODS {
            if misfits.is_empty() {
                continue;
            }
            assert!(
                message.contains(&format!("`{method}`")),
                "{method}: {message}"
            );
            assert!(
                misfits.contains(&"OneOf"),
                "{method}: an enum has `is` only"
            );
            for (name, operands) in TYPES {
                let fits = methods_of(operands).contains(method);
                assert_ne!(fits, misfits.contains(&name), "`{method}` on `{name}`");
            }
        }
    }

    #[test]
    fn the_note_on_misfits_lists_the_methods_of_each_type() {
        for (name, operands) in TYPES {
            let mut methods = methods_of(operands);
            if methods.is_empty() {
                continue;
            }
            methods.sort_by_key(|method| NOTE.find(&format!("`{method}`")));
            let list: Vec<_> = methods.iter().map(|method| format!("`{method}`")).collect();
            let part = format!("`{name}` has {}", list.join(", "));
            assert!(
                NOTE.split("; ").any(|said| said == part),
                "write {part}: {NOTE}"
            );
        }
    }

    #[test]
    fn a_method_and_a_type_name_at_most_one_operator() {
        for row in OPERATORS {
            for method in row.methods {
                for attribute_type in AttributeType::ALL
                    .into_iter()
                    .filter(|t| *t != AttributeType::Any)
                {
                    let fitting: Vec<_> = Operator::of_method(method)
                        .filter(|o| o.fits(attribute_type))
                        .collect();
                    // `is` on a version means `semVerEqual`; `in` on it can only be written in
                    // TOML.
                    let allowed = if attribute_type == Version && *method != "lt" && *method != "gt"
                    {
                        2
                    } else {
                        1
                    };
                    assert!(
                        fitting.len() <= allowed,
                        "{method} on {attribute_type}: {fitting:?}"
                    );
                }
            }
        }
    }
}
