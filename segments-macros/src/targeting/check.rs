//! Checks the parsed arguments: the model's checks, with each finding at its token.

use proc_macro2::{Span, TokenStream};
use segments_model::draft::{DraftBy, DraftKind, Form};
use segments_model::targeting::{
    DraftServe, DraftSplit, DraftTarget, DraftTargeting, DraftTargetingRule, check as model,
};
use segments_model::{Code, Place};
use syn::LitStr;
use syn::ext::IdentExt;

use super::serve::Serve;
use super::written::Written;
use crate::errors::Errors;
use crate::meta::source;
use crate::segment::{check as segment, report};

/// Runs the model's checks. Errors go into the sink, warnings come back as tokens.
pub(super) fn check(written: &Written, errors: &mut Errors) -> TokenStream {
    let mut warnings = TokenStream::new();
    let conditions = &written.conditions;
    if conditions.item.is_none() {
        return warnings;
    }
    super::ai::check(&written.ai, errors);
    let mut found = model::check(&draft(written));
    if written.only_reads() {
        // Who is served what is somebody else's concern.
        let kept = found.iter().filter(|it| it.code != Code::TARGETING_EMPTY);
        found = kept.cloned().collect();
    }
    let place = |place| span(written, place);
    report::report(conditions, &found, &place, errors, &mut warnings);
    for there in &written.environments {
        let written = &there.written;
        let news = segment::news(model::check(&draft(written)), &found);
        let place = |place| span(written, place);
        report::report(&written.conditions, &news, &place, errors, &mut warnings);
    }
    warnings
}

/// Variations are named as the user names them, so that messages do, too.
fn draft(written: &Written) -> DraftTargeting {
    let key = written.conditions.key.as_ref();
    let targets = written.targets.iter().map(|target| DraftTarget {
        variation: target
            .variation
            .as_ref()
            .map(|name| name.unraw().to_string()),
        kind: DraftKind::Path(source(&target.context)),
        keys: target.keys.iter().map(LitStr::value).collect(),
    });
    let rules = written.conditions.rules.iter().zip(&written.serves);
    let rules = rules.map(|(rule, serve)| DraftTargetingRule {
        when: segment::rule(rule),
        serve: serve.as_ref().map(self::serve),
    });
    let variations = written.variations.iter();
    DraftTargeting {
        form: Form::Rust,
        kind: written.kind,
        key: key.map(|key| key.text.clone()).unwrap_or_default(),
        variations: variations
            .map(|variation| variation.name.unraw().to_string())
            .collect(),
        targets: written.manages_targets().then(|| targets.collect()),
        rules: written.manages_rules().then(|| rules.collect()),
        fallthrough: written.fallthrough.as_ref().map(serve),
        at_least: written.at_least.unwrap_or_default(),
    }
}

fn serve(serve: &Serve) -> DraftServe {
    match serve {
        Serve::Variation(variation) => DraftServe::Variation(variation.unraw().to_string()),
        Serve::Split(split) => DraftServe::Split(DraftSplit {
            shares: split
                .shares
                .iter()
                .map(|(variation, percent)| (variation.unraw().to_string(), *percent))
                .collect(),
            by: split.by.as_ref().map(|(_, context)| DraftBy {
                context: Some(source(context)),
                ..DraftBy::default()
            }),
        }),
    }
}

/// The token that a place of the draft was read from.
fn span(written: &Written, place: Place) -> Span {
    let serve = |rule: Option<usize>| match rule {
        Some(rule) => written.serves.get(rule).and_then(Option::as_ref),
        None => written.fallthrough.as_ref(),
    };
    let found = match place {
        Place::Variation(at) => written.variations.get(at).map(|it| it.name.span()),
        Place::Target { target, key } => written.targets.get(target).and_then(|target| match key {
            Some(key) => target.keys.get(key).map(LitStr::span),
            None => target.context.segments.first().map(|it| it.ident.span()),
        }),
        Place::TargetServe(target) => {
            let target = written.targets.get(target);
            target.and_then(|target| target.variation.as_ref().map(syn::Ident::span))
        }
        Place::Serve { rule } => serve(rule).map(|serve| match serve {
            Serve::Variation(variation) => variation.span(),
            Serve::Split(split) => split.span,
        }),
        Place::Share { rule, share } => {
            serve(rule).and_then(|serve| serve.variations().get(share).map(|it| it.span()))
        }
        _ => None,
    };
    found.unwrap_or_else(|| report::span(&written.conditions, place))
}
