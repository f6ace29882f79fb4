//! The documentation that every segment gets: its key and its rules as a table.

use proc_macro2::TokenStream;
use quote::quote;

use super::clause::Meaning;
use super::written::{Rule, Targets, Written};
use crate::meta::source;

/// Doc attributes that follow the user's own.
pub(super) fn table(written: &Written) -> TokenStream {
    let mut lines = vec![String::new()];
    let key = written
        .key
        .as_ref()
        .map(|key| key.text.as_str())
        .unwrap_or_default();
    match &written.big {
        Some(_) => lines.push(format!(
            "LaunchDarkly keeps the members of this segment, `{key}`."
        )),
        None => lines.push(format!("Who is in segment `{key}`:")),
    }
    lines.push(String::new());
    audience(written, &mut lines);
    for there in &written.environments {
        lines.extend([
            String::new(),
            format!("In environment `{}`:", there.environment.text()),
            String::new(),
        ]);
        audience(&there.written, &mut lines);
    }
    let text = lines.join("\n");
    quote!(#[doc = #text])
}

/// Who is in it, as a table.
fn audience(written: &Written, lines: &mut Vec<String>) {
    let mut rows = Vec::new();
    rows.extend(
        written
            .included
            .as_ref()
            .map(|targets| ("always", listed(targets))),
    );
    rows.extend(
        written
            .excluded
            .as_ref()
            .map(|targets| ("never", listed(targets))),
    );
    rows.extend(
        written
            .rules
            .iter()
            // Of a half-typed rule it is not known what it will say.
            .filter(|rule| !rule.broken)
            .map(|rule| ("whoever has", self::rule(rule))),
    );
    if !rows.is_empty() {
        lines.push("| | |".to_owned());
        lines.push("|---|---|".to_owned());
        lines.extend(
            rows.into_iter()
                .map(|(who, what)| format!("| {who} | {what} |")),
        );
    }
}

/// Counts, not keys: documentation is published, and keys may be people's.
fn listed(targets: &Targets) -> String {
    let list = |list: &super::written::List| {
        let count = list.keys.len();
        format!("{count} listed [`{}`]", source(&list.context))
    };
    let more = if targets.at_least {
        ", plus those added by others"
    } else {
        ""
    };
    targets
        .lists
        .iter()
        .map(list)
        .collect::<Vec<_>>()
        .join(", ")
        + more
}

pub(crate) fn rule(rule: &Rule) -> String {
    let clause = |clause: &super::clause::Clause| match &clause.meaning {
        Meaning::Comparison { .. } => {
            format!("`{}`", clause.written.replace('|', "\\|"))
        }
        Meaning::MemberOf { segments, negate } => {
            let links = segments
                .iter()
                .map(|segment| format!("[`{}`]", source(segment)));
            let links = links.collect::<Vec<_>>().join(" or ");
            let word = if *negate {
                "no membership"
            } else {
                "membership"
            };
            format!("{word} of {links}")
        }
        Meaning::HasKind { contexts, negate } => {
            let links = contexts
                .iter()
                .map(|context| format!("[`{}`]", source(context)));
            let word = if *negate { "no " } else { "a " };
            format!("{word}{}", links.collect::<Vec<_>>().join(" or "))
        }
    };
    let mut text = rule
        .clauses
        .iter()
        .map(clause)
        .collect::<Vec<_>>()
        .join(" and ");
    if text.is_empty() {
        "any attributes at all".clone_into(&mut text);
    }
    if let Some((percent, _)) = rule.percent {
        text = format!("{text}, {percent} % of them");
    }
    if let Some(description) = &rule.description {
        text = format!("{text} ({})", description.value().replace('|', "\\|"));
    }
    text
}
