//! Segments of the service as a Rust module: a struct for each kind of context, and a type for each
//! segment. What Rust cannot say is left out, and so is what asks it.

mod contexts;
mod names;
mod segments;

use std::collections::BTreeMap;

use segments_model::{file, wire};

use super::attributes::Attributes;
use super::{Imported, LeftOut, toml};

use contexts::Contexts;
use names::{Names, pascal};
use segments::Writer;

pub(super) fn definitions<'a>(
    segments: &'a [wire::Segment],
    attributes: &Attributes<'_>,
) -> Imported<'a> {
    let as_toml = toml::definitions(segments, attributes);
    let mut left_out = as_toml.left_out;
    let report = file::read("", as_toml.text.as_bytes());
    let file = report.readable_part();
    let mut names = Names::default();
    let contexts = Contexts::new(file, &mut names);
    let types: BTreeMap<&str, String> = file
        .segments
        .iter()
        .map(|one| one.definition.key.as_str())
        .map(|key| (key, names.take(&pascal(key), "Segment")))
        .collect();
    let mut writer = Writer {
        contexts: &contexts,
        types,
    };
    // Whoever asks what is left out is left out, too.
    let items = loop {
        let mut items = Vec::new();
        let before = left_out.len();
        for one in &as_toml.written {
            let Some(declared) = file
                .segments
                .iter()
                .find(|it| it.definition.key == *one.key)
            else {
                continue;
            };
            if left_out.iter().any(|it| it.segment.key == one.key) {
                continue;
            }
            match writer.segment(&declared.definition) {
                Ok(item) => items.push((*one, item)),
                Err(reason) => left_out.push(LeftOut {
                    segment: one,
                    reason,
                }),
            }
        }
        for it in &left_out[before..] {
            writer.types.remove(it.segment.key.as_str());
        }
        if left_out.len() == before {
            break items;
        }
    };
    left_out.sort_by(|left, right| left.segment.key.cmp(&right.segment.key));
    let body: String = items.iter().map(|(_, item)| item.as_str()).collect();
    let structs = contexts.to_string();
    Imported {
        text: format!("{}{structs}{body}", header(&structs)),
        written: items.into_iter().map(|(segment, _)| segment).collect(),
        left_out,
    }
}

fn header(structs: &str) -> String {
    let used = [
        ("Attributes", "derive(Attributes)"),
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
        "//! Imported from LaunchDarkly by `cargo segments import`. What a segment leaves out (lists, rules,\n//! tags, a description) is not managed: whatever is there stays.\n\nuse segments_runtime::{names};\n"
    )
}
