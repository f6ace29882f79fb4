//! What was probably meant by something that is no clause.
//!
//! Types are rustc's business. What is found here is found by the shape alone, and the rule it
//! stands in is not printed, so that rustc does not speak of the same thing.

use proc_macro2::{TokenStream, TokenTree};
use segments_model::{AttributeType, InvalidNumber, Number, OPERATORS, Operator, did_you_mean};
use syn::spanned::Spanned;
use syn::{BinOp, Error, Expr, ExprMethodCall, Lit, Member, Path};

use super::context;
use crate::case::Case;
use crate::meta::{self, source};

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
                "`!` stands in front of the attribute; write `!User::EMAIL.is(...)`",
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
                    "`{}` is compared with nothing; write an operator, such as `.is(...)`",
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
            "clauses are joined by commas alone; remove the parentheses, and write a segment of its own and `!member_of!(...)` to turn several around"
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
            format!("a clause is not code, because LaunchDarkly has to decide it as well; write one such as {EXAMPLE}"),
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
        (Some("member_of"), _) => {
            format!("`member_of` is a macro; write `member_of!({arguments})`")
        }
        (Some("contains" | "membership" | "explain"), 2) => format!(
            "another segment is asked by its type; write `member_of!({})`",
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

/// An attribute as nobody names it.
pub(super) fn attribute(expression: &Expr) -> syn::Result<()> {
    let path = match expression {
        Expr::Field(field) => return attribute(&field.base),
        Expr::Paren(paren) => return attribute(&paren.expr),
        Expr::Path(path) => &path.path,
        _ => return Ok(()),
    };
    let names: Vec<String> = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    match &names[..] {
        [.., owner, object, field]
            if owner.starts_with(char::is_uppercase)
                && object.len() > 1
                && is_upper_case(object) =>
        {
            let right = format!("{}.{}", before_last(path), field.to_lowercase());
            Err(Error::new_spanned(
                path.segments.last(),
                format!("attributes inside an object are reached by `.`; write `{right}`"),
            ))
        }
        [.., name]
            if name.starts_with(char::is_lowercase) && name.chars().all(|c| !c.is_uppercase()) =>
        {
            let upper = name.trim_start_matches("r#").to_uppercase();
            Err(Error::new_spanned(
                path.segments.last(),
                format!(
                    "attributes are constants in upper case; write `{}::{upper}`",
                    before_last(path)
                ),
            ))
        }
        _ => Ok(()),
    }
}

fn before_last(path: &Path) -> String {
    let mut path = path.clone();
    path.segments.pop();
    path.segments.pop_punct();
    source(&path)
}

fn is_upper_case(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}

/// All methods that make a clause.
fn methods() -> impl Iterator<Item = &'static str> {
    OPERATORS
        .iter()
        .flat_map(|row| row.methods)
        .copied()
        .filter(|method| !method.ends_with('!'))
}

fn is_method(name: &str) -> bool {
    methods().any(|method| method == name)
}

/// Other words for the operators, in the order of likeliness.
const SYNONYMS: &[(&str, &[&str])] = &[
    (
        "is",
        &[
            "eq",
            "equals",
            "equal",
            "equal_to",
            "is_equal",
            "is_equal_to",
        ],
    ),
    (
        "is_any_of",
        &[
            "in",
            "is_in",
            "one_of",
            "is_one_of",
            "any",
            "any_of",
            "within",
        ],
    ),
    ("lt", &["less_than", "less", "below", "under"]),
    (
        "le",
        &[
            "lte",
            "at_most",
            "less_or_equal",
            "less_than_or_equal",
            "max",
        ],
    ),
    (
        "gt",
        &["greater_than", "greater", "more_than", "above", "over"],
    ),
    (
        "ge",
        &[
            "gte",
            "at_least",
            "greater_or_equal",
            "greater_than_or_equal",
            "min",
        ],
    ),
    ("before", &["earlier", "earlier_than", "until"]),
    ("after", &["later", "later_than", "since"]),
    ("contains", &["includes", "has", "like"]),
    ("starts_with", &["begins_with", "prefix", "has_prefix"]),
    ("ends_with", &["suffix", "has_suffix"]),
    ("matches", &["regex", "is_match", "matches_regex"]),
];

/// A method that is no operator. One that only looks misspelt is left to rustc, whose suggestion
/// editors offer as a fix.
pub(super) fn method(call: &ExprMethodCall) -> syn::Result<()> {
    let name = call.method.to_string();
    if is_method(&name) {
        return Ok(());
    }
    let attribute = source(&call.receiver);
    let arguments = call.args.iter().map(source).collect::<Vec<_>>().join(", ");
    let negation = [
        "is_not",
        "not",
        "ne",
        "neq",
        "not_eq",
        "not_equal",
        "not_equals",
    ];
    let message = if negation.contains(&&name[..]) {
        format!("`{name}` is not an operator; write `!{attribute}.is({arguments})`")
    } else if let Some((method, _)) = SYNONYMS
        .iter()
        .find(|(_, synonyms)| synonyms.contains(&&name[..]))
    {
        format!("`{name}` is not an operator; write `{attribute}.{method}({arguments})`")
    } else if did_you_mean(&name, methods()).is_some() {
        return Ok(());
    } else {
        let mut known: Vec<String> = Vec::new();
        for method in methods() {
            let method = format!("`{method}`");
            if !known.contains(&method) {
                known.push(method);
            }
        }
        format!(
            "`{name}` is not an operator; there are {}",
            known.join(", ")
        )
    };
    Err(Error::new_spanned(&call.method, message))
}

/// Values that no operator takes.
pub(super) fn values(call: &ExprMethodCall) -> syn::Result<()> {
    let method = call.method.to_string();
    let all = || call.args.iter().map(source).collect::<Vec<_>>().join(", ");
    let several = if method == "is" { "is_any_of" } else { &method };
    let Some(first) = call.args.first() else {
        return Ok(());
    };
    if let Some(second) = call.args.get(1) {
        return Err(Error::new_spanned(
            second,
            format!(
                "several values stand in brackets; write `.{several}([{}])`",
                all()
            ),
        ));
    }
    let literal = |expression: &Expr| matches!(expression, Expr::Lit(_));
    match first {
        Expr::Lit(_) if method == "is_any_of" => Err(Error::new_spanned(
            first,
            format!(
                "`is_any_of` takes a list; write `.is_any_of([{}])`, or `.is({})`",
                all(),
                all()
            ),
        )),
        Expr::Array(_) if method == "is" => Err(Error::new_spanned(
            first,
            format!("`is` takes one value; write `.is_any_of({})`", all()),
        )),
        Expr::Reference(reference) if matches!(&*reference.expr, Expr::Array(_)) => {
            Err(Error::new_spanned(
                first,
                format!(
                    "the list is not a reference; write `.{several}({})`",
                    source(&reference.expr)
                ),
            ))
        }
        Expr::Macro(list) if list.mac.path.is_ident("vec") => Err(Error::new_spanned(
            first,
            format!(
                "the list is an array, which allocates nothing; write `.{several}([{}])`",
                source(&list.mac.tokens)
            ),
        )),
        Expr::Binary(minus)
            if compares_dates(&method)
                && matches!(&*minus.left, Expr::Binary(inner) if literal(&inner.left) && literal(&inner.right))
                && literal(&minus.right) =>
        {
            Err(Error::new_spanned(
                first,
                format!(
                    "this is a subtraction; a date is a text, as in `.{method}(\"2024-05-03T00:00:00Z\")`"
                ),
            ))
        }
        value => numbers(value),
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
