//! Checks of texts that are certainly mistakes.

mod text_invisible;
mod text_list;
mod text_wildcard;
mod written;

use super::clause::clauses;
use super::table::checks;
use crate::{AttributeType, Draft, Findings, Operator, Place, Value};
use written::WrittenText;

checks! { each WrittenText<'_>:
    text_wildcard,
    text_invisible,
    text_list,
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (rule, clause, written) in clauses(draft) {
        let Some(operator) = written.operator else {
            continue;
        };
        let compares_texts = matches!(
            operator,
            Operator::In | Operator::StartsWith | Operator::EndsWith | Operator::Contains
        );
        let is_version = written.attribute_type == Some(AttributeType::Version);
        if !compares_texts || is_version {
            continue;
        }
        for (value, text) in written.values.iter().enumerate() {
            let Some(text) = text.as_ref().and_then(Value::as_str) else {
                continue;
            };
            let text = WrittenText {
                form: draft.form,
                operator,
                attribute_type: written.attribute_type,
                place: Place::Value {
                    rule,
                    clause,
                    value,
                },
                text,
            };
            check_value(&text, findings);
        }
    }
}
