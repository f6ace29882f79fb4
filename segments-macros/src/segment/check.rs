//! Checks what was written: the model's checks, and each finding at its token.

use proc_macro2::{Span, TokenStream};
use segments_model::draft::{DraftBy, DraftClause, DraftKind, DraftList, DraftRule, DraftTargets};
use segments_model::{
    AttributeRef, Code, Draft, Finding, Findings, Operator, Place, Severity, check as model,
};

use super::clause::{self, Meaning};
use super::written::{Targets, Written};
use crate::errors::Errors;
use crate::meta::source;
use crate::warnings::warning;

/// Runs the model's checks. Errors go into the sink, warnings come back as tokens.
pub(super) fn check(written: &Written, errors: &mut Errors) -> TokenStream {
    let mut warnings = TokenStream::new();
    if written.item.is_none() {
        return warnings;
    }
    let found = model::check(&draft(written));
    let place = |place| span(written, place);
    report(written, &found, &place, errors, &mut warnings);
    for there in &written.environments {
        let written = &there.written;
        let news = news(model::check(&draft(written)), &found);
        let place = |place| span(written, place);
        report(written, &news, &place, errors, &mut warnings);
    }
    warnings
}

/// What is found in an environment and not known of the whole, from which it has much.
pub(crate) fn news(found: Findings, known: &Findings) -> Vec<Finding> {
    let found = found.into_iter();
    found
        .filter(|finding| !known.iter().any(|known| known == finding))
        .collect()
}

/// Says what was found, each finding at its place.
pub(crate) fn report<'a>(
    written: &Written,
    findings: impl IntoIterator<Item = &'a Finding>,
    place: &dyn Fn(Place) -> Span,
    errors: &mut Errors,
    warnings: &mut TokenStream,
) {
    for finding in findings {
        // What could not be read may be what is missing.
        if finding.place == Place::Segment && written.incomplete {
            continue;
        }
        // rustc knows the attribute's type as well, and says it better.
        if finding.code == Code::ValueType {
            continue;
        }
        let span = place(finding.place);
        match finding.code.severity() {
            Severity::Error => errors.at(span, &finding.message),
            Severity::Warning if written.allowed.contains(&finding.code) => {}
            Severity::Warning => warnings.extend(warning(finding.code, span, &finding.message)),
        }
    }
}

fn draft(written: &Written) -> Draft {
    let text = |text: &Option<super::written::Text>| {
        text.as_ref()
            .map(|text| text.text.clone())
            .unwrap_or_default()
    };
    Draft {
        key: text(&written.key),
        name: text(&written.name),
        description: written.description.clone(),
        tags: written
            .tags
            .as_ref()
            .map(|tags| tags.iter().map(syn::LitStr::value).collect()),
        included: written.included.as_ref().map(targets),
        excluded: written.excluded.as_ref().map(targets),
        rules: (!written.rules.is_empty()).then(|| written.rules.iter().map(rule).collect()),
        nobody: written.nobody.is_some(),
        // The kind is the context type's business; the checks only need to know that there is one.
        big: written
            .big
            .as_ref()
            .map(|_| segments_model::ContextKind::USER.to_string()),
    }
}

fn targets(targets: &Targets) -> DraftTargets {
    let list = |list: &super::written::List| DraftList {
        kind: DraftKind::Path(source(&list.context)),
        keys: list.keys.iter().map(syn::LitStr::value).collect(),
    };
    DraftTargets {
        at_least: targets.at_least,
        lists: targets.lists.iter().map(list).collect(),
    }
}

pub(crate) fn rule(rule: &super::written::Rule) -> DraftRule {
    DraftRule {
        description: rule.description.as_ref().map(syn::LitStr::value),
        clauses: rule.clauses.iter().map(clause).collect(),
        // A rule whose clauses could not be read is not a rule without clauses.
        everyone: rule.everyone.is_some() || (rule.broken && rule.clauses.is_empty()),
        percent: rule.percent.map(|(percent, _)| percent),
        // Nor is a share that could not be read no share.
        by: rule
            .by
            .as_ref()
            .filter(|_| !rule.broken)
            .map(|_| DraftBy::default()),
    }
}

fn clause(clause: &super::clause::Clause) -> DraftClause {
    match &clause.meaning {
        Meaning::Comparison {
            method,
            values,
            negate,
            ..
        } => DraftClause {
            operator: method
                .as_ref()
                .and_then(|(method, _)| clause::operator(method, values)),
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

/// The token that a place of the draft was read from.
pub(crate) fn span(written: &Written, place: Place) -> Span {
    let item = || {
        written
            .item
            .as_ref()
            .map_or_else(Span::call_site, |item| item.ident.span())
    };
    let target = |targets: &Option<Targets>, list: usize, key: Option<usize>| {
        let list = targets
            .as_ref()
            .and_then(|targets| targets.lists.get(list))?;
        match key {
            Some(key) => list.keys.get(key).map(syn::LitStr::span),
            None => list
                .context
                .segments
                .first()
                .map(|segment| segment.ident.span()),
        }
    };
    let rule = |rule: usize| written.rules.get(rule);
    let clause = |at: usize, clause: usize| rule(at).and_then(|rule| rule.clauses.get(clause));
    let found = match place {
        Place::Key => written.key.as_ref().map(|key| key.span),
        Place::Name => written.name.as_ref().map(|name| name.span),
        Place::Tag(tag) => written
            .tags
            .as_ref()
            .and_then(|tags| tags.get(tag))
            .map(syn::LitStr::span),
        Place::Included { list, key } => target(&written.included, list, key),
        Place::Excluded { list, key } => target(&written.excluded, list, key),
        Place::Nobody => written.nobody,
        Place::Big => written.big.as_ref().map(|big| big.span),
        Place::Rule(at) => rule(at).map(|rule| rule.span),
        Place::Everyone(at) => rule(at).and_then(|rule| rule.everyone),
        Place::Percent(at) => rule(at).and_then(|rule| rule.percent).map(|(_, span)| span),
        Place::By(at) => rule(at).and_then(|rule| rule.by.as_ref()).map(|by| by.span),
        Place::Operator { rule, clause: at } => {
            clause(rule, at).and_then(|clause| match &clause.meaning {
                Meaning::Comparison { method, .. } => method.as_ref().map(|(_, span)| *span),
                Meaning::MemberOf { .. } | Meaning::HasKind { .. } => None,
            })
        }
        Place::Value {
            rule,
            clause: at,
            value,
        } => clause(rule, at).and_then(|clause| match &clause.meaning {
            Meaning::Comparison { values, .. } => values.get(value).map(|(_, span)| *span),
            Meaning::MemberOf { .. } | Meaning::HasKind { .. } => None,
        }),
        Place::Clause { rule, clause: at }
        | Place::Kind { rule, clause: at }
        | Place::Attribute { rule, clause: at } => clause(rule, at).map(|clause| clause.span),
        _ => None,
    };
    found.unwrap_or_else(item)
}
