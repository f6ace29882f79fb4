//! A value, and what it stands in.

use std::cell::OnceCell;

use crate::draft::{DraftClause, DraftRule, Form};
use crate::pattern::{self, Ambiguity, InvalidPattern};
use crate::{AttributeType, Operand, Operator, Place, Value};

/// A value as written, with the rule and the clause around it.
pub(super) struct WrittenValue<'d> {
    pub(super) form: Form,
    pub(super) rule: &'d DraftRule,
    pub(super) clause: &'d DraftClause,
    pub(super) place: Place,
    pub(super) value: &'d Value,
    pub(super) compared: Compared,
    pattern: OnceCell<Result<Vec<Ambiguity>, InvalidPattern>>,
}

/// What a value is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    /// It is not known, or the operator fits no value of the attribute, which is said at the operator.
    Unknown,
    /// `in` takes any value, so the attribute's type has the say.
    Attribute(AttributeType),
    /// Every other operator knows what it takes.
    Operand(Operand),
}

impl Compared {
    fn of(clause: &DraftClause, value: &Value) -> Self {
        let Some(operator) = clause.operator else {
            return Self::Unknown;
        };
        match clause.attribute_type {
            Some(attribute_type) if !operator.fits(attribute_type) => Self::Unknown,
            Some(AttributeType::Date)
                if operator == Operator::In && matches!(value, Value::Number(_)) =>
            {
                Self::Operand(Operand::Date)
            }
            Some(attribute_type) if operator == Operator::In => Self::Attribute(attribute_type),
            _ => Self::Operand(operator.row().operand),
        }
    }
}

impl<'d> WrittenValue<'d> {
    pub(super) fn new(
        form: Form,
        rule: &'d DraftRule,
        clause: &'d DraftClause,
        place: Place,
        value: &'d Value,
    ) -> Self {
        Self {
            form,
            rule,
            clause,
            place,
            value,
            compared: Compared::of(clause, value),
            pattern: OnceCell::new(),
        }
    }

    /// Returns the text of the value, if it is compared as this operand.
    pub(super) fn text(&self, operand: Operand) -> Option<&'d str> {
        let is_compared = self.compared == Compared::Operand(operand);
        self.value.as_str().filter(|_| is_compared)
    }

    /// Returns the number of milliseconds, if the value is one that is compared as a date.
    pub(super) fn milliseconds(&self) -> Option<f64> {
        match self.value {
            Value::Number(number) if self.compared == Compared::Operand(Operand::Date) => {
                Some(number.get())
            }
            _ => None,
        }
    }

    /// Returns how the SDKs read the value, if it is compared as a pattern.
    pub(super) fn pattern(&self) -> Option<&Result<Vec<Ambiguity>, InvalidPattern>> {
        let text = self.text(Operand::Pattern)?;
        Some(self.pattern.get_or_init(|| pattern::check(text)))
    }
}
