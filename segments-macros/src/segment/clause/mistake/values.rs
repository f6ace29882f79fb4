//! Values that no operator accepts.

use segments_model::foreign::{self, Meaning, Relation};
use segments_model::{AttributeType, InvalidNumber, Number, Operator};
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprMethodCall, Lit};

use crate::meta::source;
use crate::mistake::{Instead, Mistake};

/// Values that no operator takes.
pub(in super::super) fn values(call: &ExprMethodCall, negate: bool) -> Result<(), Mistake> {
    let method = call.method.to_string();
    let not = if negate { "!" } else { "" };
    let all = || call.args.iter().map(source).collect::<Vec<_>>().join(", ");
    let several = if method == "is" { "is_any_of" } else { &method };
    let clause = |method: &str, values: &str| {
        let attribute = source(&call.receiver);
        format!("{not}{attribute}.{method}({values})")
    };
    let wrong = |node: &Expr, problem: &str, clause: String| {
        let error = Error::new_spanned(node, format!("{problem}; write `{clause}`"));
        Err(Mistake::said(error).instead(Instead::Clause(clause)))
    };
    let Some(first) = call.args.first() else {
        return Ok(());
    };
    if let Some(number) = with_thousands(call) {
        return wrong(
            &call.args[1],
            "a number has no commas",
            clause(&method, &number),
        );
    }
    if let Some(second) = call.args.get(1) {
        let list = format!("[{}]", all());
        return wrong(
            second,
            "several values go in brackets",
            clause(several, &list),
        );
    }
    let literal = |expression: &Expr| matches!(expression, Expr::Lit(_));
    match first {
        Expr::Lit(_) if method == "is_any_of" => wrong(
            first,
            "`is_any_of` takes a list",
            clause("is_any_of", &format!("[{}]", all())),
        ),
        Expr::Array(_) if method == "is" => {
            wrong(first, "`is` takes one value", clause("is_any_of", &all()))
        }
        Expr::Reference(reference) if matches!(&*reference.expr, Expr::Array(_)) => wrong(
            first,
            "the list is not a reference",
            clause(several, &source(&reference.expr)),
        ),
        Expr::Macro(list) if list.mac.path.is_ident("vec") => wrong(
            first,
            "the list is an array, which allocates nothing",
            clause(several, &format!("[{}]", source(&list.mac.tokens))),
        ),
        Expr::Binary(_) if let Some(each) = super::foreign::alternatives_of(first) => {
            let each: Vec<String> = each.into_iter().map(source).collect();
            let list = format!("[{}]", each.join(", "));
            wrong(
                first,
                "several values go in brackets",
                clause(several, &list),
            )
        }
        Expr::Range(_) => {
            let meaning = Meaning::Comparison {
                relation: Relation::Equal,
                negate: false,
            };
            let problem = "a range is a clause for each end".to_owned();
            let operands = std::slice::from_ref(first);
            let at = call.method.span();
            let foreign =
                super::foreign::comparison(problem, at, &call.receiver, meaning, operands, negate);
            foreign.map_or(Ok(()), Err)
        }
        _ if let Some((problem, literal)) = literal_of(first) => {
            wrong(first, problem, clause(&method, &literal))
        }
        Expr::Binary(minus)
            if compares_dates(&method)
                && matches!(&*minus.left, Expr::Binary(inner) if literal(&inner.left) && literal(&inner.right))
                && literal(&minus.right) =>
        {
            let text = source(first).replace(' ', "");
            let text =
                foreign::date_with_time(&text).unwrap_or_else(|| "2024-05-03T00:00:00Z".to_owned());
            let clause = clause(&method, &format!("\"{text}\""));
            wrong(
                first,
                "this is a subtraction, and a date is a string",
                clause,
            )
        }
        value => {
            if let Some(mistake) = super::foreign::value_is_attribute(&call.receiver, value) {
                return Err(mistake);
            }
            known_later(value)?;
            ordered(call, &method, value, negate)?;
            Ok(numbers(value)?)
        }
    }
}

/// The literal inside of an expression that makes more of it, with what is wrong with that.
fn literal_of(value: &Expr) -> Option<(&'static str, String)> {
    let literal = |expression: &Expr| matches!(expression, Expr::Lit(_));
    match value {
        Expr::Reference(reference) => Some(("a value is not a reference", source(&reference.expr))),
        Expr::Call(call) => {
            let function = source(&call.func);
            let first = call.args.first()?;
            match &function[..] {
                "Some" => Some(("a value is written without `Some`", source(first))),
                _ if call.args.len() == 1
                    && literal(first)
                    && super::foreign::of_values(call) == Some(false) =>
                {
                    let written = source(first);
                    let date = foreign::date_with_time(written.trim_matches('"'));
                    let written = date.map_or(written, |date| format!("\"{date}\""));
                    Some(("a value is written as a literal", written))
                }
                "String::from" if literal(first) => {
                    Some(("a value is a string literal", source(first)))
                }
                // `semver::Version::new(2, 0, 0)`.
                version if version.ends_with("Version::new") && call.args.iter().all(literal) => {
                    let numbers: Vec<String> = call.args.iter().map(source).collect();
                    let text = format!("\"{}\"", numbers.join("."));
                    Some(("a version is a string literal", text))
                }
                _ => None,
            }
        }
        Expr::MethodCall(owned) if literal(&owned.receiver) => {
            let made = ["to_string", "to_owned", "into"];
            let is_owned = made.iter().any(|made| owned.method == made);
            is_owned.then(|| ("a value is a string literal", source(&owned.receiver)))
        }
        _ => None,
    }
}

/// `gt(10,000)`: a number as people write it.
fn with_thousands(call: &ExprMethodCall) -> Option<String> {
    let digits = call.args.iter().map(|value| match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => Some(number.to_string()),
            _ => None,
        },
        _ => None,
    });
    let digits: Vec<String> = digits.collect::<Option<_>>()?;
    let (first, rest) = digits.split_first()?;
    let groups = !rest.is_empty() && first.len() <= 3 && rest.iter().all(|group| group.len() == 3);
    groups.then(|| digits.join("_"))
}

/// Texts that are moments or versions, behind the operator of another type.
fn ordered(call: &ExprMethodCall, method: &str, value: &Expr, negate: bool) -> Result<(), Mistake> {
    let one = match value {
        Expr::Array(array) => array.elems.first(),
        one => Some(one),
    };
    let Some(Expr::Lit(literal)) = one else {
        return Ok(());
    };
    let Lit::Str(text) = &literal.lit else {
        return Ok(());
    };
    let text = foreign::type_of_text(&text.value());
    let problem = match (method, text) {
        ("lt" | "gt" | "le" | "ge", AttributeType::Date) => format!("a date has no `{method}`"),
        ("le" | "ge" | "before" | "after", AttributeType::Version) => {
            format!("a version has no `{method}`")
        }
        ("le" | "ge", _) => format!("`{method}` compares numbers"),
        _ => return Ok(()),
    };
    let Some(operator) = Operator::of_method(method).next() else {
        return Ok(());
    };
    let meaning = Meaning::Comparison {
        relation: Relation::of(operator),
        negate: false,
    };
    let operands = std::slice::from_ref(value);
    let at = call.method.span();
    match super::foreign::comparison(problem, at, &call.receiver, meaning, operands, negate) {
        Some(mistake) => Err(mistake),
        None => Ok(()),
    }
}

/// Functions of the moment in which the program runs.
const LATER: &[&str] = &[
    "now",
    "today",
    "days",
    "ago",
    "date",
    "datetime",
    "timedelta",
    "duration",
    "interval",
    "hours",
    "weeks",
    "months",
    "current_date",
    "getdate",
];

/// A value that nobody knows when the program is compiled.
fn known_later(value: &Expr) -> syn::Result<()> {
    let fixed = |name: &syn::Ident| {
        Err(Error::new(
            name.span(),
            format!(
                "`{name}` is not known at compile time; write a fixed value, such as `\"2024-05-03T00:00:00Z\"`"
            ),
        ))
    };
    match value {
        Expr::Binary(binary) => {
            known_later(&binary.left)?;
            known_later(&binary.right)
        }
        Expr::Paren(paren) => known_later(&paren.expr),
        Expr::MethodCall(call) => known_later(&call.receiver),
        Expr::Macro(call) if call.mac.path.is_ident("format") => Err(Error::new_spanned(
            &call.mac.path,
            "`format!` is not known at compile time; write a literal, a constant or `concat!`",
        )),
        Expr::Call(call) => match &*call.func {
            Expr::Path(function) => match function.path.segments.last() {
                Some(last) if LATER.contains(&&last.ident.to_string().to_lowercase()[..]) => {
                    fixed(&last.ident)
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        },
        _ => Ok(()),
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
