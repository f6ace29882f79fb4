//! Findings in the output: errors at their tokens, and warnings.

use proc_macro2::{Span, TokenStream};
use segments_model::{Code, Finding, Place, Severity};

use super::clause::Meaning;
use super::written::{Targets, Written};
use crate::errors::Errors;
use crate::warnings::warning;

/// A warning, unless the author allows it.
pub(super) fn warn(
    written: &Written,
    code: Code,
    span: Span,
    message: &str,
    warnings: &mut TokenStream,
) {
    if !written.allowed.contains(&code) {
        warnings.extend(warning(code, span, message));
    }
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
        if finding.code == Code::VALUE_TYPE {
            continue;
        }
        let span = place(finding.place);
        match finding.code.severity() {
            Severity::Error => errors.at(span, &finding.message),
            Severity::Warning => warn(written, finding.code, span, &finding.message, warnings),
        }
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
    let until = |targets: &Option<Targets>, list: usize| {
        let list = targets.as_ref()?.lists.get(list)?;
        list.until.as_ref().map(syn::LitStr::span)
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
        Place::IncludedUntil(list) => until(&written.included, list),
        Place::ExcludedUntil(list) => until(&written.excluded, list),
        Place::Nobody => written.nobody,
        Place::Unmanaged => written.unmanaged.as_ref().map(|unmanaged| unmanaged.span),
        Place::Lifecycle(key) => {
            let mut keys = written.lifecycle.iter();
            keys.find(|it| it.key == key).map(|it| it.span)
        }
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
