//! Parses the arguments and the item. Each argument is parsed on its own: a broken one is an error and
//! left out, the others stay.

pub(crate) mod mistake;
pub(crate) mod rule;
mod targets;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use segments_model::rust_name;
use segments_model::source::Source;
use segments_model::{
    Code, ContextKind, Draft, LifecycleKey, Part, Place, Severity, Side, or_list,
};
use syn::ext::IdentExt;
use syn::{Expr, ItemStruct, LitStr, Path};

pub(crate) use self::rule::rule;
use self::targets::targets;
pub(crate) use self::targets::{Group, List, group};
use super::environment_block;
use super::keys;
pub(crate) use super::written::{Example, Written};
use crate::case::Case;
use crate::errors::Errors;
use crate::key::Key;
use crate::meta::{self, Argument, ArgumentValue, argument, bracketed, documentation, split};
use crate::runtime_path::RuntimePath;
use crate::warnings::lint_name;

/// Reads everything.
pub(crate) fn parse(tokens: TokenStream, item: &TokenStream, errors: &mut Errors) -> Written {
    let item = self::item(item, errors);
    let whole = item
        .as_ref()
        .map_or_else(Span::call_site, |item| item.ident.span());
    let mut written = Written::new(whole);
    written.item = item;
    let of = arguments(split(tokens), false, &mut written, errors);
    match (written.source.draft.big.is_some(), of) {
        (true, Some((_, path))) => written.big_of = Some(path),
        (true, None) => errors.at(
            *written.source.places.find(Place::Big),
            "a big segment lists contexts of one kind; write its type, as in `big, of = User`",
        ),
        (false, Some((span, _))) => errors.at(
            span,
            "`of` is the type of the contexts that a big segment lists; write `big` as well, or remove `of`",
        ),
        (false, None) => {}
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
            written.source.complete = false;
            let (span, message) = mistake::argument(&piece);
            errors.at(span, message);
            continue;
        };
        let name = argument.name.unraw().to_string();
        let Some(key) = known().find(|key| key.name == name) else {
            written.source.complete = false;
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
        written.source.complete &= errors.len() == before;
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
    let span = argument.name.span();
    match key.name {
        "include" => {
            if let Some(list) = list(key, argument, errors) {
                targets(span, list, key, Side::Included, written, errors);
            }
        }
        "exclude" => {
            if let Some(list) = list(key, argument, errors) {
                targets(span, list, key, Side::Excluded, written, errors);
            }
        }
        "rule" => {
            if let Some(list) = list(key, argument, errors) {
                let number = written.rules.len();
                let Source { draft, places, .. } = &mut written.source;
                let (said, rust) = rule(number, span, list, places, errors);
                draft.rules.get_or_insert_default().push(said);
                written.rules.push(rust);
            }
        }
        "environment" => written.blocks.extend(
            list(key, argument, errors)
                .and_then(|list| environment_block::block(span, list, errors)),
        ),
        "percent" => written.percent = rule::percent(argument, errors),
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
        "allow" => written.source.allow.extend(
            list(key, argument, errors)
                .map(|list| allowed(list, errors))
                .unwrap_or_default(),
        ),
        "crate" => {
            written.runtime = RuntimePath::read(argument, errors);
        }
        _ => words(key, argument, &mut written.source, errors),
    }
}

/// Reads the parts that are plain words and flags.
fn words(key: &Key, argument: &Argument, source: &mut Source<Draft, Span>, errors: &mut Errors) {
    let Source { draft, places, .. } = source;
    let text = |errors: &mut Errors| {
        let example = key
            .form
            .split_once("= ")
            .map_or(key.form, |(_, example)| example);
        argument.text(example, errors)
    };
    let span = argument.name.span();
    match key.name {
        "key" => {
            if let Some(text) = text(errors) {
                draft.key = text.value();
                places.add(Place::Key, text.span());
            }
        }
        "name" => {
            if let Some(text) = text(errors) {
                draft.name = text.value();
                places.add(Place::Name, text.span());
            }
        }
        "description" => draft.description = text(errors).map(|text| text.value()),
        "tags" => {
            if let Some(tokens) = argument.value::<TokenStream>("[\"beta\"]", errors)
                && let Some(tags) = bracketed(tokens, key.form, errors)
            {
                for (at, tag) in tags.iter().enumerate() {
                    places.add(Place::Tag(at), tag.span());
                }
                draft.tags = Some(tags.iter().map(LitStr::value).collect());
            }
        }
        "nobody" => {
            if list(key, argument, errors).is_some() {
                draft.nobody = true;
                places.add(Place::Nobody, span);
            }
        }
        "no_rules" => {
            if argument.word(errors) {
                draft.rules.get_or_insert_default();
            }
        }
        "unmanaged" => {
            if let Some(list) = list(key, argument, errors) {
                draft.unmanaged = parts(list, errors);
                places.add(Place::Unmanaged, span);
            }
        }
        "absent" => {
            if argument.word(errors) {
                (draft.absent, draft.nobody) = (true, true);
                places.add(Place::Nobody, span);
            }
        }
        "big" => {
            if argument.word(errors) {
                // The kind is the context type's business; the checks only need to know that there is one.
                draft.big = Some(ContextKind::USER.to_string());
                places.add(Place::Big, span);
            }
        }
        name => {
            let Some(key) = LifecycleKey::named(name) else {
                unreachable!("`{name}` is in the table of keys");
            };
            if !key.has_text() {
                if argument.word(errors) {
                    draft.lifecycle.insert(key, None);
                    places.add(Place::Lifecycle(key), span);
                }
            } else if let Some(text) = text(errors) {
                draft.lifecycle.insert(key, Some(text.value()));
                places.add(Place::Lifecycle(key), text.span());
            }
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
    let leaves_description = written.leaves(Part::Description);
    let Source { draft, places, .. } = &mut written.source;
    if !places.has(Place::Key) {
        draft.key = Case::Kebab.apply(&ident);
    }
    if !places.has(Place::Name) {
        draft.name = rust_name::words(&ident).join(" ");
        if let Some(first) = draft.name.get(..1) {
            let first = first.to_uppercase();
            draft.name.replace_range(..1, &first);
        }
    }
    if draft.description.is_none() && !leaves_description {
        // The first paragraph says what the segment is for; the rest is for readers of the code.
        let paragraph: Vec<String> = documentation(&item.attrs)
            .into_iter()
            .skip_while(String::is_empty)
            .take_while(|line| !line.is_empty())
            .collect();
        draft.description = (!paragraph.is_empty()).then(|| paragraph.join(" "));
    }
}
