//! Checks the parsed arguments: the model's checks, with each finding at its token.

use proc_macro2::TokenStream;
use segments_model::{Code, Findings, check as model};

use super::clause::Meaning;
use super::environment_block::Environment;
use super::relations;
use super::report::{report, warn};
use super::written::Written;
use crate::errors::Errors;
use crate::meta::path;

/// Runs the model's checks. Errors go into the sink, warnings come back as tokens.
pub(super) fn check(written: &Written, errors: &mut Errors) -> TokenStream {
    let mut warnings = TokenStream::new();
    if written.item.is_none() {
        return warnings;
    }
    let source = &written.source;
    let known = model::check(&source.draft);
    let nothing = Findings::default();
    report(source, &known, &nothing, errors, &mut warnings);
    relations::check(written, errors, &mut warnings);
    asked_twice(written, &mut warnings);
    for there in &written.environments {
        environment(&there.environment, written, &mut warnings);
        let written = &there.written;
        let found = model::check(&written.source.draft);
        report(&written.source, &found, &known, errors, &mut warnings);
        if there.own_rules {
            relations::check(written, errors, &mut warnings);
            asked_twice(written, &mut warnings);
        }
    }
    warnings
}

/// Keys of environments are the service's; some are nearly ones that every project has.
pub(crate) fn environment(
    environment: &Environment,
    written: &Written,
    warnings: &mut TokenStream,
) {
    let Environment::Key(key) = environment else {
        return;
    };
    let message = model::misspelt_environment(&key.value());
    if let Some(message) = message {
        warn(
            written,
            Code::ENVIRONMENT_MISSPELT,
            key.span(),
            &message,
            warnings,
        );
    }
}

/// The keys of referenced segments are checked in those segments; here their types are compared.
fn asked_twice(written: &Written, warnings: &mut TokenStream) {
    for clause in written.rules().flat_map(|rule| &rule.rust.clauses) {
        let Meaning::MemberOf { segments, .. } = &clause.meaning else {
            continue;
        };
        let mut seen: Vec<String> = Vec::new();
        for segment in segments {
            let name = path(segment);
            if seen.contains(&name) {
                let message = format!("`{name}` is written twice; write it once");
                let span = segment
                    .segments
                    .last()
                    .map_or(clause.span, |last| last.ident.span());
                warn(written, Code::VALUE_DUPLICATE, span, &message, warnings);
            }
            seen.push(name);
        }
    }
}
