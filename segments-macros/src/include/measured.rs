//! A struct for each metric and experiment.

use proc_macro2::TokenStream;
use quote::quote;
use segments_model::diagnostic::Diagnostic;
use segments_model::file::Report;
use segments_model::{Code, Experiment, Metric};
use syn::Path;

use super::arguments::Call;
use super::identifiers::{type_name, variation_name};
use super::names::{self, Names};
use super::written::Writer;
use crate::measured::{Named, experiment_of_file, metric_of_file};

/// The structs. Types that Rust cannot express are reported.
pub(super) fn structs(
    call: &Call,
    report: &Report,
    names: &Names,
) -> (TokenStream, Vec<Diagnostic>) {
    let file = report.readable_part();
    let writer = Writer::new(call, file);
    let mut items = TokenStream::new();
    let mut unsupported = Vec::new();
    for declared in &file.metrics {
        let key = declared.metric.key.as_str();
        if names.has(&type_name(key), &names::metric(key)) {
            items.extend(metric(call, &writer, &declared.metric));
        }
    }
    for declared in &file.experiments {
        let (key, rule) = (&declared.experiment.key, &declared.experiment.rule);
        if !names.has(&type_name(key.as_str()), &names::experiment(key.as_str())) {
            continue;
        }
        let rule = rule.as_ref().map(|rule| writer.segment_type(rule.as_str()));
        let rule = match rule.transpose() {
            Ok(rule) => rule,
            Err(problem) => {
                let message = format!("experiment `{key}`: {problem}");
                let span = declared.span.clone();
                unsupported.push(Diagnostic::new(Code::INCLUDE_UNSUPPORTED, span, message));
                continue;
            }
        };
        items.extend(experiment(call, &writer, &declared.experiment, rule));
    }
    (items, unsupported)
}

fn metric(call: &Call, writer: &Writer<'_>, metric: &Metric) -> TokenStream {
    let ident = type_name(metric.key.as_str());
    let implemented = metric_of_file(&ident, metric, writer.context(&metric.unit), &call.runtime);
    let shown = format!("Metric `{}`.", metric.key);
    quote! {
        #[doc = #shown]
        pub struct #ident;
        #implemented
    }
}

fn experiment(
    call: &Call,
    writer: &Writer<'_>,
    declared: &Experiment,
    rule: Option<Path>,
) -> TokenStream {
    let ident = type_name(declared.key.as_str());
    let secondary = declared.secondary.iter();
    let treatments = declared.treatments.iter();
    let named = Named {
        on: type_name(declared.on.key()).into(),
        rule,
        primary: type_name(declared.primary.as_str()).into(),
        secondary: secondary
            .map(|key| type_name(key.as_str()).into())
            .collect(),
        by: writer.context(&declared.unit),
        baseline: variation_name(&declared.baseline),
        split: treatments
            .map(|(variation, share)| (variation_name(variation), share.percent()))
            .collect(),
    };
    let implemented = experiment_of_file(&ident, declared, named, &call.runtime);
    let shown = format!("Experiment `{}`.", declared.key);
    quote! {
        #[doc = #shown]
        pub struct #ident;
        #implemented
    }
}
