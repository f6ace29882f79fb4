//! Which attributes a clause can match.

use super::check_value;
use super::written::WrittenValue;
use crate::draft::{DraftClause, DraftRule, Form};
use crate::{AttributeType, Findings, Place};

impl DraftClause {
    /// Returns whether an attribute of this type can match the clause, with each of its values.
    ///
    /// ```
    /// use segments_model::{AttributeType, Operator, draft::DraftClause};
    ///
    /// let clause = DraftClause {
    ///     operator: Some(Operator::In),
    ///     values: vec![Some("de".into())],
    ///     ..DraftClause::default()
    /// };
    /// assert!(clause.fits(AttributeType::String) && !clause.fits(AttributeType::Number));
    /// ```
    #[must_use]
    pub fn fits(&self, attribute_type: AttributeType) -> bool {
        let Some(operator) = self.operator else {
            return true;
        };
        let mut wrong = Findings::default();
        let rule = DraftRule::default();
        let clause = DraftClause {
            attribute_type: Some(attribute_type),
            ..self.clone()
        };
        for value in self.values.iter().flatten() {
            let value = WrittenValue::new(Form::File, &rule, &clause, Place::Segment, value);
            check_value(&value, &mut wrong);
        }
        operator.fits(attribute_type) && !wrong.has_errors()
    }
}
