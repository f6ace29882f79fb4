//! The left-hand side of a comparison: an attribute, its length, or its text in another case.

use syn::Expr;

use super::is_method;
use crate::segment::clause::context;

/// The transformation of an attribute before it is compared.
pub(super) enum Subject {
    /// Nothing that LaunchDarkly would have to do.
    Plain,
    /// Its length is taken.
    Length,
    /// Case is taken away.
    AnyCase,
}

/// The attribute inside of calls such as `.len()`, `.to_lowercase()` and `len(..)`.
pub(super) fn subject(expression: &Expr) -> Option<(&Expr, Subject)> {
    let inside = |name: &str, inner| {
        let (attribute, subject) = self::subject(inner)?;
        Some((
            attribute,
            match name {
                "len" | "length" | "size" | "count" | "char_length" | "LEN" => Subject::Length,
                "to_lowercase" | "to_uppercase" | "lower" | "upper" | "LOWER" | "UPPER"
                | "to_ascii_lowercase" | "to_ascii_uppercase" | "casefold" | "toLowerCase"
                | "toUpperCase" | "lowercase" => Subject::AnyCase,
                _ => subject,
            },
        ))
    };
    match expression {
        Expr::MethodCall(call) if !is_method(&call.method.to_string()) => {
            inside(&call.method.to_string(), &call.receiver)
        }
        Expr::Call(call) if call.args.len() == 1 => {
            let Expr::Path(function) = &*call.func else {
                return None;
            };
            inside(&function.path.get_ident()?.to_string(), call.args.first()?)
        }
        // `X.length`; an attribute inside an object has a name of its own.
        Expr::Field(field)
            if matches!(&field.member, syn::Member::Named(name) if name == "length")
                && context(&field.base).is_some() =>
        {
            Some((&field.base, Subject::Length))
        }
        Expr::Paren(paren) => subject(&paren.expr),
        Expr::Reference(reference) => subject(&reference.expr),
        attribute if context(attribute).is_some() => Some((attribute, Subject::Plain)),
        _ => None,
    }
}
