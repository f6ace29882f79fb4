//! Parses the arguments and the item. Each argument is parsed on its own: a broken one is an error and
//! left out, the others stay.

pub(crate) mod mistake;
pub(crate) mod rule;
mod targets;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use segments_model::rust_name::words;
use segments_model::{Code, LifecycleKey, Part, Severity, or_list};
use syn::ext::IdentExt;
use syn::{Expr, ItemStruct, Path};

pub(crate) use self::rule::rule;
pub(crate) use self::targets::{group, targets};
use super::environment_block;
use super::keys;
pub(crate) use super::written::{Big, Example, Lifecycle, Rule, Text, Unmanaged, Written};
use crate::case::Case;
use crate::errors::Errors;
use crate::key::Key;
use crate::meta::{self, Argument, ArgumentValue, argument, bracketed, documentation, split};
use crate::runtime_path::RuntimePath;
use crate::warnings::lint_name;

/// Reads everything.
pub(crate) fn parse(tokens: TokenStream, item: &TokenStream, errors: &mut Errors) -> Written {
    let mut written = Written {
        item: self::item(item, errors),
        ..Written::default()
    };
    let of = arguments(split(tokens), false, &mut written, errors);
    match (&mut written.big, of) {
        (Some(big), of) => big.of = of.map(|(_, path)| path),
        (None, Some((span, _))) => errors.at(
            span,
            "`of` is the type of the contexts that a big segment lists; write `big` as well, or remove `of`",
        ),
        (None, None) => {}
    }
    if let Some(Big { span, of: None }) = written.big {
        errors.at(
            span,
            "a big segment lists contexts of one kind; write its type, as in `big, of = User`",
        );
    }
    defaults(&mut written);
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
        keys.filter(|key| {
            let (here, only) = (keys::IN_ENVIRONMENT, keys::ONLY_IN_ENVIRONMENT);
            let listed = if in_environment { here } else { only };
            listed.contains(&key.name) == in_environment
        })
    };
    for piece in pieces {
        let Some(argument) = argument(&piece) else {
            written.incomplete = true;
            let (span, message) = mistake::argument(&piece);
            errors.at(span, message);
            continue;
        };
        let name = argument.name.unraw().to_string();
        let Some(key) = known().find(|key| key.name == name) else {
            written.incomplete = true;
            let message = if in_environment {
                format!(
                    "`{name}` is not a key of `environment`{}",
                    or_list(&name, known().map(|key| key.name))
                )
            } else {
                mistake::unknown_key(&argument)
            };
            errors.at(argument.name.span(), message);
            continue;
        };
        let repeats = matches!(
            key.name,
            "include" | "exclude" | "rule" | "environment" | "member" | "not_member" | "allow"
        );
        if !repeats && seen.contains(&name) {
            errors.at(argument.name.span(), meta::twice(&name));
            continue;
        }
        seen.push(name);
        let before = errors.len();
        read(key, &argument, written, &mut of, errors);
        written.incomplete |= errors.len() > before;
    }
    of
}

pub(crate) fn item(tokens: &TokenStream, errors: &mut Errors) -> Option<ItemStruct> {
    let Ok(mut item) = syn::parse2::<ItemStruct>(tokens.clone()) else {
        errors.at(
            keyword(tokens),
            "`#[segment]` needs a unit struct; write `pub struct BetaTesters;`",
        );
        return None;
    };
    // The second would be expanded as well, and define everything again.
    let is_segment = |attribute: &syn::Attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|last| last.ident == "segment")
    };
    if let Some(second) = item.attrs.iter().find(|attribute| is_segment(attribute)) {
        errors.on(
            second.path(),
            "a struct is one segment; write this attribute on another struct, or add its rules to the first",
        );
        item.attrs.retain(|attribute| !is_segment(attribute));
    }
    if let Some(parameter) = item.generics.params.first() {
        errors.on(
            parameter,
            "a segment has no generic parameters; write a struct for each audience",
        );
        return without_generics(item);
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

/// The struct as it should be: rustc would say of each parameter that nothing uses it. With fields, something may.
pub(crate) fn without_generics(mut item: ItemStruct) -> Option<ItemStruct> {
    item.generics = syn::Generics::default();
    matches!(item.fields, syn::Fields::Unit).then_some(item)
}

/// The word that says what an item is: the first after its attributes and its visibility.
pub(crate) fn keyword(item: &TokenStream) -> Span {
    let word = item.clone().into_iter().find(|token| match token {
        TokenTree::Ident(word) => word != "pub",
        _ => false,
    });
    word.map_or_else(Span::call_site, |word| word.span())
}

pub(crate) fn read(
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
            if let Some(list) = list(key, argument, errors) {
                targets(span, list, key, &mut written.included, errors);
            }
        }
        "exclude" => {
            if let Some(list) = list(key, argument, errors) {
                targets(span, list, key, &mut written.excluded, errors);
            }
        }
        "rule" => {
            if let Some(list) = list(key, argument, errors) {
                written.rules.push(rule(span, list, errors));
            }
        }
        "environment" => written.blocks.extend(
            list(key, argument, errors)
                .and_then(|list| environment_block::block(span, list, errors)),
        ),
        "nobody" => written.nobody = list(key, argument, errors).map(|_| span),
        "no_rules" => written.no_rules = argument.word(errors),
        "unmanaged" => {
            let names = list(key, argument, errors).map(|list| parts(list, errors));
            written.unmanaged = names.map(|names| Unmanaged { names, span });
        }
        "absent" => {
            if argument.word(errors) {
                written.absent = true;
                written.nobody = Some(span);
            }
        }
        "percent" => written.percent = rule::percent(argument, errors),
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
            written.runtime = RuntimePath::read(argument, errors);
        }
        name => {
            let Some(key) = LifecycleKey::named(name) else {
                unreachable!("`{name}` is in the table of keys");
            };
            let (text, span) = match key.has_text() {
                true => match text(errors) {
                    Some(text) => (Some(text.text), text.span),
                    None => return,
                },
                false if argument.word(errors) => (None, span),
                false => return,
            };
            let lifecycle = Lifecycle { key, text, span };
            written.lifecycle.push(lifecycle);
        }
    }
}

/// The names of parts.
fn parts(tokens: TokenStream, errors: &mut Errors) -> Vec<String> {
    let names = split(tokens).into_iter();
    let names = names.filter_map(|piece| errors.take(meta::parse::<Ident>(piece)));
    names.map(|name| name.to_string()).collect()
}

/// The content of the parentheses of a key.
pub(crate) fn list(key: &Key, argument: &Argument, errors: &mut Errors) -> Option<TokenStream> {
    match &argument.value {
        ArgumentValue::List(tokens) => Some(tokens.clone()),
        ArgumentValue::Word | ArgumentValue::Equals(_) => {
            let own = match &argument.value {
                ArgumentValue::Equals(tokens) if key.name == "rule" => mistake::each_a_rule(tokens),
                _ => None,
            };
            let written = own.unwrap_or_else(|| key.form.to_owned());
            errors.at(
                argument.name.span(),
                format!("`{}` needs parentheses; write `{written}`", key.name),
            );
            None
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

/// The defaults from the item, for arguments that are left out.
pub(crate) fn defaults(written: &mut Written) {
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
    if written.description.is_none() && !written.leaves(Part::Description) {
        // The first paragraph says what the segment is for; the rest is for readers of the code.
        let paragraph: Vec<String> = documentation(&item.attrs)
            .into_iter()
            .skip_while(String::is_empty)
            .take_while(|line| !line.is_empty())
            .collect();
        written.description = (!paragraph.is_empty()).then(|| paragraph.join(" "));
    }
}
