//! The mistakes in a file, as `check` reports them.

use gen_lsp_types as lsp;
use segments_model::diagnostic::{Diagnostic, page};
use segments_model::{Code, Severity};

use super::document::Document;

pub(super) fn all(document: &Document) -> Vec<lsp::Diagnostic> {
    let found = document.diagnostics();
    found.iter().map(|found| one(document, found)).collect()
}

pub(super) fn one(document: &Document, found: &Diagnostic) -> lsp::Diagnostic {
    let related = found
        .related
        .iter()
        .map(|related| lsp::DiagnosticRelatedInformation {
            location: document.location(&related.span),
            message: related.message.clone(),
        });
    let related: Vec<_> = related.collect();
    let severity = match found.severity() {
        Severity::Error => lsp::DiagnosticSeverity::Error,
        Severity::Warning => lsp::DiagnosticSeverity::Warning,
    };
    lsp::Diagnostic {
        range: document.range(&found.span),
        severity: Some(severity),
        code: Some(found.code.name().into()),
        code_description: Some(lsp::CodeDescription {
            href: lsp::Uri(page(found.code)),
        }),
        source: Some("segments".to_owned()),
        message: lsp::Message::String(found.message.clone()),
        tags: changes_nothing(found.code).then(|| vec![lsp::DiagnosticTag::Unnecessary]),
        related_information: (!related.is_empty()).then_some(related),
        data: None,
    }
}

/// Returns whether what stands there could as well be left out.
pub(super) fn changes_nothing(code: Code) -> bool {
    matches!(
        code,
        Code::CLAUSE_COVERED
            | Code::EXCLUDED_UNNEEDED
            | Code::KEY_IGNORED
            | Code::PERCENT_ALL
            | Code::RULE_COVERED
            | Code::TAG_DUPLICATE
            | Code::TARGET_DUPLICATE
            | Code::VALUE_COVERED
            | Code::VALUE_DUPLICATE
    )
}
