//! Clauses: ordinary Rust expressions, of which the macro parses the parts that it can check.
//!
//! `User::EMAIL.ends_with("@company.com")` names a context, an operator and a value. Types are checked by
//! rustc, whose message is at the same token.

pub(crate) mod attribute;
mod draft;
mod methods;
mod mistake;
pub(crate) mod qualify;
mod values;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use segments_model::{Operator, Value};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprMacro, ExprMethodCall, Path, Token, UnOp};

use self::attribute::{attribute_end, constant, context};
pub(crate) use self::mistake::foreign::{of_pieces, placeholder};
use self::qualify::qualify;
use crate::meta;
use crate::mistake::Mistake;
use crate::place::first_span;

/// A clause, understood.
#[derive(Clone)]
pub(crate) struct Clause {
    pub(crate) meaning: Meaning,
    /// As it is written, for the documentation.
    pub(crate) written: String,
    /// As it is printed: see [`qualify`]. Of use for comparisons.
    pub(crate) expression: TokenStream,
    /// The attribute as it is printed in a constant.
    pub(crate) constant: Option<TokenStream>,
    /// Whether the types of the values were checked where they are written: in a file.
    pub(crate) checked: bool,
    pub(crate) span: Span,
    /// The last token of the attribute.
    pub(crate) attribute_end: Span,
}

/// The meaning of a clause.
#[derive(Clone)]
pub(crate) enum Meaning {
    /// An attribute compared with values.
    Comparison {
        /// The type of the context: `User` of `User::EMAIL`.
        context: Path,
        /// The attribute as it is written: `User::EMAIL`.
        attribute: String,
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
    /// The kinds of the context, one of which is enough.
    HasKind {
        /// The types of the contexts; at least one.
        contexts: Vec<Path>,
        negate: bool,
    },
}

impl Clause {
    /// Returns the operator of a comparison, if its method is one.
    pub(crate) fn operator(&self) -> Option<Operator> {
        match &self.meaning {
            Meaning::Comparison { method, values, .. } => {
                let (method, _) = method.as_ref()?;
                values::operator(method, values)
            }
            Meaning::MemberOf { .. } | Meaning::HasKind { .. } => None,
        }
    }

    /// Returns whether its values are texts that every type is asked about.
    pub(crate) fn is_of_text(&self) -> bool {
        let Meaning::Comparison { method, values, .. } = &self.meaning else {
            return false;
        };
        let method = method.as_ref().map_or("", |(method, _)| method);
        let texts: Option<Vec<&str>> = values
            .iter()
            .map(|(value, _)| value.as_ref()?.as_str())
            .collect();
        texts.is_some_and(|texts| values::for_any_type(method, &texts))
    }

    /// Returns whether it compares with anything. Of an empty array rustc would ask the type.
    pub(crate) fn has_values(&self) -> bool {
        !matches!(&self.meaning, Meaning::Comparison { values, .. } if values.is_empty())
    }
}

/// The arguments of `member_of!`, and an example.
const MEMBER_OF: (&str, &str) = ("`member_of!` takes types of segments", "BetaTesters");

/// The arguments of `has_kind!`, and an example.
const HAS_KIND: (&str, &str) = ("`has_kind!` takes types of contexts", "Device");

/// Reads a clause.
pub(crate) fn parse(tokens: TokenStream) -> Result<Clause, Mistake> {
    let mut expression: Expr = match meta::parse_start(tokens.clone()) {
        Ok((expression, None)) => expression,
        Ok((expression, Some(next))) => return Err(mistake::leftover(&tokens, &expression, &next)),
        Err(error) => return Err(mistake::unreadable(tokens, &error)),
    };
    let meaning = meaning(&expression, false)?;
    let span = first_span(&tokens);
    let attribute_end = attribute_end(&expression).unwrap_or(span);
    qualify(&mut expression);
    values::take_any_type(&mut expression);
    Ok(Clause {
        meaning,
        written: meta::source(&tokens),
        expression: expression.to_token_stream(),
        constant: constant(&expression),
        checked: false,
        span,
        attribute_end,
    })
}

fn meaning(expression: &Expr, negate: bool) -> Result<Meaning, Mistake> {
    match expression {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => meaning(&unary.expr, !negate),
        Expr::Paren(paren) => meaning(&paren.expr, negate),
        Expr::Macro(call) => match macro_name(call).as_deref() {
            Some("member_of") => Ok(Meaning::MemberOf {
                segments: types(call, MEMBER_OF)?,
                negate,
            }),
            Some("has_kind") => Ok(Meaning::HasKind {
                contexts: types(call, HAS_KIND)?,
                negate,
            }),
            _ => Err(mistake::no_clause(expression, negate)),
        },
        Expr::MethodCall(call) => match context(&call.receiver) {
            Some(context) => comparison(call, context, negate),
            None => Err(mistake::no_clause(expression, negate)),
        },
        _ => Err(mistake::no_clause(expression, negate)),
    }
}

fn macro_name(call: &ExprMacro) -> Option<String> {
    let last = call.mac.path.segments.last();
    last.map(|last| last.ident.to_string())
}

/// The types that a macro is called with; `takes` says what they have to be.
fn types(call: &ExprMacro, (takes, example): (&str, &str)) -> syn::Result<Vec<Path>> {
    let paths = Punctuated::<Path, Token![,]>::parse_terminated;
    let keys = mistake::foreign::types_of_keys(&call.mac.tokens);
    let written = keys.unwrap_or_else(|| example.to_owned());
    let name = macro_name(call).unwrap_or_default();
    let message = format!("{takes}; write `{name}!({written})`, and commas between several");
    let types = paths
        .parse2(call.mac.tokens.clone())
        .map_err(|error| syn::Error::new(error.span(), &message))?;
    if types.is_empty() {
        return Err(syn::Error::new_spanned(&call.mac.path, message));
    }
    Ok(types.into_iter().collect())
}

fn comparison(call: &ExprMethodCall, context: Path, negate: bool) -> Result<Meaning, Mistake> {
    mistake::attribute(&call.receiver)?;
    mistake::method(call, negate)?;
    mistake::values(call, negate)?;
    Ok(Meaning::Comparison {
        context,
        attribute: match &*call.receiver {
            Expr::Path(attribute) if attribute.qself.is_none() => meta::path(&attribute.path),
            attribute => meta::source(attribute),
        },
        method: Some((call.method.to_string(), call.method.span())),
        values: call.args.iter().flat_map(values::values).collect(),
        negate,
    })
}
