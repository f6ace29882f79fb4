//! A struct for each AI Config and flag, with `#[ai_config]` or `#[flag_targeting]` on it.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use segments_model::diagnostic::Diagnostic;
use segments_model::file::Report;
use segments_model::{
    Code, ResourceKind, Serve, Targeting, TargetingInEnvironment, TargetingRule, Unlisted,
};

use super::arguments::Call;
use super::identifiers::{type_name, variation_name as name};
use super::names::{ALL_TARGETINGS, Names};
use super::written::Writer;
use crate::targeting;

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
    // A name that is taken is an error of its own; the first one stays usable.
    let mut add = |kind: ResourceKind, key: &str, arguments: TokenStream| {
        let name = type_name(key);
        if names.has_targeting(kind, key) {
            let docs = format!("What `{key}` serves.");
            let item = quote!(#[doc = #docs] pub struct #name;);
            let arguments = quote!(#arguments crate = #runtime);
            items.extend(targeting::expand_checked(kind, arguments, &item));
            all.push(name);
        }
    };
    let writer = Writer::new(call, file);
    for declared in &file.targetings {
        let resource = &declared.targeting.resource;
        let arguments = match arguments(&writer, &declared.targeting) {
            Ok(arguments) => arguments,
            Err(message) => {
                let message = format!("{} `{}`: {message}", resource.what(), resource.key());
                let span = declared.span.clone();
                unsupported.push(Diagnostic::new(Code::INCLUDE_UNSUPPORTED, span, message));
                stand_in(resource.key())
            }
        };
        add(resource.kind(), resource.key(), arguments);
    }
    for (kind, key) in &file.unreadable_targetings {
        add(*kind, key, stand_in(key));
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

/// One that serves everybody the same, so that what names it still compiles.
fn stand_in(key: &str) -> TokenStream {
    let key = if segments_model::AiConfigKey::parse(key).is_ok() {
        key
    } else {
        "unreadable"
    };
    quote!(key = #key, variations(unreadable), fallthrough = unreadable,)
}

/// A targeting as arguments of the attribute.
fn arguments(writer: &Writer<'_>, declared: &Targeting) -> Result<TokenStream, String> {
    let key = declared.resource.key();
    // Of two with the same name, which is an error, there is the first.
    let mut variants = BTreeSet::new();
    let variations = declared.variations.iter();
    let variations = variations.filter(|key| variants.insert(targeting::variant_name(&name(key))));
    let variations = variations.map(|key| {
        let (name, key) = (name(key), key.as_str());
        quote!(#name = #key)
    });
    let everywhere = served(writer, &declared.clone().into())?;
    let environments = declared.environments.iter().map(|(environment, there)| {
        let (environment, there) = (environment.as_str(), served(writer, there)?);
        Ok(quote!(environment(#environment, #there),))
    });
    let environments: Vec<TokenStream> = environments.collect::<Result<_, String>>()?;
    Ok(quote!(key = #key, variations(#(#variations),*), #everywhere #(#environments)*))
}

/// Everything that is declared of one environment, so that nothing is taken from elsewhere.
fn served(writer: &Writer<'_>, there: &TargetingInEnvironment) -> Result<TokenStream, String> {
    let TargetingInEnvironment {
        targets,
        rules,
        fallthrough,
        others,
    } = there;
    let listed = targets.iter().flatten().map(|target| {
        let kind = writer.context(&target.kind);
        let (keys, variation) = (&target.keys, name(&target.variation));
        let keys = keys.iter();
        quote!(target(#kind = [#(#keys),*] => #variation),)
    });
    let no_targets = targets.as_ref().is_some_and(Vec::is_empty);
    let no_targets = no_targets.then(|| quote!(no_targets,));
    let no_rules = rules.as_ref().is_some_and(Vec::is_empty);
    let no_rules = no_rules.then(|| quote!(no_rules,));
    let rules = rules.iter().flatten().map(|it| rule(writer, it));
    let rules: Vec<TokenStream> = rules.collect::<Result<_, _>>()?;
    let fallthrough = fallthrough.iter().map(|it| serve(writer, it));
    let at_least = *others == Unlisted::Keep;
    Ok(quote! {
        #(#listed)* #no_targets #(#rules)* #no_rules
        #(fallthrough = #fallthrough,)* at_least = #at_least,
    })
}

fn rule(writer: &Writer<'_>, rule: &TargetingRule) -> Result<TokenStream, String> {
    let description = rule.description.iter();
    let clauses = rule.clauses.iter().map(|clause| writer.argument(clause));
    let clauses: Vec<TokenStream> = clauses.collect::<Result<_, _>>()?;
    let everyone = clauses.is_empty().then(|| quote!(everyone()));
    let serve = serve(writer, &rule.serve);
    Ok(quote!(rule(#(description = #description,)* #everyone #(#clauses),* => #serve),))
}

fn serve(writer: &Writer<'_>, serve: &Serve) -> TokenStream {
    match serve {
        Serve::Variation(variation) => {
            let variation = name(variation);
            quote!(#variation)
        }
        Serve::Split(split) => {
            let shares = split.shares.iter().map(|(variation, weight)| {
                let variation = name(variation);
                let percent = Literal::f64_unsuffixed(weight.percent());
                quote!(#variation = #percent)
            });
            let by = writer.attribute(&split.kind, &split.by);
            quote!(percent(#(#shares,)* by = #by))
        }
    }
}
