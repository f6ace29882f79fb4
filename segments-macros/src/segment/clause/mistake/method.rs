//! Methods that are not operators.

use segments_model::{AttributeType, did_you_mean, foreign};
use syn::ExprMethodCall;

use crate::by_type::Answers;
use crate::meta::source;
use crate::mistake::Mistake;
use crate::segment::clause::methods::{is_method, methods};

/// A method that is not an operator. A misspelled one is left to rustc, whose suggestion editors offer as
/// a fix.
pub(in super::super) fn method(call: &ExprMethodCall, negate: bool) -> Result<(), Mistake> {
    let name = call.method.to_string();
    if is_method(&name) {
        return Ok(());
    }
    if let Some(mistake) = super::foreign::method(call, negate) {
        return Err(mistake);
    }
    if did_you_mean(&name, methods()).is_some() {
        return Ok(());
    }
    let attribute = source(&call.receiver);
    let answer = |attribute_type, what: &str| {
        let names = foreign::any_of(&foreign::fitting(attribute_type, |row| row.methods));
        format!(
            "`{name}` is not an operator; `{attribute}` is {what}, which is compared with {names}"
        )
    };
    let answers = Answers {
        bool: answer(AttributeType::Bool, "a boolean"),
        text: answer(AttributeType::String, "a string"),
        number: answer(AttributeType::Number, "a number"),
        date: answer(AttributeType::Date, "a date"),
        version: answer(AttributeType::Version, "a version"),
        one_of: answer(AttributeType::Bool, "an enum"),
        variant: None,
    };
    Err(super::foreign::by_type(
        &call.receiver,
        call.method.span(),
        answers,
        None,
    ))
}
