//! Segments of the service as `segments.toml`.

use std::fmt::Write;

use segments_model::{Operator, wire};
use serde_json::Value as Json;

pub(super) const HEADER: &str = "\
# Imported from LaunchDarkly by `cargo segments import`. What a segment leaves out (lists, rules,
# tags, a description) is not managed: whatever is there stays.

";

/// The kind that is meant where none is said.
const USER: &str = "user";

/// A text in the basic form of TOML. Its escapes are those of JSON, but for one character.
pub(super) fn text(text: &str) -> String {
    Json::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn texts<'a>(list: impl IntoIterator<Item = &'a str>) -> String {
    let list: Vec<String> = list.into_iter().map(text).collect();
    format!("[{}]", list.join(", "))
}

/// A kind, which is `user` where the service says none.
pub(super) fn kind(kind: Option<&String>) -> &str {
    kind.map(String::as_str)
        .filter(|kind| !kind.is_empty())
        .unwrap_or(USER)
}

pub(super) fn asks_segments(clause: &wire::Clause) -> bool {
    clause.op == Operator::SegmentMatch.wire()
}

/// The segments that are asked and live elsewhere.
pub(super) fn external<'a>(keys: impl IntoIterator<Item = &'a str>) -> String {
    let mut keys = keys.into_iter().peekable();
    if keys.peek().is_none() {
        return String::new();
    }
    format!("external_segments = {}\n\n", texts(keys))
}

/// One segment.
pub(super) fn segment(segment: &wire::Segment) -> String {
    let key = text(&segment.key);
    let mut lines = vec![
        format!("[segments.{key}]"),
        format!("name = {}", text(&segment.name)),
    ];
    if let Some(description) = segment
        .description
        .as_deref()
        .filter(|text| !text.is_empty())
    {
        lines.push(format!("description = {}", text(description)));
    }
    // Owners and revisions are the sync's own tags.
    let tags = segment.tags.iter().map(String::as_str);
    let tags: Vec<&str> = tags
        .filter(|tag| !tag.starts_with("managed-by.") && !tag.starts_with("rev."))
        .collect();
    if !tags.is_empty() {
        lines.push(format!("tags = {}", texts(tags)));
    }
    if segment.unbounded {
        let kind = kind(segment.unbounded_context_kind.as_ref());
        lines.push(format!("big = {}", text(kind)));
        return lines.join("\n") + "\n\n";
    }
    let included = targets(&segment.included, &segment.included_contexts);
    let excluded = targets(&segment.excluded, &segment.excluded_contexts);
    if included.is_none() && excluded.is_none() && segment.rules.is_empty() {
        lines.push("nobody = true".to_owned());
    }
    lines.extend(included.map(|lists| format!("included = {lists}")));
    lines.extend(excluded.map(|lists| format!("excluded = {lists}")));
    for rule in &segment.rules {
        lines.push(format!("\n[[segments.{key}.rules]]"));
        lines.extend(self::rule(rule));
    }
    lines.join("\n") + "\n\n"
}

/// Keys by kind; users may stand in either of the service's places.
fn targets(users: &[String], others: &[wire::ContextTargets]) -> Option<String> {
    let mut lists: Vec<(&str, Vec<&str>)> = Vec::new();
    let others = others
        .iter()
        .map(|list| (list.context_kind.as_str(), list.values.as_slice()));
    for (kind, keys) in [(USER, users)].into_iter().chain(others) {
        let keys = keys.iter().map(String::as_str);
        match lists.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, list)) => list.extend(keys),
            None => lists.push((kind, keys.collect())),
        }
    }
    lists.retain(|(_, keys)| !keys.is_empty());
    let lists = lists
        .into_iter()
        .map(|(kind, keys)| format!("{} = {}", text(kind), texts(keys)));
    let lists: Vec<String> = lists.collect();
    (!lists.is_empty()).then(|| format!("{{ {} }}", lists.join(", ")))
}

fn rule(rule: &wire::Rule) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(description) = rule.description.as_deref().filter(|text| !text.is_empty()) {
        lines.push(format!("description = {}", text(description)));
    }
    if let Some(weight) = rule.weight {
        let sign = if weight < 0 { "-" } else { "" };
        let weight = weight.unsigned_abs();
        lines.push(format!(
            "percent = {sign}{}.{:03}",
            weight / 1000,
            weight % 1000
        ));
        if let Some(by) = rule.bucket_by.as_deref().filter(|by| !by.is_empty()) {
            lines.push(format!("bucket_by = {}", text(by)));
        }
        let kind = kind(rule.rollout_context_kind.as_ref());
        if kind != USER {
            lines.push(format!("bucket_context = {}", text(kind)));
        }
    }
    if rule.clauses.is_empty() {
        lines.push("everyone = true".to_owned());
        return lines;
    }
    lines.push("clauses = [".to_owned());
    lines.extend(
        rule.clauses
            .iter()
            .map(|found| format!("  {},", clause(found))),
    );
    lines.push("]".to_owned());
    lines
}

fn clause(clause: &wire::Clause) -> String {
    let mut line = String::from("{ ");
    if !asks_segments(clause) {
        let kind = kind(clause.context_kind.as_ref());
        if kind != USER {
            let _ = write!(line, "context = {}, ", text(kind));
        }
        let _ = write!(line, "attribute = {}, ", text(&clause.attribute));
    }
    let values: Vec<String> = clause.values.iter().map(value).collect();
    let _ = write!(
        line,
        "op = {}, values = [{}]",
        text(&clause.op),
        values.join(", ")
    );
    if clause.negate {
        line.push_str(", negate = true");
    }
    line + " }"
}

/// A value; one that TOML does not have becomes something that the reader refuses.
fn value(value: &Json) -> String {
    match value {
        Json::String(found) => text(found),
        Json::Null | Json::Array(_) | Json::Object(_) => "{}".to_owned(),
        Json::Bool(_) | Json::Number(_) => value.to_string(),
    }
}
