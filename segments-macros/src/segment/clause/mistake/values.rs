//! Values that no operator takes.

use segments_model::{AttributeType, InvalidNumber, Number, Operator};
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprMethodCall, Lit};

use crate::meta::source;

/// Values that no operator takes.
pub(in super::super) fn values(call: &ExprMethodCall) -> syn::Result<()> {
    let method = call.method.to_string();
    let all = || call.args.iter().map(source).collect::<Vec<_>>().join(", ");
    let several = if method == "is" { "is_any_of" } else { &method };
    let Some(first) = call.args.first() else {
        return Ok(());
    };
    if let Some(second) = call.args.get(1) {
        return Err(Error::new_spanned(
            second,
            format!(
                "several values go in brackets; write `.{several}([{}])`",
                all()
            ),
        ));
    }
    let literal = |expression: &Expr| matches!(expression, Expr::Lit(_));
    match first {
        Expr::Lit(_) if method == "is_any_of" => Err(Error::new_spanned(
            first,
            format!(
                "`is_any_of` takes a list; write `.is_any_of([{}])`, or `.is({})`",
                all(),
                all()
            ),
        )),
        Expr::Array(_) if method == "is" => Err(Error::new_spanned(
            first,
            format!("`is` takes one value; write `.is_any_of({})`", all()),
        )),
        Expr::Reference(reference) if matches!(&*reference.expr, Expr::Array(_)) => {
            Err(Error::new_spanned(
                first,
                format!(
                    "the list is not a reference; write `.{several}({})`",
                    source(&reference.expr)
                ),
            ))
        }
        Expr::Macro(list) if list.mac.path.is_ident("vec") => Err(Error::new_spanned(
            first,
            format!(
                "the list is an array, which allocates nothing; write `.{several}([{}])`",
                source(&list.mac.tokens)
            ),
        )),
        Expr::Binary(minus)
            if compares_dates(&method)
                && matches!(&*minus.left, Expr::Binary(inner) if literal(&inner.left) && literal(&inner.right))
                && literal(&minus.right) =>
        {
            Err(Error::new_spanned(
                first,
                format!(
                    "this is a subtraction; a date is a string, as in `.{method}(\"2024-05-03T00:00:00Z\")`"
                ),
            ))
        }
        value => numbers(value),
    }
}

fn compares_dates(method: &str) -> bool {
    Operator::of_method(method).any(|operator| operator.fits(AttributeType::Date))
}

/// Numbers that lose digits on their way.
fn numbers(value: &Expr) -> syn::Result<()> {
    match value {
        Expr::Array(array) => array.elems.iter().try_for_each(numbers),
        Expr::Unary(unary) => numbers(&unary.expr),
        Expr::Lit(literal) => {
            let invalid = match &literal.lit {
                Lit::Int(number) => match number.base10_parse::<i128>() {
                    Ok(number) => Number::try_from(number).err(),
                    Err(_) => Some(InvalidNumber::NotFinite(f64::INFINITY)),
                },
                Lit::Float(number) => number
                    .base10_parse::<f64>()
                    .ok()
                    .and_then(|number| Number::new(number).err()),
                _ => None,
            };
            match invalid {
                Some(why) => Err(Error::new(value.span(), why)),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}
