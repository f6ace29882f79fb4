//! Lists of contexts: the arguments of `include(...)` and `exclude(...)`.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use segments_model::draft::{DraftKind, DraftList, DraftTargets};
use segments_model::source::Source;
use segments_model::{Expiry, InvalidExpiry, Side, foreign};
use syn::{LitStr, Path};

use crate::errors::Errors;
use crate::key::Key;
use crate::meta::{bracketed, path, source, split};
use crate::segment::expand::first_span;
use crate::segment::written::Written;

const UNTIL: &str = "until";

/// Contexts that have an expiry in common, if they have one.
pub(crate) struct Group {
    at_least: bool,
    pub(crate) lists: Vec<List>,
    pub(crate) until: Option<LitStr>,
}

/// Contexts of one kind.
pub(crate) struct List {
    pub(crate) context: Path,
    pub(crate) keys: Vec<LitStr>,
}

/// Reads the lists of one key, which may be written several times: once for each expiry.
pub(super) fn targets(
    span: Span,
    tokens: TokenStream,
    key: &Key,
    side: Side,
    written: &mut Written,
    errors: &mut Errors,
) {
    let Group {
        at_least,
        lists,
        until,
    } = group(tokens, key, errors);
    let Source { draft, places, .. } = &mut written.source;
    let (targets, contexts) = match side {
        Side::Included => (&mut draft.included, &mut written.included),
        Side::Excluded => (&mut draft.excluded, &mut written.excluded),
    };
    let targets = targets.get_or_insert_with(|| DraftTargets {
        at_least,
        lists: Vec::new(),
    });
    if targets.at_least != at_least {
        let name = key.name;
        errors.at(
            span,
            format!(
                "`at_least` holds for the whole list; write it in front of each `{name}(...)`, or of none"
            ),
        );
    }
    for List { context, keys } in lists {
        let list = targets.lists.len();
        places.add(side.at(list, None), first_span(&context));
        for (at, key) in keys.iter().enumerate() {
            places.add(side.at(list, Some(at)), key.span());
        }
        if let Some(until) = &until {
            places.add(side.until(list), until.span());
        }
        targets.lists.push(DraftList {
            kind: DraftKind::Path(path(&context)),
            keys: keys.iter().map(LitStr::value).collect(),
            until: until.as_ref().map(LitStr::value),
        });
        contexts.push(context);
    }
}

/// Reads contexts that have an expiry in common, if they have one.
pub(crate) fn group(tokens: TokenStream, key: &Key, errors: &mut Errors) -> Group {
    let mut group = Group {
        at_least: false,
        lists: Vec::new(),
        until: None,
    };
    for piece in split(tokens) {
        if piece.to_string() == "at_least" {
            group.at_least = true;
        } else if let Some(until) = Until::read(&piece) {
            if let Some(problem) = until.problem {
                errors.at(until.word.span(), problem);
            }
            match until.date {
                Some(date) if group.until.is_none() => group.until = Some(date),
                Some(date) => errors.at(
                    date.span(),
                    format!(
                        "the contexts here have one expiry; write another `{}(...)` for those with another one",
                        key.name
                    ),
                ),
                None => {}
            }
        } else if let Some(list) = list(&piece, key, errors) {
            group.lists.push(list);
        } else {
            // What follows is most likely the same mistake again.
            break;
        }
    }
    if let (Some(text), true) = (&group.until, group.lists.is_empty()) {
        errors.at(
            text.span(),
            format!(
                "`until` is the expiry of the contexts beside it, and there are none; write `{}, until = {:?}`",
                key.form.trim_end_matches(')').trim_start_matches(key.name).trim_start_matches('('),
                text.value()
            ),
        );
    }
    group
}

/// `until = "2027-01-31"`, or what somebody wrote in its place.
struct Until {
    word: Ident,
    date: Option<LitStr>,
    /// What is wrong with it, but for the date.
    problem: Option<String>,
}

impl Until {
    /// `None` if it is no expiry.
    fn read(piece: &TokenStream) -> Option<Self> {
        let mut tokens = piece.clone().into_iter();
        let Some(TokenTree::Ident(word)) = tokens.next() else {
            return None;
        };
        let name = word.to_string();
        let is_equals =
            matches!(tokens.next(), Some(TokenTree::Punct(sign)) if sign.as_char() == '=');
        let value: TokenStream = tokens.collect();
        // A type begins with a capital, and has a list of keys.
        let is_list = matches!(
            value.clone().into_iter().next(),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket
        );
        let is_another = !is_list
            && name.starts_with(|first: char| first.is_lowercase())
            && (foreign::is_expiry(&name) || foreign::is_beginning(&name));
        if name != UNTIL && !is_another {
            return None;
        }
        let date = syn::parse2::<LitStr>(value.clone())
            .ok()
            .filter(|_| is_equals);
        let written = date.as_ref().map_or_else(|| date_of(&value), LitStr::value);
        let problem = if foreign::is_beginning(&name) {
            Some(format!(
                "`{name}` is not an argument of a list: contexts are listed as soon as this is applied; remove `{name}`"
            ))
        } else if name != UNTIL {
            Some(format!(
                "`{name}` is not an argument of a list; write `{UNTIL} = {written:?}`"
            ))
        } else if date.is_none() {
            Some(format!(
                "`{UNTIL}` is a date in quotes; write `{UNTIL} = {written:?}`"
            ))
        } else {
            None
        };
        let date = date.filter(|_| !foreign::is_beginning(&name));
        Some(Self {
            word,
            date,
            problem,
        })
    }
}

/// The date that a value without quotes says, or one as an example.
fn date_of(value: &TokenStream) -> String {
    let said: String = source(value).split_whitespace().collect();
    let number = said
        .replace('_', "")
        .parse()
        .ok()
        .and_then(Expiry::from_number);
    let expiry = number.or_else(|| match Expiry::parse(&said) {
        Ok(expiry) => Some(expiry),
        Err(InvalidExpiry::Form { meant, .. }) => Some(meant),
        Err(_) => None,
    });
    expiry.map_or_else(|| "2027-01-31".to_owned(), |expiry| expiry.to_string())
}

fn list(piece: &TokenStream, key: &Key, errors: &mut Errors) -> Option<List> {
    let mut context = TokenStream::new();
    let mut tokens = piece.clone().into_iter();
    let found = tokens.by_ref().any(|token| {
        let equals = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '=');
        if !equals {
            context.extend([token]);
        }
        equals
    });
    let (Ok(context), true) = (syn::parse2::<Path>(context), found) else {
        errors.on(piece, not_a_list(piece, key));
        return None;
    };
    let keys: TokenStream = tokens.collect();
    if keys.is_empty() {
        errors.on(
            &context,
            format!("the list has no keys; write `{}`", key.form),
        );
        return None;
    }
    let form = format!("{} = [\"user-123\"]", source(&context));
    Some(List {
        keys: bracketed(keys, &form, errors)?,
        context,
    })
}

/// The probable intention of something that is not a list of keys.
fn not_a_list(piece: &TokenStream, key: &Key) -> String {
    let problem = format!("`{}` lists keys by the type of their context", key.name);
    let tokens: Vec<TokenTree> = piece.clone().into_iter().collect();
    let colon =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    let rest = |from: usize| source(&tokens[from..].iter().cloned().collect::<TokenStream>());
    let pair = |context: &str, keys: &str| format!("{problem}; write `{context} = {keys}`");
    match &tokens[..] {
        [TokenTree::Literal(text)] => pair("User", &format!("[{text}]")),
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
            pair("User", &rest(0))
        }
        [TokenTree::Ident(context), sign, ..]
            if colon(sign) && tokens.len() > 2 && !colon(&tokens[2]) =>
        {
            pair(&context.to_string(), &rest(2))
        }
        [TokenTree::Ident(context), TokenTree::Group(group)] => {
            let keys = source(&group.stream());
            let keys = keys
                .trim_start_matches('[')
                .trim_end_matches(']')
                .to_owned();
            pair(&context.to_string(), &format!("[{keys}]"))
        }
        [TokenTree::Ident(segment)] => {
            let not = if key.name == "exclude" { "!" } else { "" };
            format!(
                "{problem}; write `{}`, or, if this is a segment, `rule({not}member_of!({segment}))`",
                key.form
            )
        }
        _ => format!("{problem}; write `{}`", key.form),
    }
}
