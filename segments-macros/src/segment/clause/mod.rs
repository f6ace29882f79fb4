//! Clauses: ordinary Rust expressions, of which the macro reads what it can check.
//!
//! `User::EMAIL.ends_with("@company.com")` names a context, an operator and a value. The types are
//! rustc's business: it knows them, and its message stands at the same token.

mod mistake;
mod values;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use segments_model::Value;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, Path, Token, UnOp};

pub(crate) use self::values::operator;
use crate::meta;

/// A clause, understood.
#[derive(Clone)]
pub(crate) struct Clause {
    pub(crate) meaning: Meaning,
    pub(crate) span: Span,
}

/// What a clause asks.
#[derive(Clone)]
pub(crate) enum Meaning {
    /// An attribute compared with values.
    Comparison {
        /// The whole expression, as written.
        expression: Box<Expr>,
        /// The type of the context: `User` of `User::EMAIL`.
        context: Path,
        /// The operator's method and its place; none if the expression calls none.
        method: Option<(String, Span)>,
        /// The values; `None` for one that is not a literal.
        values: Vec<(Option<Value>, Span)>,
        negate: bool,
    },
    /// Membership of other segments, one of which is enough.
    MemberOf {
        /// The segments' types; at least one.
        segments: Vec<Path>,
        negate: bool,
    },
}

impl Clause {
    /// Whether it compares with anything. Of an empty array rustc would ask the type.
    pub(crate) fn has_values(&self) -> bool {
        !matches!(&self.meaning, Meaning::Comparison { values, .. } if values.is_empty())
    }
}

/// What `member_of!` takes.
const MEMBER_OF: &str = "`member_of!` takes types of segments; write `member_of!(BetaTesters)`, and commas between several";

/// Reads a clause.
pub(crate) fn parse(tokens: TokenStream) -> syn::Result<Clause> {
    let mut expression: Expr = match meta::parse_start(tokens.clone()) {
        Ok((expression, None)) => expression,
        Ok((expression, Some(next))) => return Err(mistake::leftover(&expression, &next)),
        Err(error) => return Err(mistake::unreadable(tokens, &error)),
    };
    values::widen(&mut expression);
    let span = first_span(&expression);
    let meaning = meaning(&expression, false)?;
    Ok(Clause { meaning, span })
}

fn meaning(expression: &Expr, negate: bool) -> syn::Result<Meaning> {
    match expression {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
            let inner = meaning(&unary.expr, !negate)?;
            // The expression as written has its own `!`; only the macro's view of it is turned around.
            Ok(match inner {
                Meaning::Comparison {
                    context,
                    method,
                    values,
                    negate,
                    ..
                } => Meaning::Comparison {
                    expression: Box::new(expression.clone()),
                    context,
                    method,
                    values,
                    negate,
                },
                member @ Meaning::MemberOf { .. } => member,
            })
        }
        Expr::Paren(paren) => meaning(&paren.expr, negate),
        Expr::Macro(call)
            if call
                .mac
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "member_of") =>
        {
            let paths = Punctuated::<Path, Token![,]>::parse_terminated;
            let segments = paths
                .parse2(call.mac.tokens.clone())
                .map_err(|error| syn::Error::new(error.span(), MEMBER_OF))?;
            if segments.is_empty() {
                return Err(syn::Error::new_spanned(&call.mac.path, MEMBER_OF));
            }
            Ok(Meaning::MemberOf {
                segments: segments.into_iter().collect(),
                negate,
            })
        }
        Expr::MethodCall(call) => match context(&call.receiver) {
            Some(context) => comparison(expression, call, context, negate),
            None => Err(mistake::no_clause(expression)),
        },
        _ => Err(mistake::no_clause(expression)),
    }
}

fn comparison(
    expression: &Expr,
    call: &ExprMethodCall,
    context: Path,
    negate: bool,
) -> syn::Result<Meaning> {
    mistake::attribute(&call.receiver)?;
    mistake::method(call)?;
    mistake::values(call)?;
    Ok(Meaning::Comparison {
        expression: Box::new(expression.clone()),
        context,
        method: Some((call.method.to_string(), call.method.span())),
        values: call.args.iter().flat_map(values::values).collect(),
        negate,
    })
}

/// The expression with `<User>::EMAIL` for `User::EMAIL`, for the output. Contexts stand there as types as
/// well, and of one that does not exist rustc then says the same thing twice, which it shows once.
pub(crate) fn qualified(expression: &Expr) -> Expr {
    let mut expression = expression.clone();
    qualify(&mut expression);
    expression
}

fn qualify(expression: &mut Expr) {
    match expression {
        Expr::Unary(unary) => qualify(&mut unary.expr),
        Expr::Paren(paren) => qualify(&mut paren.expr),
        Expr::MethodCall(call) => qualify(&mut call.receiver),
        Expr::Field(field) => qualify(&mut field.base),
        Expr::Path(path) => {
            if let Some(context) = context(&Expr::Path(path.clone()))
                && let Some(name) = path.path.segments.last()
            {
                *expression = Expr::Verbatim(quote!(<#context>::#name));
            }
        }
        _ => {}
    }
}

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

/// The span of the first token, which is what editors underline.
pub(crate) fn first_span(node: &(impl ToTokens + Spanned)) -> Span {
    node.to_token_stream()
        .into_iter()
        .next()
        .map_or_else(|| node.span(), |token| token.span())
}
