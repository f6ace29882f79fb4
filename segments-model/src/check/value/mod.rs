//! Checks of single values: the values that an operator accepts, and that every SDK reads in the same way.

mod date_as_text;
mod date_invalid;
mod date_seconds;
mod fits;
mod number_invalid;
mod pattern_ambiguous;
mod pattern_delimited;
mod pattern_invalid;
mod pattern_literal;
mod segment_key_invalid;
mod value_ambiguous;
mod value_empty;
mod value_type;
mod version_invalid;
mod written;

use super::clause::{clauses, names_kinds};
use super::table::checks;
use crate::draft::DraftRule;
use crate::{Draft, Findings, Place};
use written::WrittenValue;

checks! { each WrittenValue<'_>:
    number_invalid,
    value_type,
    date_invalid,
    date_as_text,
    date_seconds,
    version_invalid,
    segment_key_invalid,
    pattern_delimited,
    pattern_invalid,
    value_empty,
    pattern_literal,
    pattern_ambiguous,
    value_ambiguous,
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let rules: Vec<&DraftRule> = draft.rules.iter().flatten().collect();
    for (rule, clause, written) in clauses(draft) {
        // Kinds have a check of their own.
        if names_kinds(written) {
            continue;
        }
        for (index, value) in written.values.iter().enumerate() {
            let Some(value) = value else { continue };
            let place = Place::Value {
                rule,
                clause,
                value: index,
            };
            let value = WrittenValue::new(draft.form, rules[rule], written, place, value);
            check_value(&value, findings);
        }
    }
}
