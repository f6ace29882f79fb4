//! The operator table: the one place that knows what operators there are.

use std::fmt;

use crate::AttributeType;

/// What the values on the right-hand side of an operator have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operand {
    /// A boolean, a number or a string; compared by value and type.
    Scalar,
    /// A string, taken as it stands.
    Text,
    /// A string that is a regular expression of the [portable](crate::pattern) kind.
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

/// One operator: its names, what it compares with what, and what it says in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorRow {
    /// The operator.
    pub operator: Operator,
    /// Its name in the service's JSON and in `segments.toml`, told apart by case.
    pub wire: &'static str,
    /// The methods of typed attributes that stand for it: with one value, and with several where
    /// there are two.
    pub methods: &'static [&'static str],
    /// What its values are.
    pub operand: Operand,
    /// The types of attributes that it fits; [`AttributeType::Any`] fits every operator.
    pub types: &'static [AttributeType],
    /// How a rule reads it aloud, between the attribute and the values.
    pub phrase: &'static str,
    /// The same, negated.
    pub negated_phrase: &'static str,
}

impl OperatorRow {
    /// The method that compares with so many values; none if the operator has no method.
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

use AttributeType::{Bool, Date, Number, String as Text, Version};

macro_rules! operators {
    ($($(#[$docs:meta])* $name:ident $wire:literal [$($method:literal),*] $operand:ident [$($type:ident),*] $phrase:literal / $negated:literal;)*) => {
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

        /// The operators, in the order of their declaration. Parsers, checks, the evaluator, the
        /// schema of `segments.toml` and the documentation are derived from this table.
        pub static OPERATORS: &[OperatorRow] = &[
            $(OperatorRow {
                operator: Operator::$name, wire: $wire, methods: &[$($method),*], operand: Operand::$operand,
                types: &[$($type),*], phrase: $phrase, negated_phrase: $negated,
            },)*
        ];
    };
}

operators! {
    /// The attribute equals one of the values, type included.
    In "in" ["is", "is_any_of"] Scalar [Bool, Text, Number, Date, Version] "is" / "is not";
    /// The attribute starts with one of the values.
    StartsWith "startsWith" ["starts_with"] Text [Text, Version] "starts with" / "does not start with";
    /// The attribute ends with one of the values.
    EndsWith "endsWith" ["ends_with"] Text [Text, Version] "ends with" / "does not end with";
    /// The attribute contains one of the values.
    Contains "contains" ["contains"] Text [Text, Version] "contains" / "does not contain";
    /// One of the regular expressions is found in the attribute.
    Matches "matches" ["matches"] Pattern [Text, Version] "matches" / "does not match";
    /// The attribute is less than one of the values.
    LessThan "lessThan" ["lt"] Number [Number] "is less than" / "is not less than";
    /// The attribute is less than one of the values, or equal to it.
    LessThanOrEqual "lessThanOrEqual" ["le"] Number [Number] "is at most" / "is not at most";
    /// The attribute is greater than one of the values.
    GreaterThan "greaterThan" ["gt"] Number [Number] "is greater than" / "is not greater than";
    /// The attribute is greater than one of the values, or equal to it.
    GreaterThanOrEqual "greaterThanOrEqual" ["ge"] Number [Number] "is at least" / "is not at least";
    /// The attribute is a moment before one of the values.
    Before "before" ["before"] Date [Date] "is before" / "is not before";
    /// The attribute is a moment after one of the values.
    After "after" ["after"] Date [Date] "is after" / "is not after";
    /// The attribute is the same version as one of the values; build metadata does not count.
    SemVerEqual "semVerEqual" ["is", "is_any_of"] Version [Version] "is version" / "is not version";
    /// The attribute is an earlier version than one of the values.
    SemVerLessThan "semVerLessThan" ["lt"] Version [Version] "is earlier than version" / "is not earlier than version";
    /// The attribute is a later version than one of the values.
    SemVerGreaterThan "semVerGreaterThan" ["gt"] Version [Version] "is later than version" / "is not later than version";
    /// The whole context is in one of the segments.
    SegmentMatch "segmentMatch" ["member_of!"] Segment [] "is in segment" / "is not in segment";
}

impl Operator {
    /// The operator of this name on the wire.
    #[must_use]
    pub fn from_wire(name: &str) -> Option<Self> {
        OPERATORS
            .iter()
            .find(|row| row.wire == name)
            .map(|row| row.operator)
    }

    /// The operators that a method of typed attributes may stand for; which one depends on the
    /// attribute's type.
    pub fn of_method(method: &str) -> impl Iterator<Item = Self> {
        OPERATORS
            .iter()
            .filter(move |row| row.methods.contains(&method))
            .map(|row| row.operator)
    }

    /// The operator's row of the table.
    #[must_use]
    pub fn row(self) -> &'static OperatorRow {
        &OPERATORS[self as usize]
    }

    /// The name on the wire.
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
