//! Parts that a metric needs.

use crate::code::code;
use crate::draft::Form;
use crate::metric::DraftMetric;
use crate::{Code, Findings, Place};

code! {}

pub(super) fn check(draft: &DraftMetric, findings: &mut Findings) {
    let message = if draft.kind.is_none() {
        match draft.form {
            Form::File => {
                "a metric needs a kind; write `kind = \"count\"`, `\"occurrence\"` or `\"numeric\"`"
            }
            Form::Rust => "a metric needs a kind; write `kind = count`, `occurrence` or `numeric`",
        }
    } else if draft.is_numeric() && draft.success.is_none() {
        match draft.form {
            Form::File => {
                "a numeric metric needs a success criterion; write `success = \"higher\"` or `success = \"lower\"`"
            }
            Form::Rust => {
                "a numeric metric needs a success criterion; write `success = higher` or `success = lower`"
            }
        }
    } else {
        return;
    };
    findings.add(Code::KEY_MISSING, Place::part("kind"), message);
}
