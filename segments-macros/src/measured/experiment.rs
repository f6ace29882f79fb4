//! `#[experiment(...)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
#[cfg(feature = "toml")]
use segments_model::Experiment;
use segments_model::Place;
use segments_model::draft::{DraftKind, Form};
use segments_model::experiment::DraftExperiment;
use segments_model::source::Places;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{ItemStruct, Lit, Path};

use super::{About, description, each, path, report, text, word};
use crate::case::Case;
use crate::errors::Errors;
use crate::key::Key;
use crate::meta::{self, Argument, ArgumentValue, argument, split};
use crate::place::spanned;
#[cfg(feature = "toml")]
use crate::runtime_path::RuntimePath;

/// The keys of `#[experiment(...)]`.
pub(super) const EXPERIMENT: &[Key] = &[
    Key {
        name: "key",
        form: "key = \"careful-answers\"",
        meaning: "The key of the experiment; defaults to the type's name in kebab case.",
    },
    Key {
        name: "name",
        form: "name = \"Careful answers\"",
        meaning: "The display name; defaults to the words of the key.",
    },
    Key {
        name: "tags",
        form: "tags = [\"shop\"]",
        meaning: "The tags; without this, tags in LaunchDarkly stay as they are.",
    },
    Key {
        name: "hypothesis",
        form: "hypothesis = \"careful answers resolve more\"",
        meaning: "The hypothesis.",
    },
    Key {
        name: "on",
        form: "on = SupportAssistant",
        meaning: "The AI Config or flag whose variations to compare.",
    },
    Key {
        name: "rule",
        form: "rule = AiBetaTesters",
        meaning: "The segment of the rule to run on: the rule whose only clause references the segment; defaults to the fallthrough.",
    },
    Key {
        name: "metrics",
        form: "metrics(primary = Resolved, CheckoutTotal)",
        meaning: "The primary metric, and secondary metrics.",
    },
    Key {
        name: "baseline",
        form: "baseline = fast",
        meaning: "The baseline, with which the other variations are compared.",
    },
    Key {
        name: "split",
        form: "split(fast = 50, careful = 50)",
        meaning: "The treatments: percentages by variation that add up to 100.",
    },
    Key {
        name: "by",
        form: "by = User",
        meaning: "The context type that is assigned to treatments: LaunchDarkly's randomization unit.",
    },
    Key {
        name: "traffic",
        form: "traffic = 80",
        meaning: "The percentage of the contexts reaching the rule that take part; defaults to 100.",
    },
    Key {
        name: "crate",
        form: "crate = ::path::to::segments_runtime",
        meaning: "The path to `segments_runtime`, if it has another name.",
    },
];

/// The arguments, besides those that experiments have, too.
#[derive(Default)]
struct Written {
    hypothesis: Option<String>,
    on: Option<Path>,
    rule: Option<Path>,
    primary: Option<Path>,
    secondary: Vec<Path>,
    baseline: Option<Ident>,
    split: Vec<(Ident, f64)>,
    by: Option<Path>,
    traffic: Option<f64>,
}

/// Expands the attribute: the user's item, what was made of it, and the errors.
#[allow(clippy::needless_pass_by_value, reason = "the shape of a macro")]
pub(crate) fn experiment(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut about = About::default();
    let output = self::item(&item, &mut errors)
        .and_then(|item| expand(&item, arguments, &mut about, &mut errors));
    let errors = errors.into_tokens(&about.runtime);
    quote! { #item #output #errors }
}

fn item(tokens: &TokenStream, errors: &mut Errors) -> Option<ItemStruct> {
    let item = syn::parse2::<ItemStruct>(tokens.clone()).ok();
    let item = item
        .filter(|item| matches!(item.fields, syn::Fields::Unit) && item.generics.params.is_empty());
    if item.is_none() {
        errors.at(
            crate::segment::parse::keyword(tokens),
            "`#[experiment]` needs a unit struct; write `pub struct CarefulAnswers;`",
        );
    }
    item
}

fn expand(
    item: &ItemStruct,
    arguments: TokenStream,
    about: &mut About,
    errors: &mut Errors,
) -> Option<TokenStream> {
    let ident = &item.ident;
    let mut places = Places::new(ident.span());
    let mut written = Written::default();
    about.description = description(&item.attrs);
    let before = errors.len();
    each(
        split(arguments),
        "experiment",
        EXPERIMENT,
        errors,
        |key, argument, errors| {
            if !about.read(key, argument, &mut places, errors) {
                read(key, argument, &mut written, &mut places, errors);
            }
        },
    );
    if errors.len() == before {
        for (is_missing, form) in [
            (written.on.is_none(), "on = SupportAssistant"),
            (written.by.is_none(), "by = User"),
        ] {
            if is_missing {
                let key = form.split(' ').next().unwrap_or_default();
                errors.on(
                    ident,
                    format!("an experiment needs `{key}`; write `{form}`"),
                );
            }
        }
    }
    let draft = draft(ident, about, &written);
    if errors.len() == before {
        report(&places, &draft.check(), errors);
    }
    if errors.len() > before || about.runtime.is_missing() {
        return None;
    }
    print(ident, about, &written, &draft)
}

fn draft(ident: &Ident, about: &About, written: &Written) -> DraftExperiment {
    let source = |path: &Path| meta::path(path);
    let key = about.key.clone();
    DraftExperiment {
        form: Form::Rust,
        key: key.unwrap_or_else(|| Case::Kebab.apply(&ident.unraw().to_string())),
        name: about.name.clone(),
        description: about.description.clone(),
        tags: about.tags.clone(),
        hypothesis: written.hypothesis.clone(),
        on: written.on.as_ref().map(source).unwrap_or_default(),
        rule: written.rule.as_ref().map(source),
        primary: written.primary.as_ref().map(source),
        secondary: written.secondary.iter().map(source).collect(),
        baseline: written.baseline.as_ref().map(ToString::to_string),
        split: written
            .split
            .iter()
            .map(|(name, percent)| (name.to_string(), *percent))
            .collect(),
        by: DraftKind::Path(String::new()),
        traffic: written.traffic.unwrap_or(100.0),
    }
}

fn read(
    key: &'static Key,
    argument: &Argument,
    written: &mut Written,
    places: &mut Places<Span>,
    errors: &mut Errors,
) {
    let span = argument.name.span();
    match key.name {
        "hypothesis" => {
            written.hypothesis = text("hypothesis", argument, "\"...\"", places, errors);
        }
        "on" => written.on = path("on", argument, "SupportAssistant", places, errors),
        "rule" => written.rule = path("rule", argument, "AiBetaTesters", places, errors),
        "by" => written.by = path("by", argument, "User", places, errors),
        "baseline" => written.baseline = word("baseline", argument, "fast", places, errors),
        "traffic" => {
            if let Some(literal) = argument.value::<Lit>("80", errors) {
                places.add(Place::part("traffic"), literal.span());
                written.traffic = number(&literal, "traffic", errors);
            }
        }
        _ => {
            let ArgumentValue::List(tokens) = &argument.value else {
                let message = format!("`{}` takes a list; write `{}`", key.name, key.form);
                return errors.at(span, message);
            };
            if key.name == "metrics" {
                metrics(tokens.clone(), written, places, errors);
                // If no metric is the primary one.
                places.add(Place::part("primary"), span);
            } else {
                places.add(Place::part("split_whole"), span);
                shares(tokens.clone(), written, places, errors);
            }
        }
    }
}

fn metrics(
    tokens: TokenStream,
    written: &mut Written,
    places: &mut Places<Span>,
    errors: &mut Errors,
) {
    for piece in split(tokens) {
        if let Some(named) = argument(&piece).filter(|it| it.name == "primary")
            && let ArgumentValue::Equals(_) = named.value
        {
            if written.primary.is_some() {
                errors.at(
                    named.name.span(),
                    "there is only one primary metric; remove the second `primary`",
                );
                continue;
            }
            written.primary = path("primary", &named, "Resolved", places, errors);
            continue;
        }
        match syn::parse2::<Path>(piece.clone()) {
            Ok(metric) => {
                places.add(
                    Place::Part {
                        key: "metrics",
                        at: written.secondary.len(),
                    },
                    metric.span(),
                );
                written.secondary.push(metric);
            }
            Err(_) => errors.on(
                &piece,
                "this is not a metric; write `metrics(primary = Resolved, CheckoutTotal)`",
            ),
        }
    }
}

fn shares(
    tokens: TokenStream,
    written: &mut Written,
    places: &mut Places<Span>,
    errors: &mut Errors,
) {
    for piece in split(tokens) {
        let Some(share) = argument(&piece) else {
            errors.on(
                &piece,
                "a share is a variation and a number; write `fast = 50`",
            );
            continue;
        };
        let Some(literal) = share.value::<Lit>("50", errors) else {
            continue;
        };
        let at = written.split.len();
        places.add(Place::Part { key: "split", at }, share.name.span());
        if let Some(percent) = number(&literal, &share.name.to_string(), errors) {
            written.split.push((share.name, percent));
        }
    }
}

fn number(literal: &Lit, name: &str, errors: &mut Errors) -> Option<f64> {
    let number = match literal {
        Lit::Int(number) => number.base10_parse().ok(),
        Lit::Float(number) => number.base10_parse().ok(),
        _ => None,
    };
    if number.is_none() {
        errors.on(
            literal,
            format!("a percentage is a number from 0 to 100; write `{name} = 50`"),
        );
    }
    number
}

/// The types that an experiment of a file names.
#[cfg(feature = "toml")]
pub(crate) struct Named {
    pub(crate) on: Path,
    pub(crate) rule: Option<Path>,
    pub(crate) primary: Path,
    pub(crate) secondary: Vec<Path>,
    pub(crate) by: Path,
    pub(crate) baseline: Ident,
    pub(crate) split: Vec<(Ident, f64)>,
}

/// Prints an experiment of a file, which its reader has checked.
#[cfg(feature = "toml")]
pub(crate) fn of_file(
    ident: &Ident,
    experiment: &Experiment,
    named: Named,
    runtime: &RuntimePath,
) -> Option<TokenStream> {
    let (description, tags) = (experiment.description.as_ref(), experiment.tags.as_ref());
    let about = About::of_file(&experiment.name, description, tags, runtime);
    let written = Written {
        hypothesis: Some(experiment.hypothesis.clone()),
        on: Some(named.on),
        rule: named.rule,
        primary: Some(named.primary),
        secondary: named.secondary,
        baseline: Some(named.baseline),
        split: named.split,
        by: Some(named.by),
        traffic: None,
    };
    let draft = DraftExperiment {
        key: experiment.key.to_string(),
        name: about.name.clone(),
        traffic: experiment.traffic.percent(),
        ..DraftExperiment::default()
    };
    print(ident, &about, &written, &draft)
}

/// Prints what was made of it. What rustc alone knows, such as which rules an AI Config has, is checked in constants,
/// each at the token that says it.
fn print(
    ident: &Ident,
    about: &About,
    written: &Written,
    draft: &DraftExperiment,
) -> Option<TokenStream> {
    let private = about.runtime.private();
    let (on, by) = (written.on.as_ref()?, written.by.as_ref()?);
    let (primary, baseline) = (written.primary.as_ref()?, written.baseline.as_ref()?);
    let key = &draft.key;
    let shown = about.tokens(&draft.name());
    let hypothesis = written.hypothesis.as_deref().unwrap_or_default();
    let checks = checks(written)?;
    let variation = |name: &Ident| {
        let name = name.unraw().to_string();
        quote!(__compared.variation(#name))
    };
    let treatments = written.split.iter().map(|(name, percent)| {
        let variation = variation(name);
        quote!((#variation, __segments::weight(#percent)))
    });
    let baseline = variation(baseline);
    let metric = |path: &Path| quote!(<#path as __segments::Metric>::KEY);
    let secondary = written.secondary.iter().map(metric);
    let primary = metric(primary);
    let rule = match &written.rule {
        Some(rule) => quote!(__segments::Some(<#rule as __segments::Segment>::KEY)),
        None => quote!(__segments::None),
    };
    let traffic = draft.traffic;
    Some(quote! {
        const _: () = {
            use #private as __segments;
            impl __segments::Experiment for #ident {
                const KEY: __segments::ExperimentKey = __segments::ExperimentKey::from_static(#key);
                fn declared() -> __segments::Registered<__segments::ExperimentValue> {
                    let __compared = __segments::compared::<#on>();
                    __segments::here::<Self, _>(__segments::ExperimentValue {
                        key: <Self as __segments::Experiment>::KEY,
                        #shown
                        hypothesis: __segments::std::string::String::from(#hypothesis),
                        on: __compared.resource(),
                        rule: #rule,
                        primary: #primary,
                        secondary: __segments::std::vec![#(#secondary),*],
                        baseline: #baseline,
                        treatments: __segments::std::vec![#(#treatments),*],
                        unit: <#by as __segments::Context>::KIND,
                        traffic: __segments::weight(#traffic),
                    })
                }
            }
            #checks
            __segments::inventory::submit! {
                __segments::ExperimentDeclaration(<#ident as __segments::Experiment>::declared)
            }
        };
    })
}

/// What fails to compile if the experiment names what is not declared. What is asked keeps its own place; the rest of
/// a check stands where its error does.
fn checks(written: &Written) -> Option<TokenStream> {
    let (on, by) = (written.on.as_ref()?, written.by.as_ref()?);
    let primary = written.primary.as_ref()?;
    let serves = written.split.iter().map(|(name, _)| {
        let text = name.unraw().to_string();
        quote_spanned! {name.span()=>
            const _: () = __segments::compared::<#on>().serves(#text);
        }
    });
    let counted = std::iter::once(primary).chain(&written.secondary);
    let counted = counted.map(|metric| {
        let name = meta::path(metric);
        quote_spanned! {metric.span()=>
            const _: () = {
                const UNIT: &__segments::ContextKind = &<#metric as __segments::Metric>::UNIT;
                const BY: &__segments::ContextKind = &<#by as __segments::Context>::KIND;
                __segments::counted_by(#name, UNIT, BY)
            };
        }
    });
    let name = meta::path(on);
    let (place, reached, runs) = if let Some(rule) = &written.rule {
        let (place, segment) = (rule.span(), meta::path(rule));
        let message = format!(
            "`{name}` has no rule that asks for `{segment}` alone; write `rule(member_of!({segment}) => ...)` there"
        );
        let asks = quote_spanned! {place=>
            const _: () = {
                const SEGMENT: &__segments::SegmentKey = &<#rule as __segments::Segment>::KEY;
                __segments::compared::<#on>().asks_for(SEGMENT, #message)
            };
        };
        (place, rule.to_token_stream(), asks)
    } else {
        let place = on.span();
        let message = format!(
            "`{name}` does not say who is served otherwise; write `fallthrough` there, or `rule` here"
        );
        let falls = quote_spanned! {place=>
            const _: () = __segments::compared::<#on>().falls_through(#message);
        };
        (place, quote!(__segments::Fallthrough), falls)
    };
    // A second implementation is an error, where both experiments are in one crate.
    let only = spanned(
        quote!(impl __segments::OnlyExperimentOn<#reached> for #on {}),
        place,
    );
    Some(quote!(#(#serves)* #(#counted)* #runs #only))
}
