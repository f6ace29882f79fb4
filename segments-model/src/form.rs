//! The two forms of a declaration.

use crate::{Operator, Value};

/// The form of a declaration: findings say what to write in the same form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// A table of `segments.toml`.
    #[default]
    File,
    /// An attribute of a Rust type.
    Rust,
}

impl Form {
    /// An operator as it is written in this form, with one value.
    pub(crate) fn name(self, operator: Operator) -> &'static str {
        match self {
            Self::File => operator.wire(),
            Self::Rust => operator.row().method(1).unwrap_or(operator.wire()),
        }
    }

    /// A comparison with one value, as it is written in this form.
    pub(crate) fn comparison(self, operator: Operator, value: &Value) -> String {
        match self {
            Self::Rust => format!("`.{}({value})`", self.name(operator)),
            Self::File => format!("`op = \"{}\", values = [{value}]`", self.name(operator)),
        }
    }
}
