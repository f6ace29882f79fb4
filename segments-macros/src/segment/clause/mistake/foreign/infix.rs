//! Words and signs between an attribute and values: `X in [..]`, `X >= 3`.

use proc_macro2::{Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use segments_model::Value;
use segments_model::foreign::{self, Meaning, Relation};
use syn::{Error, Expr, Lit, UnOp};

use super::call::arguments;
use super::comparison::comparison;
use super::led::corrected;
use super::subject::{length_of_subject, subject};
use super::word::word;
use crate::meta::source;
use crate::mistake::{Instead, Mistake};

/// `User is in Staff`: membership of a segment.
fn of_segment(tokens: &[TokenTree], negate: bool) -> Option<Mistake> {
    let [
        TokenTree::Ident(context),
        words @ ..,
        TokenTree::Ident(segment),
    ] = tokens
    else {
        return None;
    };
    let is_type =
        |name: &str| name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
    if !is_type(&context.to_string()) || !is_type(&segment.to_string()) {
        return None;
    }
    let words: Option<Vec<String>> = words.iter().map(word).collect();
    let Some(Meaning::Comparison {
        relation: Relation::Equal | Relation::MemberOf,
        negate: turned,
    }) = foreign::meaning(&words?.join(" "))
    else {
        return None;
    };
    let not = if turned ^ negate { "!" } else { "" };
    let clause = format!("{not}member_of!({segment})");
    let message = format!("a segment is referenced by `member_of!`; write `{clause}`");
    Some(Mistake::said(Error::new(context.span(), message)).instead(Instead::Clause(clause)))
}

/// `X in [..]`, `X is not y`, `X >= 3`, `X.in([..])`: words and signs between an attribute and values.
pub(super) fn infix(tokens: &[TokenTree], negate: bool) -> Option<Mistake> {
    let is = |token: &TokenTree, sign: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let bangs = tokens.iter().take_while(|token| is(token, '!')).count();
    let negate = negate ^ (bangs % 2 == 1);
    let tokens = &tokens[bangs..];
    if let Some(mistake) = of_segment(tokens, negate) {
        return Some(mistake);
    }
    let length = length_of_subject(tokens);
    let (left, rest) = tokens.split_at(length);
    let left: Expr = syn::parse2(left.iter().cloned().collect()).ok()?;
    subject(&left)?;
    let first = rest.first()?;
    // `X.is = "x"`: an operator that is not called.
    if let Expr::Field(field) = &left
        && let syn::Member::Named(method) = &field.member
        && let Some(meaning) = foreign::meaning(&method.to_string())
        && is(first, '=')
    {
        let operands: Vec<Expr> = operand(&rest[1..]).into_iter().collect();
        let problem = format!("`{method}` is called with its value");
        return comparison(
            problem,
            method.span(),
            &field.base,
            meaning,
            &operands,
            negate,
        );
    }
    // `.in([..])`: a word that Rust keeps for itself.
    if let [dot, TokenTree::Ident(method), TokenTree::Group(group)] = rest
        && is(dot, '.')
    {
        let meaning = foreign::meaning(&method.to_string())?;
        let operands = arguments(group.stream());
        let problem = format!("`{method}` is not an operator");
        return comparison(problem, method.span(), &left, meaning, &operands, negate);
    }
    if let Some(mistake) = calculated(first, &left, rest) {
        return Some(mistake);
    }
    let (operator, meaning, count) = (1..=rest.len().min(6)).rev().find_map(|count| {
        let words: Option<Vec<String>> = rest[..count].iter().map(word).collect();
        let text = match words {
            Some(words) => words.join(" "),
            None => signs(&rest[..count])?,
        };
        Some((text.clone(), foreign::meaning(&text)?, count))
    })?;
    let (operator, meaning, count, negate) = negated_word(rest, operator, meaning, count, negate);
    let operands = &rest[count..];
    if let Some(mistake) = test_of_a_clause(&left, meaning, operands, first.span(), negate) {
        return Some(mistake);
    }
    let problem = if operator.starts_with(char::is_alphabetic) {
        format!("`{operator}` is not an operator")
    } else {
        "operators are methods here".to_owned()
    };
    if operands.is_empty() && matches!(meaning, Meaning::Comparison { .. }) {
        return None;
    }
    if let Meaning::Between = meaning {
        return between(problem, first.span(), &operator, &left, operands, negate);
    }
    if let Some(later) = operands.iter().find(|token| is_later(token)) {
        let problem = format!("`{later}` is not known at compile time");
        let moment: Expr = syn::parse_quote!("2024-05-03T00:00:00Z");
        return comparison(problem, later.span(), &left, meaning, &[moment], negate);
    }
    let operands: Vec<Expr> = operand(operands).into_iter().collect();
    // `X is null`, `X == None`.
    let nothing = match &operands[..] {
        [Expr::Path(path)] => path.path.get_ident().is_some_and(|name| {
            matches!(
                &name.to_string().to_lowercase()[..],
                "null" | "none" | "nil" | "undefined"
            )
        }),
        _ => false,
    };
    let meaning = match meaning {
        Meaning::Comparison { negate, .. } if nothing => {
            if negate {
                Meaning::Present
            } else {
                Meaning::Absent
            }
        }
        // `LIKE '%x'` has a sign for whatever stands there.
        Meaning::Comparison {
            relation: Relation::Contains,
            negate: turned,
        } if operator.ends_with("like") => {
            return like(problem, first.span(), &left, &operands, negate ^ turned);
        }
        Meaning::IgnoringCase(Relation::Equal) if operator.ends_with("like") => {
            let (relation, plain) = wildcards(&operands)?;
            let meaning = Meaning::IgnoringCase(relation);
            return comparison(problem, first.span(), &left, meaning, &[plain], negate);
        }
        meaning => meaning,
    };
    comparison(problem, first.span(), &left, meaning, &operands, negate)
}

/// `between 18 and 65`, `between(18, 65)`, `in range(18, 65)`.
fn between(
    problem: String,
    at: Span,
    operator: &str,
    left: &Expr,
    operands: &[TokenTree],
    negate: bool,
) -> Option<Mistake> {
    let [from, to] = match operands {
        [TokenTree::Group(group)] => arguments(group.stream()).try_into().ok()?,
        _ => {
            let is_and = |token: &TokenTree| word(token).as_deref() == Some("and");
            let and = operands.iter().position(is_and)?;
            [operand(&operands[..and])?, operand(&operands[and + 1..])?]
        }
    };
    // The end of a range is not in it.
    if operator.ends_with("range") {
        let meaning = Meaning::Comparison {
            relation: Relation::Equal,
            negate: false,
        };
        let range: Expr = syn::parse_quote!(#from..#to);
        return comparison(problem, at, left, meaning, &[range], negate);
    }
    comparison(problem, at, left, Meaning::Between, &[from, to], negate)
}

/// `not between`: a word with `not` in front that is not in the table as a whole.
fn negated_word(
    rest: &[TokenTree],
    operator: String,
    meaning: Meaning,
    count: usize,
    negate: bool,
) -> (String, Meaning, usize, bool) {
    let is_not = matches!(&operator[..], "not" | "is not");
    let next = rest.get(count).and_then(word).filter(|_| is_not);
    match next.as_deref().and_then(foreign::meaning) {
        Some(meaning) => {
            let operator = format!("{operator} {}", next.unwrap_or_default());
            (operator, meaning, count + 1, !negate)
        }
        None => (operator, meaning, count, negate),
    }
}

/// `X.contains("a") == true`, `X.indexOf("a") !== -1`: a comparison is a clause already.
fn test_of_a_clause(
    left: &Expr,
    meaning: Meaning,
    operands: &[TokenTree],
    at: Span,
    negate: bool,
) -> Option<Mistake> {
    let Expr::MethodCall(call) = left else {
        return None;
    };
    if call.args.is_empty()
        || !matches!(
            foreign::meaning(&call.method.to_string())?,
            Meaning::Comparison { .. }
        )
    {
        return None;
    }
    let Meaning::Comparison {
        relation,
        negate: turned,
    } = meaning
    else {
        return None;
    };
    let text: String = operands.iter().map(ToString::to_string).collect();
    let holds = match (relation, &text.to_lowercase()[..]) {
        (Relation::Equal, "true")
        | (Relation::Greater, "-1")
        | (Relation::AtLeast | Relation::Greater, "0") => true,
        (Relation::Equal, "false" | "-1" | "null" | "none") | (Relation::Less, "0") => false,
        _ => return None,
    };
    let clause = corrected(&left.to_token_stream(), negate ^ turned ^ !holds);
    let message = format!("a comparison is a clause by itself; write `{clause}`");
    Some(Mistake::said(Error::new(at, message)).instead(Instead::Clause(clause)))
}

/// A function of the moment in which the program runs.
fn is_later(token: &TokenTree) -> bool {
    word(token).is_some_and(|word| {
        matches!(
            &word[..],
            "now" | "current_timestamp" | "current_date" | "getdate" | "sysdate" | "today"
        )
    })
}

/// `X % 10 == 0`, `X + 1 > 30`: LaunchDarkly does not calculate.
fn calculated(sign: &TokenTree, left: &Expr, rest: &[TokenTree]) -> Option<Mistake> {
    let TokenTree::Punct(punct) = sign else {
        return None;
    };
    let name = source(left);
    let message = match (punct.as_char(), rest.get(1)) {
        ('%', Some(TokenTree::Literal(_))) => format!(
            "LaunchDarkly does not calculate; write `percent = 10` in the rule for a share of its contexts, or compare `{name}` itself"
        ),
        (sign @ ('+' | '-' | '*' | '/'), Some(TokenTree::Literal(_) | TokenTree::Ident(_))) => {
            format!(
                "LaunchDarkly does not calculate with `{sign}`; write the result on the right, as in `{name}.gt(30)`"
            )
        }
        _ => return None,
    };
    Some(Mistake::said(Error::new(sign.span(), message)))
}

/// `X?.city`: what is inside an object that may be absent is reached by a dot alone.
pub(super) fn optional_chaining(tokens: &[TokenTree], negate: bool) -> Option<Mistake> {
    let is_mark =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '?');
    let at = tokens.iter().position(is_mark)?;
    let mark = &tokens[at];
    if let Some(mistake) = conditional(tokens, at, negate) {
        return Some(mistake);
    }
    // `X ?? false`: what is left out is no match.
    let tokens = &match tokens.get(at + 1) {
        Some(second) if is_mark(second) => [&tokens[..at], tokens.get(at + 3..)?].concat(),
        _ => tokens.to_vec(),
    };
    let without = tokens.iter().filter(|token| !is_mark(token)).cloned();
    let clause = corrected(&without.collect(), negate);
    let message = format!("an attribute may be absent without a `?`; write `{clause}`");
    Some(Mistake::said(Error::new(mark.span(), message)).instead(Instead::Clause(clause)))
}

/// `X ? true : false`: the condition is the clause.
fn conditional(tokens: &[TokenTree], mark: usize, negate: bool) -> Option<Mistake> {
    let [then, TokenTree::Punct(colon), _] = &tokens[mark + 1..] else {
        return None;
    };
    let holds = match &then.to_string()[..] {
        "true" => true,
        "false" => false,
        _ => return None,
    };
    if colon.as_char() != ':' {
        return None;
    }
    let clause = corrected(&tokens[..mark].iter().cloned().collect(), negate ^ !holds);
    let message = format!("a comparison is a clause by itself; write `{clause}`");
    Some(Mistake::said(Error::new(tokens[mark].span(), message)).instead(Instead::Clause(clause)))
}

/// The relation that a `LIKE` pattern of SQL expresses, and its text.
fn wildcards(operands: &[Expr]) -> Option<(Relation, Expr)> {
    let [Expr::Lit(literal)] = operands else {
        return None;
    };
    let Lit::Str(text) = &literal.lit else {
        return None;
    };
    let text = text.value();
    let (relation, plain) = foreign::like(&text);
    let plain = Value::from(plain.to_owned()).to_string();
    Some((relation, syn::parse_str(&plain).ok()?))
}

/// SQL's `LIKE`.
fn like(
    problem: String,
    at: Span,
    left: &Expr,
    operands: &[Expr],
    negate: bool,
) -> Option<Mistake> {
    let (relation, plain) = wildcards(operands)?;
    let meaning = Meaning::Comparison {
        relation,
        negate: false,
    };
    comparison(problem, at, left, meaning, &[plain], negate)
}

/// Signs that stand together, such as `>=`.
pub(super) fn signs(tokens: &[TokenTree]) -> Option<String> {
    let mut text = String::new();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Punct(sign) = token else {
            return None;
        };
        if index + 1 < tokens.len() && sign.spacing() != Spacing::Joint {
            return None;
        }
        text.push(sign.as_char());
    }
    Some(text)
}

/// The operand after an operator: an expression, or an attempt at one, like `2.0.0`.
pub(super) fn operand(tokens: &[TokenTree]) -> Option<Expr> {
    let stream: TokenStream = tokens.iter().cloned().collect();
    if let Ok(expression) = syn::parse2::<Expr>(stream.clone()) {
        let plain = match &expression {
            Expr::Field(_) | Expr::Binary(_) => false,
            Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)),
            _ => true,
        };
        if plain {
            return Some(expression);
        }
    }
    // `new Date("2024-05-03")`, `DATE "2024-05-03"`.
    if let [TokenTree::Ident(_), rest @ ..] = tokens
        && matches!(
            &word(&tokens[0])?[..],
            "new" | "date" | "timestamp" | "datetime"
        )
        && !rest.is_empty()
        && !matches!(rest, [TokenTree::Group(_)])
    {
        return operand(rest);
    }
    // A version or a date without quotes.
    let text: String = source(&stream).replace(' ', "");
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return syn::parse_str(&Value::from(text).to_string()).ok();
    }
    syn::parse2(stream).ok()
}
