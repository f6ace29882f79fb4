//! Reads the arguments and the item. Each argument is read on its own: a broken one is an error and
//! left out, its neighbours stay.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use segments_model::{Code, Severity, or_list};
use syn::ext::IdentExt;
use syn::{Expr, ItemStruct, LitStr, Path};

use super::clause::{self, Clause, Meaning};
use super::environment::{self, Block, InEnvironment};
use super::keys::{self, Key};
use crate::case::{Case, words};
use crate::errors::Errors;
use crate::meta::{self, Argument, ArgumentValue, argument, bracketed, documentation, split};
use crate::runtime_path::RuntimePath;
use crate::warnings::lint_name;

/// What the user wrote, as far as it could be read.
#[derive(Clone, Default)]
pub(crate) struct Written {
    /// The struct; `None` if it is none that can be a segment.
    pub(crate) item: Option<ItemStruct>,
    pub(crate) runtime: RuntimePath,
    pub(crate) key: Option<Text>,
    pub(crate) name: Option<Text>,
    pub(crate) description: Option<String>,
    pub(crate) tags: Option<Vec<LitStr>>,
    pub(crate) included: Option<Targets>,
    pub(crate) excluded: Option<Targets>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) nobody: Option<Span>,
    pub(crate) big: Option<Big>,
    pub(crate) examples: Vec<Example>,
    pub(crate) allowed: Vec<Code>,
    /// What it is in single environments, as read and as resolved.
    pub(crate) blocks: Vec<Block>,
    pub(crate) environments: Vec<InEnvironment>,
    /// Whether an argument could not be read at all, so that something the checks would miss may
    /// have been meant.
    pub(crate) incomplete: bool,
}

/// A text and the place where it, or what it was made from, stands.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// Contexts listed one by one.
#[derive(Clone)]
pub(crate) struct Targets {
    pub(crate) at_least: bool,
    pub(crate) lists: Vec<List>,
}

/// Contexts of one kind.
#[derive(Clone)]
pub(crate) struct List {
    pub(crate) context: Path,
    pub(crate) keys: Vec<LitStr>,
}

/// A rule.
#[derive(Clone)]
pub(crate) struct Rule {
    pub(crate) span: Span,
    pub(crate) description: Option<LitStr>,
    pub(crate) percent: Option<(f64, Span)>,
    pub(crate) by: Option<By>,
    pub(crate) everyone: Option<Span>,
    pub(crate) clauses: Vec<Clause>,
    /// Whether a part of it could not be read; then it is checked but not printed.
    pub(crate) broken: bool,
}

/// What decides the buckets of a percentage rule.
#[derive(Clone)]
pub(crate) struct By {
    pub(crate) attribute: Expr,
    pub(crate) context: Path,
    pub(crate) span: Span,
}

/// A big segment.
#[derive(Clone)]
pub(crate) struct Big {
    pub(crate) span: Span,
    pub(crate) of: Option<Path>,
}

/// A context that is, or is not, in the segment.
#[derive(Clone)]
pub(crate) struct Example {
    pub(crate) member: bool,
    pub(crate) contexts: Vec<Expr>,
    pub(crate) span: Span,
}

/// Reads everything.
pub(super) fn parse(tokens: TokenStream, item: &TokenStream, errors: &mut Errors) -> Written {
    let mut written = Written {
        item: self::item(item, errors),
        ..Written::default()
    };
    let of = arguments(split(tokens), false, &mut written, errors);
    match (&mut written.big, of) {
        (Some(big), of) => big.of = of.map(|(_, path)| path),
        (None, Some((span, _))) => errors.at(
            span,
            "`of` says whom a big segment lists; write `big` beside it, or remove it",
        ),
        (None, None) => {}
    }
    if let Some(Big { span, of: None }) = written.big {
        errors.at(
            span,
            "a big segment lists contexts of one kind; write which, as in `big, of = User`",
        );
    }
    defaults(&mut written);
    environment::resolve(&mut written, errors);
    written
}

/// Reads arguments, those of the whole segment or those of one environment. Says whom a big segment
/// lists.
pub(super) fn arguments(
    pieces: Vec<TokenStream>,
    in_environment: bool,
    written: &mut Written,
    errors: &mut Errors,
) -> Option<(Span, Path)> {
    let mut seen: Vec<String> = Vec::new();
    let mut of: Option<(Span, Path)> = None;
    let known = || {
        let keys = keys::SEGMENT.iter();
        keys.filter(|key| !in_environment || keys::IN_ENVIRONMENT.contains(&key.name))
    };
    let owner = if in_environment {
        "environment"
    } else {
        "segment"
    };
    for piece in pieces {
        let Some(argument) = argument(&piece) else {
            written.incomplete = true;
            errors.on(
                &piece,
                format!(
                    "this is not an argument of `{owner}`; write one such as `{}`",
                    known().next().map_or_else(|| "", |key| key.form)
                ),
            );
            continue;
        };
        let name = argument.name.unraw().to_string();
        let Some(key) = known().find(|key| key.name == name) else {
            written.incomplete = true;
            let message = format!(
                "`{name}` is not a key of `{owner}`{}",
                or_list(&name, known().map(|key| key.name))
            );
            errors.at(argument.name.span(), message);
            continue;
        };
        let repeats = matches!(
            key.name,
            "rule" | "environment" | "member" | "not_member" | "allow"
        );
        if !repeats && seen.contains(&name) {
            errors.at(
                argument.name.span(),
                format!("`{name}` is written twice; write it once"),
            );
            continue;
        }
        seen.push(name);
        let before = errors.len();
        read(key, &argument, written, &mut of, errors);
        written.incomplete |= errors.len() > before;
    }
    of
}

fn item(tokens: &TokenStream, errors: &mut Errors) -> Option<ItemStruct> {
    let Ok(item) = syn::parse2::<ItemStruct>(tokens.clone()) else {
        errors.at(
            keyword(tokens),
            "`#[segment]` stands on a unit struct; write `pub struct BetaTesters;`",
        );
        return None;
    };
    if let Some(parameter) = item.generics.params.first() {
        errors.on(
            parameter,
            "a segment has no generic parameters; write a struct for each audience",
        );
        return None;
    }
    if !matches!(item.fields, syn::Fields::Unit) {
        errors.on(
            &item.ident,
            format!("a segment has no fields; write `struct {};`", item.ident),
        );
        return None;
    }
    Some(item)
}

/// The word that says what an item is: the first after its attributes and its visibility.
pub(crate) fn keyword(item: &TokenStream) -> Span {
    let word = item.clone().into_iter().find(|token| match token {
        TokenTree::Ident(word) => word != "pub",
        _ => false,
    });
    word.map_or_else(Span::call_site, |word| word.span())
}

fn read(
    key: &Key,
    argument: &Argument,
    written: &mut Written,
    of: &mut Option<(Span, Path)>,
    errors: &mut Errors,
) {
    let text = |errors: &mut Errors| {
        let example = key
            .form
            .split_once("= ")
            .map_or(key.form, |(_, example)| example);
        argument.text(example, errors).map(|literal| Text {
            text: literal.value(),
            span: literal.span(),
        })
    };
    let span = argument.name.span();
    match key.name {
        "key" => written.key = text(errors),
        "name" => written.name = text(errors),
        "description" => written.description = text(errors).map(|text| text.text),
        "tags" => {
            if let Some(tokens) = argument.value::<TokenStream>("[\"beta\"]", errors) {
                written.tags = bracketed(tokens, key.form, errors);
            }
        }
        "include" => {
            written.included = list(key, argument, errors).map(|list| targets(list, key, errors));
        }
        "exclude" => {
            written.excluded = list(key, argument, errors).map(|list| targets(list, key, errors));
        }
        "rule" => {
            if let Some(list) = list(key, argument, errors) {
                written.rules.push(rule(span, list, errors));
            }
        }
        "environment" => written.blocks.extend(
            list(key, argument, errors).and_then(|list| environment::block(span, list, errors)),
        ),
        "nobody" => written.nobody = list(key, argument, errors).map(|_| span),
        "big" => {
            if argument.word(errors) {
                written.big = Some(Big { span, of: None });
            }
        }
        "of" => *of = argument.value("User", errors).map(|path| (span, path)),
        "member" | "not_member" => {
            if let Some(example) =
                list(key, argument, errors).and_then(|list| errors.take(meta::parse::<Expr>(list)))
            {
                let contexts = match example {
                    Expr::Tuple(tuple) => tuple.elems.into_iter().collect(),
                    one => vec![one],
                };
                written.examples.push(Example {
                    member: key.name == "member",
                    contexts,
                    span,
                });
            }
        }
        "allow" => written.allowed.extend(
            list(key, argument, errors)
                .map(|list| allowed(list, errors))
                .unwrap_or_default(),
        ),
        "crate" => {
            let path = argument.value("::path::to::segments_runtime", errors);
            written.runtime = path
                .and_then(|path| errors.take(RuntimePath::parse(path)))
                .unwrap_or_default();
        }
        other => unreachable!("`{other}` is in the table of keys"),
    }
}

/// What stands in the parentheses of a key.
pub(crate) fn list(key: &Key, argument: &Argument, errors: &mut Errors) -> Option<TokenStream> {
    match &argument.value {
        ArgumentValue::List(tokens) => Some(tokens.clone()),
        ArgumentValue::Word | ArgumentValue::Equals(_) => {
            errors.at(
                argument.name.span(),
                format!("`{}` needs parentheses; write `{}`", key.name, key.form),
            );
            None
        }
    }
}

pub(crate) fn targets(tokens: TokenStream, key: &Key, errors: &mut Errors) -> Targets {
    let mut targets = Targets {
        at_least: false,
        lists: Vec::new(),
    };
    for piece in split(tokens) {
        if piece.to_string() == "at_least" {
            targets.at_least = true;
        } else if let Some(list) = target_list(&piece, key, errors) {
            targets.lists.push(list);
        } else {
            // What follows is most likely the same mistake again.
            break;
        }
    }
    targets
}

fn target_list(piece: &TokenStream, key: &Key, errors: &mut Errors) -> Option<List> {
    let mut context = TokenStream::new();
    let mut tokens = piece.clone().into_iter();
    let found = tokens.by_ref().any(|token| {
        let equals =
            matches!(&token, proc_macro2::TokenTree::Punct(punct) if punct.as_char() == '=');
        if !equals {
            context.extend([token]);
        }
        equals
    });
    let (Ok(context), true) = (syn::parse2::<Path>(context), found) else {
        errors.on(
            piece,
            format!(
                "`{}` lists keys by the type of their context; write `{}`",
                key.name, key.form
            ),
        );
        return None;
    };
    let keys: TokenStream = tokens.collect();
    if keys.is_empty() {
        errors.on(&context, format!("there are no keys; write `{}`", key.form));
        return None;
    }
    Some(List {
        context,
        keys: bracketed(keys, key.form, errors)?,
    })
}

pub(crate) fn rule(span: Span, tokens: TokenStream, errors: &mut Errors) -> Rule {
    let mut rule = Rule {
        span,
        description: None,
        percent: None,
        by: None,
        everyone: None,
        clauses: Vec::new(),
        broken: false,
    };
    let before = errors.len();
    for piece in split(tokens) {
        match argument(&piece) {
            Some(argument) if keys::names(keys::RULE).any(|name| argument.name == name) => {
                rule_argument(&argument, &mut rule, errors);
            }
            // `description = "..."` misspelt; a clause never has a lone `=`.
            Some(Argument {
                name,
                value: ArgumentValue::Equals(_),
            }) => {
                let text = name.to_string();
                errors.at(
                    name.span(),
                    format!(
                        "`{text}` is not a key of `rule`{}",
                        or_list(&text, keys::names(keys::RULE))
                    ),
                );
            }
            _ => match clause::parse(piece) {
                Ok(clause) => rule.clauses.push(clause),
                Err(error) => errors.push(error),
            },
        }
    }
    if let (Some((_, span)), None) = (rule.percent, &rule.by)
        && !rule
            .clauses
            .iter()
            .any(|clause| matches!(clause.meaning, Meaning::Comparison { .. }))
        && errors.len() == before
    {
        errors.at(span, "this rule looks at no context whose key could be split; write which, as in `by = User::ID`");
    }
    rule.broken = errors.len() > before;
    rule
}

fn rule_argument(argument: &Argument, rule: &mut Rule, errors: &mut Errors) {
    let span = argument.name.span();
    if argument.name == "description" {
        rule.description = argument.text("\"staff\"", errors);
    } else if argument.name == "percent" {
        let literal: Option<syn::Lit> = argument.value("25", errors);
        rule.percent = literal.and_then(|literal| {
            let number = match &literal {
                syn::Lit::Int(number) => number.base10_parse().ok(),
                syn::Lit::Float(number) => number.base10_parse().ok(),
                _ => None,
            };
            if number.is_none() {
                errors.on(
                    &literal,
                    "a share is a number from 0 to 100; write `percent = 25`",
                );
            }
            number.map(|number: f64| (number, literal.span()))
        });
    } else if argument.name == "by" {
        let Some(attribute) = argument.value::<Expr>("User::ID", errors) else {
            return;
        };
        match clause::context(&attribute) {
            Some(context) => {
                rule.by = Some(By {
                    attribute,
                    context,
                    span,
                });
            }
            None => errors.on(
                &attribute,
                "contexts are split by one of their attributes; write `by = User::ID`",
            ),
        }
    } else {
        match &argument.value {
            ArgumentValue::List(tokens) if tokens.is_empty() => rule.everyone = Some(span),
            _ => errors.at(span, "`everyone` takes nothing; write `everyone()`"),
        }
    }
}

pub(crate) fn allowed(tokens: TokenStream, errors: &mut Errors) -> Vec<Code> {
    let warnings = || {
        Code::ALL
            .iter()
            .copied()
            .filter(|code| code.severity() == Severity::Warning)
    };
    let mut allowed = Vec::new();
    for piece in split(tokens) {
        let Some(name) = errors.take(meta::parse::<Ident>(piece)) else {
            continue;
        };
        match warnings().find(|code| name == lint_name(*code)) {
            Some(code) => allowed.push(code),
            None => {
                let names: Vec<String> = warnings().map(lint_name).collect();
                let text = name.to_string();
                errors.at(
                    name.span(),
                    format!(
                        "`{text}` is not a warning{}",
                        or_list(&text, names.iter().map(String::as_str))
                    ),
                );
            }
        }
    }
    allowed
}

/// What follows from the item where the arguments say nothing.
fn defaults(written: &mut Written) {
    let Some(item) = &written.item else { return };
    let ident = item.ident.unraw().to_string();
    let span = item.ident.span();
    written.key.get_or_insert_with(|| Text {
        text: Case::Kebab.apply(&ident),
        span,
    });
    written.name.get_or_insert_with(|| {
        let mut name = words(&ident).join(" ");
        if let Some(first) = name.get(..1) {
            let first = first.to_uppercase();
            name.replace_range(..1, &first);
        }
        Text { text: name, span }
    });
    if written.description.is_none() {
        // The first paragraph says what the segment is for; the rest is for readers of the code.
        let paragraph: Vec<String> = documentation(&item.attrs)
            .into_iter()
            .skip_while(String::is_empty)
            .take_while(|line| !line.is_empty())
            .collect();
        written.description = (!paragraph.is_empty()).then(|| paragraph.join(" "));
    }
}
