//! `#[derive(Metric)]`.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use segments_model::draft::{DraftKind, Form};
use segments_model::metric::DraftMetric;
use segments_model::source::Places;
#[cfg(feature = "toml")]
use segments_model::{Metric, MetricKind};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Path};

use super::{About, description, each, path, report, text, word};
use crate::case::Case;
use crate::errors::Errors;
use crate::key::Key;
use crate::meta::attribute_pieces;
#[cfg(feature = "toml")]
use crate::runtime_path::RuntimePath;

/// The keys of `#[metric(...)]`.
pub(super) const METRIC: &[Key] = &[
    Key {
        name: "key",
        form: "key = \"checkout-total\"",
        meaning: "The key of the metric; defaults to the type's name in kebab case.",
    },
    Key {
        name: "name",
        form: "name = \"Checkout total\"",
        meaning: "The display name; defaults to the words of the key.",
    },
    Key {
        name: "tags",
        form: "tags = [\"shop\"]",
        meaning: "The tags; without this, tags in LaunchDarkly stay as they are.",
    },
    Key {
        name: "kind",
        form: "kind = count",
        meaning: "How the events of one context are counted: `count`, `occurrence` or `numeric`.",
    },
    Key {
        name: "unit",
        form: "unit = \"USD\"",
        meaning: "The unit of measure of a numeric metric.",
    },
    Key {
        name: "success",
        form: "success = higher",
        meaning: "Which variation is better: `higher` or `lower` than the baseline.",
    },
    Key {
        name: "by",
        form: "by = User",
        meaning: "The context type that events are counted by: LaunchDarkly's randomization unit.",
    },
    Key {
        name: "event",
        form: "event = \"checkout\"",
        meaning: "The key of the events; defaults to the key of the metric.",
    },
    Key {
        name: "crate",
        form: "crate = ::path::to::segments_runtime",
        meaning: "The path to `segments_runtime`, if it has another name.",
    },
];

/// Expands the derive.
pub(crate) fn derive_metric(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut about = About::default();
    let output = errors
        .take(syn::parse2::<DeriveInput>(input))
        .and_then(|input| expand(&input, &mut about, &mut errors));
    let errors = errors.into_tokens(&about.runtime);
    quote! { #output #errors }
}

/// The arguments, besides those that metrics have, too.
#[derive(Default)]
struct Written {
    kind: Option<Ident>,
    unit: Option<String>,
    success: Option<Ident>,
    by: Option<Path>,
    event: Option<String>,
}

fn expand(input: &DeriveInput, about: &mut About, errors: &mut Errors) -> Option<TokenStream> {
    let ident = &input.ident;
    let is_unit = matches!(&input.data, Data::Struct(data) if matches!(data.fields, Fields::Unit));
    if !is_unit || !input.generics.params.is_empty() {
        errors.on(
            ident,
            format!("the type of a metric has no fields; write `struct {ident};`"),
        );
        return None;
    }
    let mut places = Places::new(ident.span());
    let mut written = Written::default();
    about.description = description(&input.attrs);
    let before = errors.len();
    let pieces = attribute_pieces(&input.attrs, "metric", errors);
    each(pieces, "metric", METRIC, errors, |key, argument, errors| {
        let places = &mut places;
        if about.read(key, argument, places, errors) {
            return;
        }
        match key.name {
            "kind" => written.kind = word("kind", argument, "count", places, errors),
            "unit" => written.unit = text("unit", argument, "\"USD\"", places, errors),
            "success" => written.success = word("success", argument, "higher", places, errors),
            "by" => written.by = path("by", argument, "User", places, errors),
            _ => written.event = text("event", argument, "\"checkout\"", places, errors),
        }
    });
    if written.by.is_none() && errors.len() == before {
        errors.on(
            ident,
            "`by` is missing; write `by = User` with the type of the contexts to count by",
        );
    }
    let key = about.key.clone();
    let key = key.unwrap_or_else(|| Case::Kebab.apply(&ident.unraw().to_string()));
    let draft = DraftMetric {
        form: Form::Rust,
        key: key.clone(),
        name: about.name.clone(),
        description: about.description.clone(),
        tags: about.tags.clone(),
        event: written.event.clone(),
        kind: written.kind.as_ref().map(ToString::to_string),
        unit: written.unit.clone(),
        success: written.success.as_ref().map(ToString::to_string),
        by: DraftKind::Path(String::new()),
    };
    if errors.len() == before {
        report(&places, &draft.check(), errors);
    }
    if errors.len() > before || about.runtime.is_missing() {
        return None;
    }
    print(ident, about, &written, &draft)
}

/// Prints a metric of a file, which its reader has checked.
#[cfg(feature = "toml")]
pub(crate) fn of_file(
    ident: &Ident,
    metric: &Metric,
    by: Path,
    runtime: &RuntimePath,
) -> Option<TokenStream> {
    let (description, tags) = (metric.description.as_ref(), metric.tags.as_ref());
    let about = About::of_file(&metric.name, description, tags, runtime);
    let written = Written {
        unit: match &metric.kind {
            MetricKind::Numeric(unit) => Some(unit.clone()),
            MetricKind::Count | MetricKind::Occurrence => None,
        },
        by: Some(by),
        ..Written::default()
    };
    let draft = DraftMetric {
        key: metric.key.to_string(),
        name: about.name.clone(),
        event: Some(metric.event.clone()),
        kind: Some(metric.kind.word().to_owned()),
        success: Some(metric.success.word().to_owned()),
        ..DraftMetric::default()
    };
    print(ident, &about, &written, &draft)
}

/// Prints what was made of it.
fn print(
    ident: &Ident,
    about: &About,
    written: &Written,
    draft: &DraftMetric,
) -> Option<TokenStream> {
    let key = &draft.key;
    let (by, private) = (written.by.as_ref()?, about.runtime.private());
    let shown = about.tokens(&draft.name());
    let (event, unit) = (draft.event(), written.unit.as_deref().unwrap_or_default());
    let numeric = draft.kind.as_deref() == Some("numeric");
    let kind = match draft.kind.as_deref() {
        Some("count") => quote!(Count),
        Some("occurrence") => quote!(Occurrence),
        _ => quote!(Numeric(__segments::std::string::String::from(#unit))),
    };
    let success = match draft.success.as_deref() {
        Some("lower") => quote!(LowerThanBaseline),
        _ => quote!(HigherThanBaseline),
    };
    let unit = quote_spanned!(by.span()=> <#by as __segments::Context>::KIND);
    let value = numeric.then(|| quote!(value: __segments::core::primitive::f64));
    let value_of = if numeric {
        quote!(__segments::Some(value))
    } else {
        quote!(__segments::None)
    };
    let docs = if numeric {
        "Tracks an event with its value. LaunchDarkly's SDK sends it later."
    } else {
        "Tracks an event. LaunchDarkly's SDK sends it later."
    };
    Some(quote! {
        const _: () = {
            use #private as __segments;
            impl __segments::Metric for #ident {
                const KEY: __segments::MetricKey = __segments::MetricKey::from_static(#key);
                const UNIT: __segments::ContextKind = #unit;
                fn declared() -> __segments::Registered<__segments::MetricValue> {
                    __segments::here::<Self, _>(__segments::MetricValue {
                        key: <Self as __segments::Metric>::KEY,
                        #shown
                        event: __segments::std::string::String::from(#event),
                        kind: __segments::MetricKind::#kind,
                        success: __segments::SuccessCriterion::#success,
                        unit: <Self as __segments::Metric>::UNIT,
                    })
                }
            }
            __segments::with_ai! { unused
                impl #ident {
                    #[doc = #docs]
                    #[allow(dead_code, reason = "a metric may be counted elsewhere")]
                    pub fn track<__Contexts: __segments::HasUnit<#by, __At>, __At>(
                        client: &impl __segments::EventClient,
                        contexts: __Contexts,
                        #value
                    ) {
                        __segments::track::<#by, __At>(client, #event, contexts, #value_of);
                    }
                }
            }
            __segments::inventory::submit! {
                __segments::MetricDeclaration(<#ident as __segments::Metric>::declared)
            }
        };
    })
}
