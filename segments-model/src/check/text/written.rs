//! A text, and what it stands in.

use crate::draft::Form;
use crate::{AttributeType, Operator, Place};

/// A text as written, which an operator compares with other texts.
pub(super) struct WrittenText<'d> {
    pub(super) form: Form,
    pub(super) operator: Operator,
    pub(super) attribute_type: Option<AttributeType>,
    pub(super) place: Place,
    pub(super) text: &'d str,
}
