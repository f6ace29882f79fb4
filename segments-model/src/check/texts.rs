//! Texts that are certainly mistakes.

use super::clauses::clauses;
use crate::draft::Form;
use crate::{AttributeType, Code, Draft, Findings, Operator, Place, Value};

pub(super) fn texts(draft: &Draft, findings: &mut Findings) {
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
            let place = Place::Value {
                rule,
                clause,
                value,
            };
            let found = [
                (
                    Code::TextWildcard,
                    // Of a version, its own message says how a range is written.
                    wildcard(draft.form, operator, text)
                        .filter(|_| !is_range(written.attribute_type, text)),
                ),
                (Code::TextInvisible, invisible(operator, text)),
                (Code::TextList, list(text)),
            ];
            let said = found
                .into_iter()
                .find_map(|(code, said)| Some((code, said?)));
            if let Some((code, message)) = said {
                findings.add(code, place, message);
            }
        }
        if operator == Operator::Contains && written.is_many == Some(true) {
            let message = format!(
                "`{}` looks for a substring in each element: `admin` is also in `non-admins`; write `{}` to compare whole elements",
                draft.form.name(operator),
                draft.form.name(Operator::In)
            );
            findings.add(
                Code::ContainsInList,
                Place::Operator { rule, clause },
                message,
            );
        }
    }
}

/// Returns whether a text such as `2.*` may stand for versions: what the attribute is, rustc knows.
fn is_range(attribute_type: Option<AttributeType>, text: &str) -> bool {
    let numbers = text.strip_suffix(".*").unwrap_or_default();
    let digits = |number: &str| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    attribute_type.is_none() && numbers.split('.').all(digits)
}

/// `*` and `%` at an end, as other languages write that anything may stand there.
fn wildcard(form: Form, operator: Operator, text: &str) -> Option<String> {
    if operator == Operator::In && text == "*" {
        return Some(
            "\"*\" only equals itself; write `everyone` for a rule that matches everyone"
                .to_owned(),
        );
    }
    let front = text.strip_prefix(['*', '%']);
    let back = front.unwrap_or(text).strip_suffix(['*', '%']);
    // 100% is a text that people write.
    let back =
        back.filter(|rest| !(text.ends_with('%') && rest.ends_with(|c: char| c.is_ascii_digit())));
    let rest = back.or(front).filter(|rest| !rest.is_empty())?;
    let meant = match (operator, front, back) {
        (Operator::In, Some(_), Some(_)) => Operator::Contains,
        (Operator::In, Some(_), None) => Operator::EndsWith,
        (Operator::In, None, _) => Operator::StartsWith,
        (operator, ..) => operator,
    };
    let mark = if text.contains('*') { '*' } else { '%' };
    let rest = Value::from(rest.to_owned());
    let instead = if meant == operator {
        format!("`{rest}`")
    } else {
        form.comparison(meant, &rest)
    };
    Some(format!("`{mark}` stands for itself here; write {instead}"))
}

/// Spaces where they decide and nobody sees them, and characters that are never seen.
fn invisible(operator: Operator, text: &str) -> Option<String> {
    let unseen = |c: &char| {
        let is_break = matches!(c, '\t' | '\n' | '\r' | '\u{85}');
        c.is_control() && !is_break || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}')
    };
    if let Some(unseen) = text.chars().find(unseen) {
        return Some(format!(
            "{} has an invisible character, U+{:04X}; remove it",
            Value::from(text.to_owned()),
            u32::from(unseen)
        ));
    }
    let trimmed = match operator {
        Operator::In => text.trim(),
        Operator::StartsWith => text.trim_start(),
        Operator::EndsWith => text.trim_end(),
        _ => text,
    };
    if trimmed.is_empty() || trimmed == text {
        return None;
    }
    Some(format!(
        "{} begins or ends with a space, which is compared, too; write `{}`",
        Value::from(text.to_owned()),
        Value::from(trimmed.to_owned())
    ))
}

/// Several values in one text.
fn list(text: &str) -> Option<String> {
    let separator = [',', ';', '|'].into_iter().find(|c| text.contains(*c))?;
    let parts: Vec<&str> = text.split(separator).collect();
    let words = parts.iter().all(|part| {
        let part = part.trim();
        !part.is_empty() && !part.contains(char::is_whitespace)
    });
    // `Berlin, Germany` is one value; `a@x.com, b@x.com` and `free,pro` are not.
    let addresses = parts.iter().all(|part| part.contains('@'));
    let tight = parts.iter().all(|part| part.trim() == *part)
        && parts.iter().all(|part| part.contains(char::is_alphabetic));
    if !words || !(addresses || tight) {
        return None;
    }
    let values: Vec<String> = parts
        .iter()
        .map(|part| Value::from(part.trim().to_owned()).to_string())
        .collect();
    Some(format!(
        "{} is one value; write `{}`",
        Value::from(text.to_owned()),
        values.join(", ")
    ))
}
