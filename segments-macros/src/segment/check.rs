//! Checks the parsed arguments: the model's checks, with each finding at its token.

use proc_macro2::TokenStream;
use segments_model::check as model;
use segments_model::draft::{
    DraftBy, DraftClause, DraftKind, DraftList, DraftRule, DraftSubject, DraftTargets, Form,
};
use segments_model::{AttributeRef, Code, Draft, Finding, Findings, Operator};

use super::clause::{self, Meaning};
use super::environment_block::Environment;
use super::relations;
use super::report::{report, span, warn};
use super::written::{Targets, Written};
use crate::errors::Errors;
use crate::meta::path;

/// Runs the model's checks. Errors go into the sink, warnings come back as tokens.
pub(super) fn check(written: &Written, errors: &mut Errors) -> TokenStream {
    let mut warnings = TokenStream::new();
    if written.item.is_none() {
        return warnings;
    }
    let found = model::check(&draft(written));
    let place = |place| span(written, place);
    report(written, &found, &place, errors, &mut warnings);
    relations::check(written, errors, &mut warnings);
    asked_twice(written, &mut warnings);
    for there in &written.environments {
        environment(&there.environment, written, &mut warnings);
        let written = &there.written;
        let news = news(model::check(&draft(written)), &found);
        let place = |place| span(written, place);
        report(written, &news, &place, errors, &mut warnings);
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
    for clause in written.rules.iter().flat_map(|rule| &rule.clauses) {
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

/// The findings of an environment that are not already known of the base, with which it shares much.
pub(crate) fn news(found: Findings, known: &Findings) -> Vec<Finding> {
    let found = found.into_iter();
    found
        .filter(|finding| !known.iter().any(|known| known == finding))
        .collect()
}

pub(crate) fn draft(written: &Written) -> Draft {
    let text = |text: &Option<super::written::Text>| {
        text.as_ref()
            .map(|text| text.text.clone())
            .unwrap_or_default()
    };
    Draft {
        form: Form::Rust,
        key: text(&written.key),
        name: text(&written.name),
        description: written.description.clone(),
        tags: written
            .tags
            .as_ref()
            .map(|tags| tags.iter().map(syn::LitStr::value).collect()),
        included: written.included.as_ref().map(targets),
        excluded: written.excluded.as_ref().map(targets),
        rules: (!written.rules.is_empty() || written.no_rules)
            .then(|| written.rules.iter().map(rule).collect()),
        nobody: written.nobody.is_some(),
        // The kind is the context type's business; the checks only need to know that there is one.
        big: written
            .big
            .as_ref()
            .map(|_| segments_model::ContextKind::USER.to_string()),
        unmanaged: written
            .unmanaged
            .iter()
            .flat_map(|unmanaged| unmanaged.names.clone())
            .collect(),
        absent: written.absent,
        lifecycle: (written.lifecycle.iter())
            .map(|it| (it.key, it.text.clone()))
            .collect(),
    }
}

fn targets(targets: &Targets) -> DraftTargets {
    let list = |list: &super::written::List| DraftList {
        kind: DraftKind::Path(path(&list.context)),
        keys: list.keys.iter().map(syn::LitStr::value).collect(),
        until: list.until.as_ref().map(syn::LitStr::value),
    };
    DraftTargets {
        at_least: targets.at_least,
        lists: targets.lists.iter().map(list).collect(),
    }
}

pub(crate) fn rule(rule: &super::written::Rule) -> DraftRule {
    DraftRule {
        description: rule.description.as_ref().map(syn::LitStr::value),
        // A rule whose clauses could not be read has one more, of which nothing is known.
        clauses: rule
            .clauses
            .iter()
            .map(clause)
            .chain(rule.broken.then(unread))
            .collect(),
        everyone: rule.everyone.is_some() && !rule.broken,
        percent: rule.percent.map(|(percent, _)| percent),
        // Nor is a share that could not be read no share.
        by: rule.by.as_ref().filter(|_| !rule.broken).map(|by| DraftBy {
            context: Some(path(&by.context)),
            ..DraftBy::default()
        }),
    }
}

fn unread() -> DraftClause {
    DraftClause {
        values: vec![None],
        ..DraftClause::default()
    }
}

fn clause(clause: &super::clause::Clause) -> DraftClause {
    match &clause.meaning {
        Meaning::Comparison {
            context,
            attribute,
            method,
            values,
            negate,
        } => DraftClause {
            subject: Some(DraftSubject {
                context: path(context),
                attribute: attribute.clone(),
            }),
            operator: method
                .as_ref()
                .and_then(|(method, _)| clause::operator(method, values))
                // Whether such a text is a version, the constant beside the clause tells.
                .filter(|operator| *operator == Operator::In || !clause.is_of_text()),
            values: values.iter().map(|(value, _)| value.clone()).collect(),
            negate: *negate,
            ..DraftClause::default()
        },
        // The keys are the other segments' business.
        Meaning::MemberOf { segments, negate } => DraftClause {
            operator: Some(Operator::SegmentMatch),
            values: vec![None; segments.len()],
            negate: *negate,
            ..DraftClause::default()
        },
        // So are the names of kinds that of their types.
        Meaning::HasKind { contexts, negate } => DraftClause {
            attribute: Some(AttributeRef::KIND.into()),
            operator: Some(Operator::In),
            values: vec![None; contexts.len()],
            negate: *negate,
            ..DraftClause::default()
        },
    }
}
