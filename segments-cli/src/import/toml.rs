//! Segments of the service as `segments.toml`.

use std::collections::BTreeSet;
use std::fmt::Write;

use segments_model::{Severity, file, wire};
use serde_json::Value as Json;

use super::attributes::{Attributes, USER, asks_segments, kind};
use super::{Imported, LeftOut, references};
use crate::fmt::layout;

const HEADER: &str = "\
# Imported from LaunchDarkly by `cargo segments import`. What a segment leaves out (lists, rules,
# tags, a description) is not managed: whatever is there stays.

";

const AS_IT_IS: &str = "\
# The segments are as they were made. To see where each of these could be better, take it out.
";

/// Each segment is written and read back by itself, so that one that cannot be expressed spoils no
/// other one, and is told with the reader's own words; then all are read together.
pub(super) fn definitions<'a>(
    segments: &'a [wire::Segment],
    attributes: &Attributes<'_>,
) -> Imported<'a> {
    let contexts = attributes.to_string();
    let mut written = Vec::new();
    let mut left_out = Vec::new();
    for one in segments {
        let text = segment(one);
        let external = external(references(one).filter(|key| **key != *one.key));
        match reason(one, &format!("{external}{contexts}{text}")) {
            None => written.push((one, text)),
            Some(reason) => left_out.push(LeftOut {
                segment: one,
                reason,
            }),
        }
    }
    let text = loop {
        let (text, starts) = together(&contexts, &written);
        let report = file::read("", text.as_bytes());
        let found = report.diagnostics().iter();
        let Some(found) = found
            .clone()
            .find(|found| found.severity() == Severity::Error)
        else {
            break as_it_is(&text, &report);
        };
        // What is wrong only beside the others, such as a circle. Of a file without segments there
        // is nothing to leave out.
        let place = starts.partition_point(|start| *start <= found.span.start);
        let Some(place) = place.checked_sub(1).filter(|place| *place < written.len()) else {
            break text;
        };
        let (segment, _) = written.remove(place);
        let reason = found.message.clone();
        left_out.push(LeftOut { segment, reason });
    };
    left_out.sort_by(|left, right| left.segment.key.cmp(&right.segment.key));
    Imported {
        text: layout(&text).unwrap_or(text),
        written: written.into_iter().map(|(segment, _)| segment).collect(),
        left_out,
    }
}

/// Allows the warnings about style: whoever takes over hundreds of segments has work to do, and is
/// not to be told of each that it was made without a description.
fn as_it_is(text: &str, report: &file::Report) -> String {
    let codes = report.diagnostics().iter().map(|found| found.code.name());
    let style: BTreeSet<&str> = codes.filter(|name| name.starts_with("style-")).collect();
    if style.is_empty() {
        return text.to_owned();
    }
    let rest = text.strip_prefix(HEADER).unwrap_or(text);
    let allow = format!("allow = {}\n\n", Json::from_iter(style));
    format!("{HEADER}{AS_IT_IS}{allow}{rest}")
}

/// The whole file, and where each segment starts in it.
fn together(contexts: &str, written: &[(&wire::Segment, String)]) -> (String, Vec<usize>) {
    let here: BTreeSet<&str> = written
        .iter()
        .map(|(segment, _)| segment.key.as_str())
        .collect();
    let asked = written.iter().flat_map(|(segment, _)| references(segment));
    let asked: BTreeSet<&str> = asked.collect();
    let external = external(asked.difference(&here).copied());
    let mut text = format!("{HEADER}{external}{contexts}");
    let mut starts = Vec::new();
    for (_, segment) in written {
        starts.push(text.len());
        text.push_str(segment);
    }
    (text, starts)
}

/// Why a segment cannot be a definition.
fn reason(segment: &wire::Segment, text: &str) -> Option<String> {
    if let Some(system) = &segment.external {
        return Some(format!("`{system}` keeps it"));
    }
    let report = file::read("", text.as_bytes());
    let errors = report
        .diagnostics()
        .iter()
        .filter(|found| found.severity() == Severity::Error);
    let messages: Vec<_> = errors.map(|found| found.message.clone()).collect();
    (!messages.is_empty()).then(|| messages.join("; "))
}

/// A text in the basic form of TOML. Its escapes are those of JSON, but for one character.
pub(super) fn text(text: &str) -> String {
    Json::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// A key, bare where TOML allows it.
pub(super) fn key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !key.is_empty() && key.chars().all(bare) {
        key.to_owned()
    } else {
        text(key)
    }
}

fn texts<'a>(list: impl IntoIterator<Item = &'a str>) -> String {
    let list: Vec<String> = list.into_iter().map(text).collect();
    format!("[{}]", list.join(", "))
}

/// The segments that are asked and live elsewhere.
fn external<'a>(keys: impl IntoIterator<Item = &'a str>) -> String {
    let mut keys = keys.into_iter().peekable();
    if keys.peek().is_none() {
        return String::new();
    }
    format!("external_segments = {}\n\n", texts(keys))
}

/// One segment.
fn segment(segment: &wire::Segment) -> String {
    let key = key(&segment.key);
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
        .map(|(kind, keys)| format!("{} = {}", key(kind), texts(keys)));
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
