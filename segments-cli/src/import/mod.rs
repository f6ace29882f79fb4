//! `import`: the segments of an environment as definitions.

mod attributes;
mod write;

use std::collections::BTreeSet;
use std::io::{ErrorKind, Write};

use segments_model::{Severity, file, wire};

use crate::arguments::Import;
use crate::definitions::counted;
use crate::failure::Failure;
use crate::output::Output;
use crate::progress::Watch;
use crate::status::Status;
use crate::{manifest, sync};

use attributes::Attributes;

/// What an environment becomes.
struct Imported {
    text: String,
    count: usize,
    /// Segments that cannot be expressed, with the reason. They stay as they are.
    left_out: Vec<(String, String)>,
}

pub(crate) fn import(arguments: &Import, output: Output) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let heard = watch.clone();
    let settings = manifest::settings()?;
    let configs = arguments
        .connection
        .configs(settings, move |event| heard.hear(&event))?;
    let [config] = configs.as_slice() else {
        return Err(Failure::ImportOfSeveral(configs.len()));
    };
    let segments = sync::run(&watch, async {
        Ok(segments_runtime::sync::segments(config).await?)
    })?;
    let imported = definitions(&segments);
    for (key, reason) in &imported.left_out {
        output.always(format_args!("left out {key}: {reason}"));
    }
    let path = &arguments.path;
    if path == "-" {
        output.data(imported.text.trim_end())?;
    } else {
        // Never over what somebody wrote.
        let written = std::fs::File::create_new(path)
            .and_then(|mut file| file.write_all(imported.text.as_bytes()));
        written.map_err(|source| match source.kind() {
            ErrorKind::AlreadyExists => Failure::Exists(path.clone()),
            _ => Failure::Write {
                path: path.clone(),
                source,
            },
        })?;
    }
    output.message(format_args!(
        "imported {} of {}",
        imported.count,
        counted(segments.len(), "segment")
    ));
    Ok(if imported.left_out.is_empty() {
        Status::Done
    } else {
        Status::Partly
    })
}

/// Each segment is written and read back by itself, so that one that cannot be expressed spoils no
/// other one, and is told with the reader's own words.
fn definitions(segments: &[wire::Segment]) -> Imported {
    let attributes = Attributes::infer(segments);
    let contexts = attributes.to_string();
    let mut written = Vec::new();
    let mut left_out = Vec::new();
    for segment in segments {
        let text = write::segment(segment);
        let external = write::external(references(segment).filter(|key| **key != *segment.key));
        match reason(segment, &format!("{external}{contexts}{text}")) {
            None => written.push((segment, text)),
            Some(reason) => left_out.push((segment.key.clone(), reason)),
        }
    }
    let here: BTreeSet<&str> = written
        .iter()
        .map(|(segment, _)| segment.key.as_str())
        .collect();
    let asked: BTreeSet<&str> = written
        .iter()
        .flat_map(|(segment, _)| references(segment))
        .collect();
    let external = write::external(asked.difference(&here).copied());
    let mut text = format!("{}{external}{contexts}", write::HEADER);
    for (_, segment) in &written {
        text.push_str(segment);
    }
    Imported {
        text,
        count: written.len(),
        left_out,
    }
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

/// The segments that its rules ask.
fn references(segment: &wire::Segment) -> impl Iterator<Item = &str> {
    let clauses = segment.rules.iter().flat_map(|rule| &rule.clauses);
    clauses
        .filter(|clause| write::asks_segments(clause))
        .flat_map(|clause| &clause.values)
        .filter_map(|value| value.as_str())
}
