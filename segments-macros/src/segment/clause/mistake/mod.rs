//! What was probably meant by something that is no clause.
//!
//! Types are rustc's business. What is found here is found by the shape alone, and the rule it
//! stands in is not printed, so that rustc does not speak of the same thing.

mod attribute;
mod method;
mod values;

use proc_macro2::{TokenStream, TokenTree};
use syn::{BinOp, Error, Expr, Member};

use super::context;
use crate::case::Case;
use crate::meta::{self, source};

pub(super) use attribute::attribute;
use attribute::is_upper_case;
use method::is_method;
pub(super) use method::method;
pub(super) use values::values;

/// A clause as messages show it.
const EXAMPLE: &str = "`User::EMAIL.ends_with(\"@company.com\")`";

/// Something complete is followed by a token that does not belong to it.
pub(super) fn leftover(expression: &Expr, next: &TokenTree) -> Error {
    let attribute = context(expression).is_some();
    let message = match next {
        TokenTree::Ident(word) if attribute && word == "in" => {
            format!(
                "`in` is a method here; write `{}.is_any_of([...])`",
                source(expression)
            )
        }
        TokenTree::Ident(word) if attribute && is_method(&word.to_string()) => {
            format!(
                "a `.` is missing in front of `{word}`; write `{}.{word}(...)`",
                source(expression)
            )
        }
        next => meta::leftover(next),
    };
    Error::new(next.span(), message)
}

/// Tokens that are no expression, such as those of half-typed code.
pub(super) fn unreadable(tokens: TokenStream, error: &Error) -> Error {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let sign = |token: &TokenTree, sign: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    match &tokens[..] {
        [.., last] if sign(last, '.') => Error::new(
            last.span(),
            "an operator is missing after `.`; write one, such as `.is(...)`",
        ),
        [.., before, last] if sign(before, ':') && sign(last, ':') => Error::new(
            last.span(),
            "the name of an attribute is missing after `::`; write one, as in `User::EMAIL`",
        ),
        _ => match tokens
            .windows(2)
            .find(|pair| sign(&pair[0], '.') && sign(&pair[1], '!'))
        {
            Some(pair) => Error::new(
                pair[1].span(),
                "`!` goes in front of the attribute; write `!User::EMAIL.is(...)`",
            ),
            None => Error::new(
                error.span(),
                format!("{error}; write a clause such as {EXAMPLE}"),
            ),
        },
    }
}

/// An expression that is no clause.
pub(super) fn no_clause(expression: &Expr) -> Error {
    let at = |node: &dyn quote::ToTokens, message: String| Error::new_spanned(node, message);
    match expression {
        Expr::Path(_) | Expr::Field(_) if context(expression).is_some() => {
            if let Err(error) = attribute(expression) {
                return error;
            }
            at(
                expression,
                format!(
                    "`{}` is not compared; write an operator, such as `.is(...)`",
                    source(expression)
                ),
            )
        }
        Expr::Binary(binary) => {
            let (left, right) = (source(&binary.left), source(&binary.right));
            let method = |method: &str| {
                format!("operators are methods here; write `{left}.{method}({right})`")
            };
            let message = match &binary.op {
                BinOp::And(_) => "clauses are joined by commas, and all have to hold; write `,` for `&&`".to_owned(),
                BinOp::Or(_) => "a rule has no `||`; write a second `rule(...)`, or `is_any_of([...])` for several values of one attribute".to_owned(),
                BinOp::Eq(_) => method("is"),
                BinOp::Ne(_) => format!("operators are methods here; write `!{left}.is({right})`"),
                BinOp::Lt(_) => method("lt"),
                BinOp::Le(_) => method("le"),
                BinOp::Gt(_) => method("gt"),
                BinOp::Ge(_) => method("ge"),
                _ => starts_with_an_attribute(),
            };
            at(&binary.op, message)
        }
        Expr::Assign(assign) => at(
            &assign.eq_token,
            format!(
                "operators are methods here; write `{}.is({})`",
                source(&assign.left),
                source(&assign.right)
            ),
        ),
        Expr::Reference(reference) => at(
            &reference.and_token,
            format!("a clause is not a reference; write `{}`", source(&reference.expr)),
        ),
        Expr::Tuple(_) => at(
            expression,
            "clauses are joined by commas; to negate several, move them to a segment and write `!member_of!(...)`"
                .to_owned(),
        ),
        Expr::Call(call) => at(expression, self::call(call)),
        Expr::MethodCall(call) if matches!(&*call.receiver, Expr::MethodCall(_)) => at(
            &call.method,
            "a clause has one operator; write the next one as a clause of its own, after a comma".to_owned(),
        ),
        Expr::MethodCall(call) => at(expression, value(&call.receiver).unwrap_or_else(starts_with_an_attribute)),
        Expr::Path(_) | Expr::Field(_) => at(expression, value(expression).unwrap_or_else(starts_with_an_attribute)),
        Expr::Lit(_) => at(expression, starts_with_an_attribute()),
        _ => at(
            expression,
            format!("a clause must be a comparison that LaunchDarkly can evaluate; write one such as {EXAMPLE}"),
        ),
    }
}

fn starts_with_an_attribute() -> String {
    format!("a clause starts with an attribute of a context; write {EXAMPLE}")
}

fn call(call: &syn::ExprCall) -> String {
    let Expr::Path(function) = &*call.func else {
        return starts_with_an_attribute();
    };
    let segments = &function.path.segments;
    let arguments = call.args.iter().map(source).collect::<Vec<_>>().join(", ");
    let last = segments.last().map(|segment| segment.ident.to_string());
    match (last.as_deref(), segments.len()) {
        (Some("not"), 1) => format!("`not` is written `!`; write `!{arguments}`"),
        (Some(word @ ("member_of" | "has_kind")), _) => {
            format!("`{word}` is a macro; write `{word}!({arguments})`")
        }
        (Some("contains" | "membership" | "explain"), 2) => format!(
            "segments are referenced by type; write `member_of!({})`",
            segments[0].ident
        ),
        _ => starts_with_an_attribute(),
    }
}

/// A variable, or the name of a constant alone, where the type of a context belongs.
fn value(expression: &Expr) -> Option<String> {
    let (root, field) = match expression {
        Expr::Path(path) => (path.path.get_ident()?, None),
        Expr::Field(field) => match (&*field.base, &field.member) {
            (Expr::Path(path), Member::Named(name)) => (path.path.get_ident()?, Some(name)),
            _ => return None,
        },
        _ => return None,
    };
    let root = root.to_string();
    match field {
        Some(field) if is_upper_case(&root) => Some(format!(
            "the type of the context is missing; write it in front, as in `User::{root}.{field}`"
        )),
        None if is_upper_case(&root) => Some(format!(
            "the type of the context is missing; write it in front, as in `User::{root}`"
        )),
        Some(field) => Some(format!(
            "a clause names the type of the context and not a value of it; write `{}::{}`",
            Case::Pascal.apply(&root),
            field.to_string().to_uppercase()
        )),
        None => None,
    }
}
