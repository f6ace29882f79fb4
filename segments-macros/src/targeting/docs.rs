//! The documentation of every AI Config and flag: its targeting, as a table.

use proc_macro2::TokenStream;
use quote::quote;

use super::serve::Serve;
use super::written::Written;
use crate::meta::source;
use crate::segment::docs;

/// Doc attributes that follow the user's own.
pub(super) fn table(written: &Written) -> TokenStream {
    let key = written.conditions.key.as_ref();
    let key = key.map(|key| key.text.as_str()).unwrap_or_default();
    let mut lines = vec![
        String::new(),
        format!("The targeting of {} `{key}`:", written.kind.what()),
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
    for target in &written.targets {
        let variation = target.variation.as_ref();
        let variation = variation
            .map(|name| format!("`{name}`"))
            .unwrap_or_default();
        // Counts, not keys: documentation is published, and keys may be people's.
        let who = format!(
            "{} listed [`{}`]",
            target.keys.len(),
            source(&target.context)
        );
        rows.push((who, variation));
    }
    for (rule, serve) in written.conditions.rules.iter().zip(&written.serves) {
        let served = serve.as_ref().map(self::serve).unwrap_or_default();
        rows.push((format!("contexts where {}", docs::rule(rule)), served));
    }
    if let Some(fallthrough) = &written.fallthrough {
        rows.push(("everybody else".to_owned(), serve(fallthrough)));
    }
    if !rows.is_empty() {
        lines.push("| | |".to_owned());
        lines.push("|---|---|".to_owned());
        let rows = rows.into_iter();
        lines.extend(rows.map(|(who, what)| format!("| {who} | {what} |")));
    }
}

fn serve(serve: &Serve) -> String {
    match serve {
        Serve::Variation(variation) => format!("`{variation}`"),
        Serve::Split(split) => {
            let shares = split.shares.iter();
            let shares = shares.map(|(variation, percent)| format!("{percent} % `{variation}`"));
            shares.collect::<Vec<_>>().join(", ")
        }
    }
}
