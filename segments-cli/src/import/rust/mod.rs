//! Definitions as a Rust module: a struct for each kind of context, and a type for each segment.
//! Definitions that Rust cannot express are left out, and so are those that reference them.

mod contexts;
mod names;
mod segments;

use std::collections::BTreeMap;

use super::account::Account;
use super::attributes::Attributes;

use contexts::Contexts;
use names::{Names, pascal};
use segments::{Writer, not_imported};

/// The whole module. Segments that Rust cannot say are left out of the account.
pub(super) fn module(account: &mut Account<'_>, attributes: &Attributes) -> String {
    let mut names = Names::default();
    let definitions: Vec<_> = account.readable.iter().map(|one| &one.definition).collect();
    let (contexts, misfits) = Contexts::new(attributes, &definitions, &mut names);
    let keys = definitions.iter().map(|definition| definition.key.as_str());
    let types: BTreeMap<&str, String> = keys
        .map(|key| (key, names.take(&pascal(key), "Segment")))
        .collect();
    let writer = Writer {
        contexts: &contexts,
        types,
    };
    let mut reasons = misfits;
    let mut items = Vec::new();
    for (at, definition) in definitions.iter().enumerate() {
        match writer.segment(definition) {
            Ok(item) => items.push((at, item)),
            Err(reason) => {
                reasons.entry(at).or_insert(reason);
            }
        }
    }
    spread(account, &mut reasons);
    items.retain(|(at, _)| !reasons.contains_key(at));
    account.leave_out(&reasons);
    account
        .left_out
        .sort_by(|left, right| left.segment.key.cmp(&right.segment.key));
    let body: String = items.iter().map(|(_, item)| item.as_str()).collect();
    let structs = contexts.to_string();
    format!("{}{structs}{body}", header(&structs))
}

/// Leaves out everything that references a segment that is left out.
fn spread(account: &Account<'_>, reasons: &mut BTreeMap<usize, String>) {
    let referrers = account.referrers();
    let mut next: Vec<usize> = reasons.keys().copied().collect();
    while let Some(at) = next.pop() {
        let key = account.readable[at].definition.key.as_str();
        for referrer in referrers.get(key).into_iter().flatten() {
            reasons.entry(*referrer).or_insert_with(|| {
                next.push(*referrer);
                not_imported(key)
            });
        }
    }
}

fn header(structs: &str) -> String {
    let used = [
        ("Attributes", "derive(Attributes)"),
        ("OneOrMany", "OneOrMany<"),
        ("Timestamp", "Timestamp"),
    ]
    .into_iter()
    .filter(|(_, sign)| structs.contains(sign))
    .map(|(name, _)| name);
    let mut names: Vec<&str> = used.chain(["segment"]).collect();
    if structs.contains("derive(Context)") {
        names.push("Context");
    }
    names.sort_unstable_by_key(|name| (name.starts_with(char::is_lowercase), *name));
    let names = match names.as_slice() {
        [one] => (*one).to_owned(),
        several => format!("{{{}}}", several.join(", ")),
    };
    format!(
        "\
//! Imported from LaunchDarkly by `cargo segments import`. Parts that a segment leaves out (lists, rules,
//! tags, a description) are not managed: they stay as they are. LaunchDarkly does not store whether an
//! attribute holds one value or several; if you know, write `Option<T>` or `Vec<T>`.

use segments_runtime::{names};
"
    )
}
