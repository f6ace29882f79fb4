//! Checks the parsed arguments: the model's checks, with each finding at its token.

use proc_macro2::TokenStream;
use segments_model::targeting::check as model;
use segments_model::{Code, Findings};

use super::written::Written;
use crate::errors::Errors;
use crate::segment::report::report;

/// Runs the model's checks. Errors go into the sink, warnings come back as tokens.
pub(super) fn check(written: &Written, errors: &mut Errors) -> TokenStream {
    let mut warnings = TokenStream::new();
    if written.conditions.item.is_none() {
        return warnings;
    }
    super::ai::check(&written.ai, errors);
    let source = &written.source;
    let mut known = model::check(&source.draft);
    if written.only_reads() {
        // Who is served what is somebody else's concern.
        let kept = known.into_iter();
        known = kept.filter(|it| it.code != Code::TARGETING_EMPTY).collect();
    }
    let nothing = Findings::default();
    report(source, &known, &nothing, errors, &mut warnings);
    for there in &written.environments {
        let source = &there.written.source;
        let found = model::check(&source.draft);
        report(source, &found, &known, errors, &mut warnings);
    }
    warnings
}
