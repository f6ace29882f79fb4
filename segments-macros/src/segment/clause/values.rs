//! The values of a clause, as far as they are literals.

use proc_macro2::Span;
use segments_model::{Number, Operator, Value, version};
use syn::{Expr, Lit, LitFloat, LitInt, UnOp};

use crate::place::first_span;

/// The values of an argument: one, or those of an array.
pub(super) fn values(argument: &Expr) -> Vec<(Option<Value>, Span)> {
    match argument {
        Expr::Array(array) => array.elems.iter().flat_map(values).collect(),
        Expr::Lit(value) => vec![(literal(argument), value.lit.span())],
        other => vec![(literal(other), first_span(other))],
    }
}

fn literal(expression: &Expr) -> Option<Value> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(Value::from(text.value())),
            Lit::Bool(value) => Some(Value::from(value.value)),
            Lit::Int(number) => number
                .base10_parse::<i128>()
                .ok()
                .and_then(|n| Number::try_from(n).ok())
                .map(Value::from),
            Lit::Float(number) => number
                .base10_parse::<f64>()
                .ok()
                .and_then(|n| Number::new(n).ok())
                .map(Value::from),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match literal(&unary.expr)? {
            Value::Number(number) => Number::new(-number.get()).ok().map(Value::from),
            _ => None,
        },
        Expr::Paren(paren) => literal(&paren.expr),
        _ => None,
    }
}

/// The operator that a method stands for. Where several types share a method, a literal tells: a
/// text is compared as a version, a number as a number.
pub(crate) fn operator(method: &str, values: &[(Option<Value>, Span)]) -> Option<Operator> {
    let mut candidates = Operator::of_method(method);
    let first = candidates.next()?;
    match candidates.next() {
        None => Some(first),
        // `is` fits every type, and only rustc knows the attribute's.
        Some(_) if first == Operator::In => Some(first),
        Some(second) => match values.iter().find_map(|(value, _)| value.as_ref())? {
            Value::String(_) => Some(second),
            Value::Number(_) | Value::Bool(_) => Some(first),
        },
    }
}

/// Gives numbers a type, where they have none. What they are compared with is generic, so that
/// rustc would take those for `i32` which that does not hold; and what it need not find out costs less.
pub(super) fn give_type(expression: &mut Expr) {
    match expression {
        Expr::Unary(unary) => give_type(&mut unary.expr),
        Expr::Paren(paren) => give_type(&mut paren.expr),
        Expr::Array(array) => array.elems.iter_mut().for_each(give_type),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) if number.suffix().is_empty() => {
                if let Ok(value) = number.base10_parse::<i64>() {
                    literal.lit = Lit::Int(LitInt::new(&format!("{value}i64"), number.span()));
                }
            }
            Lit::Float(number) if number.suffix().is_empty() => {
                let typed = format!("{}f64", number.base10_digits());
                literal.lit = Lit::Float(LitFloat::new(&typed, number.span()));
            }
            _ => {}
        },
        _ => {}
    }
}

/// Returns whether a clause with these texts may be meant for an attribute of any type: `is("pro")`, `gt("30")`,
/// which a version takes, and `gt("30 days")`, which no type does.
pub(super) fn for_any_type(method: &str, texts: &[&str]) -> bool {
    match method {
        "is" | "is_any_of" => true,
        "lt" | "gt" => texts.iter().all(|text| {
            let is_number = text.parse::<f64>().is_ok();
            is_number || !text.contains('.') && version::parse(text).is_err()
        }),
        _ => false,
    }
}

/// Lets every type take the texts of such a clause: a constant beside it says which does not, and what to write.
pub(super) fn take_any_type(expression: &mut Expr) {
    match expression {
        Expr::Unary(unary) => take_any_type(&mut unary.expr),
        Expr::Paren(paren) => take_any_type(&mut paren.expr),
        Expr::MethodCall(call) => {
            let texts: Option<Vec<_>> = call
                .args
                .iter()
                .flat_map(values)
                .map(|(value, _)| value)
                .collect();
            let texts: Option<Vec<&str>> = texts
                .as_ref()
                .and_then(|texts| texts.iter().map(Value::as_str).collect());
            let method = call.method.to_string();
            if texts.is_some_and(|texts| for_any_type(&method, &texts)) {
                call.args.iter_mut().for_each(named);
            }
        }
        _ => {}
    }
}

/// Wraps a text, or each of a list.
fn named(value: &mut Expr) {
    match value {
        Expr::Array(array) => array.elems.iter_mut().for_each(named),
        Expr::Paren(paren) => named(&mut paren.expr),
        text => {
            let span = first_span(&text);
            *text = Expr::Verbatim(quote::quote_spanned!(span=> __segments::Named(#text)));
        }
    }
}
