//! Tokens of which only the attribute is understood.

use proc_macro2::{Span, TokenStream, TokenTree};
use segments_model::{AttributeType, foreign};
use syn::Expr;

use super::super::is_upper_case;
use super::comparison::by_type;
use super::subject::length_of_subject;
use super::word::word;
use crate::by_type::Answers;
use crate::meta::source;
use crate::mistake::Mistake;
use crate::segment::clause::attribute::context;

/// The replacement for the first attribute that is named; `None` if there is none.
pub(in super::super) fn about(tokens: &TokenStream, problem: &str, at: Span) -> Option<Mistake> {
    let attribute = attribute(&tokens.clone().into_iter().collect::<Vec<_>>())?;
    let name = source(&attribute);
    let such_as = |clause: &str| format!("{problem}; write a comparison such as `{name}.{clause}`");
    let methods = foreign::fitting(AttributeType::Bool, |row| row.methods);
    let answers = Answers {
        bool: such_as("is(true)"),
        text: such_as("ends_with(\"@company.com\")"),
        number: such_as("gt(30)"),
        date: such_as("after(\"2024-05-03T00:00:00Z\")"),
        version: such_as("gt(\"2.0.0\")"),
        one_of: format!(
            "{problem}; compare `{name}` with variants, by {}",
            foreign::any_of(&methods)
        ),
        variant: None,
    };
    Some(by_type(&attribute, at, answers, None))
}

/// The first attribute in tokens, in brackets as well.
fn attribute(tokens: &[TokenTree]) -> Option<Expr> {
    (0..tokens.len()).find_map(|at| match &tokens[at] {
        TokenTree::Group(group) => attribute(&group.stream().into_iter().collect::<Vec<_>>()),
        token => {
            word(token)?;
            let length = length_of_subject(&tokens[at..]);
            let path = tokens[at..at + length].iter().cloned().collect();
            innermost(syn::parse2(path).ok()?)
        }
    })
}

/// The attribute behind which methods are called.
fn innermost(expression: Expr) -> Option<Expr> {
    match expression {
        Expr::MethodCall(call) => innermost(*call.receiver),
        Expr::Call(call) => call.args.into_iter().find_map(innermost),
        Expr::Paren(paren) => innermost(*paren.expr),
        attribute => {
            let is_constant = |path: &syn::Path| {
                path.segments
                    .last()
                    .is_some_and(|last| is_upper_case(&last.ident.to_string()))
            };
            let is_attribute = match &attribute {
                Expr::Path(path) => is_constant(&path.path),
                Expr::Field(_) => true,
                _ => false,
            };
            (is_attribute && context(&attribute).is_some()).then_some(attribute)
        }
    }
}
