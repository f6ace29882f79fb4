//! Clauses: ordinary Rust expressions, of which the macro reads what it can check.
//!
//! `User::EMAIL.ends_with("@company.com")` names a context, an operator and a value. The types are
//! rustc's business: it knows them, and its message stands at the same token.

use proc_macro2::Span;
use quote::ToTokens;
use segments_model::{Number, Operator, Value};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Lit, Path, Token, UnOp};

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
const MEMBER_OF: &str = "`member_of!` takes the type of a segment; write `member_of!(BetaTesters)`";

/// Reads a clause.
pub(super) fn parse(tokens: proc_macro2::TokenStream) -> syn::Result<Clause> {
    let expression: Expr = meta::parse(tokens)?;
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
        _ => comparison(expression, negate),
    }
}

fn comparison(expression: &Expr, negate: bool) -> syn::Result<Meaning> {
    let (receiver, method, values) = match expression {
        Expr::MethodCall(call) => {
            let values = call.args.iter().flat_map(values).collect();
            (
                &*call.receiver,
                Some((call.method.to_string(), call.method.span())),
                values,
            )
        }
        other => (other, None, Vec::new()),
    };
    let Some(context) = context(receiver) else {
        return Err(syn::Error::new_spanned(
            expression,
            "a clause starts with an attribute of a context; write `User::EMAIL.ends_with(\"@company.com\")`",
        ));
    };
    if method.is_none() {
        return Err(syn::Error::new_spanned(
            expression,
            format!(
                "`{}` is compared with nothing; write an operator, such as `.is(...)`",
                meta::source(expression)
            ),
        ));
    }
    Ok(Meaning::Comparison {
        expression: Box::new(expression.clone()),
        context,
        method,
        values,
        negate,
    })
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

/// The values of an argument: one, or those of an array.
fn values(argument: &Expr) -> Vec<(Option<Value>, Span)> {
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
pub(super) fn operator(method: &str, values: &[(Option<Value>, Span)]) -> Option<Operator> {
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

/// The span of the first token, which is what editors underline.
fn first_span(node: &(impl ToTokens + Spanned)) -> Span {
    node.to_token_stream()
        .into_iter()
        .next()
        .map_or_else(|| node.span(), |token| token.span())
}
