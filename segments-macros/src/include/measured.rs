//! A struct for each metric and experiment, with `#[derive(Metric)]` or `#[experiment]` on it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use segments_model::diagnostic::Diagnostic;
use segments_model::file::Report;
use segments_model::{Code, Experiment, Metric, MetricKind};
use syn::Path;

use super::arguments::Call;
use super::names::{type_name, variation_name};
use super::written::Writer;
use crate::measured::{derive_metric, experiment};

/// The structs. What Rust cannot say is told apart.
pub(super) fn structs(call: &Call, report: &Report) -> (TokenStream, Vec<Diagnostic>) {
    let file = report.readable_part();
    let writer = Writer::new(call, file);
    let mut items = TokenStream::new();
    let mut unsupported = Vec::new();
    for declared in &file.metrics {
        items.extend(metric(call, &writer, &declared.metric));
    }
    for declared in &file.experiments {
        let (key, rule) = (&declared.experiment.key, &declared.experiment.rule);
        let rule = rule
            .as_ref()
            .map(|rule| (rule, segment(call, rule.as_str())));
        let elsewhere = rule.as_ref().is_some_and(|(rule, _)| {
            file.external.contains(*rule) && call.bound(rule.as_str()).is_none()
        });
        if let (Some((rule, _)), true) = (&rule, elsewhere) {
            let name = type_name(rule.as_str());
            let message = format!(
                "experiment `{key}`: `{rule}` is declared elsewhere; say where: `include_segments!(\"...\", \"{rule}\" = crate::{name})`"
            );
            let span = declared.span.clone();
            unsupported.push(Diagnostic::new(Code::IncludeUnsupported, span, message));
            continue;
        }
        let rule = rule.map(|(_, path)| path);
        items.extend(one(call, &writer, &declared.experiment, rule.as_ref()));
    }
    (items, unsupported)
}

/// The type of a segment.
fn segment(call: &Call, key: &str) -> Path {
    let bound = call.bound(key);
    bound.map_or_else(|| type_name(key).into(), Path::clone)
}

/// A word of the attribute.
fn word(word: &str) -> Ident {
    Ident::new(word, Span::call_site())
}

/// What metrics and experiments both have.
fn about<'a>(
    name: &str,
    tags: Option<impl Iterator<Item = &'a segments_model::Tag>>,
) -> TokenStream {
    let tags = tags.map(|tags| {
        let tags = tags.map(segments_model::Tag::as_str);
        quote!(tags = [#(#tags),*],)
    });
    quote!(name = #name, #tags)
}

fn metric(call: &Call, writer: &Writer<'_>, metric: &Metric) -> TokenStream {
    let (runtime, ident) = (&call.runtime, type_name(metric.key.as_str()));
    let (key, event) = (metric.key.as_str(), &metric.event);
    let (kind, success) = (word(metric.kind.word()), word(metric.success.word()));
    let unit = match &metric.kind {
        MetricKind::Numeric(unit) => Some(quote!(unit = #unit,)),
        MetricKind::Count | MetricKind::Occurrence => None,
    };
    let by = writer.context(&metric.unit);
    let about = about(&metric.name, metric.tags.as_ref().map(|tags| tags.iter()));
    let docs = metric.description.iter();
    let docs = quote!(#(#[doc = #docs])*);
    let shown = format!("Metric `{key}`.");
    let implemented = derive_metric(quote! {
        #docs
        #[metric(key = #key, #about kind = #kind, #unit success = #success, by = #by, event = #event, crate = #runtime)]
        pub struct #ident;
    });
    quote! {
        #[doc = #shown]
        pub struct #ident;
        #implemented
    }
}

fn one(
    call: &Call,
    writer: &Writer<'_>,
    declared: &Experiment,
    rule: Option<&Path>,
) -> TokenStream {
    let (runtime, ident) = (&call.runtime, type_name(declared.key.as_str()));
    let (key, hypothesis) = (declared.key.as_str(), &declared.hypothesis);
    let on = type_name(declared.on.key());
    let rule = rule.map(|rule| quote!(rule = #rule,));
    let primary = type_name(declared.primary.as_str());
    let secondary = declared.secondary.iter().map(|key| type_name(key.as_str()));
    let baseline = variation_name(&declared.baseline);
    let shares = declared.treatments.iter().map(|(variation, share)| {
        let (name, percent) = (variation_name(variation), share.percent());
        quote!(#name = #percent)
    });
    let (by, traffic) = (writer.context(&declared.unit), declared.traffic.percent());
    let about = about(
        &declared.name,
        declared.tags.as_ref().map(|tags| tags.iter()),
    );
    let docs = declared.description.iter();
    let docs = quote!(#(#[doc = #docs])*);
    experiment(
        quote! {
            key = #key, #about hypothesis = #hypothesis, on = #on, #rule
            metrics(primary = #primary, #(#secondary),*), baseline = #baseline, split(#(#shares),*),
            by = #by, traffic = #traffic, crate = #runtime
        },
        quote!(#docs #[allow(missing_docs)] pub struct #ident;),
    )
}
