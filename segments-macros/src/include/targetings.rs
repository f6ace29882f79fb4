//! A struct for each AI Config and flag, with the output of `#[ai_config]` or `#[flag_targeting]`.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use segments_model::diagnostic::Diagnostic;
use segments_model::draft::{DraftKind, Form};
use segments_model::file::Report;
use segments_model::targeting::{DraftServe, DraftTargeting};
use segments_model::{Code, ResourceKind, Serve, Targeting};
use syn::ItemStruct;
use syn::ext::IdentExt;

use super::arguments::Call;
use super::identifiers::{field_name, type_name, variation_name};
use super::names::{ALL_TARGETINGS, Names};
use super::segments::item;
use super::written::{Writer, literal};
use crate::meta::path;
use crate::segment::environment_block::Environment;
use crate::targeting::written::{InEnvironment, Variation, Written};
use crate::targeting::{self, variant_name};

/// The structs, a placeholder for each that could not be read, and the list of all of them. Types that
/// Rust cannot express are reported.
pub(super) fn structs(
    call: &Call,
    report: &Report,
    names: &Names,
) -> (TokenStream, Vec<Diagnostic>) {
    let file = report.readable_part();
    let runtime = &call.runtime;
    let mut unsupported = Vec::new();
    let mut items = TokenStream::new();
    let mut all: Vec<Ident> = Vec::new();
    let writer = Writer::new(call, file);
    let item = |key: &str| item(&type_name(key), Some(&format!("What `{key}` serves.")));
    // A name that is taken is an error of its own; the first one stays usable.
    let mut add = |kind: ResourceKind, key: &str, written: &Written| {
        if names.has_targeting(kind, key) {
            items.extend(targeting::expand_checked(written));
            all.push(type_name(key));
        }
    };
    for declared in &file.targetings {
        let resource = &declared.targeting.resource;
        let (kind, key) = (resource.kind(), resource.key());
        let item = item(key);
        let written = written(&writer, &declared.targeting, &item).unwrap_or_else(|message| {
            let message = format!("{} `{key}`: {message}", resource.what());
            let span = declared.span.clone();
            unsupported.push(Diagnostic::new(Code::INCLUDE_UNSUPPORTED, span, message));
            stand_in(&writer, kind, key, &item)
        });
        add(kind, key, &written);
    }
    for (kind, key) in &file.unreadable_targetings {
        add(*kind, key, &stand_in(&writer, *kind, key, &item(key)));
    }
    if all.is_empty() {
        return (items, unsupported);
    }
    let list = Ident::new(ALL_TARGETINGS, Span::call_site());
    let count = all.len();
    let docs = format!(
        "The targetings of the AI Configs and flags of `{}`.",
        report.source().path()
    );
    let list = quote! {
        #[doc = #docs]
        pub static #list: [fn() -> #runtime::Targeting; #count] = [#(<#all as #runtime::Targeted>::targeting),*];
    };
    (quote! { #items #list }, unsupported)
}

/// A targeting, with the struct that it stands on. An error says what Rust cannot say.
fn written(
    writer: &Writer<'_>,
    declared: &Targeting,
    item: &ItemStruct,
) -> Result<Written, String> {
    let mut everywhere = whole(writer, declared, item)?;
    let environments = declared.environments.iter().map(|(key, there)| {
        Ok(InEnvironment {
            environment: Environment::Key(literal(key.as_str())),
            written: whole(writer, &declared.in_environment(key), item)?,
            own_rules: there.rules.is_some(),
        })
    });
    everywhere.environments = environments.collect::<Result<_, String>>()?;
    Ok(everywhere)
}

/// One that serves everybody the same, so that what names it still compiles.
fn stand_in(writer: &Writer<'_>, kind: ResourceKind, key: &str, item: &ItemStruct) -> Written {
    let key = if segments_model::AiConfigKey::parse(key).is_ok() {
        key
    } else {
        "unreadable"
    };
    let (variation, name) = (
        "unreadable".to_owned(),
        Ident::new("unreadable", Span::call_site()),
    );
    let mut written = writer.targeting(kind, item);
    written.variations.push(Variation {
        name,
        key: variation.clone(),
    });
    let draft = &mut written.source.draft;
    key.clone_into(&mut draft.key);
    draft.variations.push(variation.clone());
    draft.fallthrough = Some(DraftServe::Variation(variation));
    written
}

/// A targeting outside of single environments.
fn whole(writer: &Writer<'_>, declared: &Targeting, item: &ItemStruct) -> Result<Written, String> {
    let mut written = writer.targeting(declared.resource.kind(), item);
    // Of two with the same name, which is an error, there is the first.
    let mut variants = BTreeSet::new();
    let variations = declared.variations.iter();
    let variations = variations.filter(|key| variants.insert(variant_name(&variation_name(key))));
    let variations = variations.map(|key| Variation {
        name: variation_name(key),
        key: key.to_string(),
    });
    written.variations = variations.collect();
    let rules = declared.rules().iter();
    let conditions = rules.clone().map(|rule| writer.rule(&rule.condition()));
    written.conditions.rules = conditions.collect::<Result<_, _>>()?;
    let split = |serve: &Serve| match serve {
        Serve::Variation(_) => None,
        Serve::Split(split) => Some(writer.by(&split.kind, &split.by)),
    };
    written.splits = rules.map(|rule| split(&rule.serve)).collect();
    written.fallthrough = declared.fallthrough.as_ref().and_then(split);
    let targets = declared.targets.iter().flatten();
    written.targets = targets.map(|target| writer.context(&target.kind)).collect();
    let mut draft = DraftTargeting::from(declared);
    draft.form = Form::Rust;
    name_variations(&mut draft);
    let targets = draft.targets.iter_mut().flatten();
    for (target, context) in targets.zip(&written.targets) {
        target.kind = DraftKind::Path(path(context));
    }
    written.source.draft = draft;
    Ok(written)
}

/// Calls variations by their names in Rust.
fn name_variations(draft: &mut DraftTargeting) {
    let name = |key: &mut String| *key = field_name(key).unraw().to_string();
    let names = |serve: &mut DraftServe| match serve {
        DraftServe::Variation(key) => name(key),
        DraftServe::Split(split) => split.shares.iter_mut().for_each(|(key, _)| name(key)),
    };
    draft.variations.iter_mut().for_each(name);
    for target in draft.targets.iter_mut().flatten() {
        target.variation.iter_mut().for_each(name);
    }
    for rule in draft.rules.iter_mut().flatten() {
        rule.serve.iter_mut().for_each(names);
    }
    draft.fallthrough.iter_mut().for_each(names);
}
