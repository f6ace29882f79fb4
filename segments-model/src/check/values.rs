//! The values of clauses: the values that an operator accepts, and that every SDK reads in the same way.

use std::collections::HashSet;

use super::clauses::{clauses, kind_named};
use super::covered::covered;
use crate::draft::{DraftClause, DraftRule, Form};
use crate::pattern::{self, Literal, Standing};
use crate::{
    AttributeType, Code, Draft, Findings, InvalidNumber, Number, Operand, Operator, Place,
    SegmentKey, Value, date, foreign, version,
};

/// A value, and what it stands in.
struct Written<'d> {
    form: Form,
    rule: &'d DraftRule,
    clause: &'d DraftClause,
    place: Place,
}

pub(super) fn values(draft: &Draft, findings: &mut Findings) {
    let rules: Vec<&DraftRule> = draft.rules.iter().flatten().collect();
    for (rule, clause, written) in clauses(draft) {
        if written.values.is_empty() {
            findings.add(
                Code::ValuesMissing,
                Place::Clause { rule, clause },
                "this clause has no values to compare with; write at least one",
            );
        }
        let place = |value| Place::Value {
            rule,
            clause,
            value,
        };
        let mut seen = HashSet::new();
        for (index, value) in written.values.iter().enumerate() {
            let Some(value) = value else { continue };
            if !seen.insert(value) {
                let message = format!("{value} is written twice; remove the second");
                findings.add(Code::ValueDuplicate, place(index), message);
            }
            if let Some(message) = kind_named(written, value) {
                findings.add(Code::KindInvalid, place(index), message);
                continue;
            }
            let written = Written {
                form: draft.form,
                rule: rules[rule],
                clause: written,
                place: place(index),
            };
            self::value(&written, value, findings);
        }
        if let Some(operator) = written.operator
            && let Some((adds_nothing, by)) = covered(operator, &written.values)
            && let (Some(Some(one)), Some(Some(other))) =
                (written.values.get(adds_nothing), written.values.get(by))
        {
            let message = format!(
                "{one} adds nothing: one match is enough, and everything that matches it also matches {other}; remove the narrower value, or write two clauses if both have to match"
            );
            findings.add(Code::ValueCovered, place(adds_nothing), message);
        }
    }
}

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
        let clause = DraftClause {
            attribute_type: Some(attribute_type),
            ..self.clone()
        };
        let written = Written {
            form: Form::File,
            rule: &DraftRule::default(),
            clause: &clause,
            place: Place::Segment,
        };
        for value in self.values.iter().flatten() {
            self::value(&written, value, &mut wrong);
        }
        operator.fits(attribute_type) && !wrong.has_errors()
    }
}

fn value(written: &Written<'_>, value: &Value, findings: &mut Findings) {
    if let Value::Number(number) = value
        && let Err(error) = exact(*number)
    {
        findings.add(Code::NumberInvalid, written.place, error.to_string());
        return;
    }
    let Some(operator) = written.clause.operator else {
        return;
    };
    match written.clause.attribute_type {
        // What never matches because of the operator is said once, at the operator.
        Some(attribute_type) if !operator.fits(attribute_type) => {}
        Some(attribute_type) if operator == Operator::In => {
            value_of_attribute(written, attribute_type, value, findings);
        }
        _ => value_of_operator(written, operator.row().operand, value, findings),
    }
}

/// Beyond 2^53 some SDKs hold whole numbers and others round them.
#[allow(
    clippy::cast_possible_truncation,
    clippy::float_cmp,
    reason = "whole, and looked at again before it is told"
)]
fn exact(number: Number) -> Result<(), InvalidNumber> {
    let whole = number.get().trunc();
    if number.as_integer().is_none() && number.get() == whole {
        let told = whole as i128;
        return Err(if told < i128::MAX && told > i128::MIN {
            InvalidNumber::Inexact(told)
        } else {
            InvalidNumber::Huge(whole)
        });
    }
    Ok(())
}

/// `in` takes any value, so the attribute's type has the say; every other operator knows what it
/// takes.
fn value_of_attribute(
    written: &Written<'_>,
    attribute_type: AttributeType,
    value: &Value,
    findings: &mut Findings,
) {
    let place = written.place;
    match (attribute_type, value) {
        (AttributeType::Any, _)
        | (AttributeType::Bool, Value::Bool(_))
        | (AttributeType::String | AttributeType::Version, Value::String(_))
        | (AttributeType::Number, Value::Number(_)) => {}
        (AttributeType::Date, Value::Number(_)) => {
            value_of_operator(written, Operand::Date, value, findings);
        }
        (AttributeType::Date, Value::String(text)) => match date::parse(text) {
            Err(error) => findings.add(Code::DateInvalid, place, error.to_string()),
            Ok(milliseconds) => {
                let message = format!(
                    "`in` compares {value} as a string, which never equals a date in milliseconds; write `{milliseconds}` if contexts have milliseconds"
                );
                findings.add(Code::DateAsText, place, message);
            }
        },
        _ => {
            let advice = match foreign::advice(value, attribute_type) {
                advice if advice.is_empty() => format!("; write a {attribute_type}"),
                advice => advice,
            };
            let message = format!(
                "{value} is a {}, and the attribute is a {attribute_type}: they are never equal{advice}",
                value.type_name(),
            );
            findings.add(Code::ValueType, place, message);
        }
    }
}

fn value_of_operator(
    written: &Written<'_>,
    operand: Operand,
    value: &Value,
    findings: &mut Findings,
) {
    let mut wrong = |code, message: String| findings.add(code, written.place, message);
    match (operand, value) {
        (Operand::Scalar, _) | (Operand::Number, Value::Number(_)) => {}
        (Operand::Text, Value::String(text)) => {
            if text.is_empty() {
                wrong(
                    Code::ValueEmpty,
                    "every string contains the empty string; write at least one character"
                        .to_owned(),
                );
            }
        }
        (Operand::Pattern, Value::String(text)) => pattern(written, text, findings),
        (Operand::Date, Value::String(text)) => {
            if let Err(error) = date::parse(text) {
                wrong(Code::DateInvalid, error.to_string());
            } else if let Some(ambiguity) = date::ambiguity_of_text(text) {
                wrong(Code::ValueAmbiguous, ambiguity.to_string());
            }
        }
        (Operand::Date, Value::Number(number)) => {
            if let Err(error) = date::check_number(number.get()) {
                wrong(Code::DateInvalid, error.to_string());
            } else if date::looks_like_seconds(number.get()) {
                wrong(
                    Code::DateSeconds,
                    format!(
                        "{number} looks like seconds, but LaunchDarkly counts milliseconds; write `{}`",
                        number.get() * 1000.0
                    ),
                );
            } else if written.clause.operator != Some(Operator::In)
                && let Some(ambiguity) = date::ambiguity_of_number(number.get())
            {
                wrong(Code::ValueAmbiguous, ambiguity.to_string());
            }
        }
        (Operand::Version, Value::String(text)) => {
            if let Err(error) = version::parse(text) {
                wrong(Code::VersionInvalid, error.to_string());
            } else if let Some(ambiguity) = version::ambiguity(text) {
                wrong(Code::ValueAmbiguous, ambiguity.to_string());
            }
        }
        (Operand::Segment, Value::String(key)) => {
            if let Err(error) = SegmentKey::parse(key.clone().into_owned()) {
                wrong(Code::SegmentKeyInvalid, error.to_string());
            }
        }
        (operand, value) => wrong(
            Code::ValueType,
            format!(
                "{value} is a {}; this operator compares with {operand}{}",
                value.type_name(),
                foreign::advice(value, of_operand(operand))
            ),
        ),
    }
}

/// The type whose values an operator takes.
fn of_operand(operand: Operand) -> AttributeType {
    match operand {
        Operand::Number => AttributeType::Number,
        Operand::Date => AttributeType::Date,
        Operand::Version => AttributeType::Version,
        Operand::Text | Operand::Pattern | Operand::Segment => AttributeType::String,
        Operand::Scalar => AttributeType::Any,
    }
}

fn pattern(written: &Written<'_>, text: &str, findings: &mut Findings) {
    let mut wrong = |code, message: String| findings.add(code, written.place, message);
    if let Some(inside) = pattern::undelimited(text) {
        let message = format!("`{text}` also looks for the slashes; write `{inside}` without them");
        return wrong(Code::PatternDelimited, message);
    }
    let ambiguities = match pattern::check(text) {
        Err(error) => {
            let message = match wildcards(text) {
                Some((operator, literal)) => {
                    let instead = written
                        .form
                        .comparison(operator, &Value::from(literal.to_owned()));
                    format!(
                        "`{text}` is not a regular expression, in which `*` repeats what stands before it; write {instead}"
                    )
                }
                None => error.to_string(),
            };
            return wrong(Code::PatternInvalid, message);
        }
        Ok(ambiguities) => ambiguities,
    };
    if pattern::is_everywhere(text) {
        let message = format!(
            "`{text}` matches every string, even an empty one; write a pattern that requires some text"
        );
        return wrong(Code::ValueEmpty, message);
    }
    if let Some(literal) = pattern::literal(text) {
        let (operator, literal) = match literal {
            Literal::Contains(text) => (Operator::Contains, text),
            Literal::StartsWith(text) => (Operator::StartsWith, text),
            Literal::EndsWith(text) => (Operator::EndsWith, text),
            Literal::Is(text) => (Operator::In, text),
        };
        let instead = written.form.comparison(operator, &Value::from(literal));
        let message = format!(
            "`{text}` has no special characters; write {instead}, which is equivalent and faster"
        );
        return wrong(Code::PatternLiteral, message);
    }
    for ambiguity in ambiguities {
        match ambiguity.standing {
            Standing::LineBreaks if has_no_line_breaks(written) => {}
            Standing::LineBreaks => wrong(Code::PatternLineBreaks, ambiguity.to_string()),
            _ => wrong(Code::PatternAmbiguous, ambiguity.to_string()),
        }
    }
}

/// What a text means whose `*` stands for anything, as in the names of files.
fn wildcards(text: &str) -> Option<(Operator, &str)> {
    let rest = text.strip_prefix('*')?;
    let (operator, rest) = match rest.strip_suffix('*') {
        Some(inside) => (Operator::Contains, inside),
        None => (Operator::EndsWith, rest),
    };
    let is_plain = |c: char| !r"\^$|?+*()[]{}".contains(c);
    (!rest.is_empty() && rest.chars().all(is_plain)).then_some((operator, rest))
}

/// Returns whether another clause of the rule leaves out every text with a line break.
fn has_no_line_breaks(written: &Written<'_>) -> bool {
    let mut clauses = written.rule.clauses.iter();
    clauses.any(|clause| {
        let leaves_out = |text: &&str| {
            let mut values = clause.values.iter().flatten();
            values.any(|value| value.as_str() == Some(text))
        };
        clause.negate
            && clause.operator == Some(Operator::Contains)
            && clause.looks_at_same(written.clause)
            && pattern::LINE_BREAKS.iter().all(leaves_out)
    })
}
