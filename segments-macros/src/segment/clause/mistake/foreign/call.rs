//! Functions and methods of other languages: `any(A, B)`, `contains(X, "a")`, `X.len().gt(3)`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use segments_model::Operator;
use segments_model::foreign::{self, Meaning, Relation};
use syn::{Error, Expr};

use super::closure::of_elements;
use super::comparison::comparison;
use super::led::corrected;
use super::reversed;
use super::subject::subject;
use crate::meta::source;
use crate::mistake::{Instead, Mistake};
use crate::segment::clause::methods::is_method;

pub(super) fn arguments(tokens: TokenStream) -> Vec<Expr> {
    let arguments = crate::meta::split(tokens).into_iter();
    arguments
        .filter_map(|argument| syn::parse2(argument).ok())
        .collect()
}

/// `any(A, B)`, `contains(X, "a")`: a call where a clause belongs.
pub(in super::super) fn call(call: &syn::ExprCall, negate: bool) -> Option<Mistake> {
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    // `User::segment_match("staff")`.
    if let Some(name) = function.path.segments.last().map(|last| &last.ident)
        && let Some(meaning) = foreign::meaning(&name.to_string())
        && let Some(mistake) = member_of_text(call, name, meaning, negate)
    {
        return Some(mistake);
    }
    let name = function.path.get_ident()?;
    if let Some(mistake) = operator_as_value(call, name, negate) {
        return Some(mistake);
    }
    let clauses: Vec<String> = call
        .args
        .iter()
        .map(|argument| corrected(&argument.to_token_stream(), false))
        .collect();
    let turned = || {
        clauses.iter().map(|clause| match clause.strip_prefix('!') {
            Some(rest) => rest.to_owned(),
            None => format!("!{clause}"),
        })
    };
    let rules = |clauses: &[String]| {
        let rules: Vec<String> = clauses
            .iter()
            .map(|clause| format!("rule({clause})"))
            .collect();
        rules.join(", ")
    };
    let (word, written) = match (&name.to_string().to_lowercase()[..], negate) {
        ("any" | "or" | "any_of" | "anyof" | "either", false) | ("nand", _) => {
            let rules = rules(&clauses);
            let message = format!("a rule has no `{name}`; write `{rules}`");
            return Some(
                Mistake::said(Error::new(name.span(), message)).instead(Instead::Rules(rules)),
            );
        }
        ("all" | "and" | "all_of" | "allof" | "both", true) => {
            let rules = rules(&turned().collect::<Vec<_>>());
            let message = format!("a rule has no `{name}`; write `{rules}`");
            return Some(
                Mistake::said(Error::new(name.span(), message)).instead(Instead::Rules(rules)),
            );
        }
        ("all" | "and" | "all_of" | "allof" | "both", false) => {
            ("clauses are joined by commas", clauses.join(", "))
        }
        ("none" | "not" | "none_of" | "neither" | "nor", false) | ("any" | "or", true) => (
            "a clause is negated by `!`",
            turned().collect::<Vec<_>>().join(", "),
        ),
        (_, negate) => {
            let meaning = foreign::meaning(&name.to_string())?;
            if let Some(mistake) = member_of_text(call, name, meaning, negate) {
                return Some(mistake);
            }
            let mut arguments: Vec<Expr> = call.args.iter().cloned().collect();
            // The attribute may come second: `re_match("..", X)`.
            let at = arguments
                .iter()
                .position(|argument| subject(argument).is_some())?;
            let attribute = arguments.remove(at);
            let problem = match meaning {
                Meaning::Present | Meaning::Absent => format!("`{name}` is not an operator"),
                _ => format!("`{name}` is a method of the attribute here"),
            };
            return comparison(
                problem,
                name.span(),
                &attribute,
                meaning,
                &arguments,
                negate,
            );
        }
    };
    if clauses.is_empty() {
        return None;
    }
    let message = format!("{word}; write `{written}`");
    Some(Mistake::said(Error::new(name.span(), message)).instead(Instead::Clause(written)))
}

/// `re.match("..", X)`: a function of a module that Rust does not read as one.
pub(super) fn of_module(tokens: &[proc_macro2::TokenTree], negate: bool) -> Option<Mistake> {
    use proc_macro2::TokenTree;
    let [
        TokenTree::Ident(module),
        TokenTree::Punct(dot),
        TokenTree::Ident(name),
        TokenTree::Group(group),
    ] = tokens
    else {
        return None;
    };
    if dot.as_char() != '.'
        || !matches!(
            &module.to_string()[..],
            "re" | "regex" | "regexp" | "strings" | "str"
        )
    {
        return None;
    }
    let meaning = foreign::meaning(&name.to_string())?;
    let mut arguments = arguments(group.stream());
    let at = arguments
        .iter()
        .position(|argument| subject(argument).is_some())?;
    let attribute = arguments.remove(at);
    let problem = format!("`{name}` is a method of the attribute here");
    comparison(
        problem,
        name.span(),
        &attribute,
        meaning,
        &arguments,
        negate,
    )
}

/// `sem_ver(X, ">=", "2.0.0")`: the operator stands between the attribute and the value.
fn operator_as_value(call: &syn::ExprCall, name: &syn::Ident, negate: bool) -> Option<Mistake> {
    let arguments: Vec<&Expr> = call.args.iter().collect();
    let [attribute, Expr::Lit(operator), value] = arguments[..] else {
        return None;
    };
    let syn::Lit::Str(operator) = &operator.lit else {
        return None;
    };
    let meaning = foreign::meaning(&operator.value())?;
    let problem = "operators are methods here".to_owned();
    let values = std::slice::from_ref(value);
    comparison(problem, name.span(), attribute, meaning, values, negate)
}

/// `in_segment("staff")`: the segment is the type of that name.
fn member_of_text(
    call: &syn::ExprCall,
    name: &syn::Ident,
    meaning: Meaning,
    negate: bool,
) -> Option<Mistake> {
    let Meaning::Comparison {
        relation: Relation::MemberOf,
        negate: turned,
    } = meaning
    else {
        return None;
    };
    let types: Option<Vec<String>> = call.args.iter().map(type_of_key).collect();
    let types = types.filter(|types| !types.is_empty())?.join(", ");
    let not = if turned ^ negate { "!" } else { "" };
    let clause = format!("{not}member_of!({types})");
    let message = format!("a segment is referenced by `member_of!` and its type; write `{clause}`");
    Some(Mistake::said(Error::new(name.span(), message)).instead(Instead::Clause(clause)))
}

/// The type of a segment by its key: `BetaTesters` of `"beta-testers"`.
fn type_of_key(key: &Expr) -> Option<String> {
    let Expr::Lit(literal) = key else {
        return None;
    };
    let syn::Lit::Str(text) = &literal.lit else {
        return None;
    };
    let name = text
        .value()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let name = crate::case::Case::Pascal.apply(&name);
    syn::parse_str::<syn::Ident>(&name).is_ok().then_some(name)
}

/// The types of the keys between commas: `"staff", "beta-testers"`.
pub(crate) fn types_of_keys(tokens: &TokenStream) -> Option<String> {
    let keys = crate::meta::split(tokens.clone()).into_iter();
    let types: Option<Vec<String>> = keys
        .map(|key| type_of_key(&syn::parse2(key).ok()?))
        .collect();
    types
        .filter(|types| !types.is_empty())
        .map(|types| types.join(", "))
}

/// `matches!(X, A | B)`: the patterns are values.
pub(in super::super) fn macro_call(call: &syn::ExprMacro, negate: bool) -> Option<Mistake> {
    let name = call.mac.path.get_ident()?;
    if name != "matches" {
        return None;
    }
    let pieces = crate::meta::split(call.mac.tokens.clone());
    let [attribute, patterns] = &pieces[..] else {
        return None;
    };
    let attribute: Expr = syn::parse2(attribute.clone()).ok()?;
    let patterns: Expr = syn::parse2(patterns.clone()).ok()?;
    let meaning = Meaning::Comparison {
        relation: Relation::Equal,
        negate: false,
    };
    let problem = "`matches!` is not an operator".to_owned();
    comparison(
        problem,
        name.span(),
        &attribute,
        meaning,
        &[patterns],
        negate,
    )
}

/// A method that is not an operator, on an attribute or after other calls.
pub(in super::super) fn method(call: &syn::ExprMethodCall, negate: bool) -> Option<Mistake> {
    if let Some(mistake) = reversed::method(call, negate).or_else(|| of_elements(call, negate)) {
        return Some(mistake);
    }
    let name = call.method.to_string();
    let meaning = if is_method(&name) {
        let operator = Operator::of_method(&name).next()?;
        Meaning::Comparison {
            relation: Relation::of(operator),
            negate: false,
        }
    } else {
        foreign::meaning(&name)?
    };
    let operands: Vec<Expr> = call.args.iter().cloned().collect();
    let problem = if is_method(&name) {
        let inner = source(&call.receiver);
        let (_, done) = inner.rsplit_once('.')?;
        format!("LaunchDarkly compares attributes unchanged, without `.{done}`")
    } else {
        format!("`{name}` is not an operator")
    };
    comparison(
        problem,
        call.method.span(),
        &call.receiver,
        meaning,
        &operands,
        negate,
    )
}
