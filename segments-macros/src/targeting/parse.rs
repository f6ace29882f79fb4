//! Parses the arguments and the item. Each argument is parsed on its own: a broken one is an error and
//! left out, the others stay.

use proc_macro2::{Span, TokenStream};
use segments_model::{ResourceKind, VariationKey, or_list};
use syn::ItemStruct;
use syn::ext::IdentExt;

use super::serve::{self, Serve};
use super::written::{InEnvironment, Target, Variation, Written};
use super::{ai, keys};
use crate::case::Case;
use crate::errors::Errors;
use crate::key::Key;
use crate::meta::{self, Argument, ArgumentValue, argument, split};
use crate::runtime_path::RuntimePath;
use crate::segment::{environment_block, parse as segment};

/// Reads everything.
pub(super) fn parse(
    kind: ResourceKind,
    tokens: TokenStream,
    item: &TokenStream,
    errors: &mut Errors,
) -> Written {
    let mut written = Written::new(kind);
    written.conditions.item = self::item(kind, item, errors);
    arguments(split(tokens), false, &mut written, errors);
    if let Some(item) = &written.conditions.item {
        let ident = &item.ident;
        let text = Case::Kebab.apply(&ident.unraw().to_string());
        let span = ident.span();
        let key = &mut written.conditions.key;
        key.get_or_insert(segment::Text { text, span });
    }
    let blocks = std::mem::take(&mut written.conditions.blocks);
    let resolved = environment_block::distinct(blocks, errors)
        .into_iter()
        .map(|block| {
            let mut own = Written::new(kind);
            arguments(block.pieces, true, &mut own, errors);
            let own_rules = own.manages_rules();
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
    let attribute = if in_environment {
        "environment"
    } else {
        keys::attribute(written.kind)
    };
    let kind = written.kind;
    let known = || {
        let keys = keys::TARGETING.iter();
        keys.filter(|key| !in_environment || keys::IN_ENVIRONMENT.contains(&key.name))
            .filter(|key| kind == ResourceKind::AiConfig || !ai::KEYS.contains(&key.name))
    };
    let mut seen: Vec<String> = Vec::new();
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
                        read(key, &argument, written, errors);
                    }
                }
            }
        }
        written.conditions.incomplete |= errors.len() > before;
    }
    for (none, some, word) in [
        (written.no_targets, !written.targets.is_empty(), "target"),
        (written.no_rules, !written.serves.is_empty(), "rule"),
    ] {
        if let (Some(span), true) = (none, some) {
            let message = format!("`no_{word}s` contradicts `{word}(...)`; write one of the two");
            errors.at(span, message);
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

fn read(key: &Key, argument: &Argument, written: &mut Written, errors: &mut Errors) {
    let span = argument.name.span();
    match key.name {
        "key" => {
            let text = argument.text("\"support-assistant\"", errors);
            written.conditions.key = text.map(|text| segment::Text {
                text: text.value(),
                span: text.span(),
            });
        }
        "variations" => {
            if let Some(tokens) = segment::list(key, argument, errors) {
                written.variations = variations(tokens, errors);
            }
        }
        "target" => {
            if let Some(tokens) = segment::list(key, argument, errors)
                && let Some(target) = target(key, span, tokens, errors)
            {
                written.targets.push(target);
            }
        }
        "rule" => {
            if let Some(tokens) = segment::list(key, argument, errors) {
                let (rule, serve) = rule(span, tokens, errors);
                written.conditions.rules.push(rule);
                written.serves.push(serve);
            }
        }
        "fallthrough" => match &argument.value {
            ArgumentValue::Equals(tokens) => {
                written.fallthrough = serve::parse(span, tokens.clone(), errors);
            }
            ArgumentValue::Word | ArgumentValue::List(_) => {
                errors.at(
                    span,
                    "`fallthrough` needs a value; write `fallthrough = fast`",
                );
            }
        },
        "no_targets" => written.no_targets = argument.word(errors).then_some(span),
        "no_rules" => written.no_rules = argument.word(errors).then_some(span),
        "at_least" => written.at_least = argument.flag(errors),
        "environment" => {
            if let Some(tokens) = segment::list(key, argument, errors) {
                let block = environment_block::block(span, tokens, errors);
                written.conditions.blocks.extend(block);
            }
        }
        "allow" => {
            if let Some(tokens) = segment::list(key, argument, errors) {
                let allowed = segment::allowed(tokens, errors);
                written.conditions.allowed.extend(allowed);
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

fn target(key: &Key, span: Span, tokens: TokenStream, errors: &mut Errors) -> Option<Target> {
    let (list, arrow) = serve::arrow(tokens);
    let mut lists = segment::group(list, key, errors).lists.into_iter();
    let Some((at, tokens)) = arrow else {
        let message = format!("this target has no variation; write `{}`", key.form);
        errors.at(span, message);
        return None;
    };
    let served = serve::parse(at, tokens, errors)?;
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
    let list = lists.next()?;
    if let Some(until) = &list.until {
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
    Some(Target {
        context: list.context,
        keys: list.keys,
        variation,
    })
}

fn rule(span: Span, tokens: TokenStream, errors: &mut Errors) -> (segment::Rule, Option<Serve>) {
    let (condition, arrow) = serve::arrow(tokens);
    let before = errors.len();
    let mut rule = segment::rule(span, condition, errors);
    if rule.broken {
        // A percentage without clauses is said to lack a context; what is said below is meant.
        rule.broken = true;
    } else if rule.percent.is_some() || rule.by.is_some() {
        let place = rule.percent.map(|(_, span)| span);
        let place = place.or(rule.by.as_ref().map(|by| by.span));
        errors.at(
            place.unwrap_or(span),
            "weights go after `=>`, one for each variation; write `=> percent(fast = 50, careful = 50)`",
        );
        (rule.percent, rule.by) = (None, None);
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
    rule.broken |= errors.len() > before;
    (rule, serve)
}
