//! Findings in the output: errors at their tokens, and warnings.

use proc_macro2::{Span, TokenStream};
use segments_model::source::Source;
use segments_model::{Code, Findings, Place, Severity};

use super::written::Written;
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
    if !written.source.allows(code) {
        warnings.extend(warning(code, span, message));
    }
}

/// Says what was found and is not known of the base, each finding at its place.
pub(crate) fn report<D>(
    source: &Source<D, Span>,
    found: &Findings,
    known: &Findings,
    errors: &mut Errors,
    warnings: &mut TokenStream,
) {
    for (finding, span) in source.news(found, known) {
        // What could not be read may be what is missing.
        if finding.place == Place::Segment && !source.complete {
            continue;
        }
        // rustc knows the attribute's type as well, and says it better.
        if finding.code == Code::VALUE_TYPE {
            continue;
        }
        match finding.code.severity() {
            Severity::Error => errors.at(*span, &finding.message),
            Severity::Warning => warnings.extend(warning(finding.code, *span, &finding.message)),
        }
    }
}
