//! The documentation of every segment: its key and its rules as a table.

use proc_macro2::TokenStream;
use quote::quote;
use segments_model::Expiry;
use segments_model::draft::DraftTargets;

use super::clause::Meaning;
use super::written::{Rule, Written};
use crate::meta::path;

/// Doc attributes that follow the user's own.
pub(super) fn table(written: &Written) -> TokenStream {
    let mut lines = vec![String::new()];
    let draft = &written.source.draft;
    let key = &draft.key;
    match &draft.big {
        Some(_) => lines.push(format!(
            "LaunchDarkly keeps the members of this segment, `{key}`."
        )),
        None => lines.push(question(key)),
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

/// The same of a standard segment that differs in no environment, by the rows of its table.
#[cfg(feature = "toml")]
pub(crate) fn page(key: &str, rows: Vec<Row>) -> String {
    let mut lines = vec![String::new(), question(key), String::new()];
    push(rows, &mut lines);
    lines.join("\n")
}

fn question(key: &str) -> String {
    format!("The audience of segment `{key}`:")
}

/// A list or a rule: whether who is meant is in the segment, and who that is.
pub(crate) type Row = (&'static str, String);

/// The word in front of who is in it whatever the rules say.
pub(crate) const ALWAYS: &str = "always";

/// The word in front of who is not, unless always.
pub(crate) const NEVER: &str = "never";

/// The words in front of a rule.
pub(crate) const MATCHING: &str = "contexts where";

fn push(rows: Vec<Row>, lines: &mut Vec<String>) {
    if rows.is_empty() {
        return;
    }
    lines.push("| | |".to_owned());
    lines.push("|---|---|".to_owned());
    let rows = rows.into_iter();
    lines.extend(rows.map(|(who, what)| format!("| {who} | {what} |")));
}

/// The audience, as a table.
fn audience(written: &Written, lines: &mut Vec<String>) {
    let mut rows = Vec::new();
    let draft = &written.source.draft;
    let lists = [(ALWAYS, &draft.included), (NEVER, &draft.excluded)].into_iter();
    rows.extend(lists.filter_map(|(who, targets)| Some((who, listed(targets.as_ref()?)))));
    rows.extend(
        written
            .rules()
            // Of a half-typed rule it is not known what it will say.
            .filter(|rule| !rule.rust.broken)
            .map(|rule| (MATCHING, self::rule(rule))),
    );
    push(rows, lines);
}

fn listed(targets: &DraftTargets) -> String {
    let lists = targets.lists.iter().map(|list| {
        let until = list.expiry().and_then(Result::ok);
        (list.keys.len(), list.kind.to_string(), until)
    });
    counted(lists, targets.at_least)
}

/// Counts, not keys: documentation is published, and keys may be people's.
pub(crate) fn counted(
    lists: impl Iterator<Item = (usize, String, Option<Expiry>)>,
    at_least: bool,
) -> String {
    let lists = lists.map(|(count, context, until)| {
        let until = until.map(|until| format!(" until {until}"));
        format!("{count} listed [`{context}`]{}", until.unwrap_or_default())
    });
    let more = if at_least {
        ", plus those added by others"
    } else {
        ""
    };
    lists.collect::<Vec<_>>().join(", ") + more
}

pub(crate) fn rule(Rule { draft, rust }: Rule<'_>) -> String {
    let clause = |clause: &super::clause::Clause| match &clause.meaning {
        Meaning::Comparison { .. } => comparison(&clause.written),
        Meaning::MemberOf { segments, negate } => {
            let links = segments
                .iter()
                .map(|segment| format!("[`{}`]", path(segment)));
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
                .map(|context| format!("[`{}`]", path(context)));
            let word = if *negate { "no " } else { "a " };
            format!("{word}{}", links.collect::<Vec<_>>().join(" or "))
        }
    };
    all_of(
        rust.clauses.iter().map(clause),
        draft.percent,
        draft.description.as_deref(),
    )
}

/// A clause that compares, as it is written in Rust.
pub(crate) fn comparison(written: &str) -> String {
    format!("`{}`", written.replace('|', "\\|"))
}

/// A rule: its clauses, the share, what it is for.
pub(crate) fn all_of(
    clauses: impl Iterator<Item = String>,
    percent: Option<f64>,
    description: Option<&str>,
) -> String {
    let mut text = clauses.collect::<Vec<_>>().join(" and ");
    if text.is_empty() {
        "any attributes at all".clone_into(&mut text);
    }
    if let Some(percent) = percent {
        text = format!("{text}, {percent} % of them");
    }
    if let Some(description) = description {
        text = format!("{text} ({})", description.replace('|', "\\|"));
    }
    text
}
