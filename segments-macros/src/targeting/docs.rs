//! The documentation of every AI Config and flag: its targeting, as a table.

use proc_macro2::TokenStream;
use quote::quote;
use segments_model::targeting::DraftServe;

use super::written::Written;
use crate::segment::docs;

/// Doc attributes that follow the user's own.
pub(super) fn table(written: &Written) -> TokenStream {
    let key = &written.source.draft.key;
    let mut lines = vec![
        String::new(),
        format!("The targeting of {} `{key}`:", written.kind().what()),
        String::new(),
    ];
    served(written, &mut lines);
    for there in &written.environments {
        lines.extend([
            String::new(),
            format!("In environment `{}`:", there.environment.text()),
            String::new(),
        ]);
        served(&there.written, &mut lines);
    }
    let text = lines.join("\n");
    quote!(#[doc = #text])
}

/// The targeting, as a table.
fn served(written: &Written, lines: &mut Vec<String>) {
    let mut rows = Vec::new();
    let draft = &written.source.draft;
    for target in draft.targets.iter().flatten() {
        let variation = target.variation.as_ref();
        let variation = variation
            .map(|name| format!("`{name}`"))
            .unwrap_or_default();
        // Counts, not keys: documentation is published, and keys may be people's.
        let who = format!("{} listed [`{}`]", target.keys.len(), target.kind);
        rows.push((who, variation));
    }
    for (rule, serve, _) in written.rules() {
        let served = serve.map(self::serve).unwrap_or_default();
        rows.push((format!("contexts where {}", docs::rule(rule)), served));
    }
    if let Some(fallthrough) = &draft.fallthrough {
        rows.push(("everybody else".to_owned(), serve(fallthrough)));
    }
    if !rows.is_empty() {
        lines.push("| | |".to_owned());
        lines.push("|---|---|".to_owned());
        let rows = rows.into_iter();
        lines.extend(rows.map(|(who, what)| format!("| {who} | {what} |")));
    }
}

fn serve(serve: &DraftServe) -> String {
    match serve {
        DraftServe::Variation(variation) => format!("`{variation}`"),
        DraftServe::Split(split) => {
            let shares = split.shares.iter();
            let shares = shares.map(|(variation, percent)| format!("{percent} % `{variation}`"));
            shares.collect::<Vec<_>>().join(", ")
        }
    }
}
