//! `include_segments!(...)`: find → read → name → expand.
//!
//! Each kind of context becomes a struct. Segments that test only one of these kinds, as nearly all do,
//! are entries of one table ([`table`]); the others expand to hand-written form: `#[segment]` on a
//! struct, and `#[ai_config]` and `#[flag_targeting]` likewise. Each mistake in the file is one error, at
//! the literal that names the file; the position inside the file is in the message.

mod arguments;
mod bound;
mod contexts;
mod file;
mod identifiers;
mod measured;
mod mentioned;
mod names;
mod partitions;
mod schema;
mod segments;
mod table;
mod targetings;
mod twice;
mod written;

use proc_macro2::TokenStream;
use quote::quote;
use segments_model::Severity;
use segments_model::diagnostic::inside_compile_error;

use crate::echo::echo;
use crate::errors::Errors;
use crate::warnings;

/// Expands the macro: the echo for editors, the items, then the warnings and the errors.
#[allow(clippy::needless_pass_by_value, reason = "the shape of a macro")]
pub(crate) fn include_segments(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let call = arguments::parse(input.clone(), &mut errors);
    let echo = echo(&input, &call.runtime, &TokenStream::new());
    let mut items = TokenStream::new();
    let mut warned = Vec::new();
    if let Some(path) = call.path.as_ref().filter(|_| !call.runtime.is_missing()) {
        match file::read(path) {
            Ok(_) if twice::included_before(path) => {
                let message = format!(
                    "`{}` is included twice in this module; remove the second",
                    path.value()
                );
                errors.at(path.span(), message);
            }
            Err(message) => errors.at(path.span(), message),
            Ok(report) => {
                let (output, found) = expand(&call, &report, &mut errors);
                items = output;
                for found in report.diagnostics().iter().chain(&found) {
                    let text = inside_compile_error(found, report.source());
                    match found.severity() {
                        Severity::Error => errors.at(path.span(), text),
                        Severity::Warning => {
                            let silence =
                                format!("`allow = [\"{}\"]` in the file silences this", found.code);
                            let text = format!("{text}\n{silence}");
                            warned.push(warnings::noted(found.code, path.span(), &text));
                        }
                    }
                }
                if report.omitted() > 0 {
                    let message = format!("and {} more in `{}`", report.omitted(), path.value());
                    errors.at(path.span(), message);
                }
                let track = file::track(path, &call.runtime);
                items = quote! { #track #items };
            }
        }
    }
    let errors = errors.into_tokens(&call.runtime);
    quote! { #echo #items #(#warned)* #errors }
}

fn expand(
    call: &arguments::Call,
    report: &segments_model::file::Report,
    errors: &mut Errors,
) -> (TokenStream, Vec<segments_model::diagnostic::Diagnostic>) {
    let file = report.readable_part();
    call.check_bindings(file, errors);
    let names = names::Names::new(call, file);
    let contexts = contexts::structs(call, file, &names);
    let (segments, unsupported) = segments::structs(call, report, &names);
    let (targetings, not_said) = targetings::structs(call, report, &names);
    let (measured, not_measured) = measured::structs(call, report, &names);
    let partitions = partitions::enums(call, file, &names);
    let mut found = names.collisions;
    found.extend(not_measured);
    found.extend(unsupported);
    found.extend(not_said);
    found.extend(contexts::unsupported(call, report));
    let bound = bound::assertions(call, report);
    (
        quote! { #contexts #segments #targetings #measured #partitions #bound },
        found,
    )
}
