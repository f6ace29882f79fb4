//! The values of a clause, as far as they are literals.

use proc_macro2::Span;
use segments_model::{Number, Operator, Value};
use syn::{Expr, Lit, LitInt, UnOp};

use super::first_span;

/// The values of an argument: one, or those of an array.
pub(super) fn values(argument: &Expr) -> Vec<(Option<Value>, Span)> {
    match argument {
        Expr::Array(array) => array.elems.iter().flat_map(values).collect(),
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

/// Gives numbers that 32 bits do not hold the type that holds them: what they are compared with is
/// generic, and so they would be `i32`.
pub(super) fn widen(expression: &mut Expr) {
    match expression {
        Expr::Unary(unary) => widen(&mut unary.expr),
        Expr::Paren(paren) => widen(&mut paren.expr),
        Expr::Array(array) => array.elems.iter_mut().for_each(widen),
        Expr::MethodCall(call) => call.args.iter_mut().for_each(widen),
        Expr::Lit(literal) => {
            if let Lit::Int(number) = &literal.lit
                && number.suffix().is_empty()
                && let Ok(value) = number.base10_parse::<i64>()
                && i32::try_from(value).is_err()
            {
                literal.lit = Lit::Int(LitInt::new(&format!("{value}i64"), number.span()));
            }
        }
        _ => {}
    }
}
