//! Parses the arguments and the item. Each argument is parsed on its own: a broken one is an error and
//! left out, the others stay.

use proc_macro2::{Span, TokenStream};
use segments_model::draft::DraftKind;
use segments_model::source::Source;
use segments_model::targeting::{DraftTarget, DraftTargetingRule};
use segments_model::{Place, ResourceKind, VariationKey, or_list};
use syn::ext::IdentExt;
use syn::{Ident, ItemStruct, LitStr};

use super::serve::{self, Serve};
use super::written::{InEnvironment, Variation, Written};
use super::{ai, keys};
use crate::case::Case;
use crate::errors::Errors;
use crate::key::Key;
use crate::meta::{self, Argument, ArgumentValue, argument, split};
use crate::runtime_path::RuntimePath;
use crate::segment::expand::first_span;
use crate::segment::{environment_block, parse as segment};

/// Reads everything.
pub(super) fn parse(
    kind: ResourceKind,
    tokens: TokenStream,
    item: &TokenStream,
    errors: &mut Errors,
) -> Written {
    let item = self::item(kind, item, errors);
    let whole = item
        .as_ref()
        .map_or_else(Span::call_site, |item| item.ident.span());
    let mut written = Written::new(kind, whole);
    written.conditions.item = item;
    arguments(split(tokens), false, &mut written, errors);
    if let Some(item) = &written.conditions.item
        && !written.source.places.has(Place::Key)
    {
        written.source.draft.key = Case::Kebab.apply(&item.ident.unraw().to_string());
    }
    let blocks = std::mem::take(&mut written.conditions.blocks);
    let resolved = environment_block::distinct(blocks, errors)
        .into_iter()
        .map(|block| {
            let mut own = Written::new(kind, whole);
            arguments(block.pieces, true, &mut own, errors);
            let own_rules = own.source.draft.rules.is_some();
            own.inherit(&written);
            InEnvironment {
                environment: block.environment,
                written: own,
                own_rules,
            }
        });
    written.environments = resolved.collect();
    written
}

/// Reads arguments, those of the whole attribute or those of one environment.
fn arguments(
    pieces: Vec<TokenStream>,
    in_environment: bool,
    written: &mut Written,
    errors: &mut Errors,
) {
    let kind = written.kind();
    let attribute = if in_environment {
        "environment"
    } else {
        keys::attribute(kind)
    };
    let known = || {
        let keys = keys::TARGETING.iter();
        keys.filter(|key| !in_environment || keys::IN_ENVIRONMENT.contains(&key.name))
            .filter(|key| kind == ResourceKind::AiConfig || !ai::KEYS.contains(&key.name))
    };
    let mut seen: Vec<String> = Vec::new();
    let mut none = Vec::new();
    for piece in pieces {
        let before = errors.len();
        match argument(&piece) {
            None => {
                let example = known().find(|key| key.form.ends_with(')'));
                let example = example.map_or(attribute, |key| key.form);
                errors.on(
                    &piece,
                    format!(
                        "this is not an argument of `{attribute}`; write one such as `{example}`"
                    ),
                );
            }
            Some(argument) => {
                let name = argument.name.unraw().to_string();
                match known().find(|key| key.name == name) {
                    None => {
                        let message = elsewhere(&name, attribute).unwrap_or_else(|| {
                            let advice = segment::mistake::alias(&argument, known())
                                .unwrap_or_else(|| or_list(&name, known().map(|key| key.name)));
                            format!("`{name}` is not a key of `{attribute}`{advice}")
                        });
                        errors.at(argument.name.span(), message);
                    }
                    Some(key)
                        if seen.contains(&name)
                            && !matches!(key.name, "rule" | "target" | "environment" | "allow") =>
                    {
                        let message = format!("`{name}` is written twice; write it once");
                        errors.at(argument.name.span(), message);
                    }
                    Some(key) => {
                        seen.push(name);
                        read(key, &argument, written, &mut none, errors);
                    }
                }
            }
        }
        written.source.complete &= errors.len() == before;
    }
    for (word, has_some) in [
        ("target", !written.targets.is_empty()),
        ("rule", !written.splits.is_empty()),
    ] {
        let none = none.iter().find(|(none, _)| *none == word);
        if let (Some((_, span)), true) = (none, has_some) {
            let message = format!("`no_{word}s` contradicts `{word}(...)`; write one of the two");
            errors.at(*span, message);
        }
    }
}

/// The message for a key that another attribute has, or that belongs elsewhere.
fn elsewhere(name: &str, attribute: &str) -> Option<String> {
    match name {
        "custom" if attribute == "ai_config" => {
            Some("custom values belong to the parameters; write `params(custom(...))`".to_owned())
        }
        name if !ai::KEYS.contains(&name) => None,
        name if attribute == "environment" => Some(format!(
            "`{name}` is the same in all environments; write it outside of `environment(...)`"
        )),
        name => Some(format!(
            "a flag has no `{name}`; use an AI Config, `#[ai_config(...)]`"
        )),
    }
}

fn item(kind: ResourceKind, tokens: &TokenStream, errors: &mut Errors) -> Option<ItemStruct> {
    let (attribute, what) = (keys::attribute(kind), kind.what());
    let Ok(item) = syn::parse2::<ItemStruct>(tokens.clone()) else {
        errors.at(
            segment::keyword(tokens),
            format!("`#[{attribute}]` needs a unit struct; write `pub struct SupportAssistant;`"),
        );
        return None;
    };
    if let Some(parameter) = item.generics.params.first() {
        let message =
            format!("the type of an {what} has no generic parameters; write a plain struct");
        errors.on(parameter, message.replace("an flag", "a flag"));
        return segment::without_generics(item);
    }
    if !matches!(item.fields, syn::Fields::Unit) {
        let message = format!(
            "the type of an {what} has no fields; write `struct {};`",
            item.ident
        );
        errors.on(&item.ident, message.replace("an flag", "a flag"));
        return None;
    }
    Some(item)
}

/// Reads an argument. `none` collects the words that say that there is nothing of a kind.
fn read(
    key: &Key,
    argument: &Argument,
    written: &mut Written,
    none: &mut Vec<(&'static str, Span)>,
    errors: &mut Errors,
) {
    let span = argument.name.span();
    let Source {
        draft,
        places,
        allow,
        ..
    } = &mut written.source;
    match key.name {
        "key" => {
            if let Some(text) = argument.text("\"support-assistant\"", errors) {
                draft.key = text.value();
                places.add(Place::Key, text.span());
            }
        }
        "variations" => {
            if let Some(tokens) = segment::list(key, argument, errors) {
                written.variations = variations(tokens, errors);
                let names = written.variations.iter().map(|variation| &variation.name);
                let spans = names.clone().map(Ident::span).enumerate();
                spans.for_each(|(at, span)| places.add(Place::Variation(at), span));
                draft.variations = names.map(|name| name.unraw().to_string()).collect();
            }
        }
        "target" => {
            if let Some(tokens) = segment::list(key, argument, errors) {
                target(key, span, tokens, written, errors);
            }
        }
        "rule" => {
            if let Some(tokens) = segment::list(key, argument, errors) {
                rule(span, tokens, written, errors);
            }
        }
        "fallthrough" => match &argument.value {
            ArgumentValue::Equals(tokens) => {
                if let Some(serve) = serve::parse(span, tokens.clone(), errors) {
                    let (serve, split) = serve.into_draft(None, places);
                    (draft.fallthrough, written.fallthrough) = (Some(serve), split);
                }
            }
            ArgumentValue::Word | ArgumentValue::List(_) => {
                errors.at(
                    span,
                    "`fallthrough` needs a value; write `fallthrough = fast`",
                );
            }
        },
        "no_targets" => {
            if argument.word(errors) {
                draft.targets.get_or_insert_default();
                none.push(("target", span));
            }
        }
        "no_rules" => {
            if argument.word(errors) {
                draft.rules.get_or_insert_default();
                none.push(("rule", span));
            }
        }
        "at_least" => {
            if let Some(at_least) = argument.flag(errors) {
                draft.at_least = at_least;
                places.add(Place::AtLeast, span);
            }
        }
        "environment" => {
            if let Some(tokens) = segment::list(key, argument, errors) {
                let block = environment_block::block(span, tokens, errors);
                written.conditions.blocks.extend(block);
            }
        }
        "allow" => {
            if let Some(tokens) = segment::list(key, argument, errors) {
                allow.extend(segment::allowed(tokens, errors));
            }
        }
        "crate" => {
            written.conditions.runtime = RuntimePath::read(argument, errors);
        }
        name if ai::KEYS.contains(&name) => ai::read(key, argument, &mut written.ai, errors),
        other => unreachable!("`{other}` is in the table of keys"),
    }
}

fn variations(tokens: TokenStream, errors: &mut Errors) -> Vec<Variation> {
    let mut variations: Vec<Variation> = Vec::new();
    let pieces = split(tokens);
    let is_name = |piece: &TokenStream| {
        argument(piece).is_some_and(|argument| !matches!(argument.value, ArgumentValue::List(_)))
    };
    if let Some(wrong) = pieces.iter().find(|piece| !is_name(piece)) {
        let names = pieces.iter().map(|piece| {
            if is_name(piece) {
                meta::source(piece)
            } else {
                name(piece)
            }
        });
        let names: Vec<String> = names.collect();
        let message = format!(
            "a variation is a name; write `variations({})`",
            names.join(", ")
        );
        errors.on(wrong, message);
    }
    for piece in pieces {
        let Some(argument) = argument(&piece) else {
            continue;
        };
        let name = argument.name.clone();
        let key = match &argument.value {
            ArgumentValue::Word => Case::Kebab.apply(&name.unraw().to_string()),
            ArgumentValue::Equals(_) => {
                let Some(key) = argument.text("\"careful-2\"", errors) else {
                    continue;
                };
                if let Err(error) = VariationKey::parse(key.value()) {
                    errors.at(key.span(), error);
                    continue;
                }
                key.value()
            }
            ArgumentValue::List(_) => continue,
        };
        // Two names of one key, or one variant of the enum.
        let variant = Case::Pascal.apply(&name.unraw().to_string());
        let twice = variations.iter().any(|known| {
            known.key == key || Case::Pascal.apply(&known.name.unraw().to_string()) == variant
        });
        if twice {
            let message = format!("variation `{key}` is declared twice; declare it once");
            errors.at(name.span(), message);
            continue;
        }
        variations.push(Variation { name, key });
    }
    variations
}

/// The name for a key of a variation that stands where a name belongs: `"fast"`, `gpt-4o`.
fn name(piece: &TokenStream) -> String {
    let key = meta::source(piece)
        .replace(' ', "")
        .trim_matches('"')
        .to_owned();
    let name: String = key
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    let name = name.trim_matches('_').to_owned();
    let is_name =
        syn::parse_str::<syn::Ident>(&name).is_ok() && VariationKey::parse(key.clone()).is_ok();
    if !is_name {
        "careful".to_owned()
    } else if Case::Kebab.apply(&name) == key {
        name
    } else {
        format!("{name} = \"{key}\"")
    }
}

fn target(key: &Key, span: Span, tokens: TokenStream, written: &mut Written, errors: &mut Errors) {
    let (list, arrow) = serve::arrow(tokens);
    let segment::Group { lists, until, .. } = segment::group(list, key, errors);
    let mut lists = lists.into_iter();
    let Some((at, tokens)) = arrow else {
        let message = format!("this target has no variation; write `{}`", key.form);
        errors.at(span, message);
        return;
    };
    let Some(served) = serve::parse(at, tokens, errors) else {
        return;
    };
    let variation = match served {
        Serve::Variation(variation) => Some(variation),
        Serve::Split(split) => {
            errors.at(
                split.span,
                "a target serves exactly one variation; write `=> careful`",
            );
            None
        }
    };
    let Some(segment::List { context, keys }) = lists.next() else {
        return;
    };
    if let Some(until) = &until {
        errors.at(
            until.span(),
            "only lists of segments have an expiry; serve a segment with `include(..., until = ...)`, or remove this",
        );
    }
    if let Some(more) = lists.next() {
        errors.on(
            &more.context,
            "one target lists contexts of one kind; write another `target(...)`",
        );
    }
    let Source { draft, places, .. } = &mut written.source;
    let target = written.targets.len();
    places.add(Place::Target { target, key: None }, first_span(&context));
    for (at, key) in keys.iter().enumerate() {
        let key_place = Place::Target {
            target,
            key: Some(at),
        };
        places.add(key_place, key.span());
    }
    if let Some(variation) = &variation {
        places.add(Place::TargetServe(target), variation.span());
    }
    draft.targets.get_or_insert_default().push(DraftTarget {
        variation: variation.map(|name| name.unraw().to_string()),
        kind: DraftKind::Path(meta::path(&context)),
        keys: keys.iter().map(LitStr::value).collect(),
    });
    written.targets.push(context);
}

fn rule(span: Span, tokens: TokenStream, written: &mut Written, errors: &mut Errors) {
    let (condition, arrow) = serve::arrow(tokens);
    let before = errors.len();
    let Source { draft, places, .. } = &mut written.source;
    let number = written.splits.len();
    let (mut when, mut rust) = segment::rule(number, span, condition, places, errors);
    // A percentage of a rule that is broken is said to lack a context.
    if !rust.broken && (when.percent.is_some() || when.by.is_some()) {
        let place = match when.percent {
            Some(_) => Place::Percent(number),
            None => Place::By(number),
        };
        errors.at(
            *places.find(place),
            "weights go after `=>`, one for each variation; write `=> percent(fast = 50, careful = 50)`",
        );
        (when.percent, when.by, rust.by) = (None, None, None);
    }
    let serve = match arrow {
        Some((at, tokens)) => serve::parse(at, tokens, errors),
        None => {
            errors.at(
                span,
                "this rule has no variation; write one after the clauses, as in `rule(... => careful)`",
            );
            None
        }
    };
    if errors.len() > before {
        rust.break_off(&mut when);
    }
    let serve = serve.map(|serve| serve.into_draft(Some(number), places));
    let (serve, split) = serve.map_or((None, None), |(serve, by)| (Some(serve), by));
    let rules = draft.rules.get_or_insert_default();
    rules.push(DraftTargetingRule { when, serve });
    written.conditions.rules.push(rust);
    written.splits.push(split);
}
