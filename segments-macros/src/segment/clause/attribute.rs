//! The attribute of a clause.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, Path};

/// The type in front of an attribute: `User` of `User::EMAIL` and of `User::ADDRESS.city`.
pub(crate) fn context(attribute: &Expr) -> Option<Path> {
    match attribute {
        Expr::Field(field) => context(&field.base),
        Expr::Paren(paren) => context(&paren.expr),
        Expr::Path(path) if path.qself.is_none() && path.path.segments.len() > 1 => {
            let mut context = path.path.clone();
            context.segments.pop();
            // What is left ends in `::`, which is no type.
            context.segments.pop_punct();
            Some(context)
        }
        _ => None,
    }
}

/// The place of the last token of the attribute of a comparison.
pub(super) fn attribute_end(expression: &Expr) -> Option<Span> {
    match expression {
        Expr::Unary(unary) => attribute_end(&unary.expr),
        Expr::Paren(paren) => attribute_end(&paren.expr),
        Expr::MethodCall(call) => end(&call.receiver),
        _ => None,
    }
}

/// The place of the last token.
fn end(attribute: &Expr) -> Option<Span> {
    match attribute {
        // As nearly every attribute.
        Expr::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last()?;
            last.arguments.is_none().then(|| last.ident.span())
        }
        other => {
            let last = other.to_token_stream().into_iter().last()?;
            Some(last.span())
        }
    }
}

/// The attribute of a comparison, below its negations, as it is printed.
pub(super) fn constant(expression: &Expr) -> Option<TokenStream> {
    match expression {
        Expr::Unary(unary) => constant(&unary.expr),
        Expr::Paren(paren) => constant(&paren.expr),
        Expr::MethodCall(call) => named(&call.receiver),
        _ => None,
    }
}

/// `<User>::EMAIL`, and `<User>::ADDRESS.__names().city` for what is inside an object.
pub(super) fn named(attribute: &Expr) -> Option<TokenStream> {
    match attribute {
        Expr::Verbatim(constant) => Some(constant.clone()),
        Expr::Paren(paren) => named(&paren.expr),
        _ => None,
    }
}
