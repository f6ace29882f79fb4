//! `import`: the segments of an environment as definitions.

mod attributes;
mod rust;
mod toml;

use std::path::Path;

use segments_model::wire;
use segments_runtime::sync::{SyncConfig, attribute_values};

use crate::arguments::{Import, Language};
use crate::definitions::counted;
use crate::failure::Failure;
use crate::file;
use crate::imported::Imported as Record;
use crate::output::Output;
use crate::progress::Watch;
use crate::status::Status;
use crate::sync;

use attributes::Attributes;

/// What an environment becomes.
struct Imported<'a> {
    text: String,
    written: Vec<&'a wire::Segment>,
    /// Segments that cannot be expressed, with the reason. They stay as they are.
    left_out: Vec<LeftOut<'a>>,
}

struct LeftOut<'a> {
    segment: &'a wire::Segment,
    reason: String,
}

pub(crate) fn import(arguments: &Import, output: Output) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let config = arguments.connection.config(&watch)?;
    let path = &arguments.path;
    let to_stdout = path == "-";
    if !to_stdout && path.exists() {
        return Err(Failure::Exists(path.clone()));
    }
    let segments = sync::run(&watch, async {
        Ok(segments_runtime::sync::segments(&config).await?)
    })?;
    let mut attributes = Attributes::infer(&segments);
    ask_for_types(&mut attributes, &config, &watch, output)?;

    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    let usual = if is_rust {
        Language::Rust
    } else {
        Language::Toml
    };
    let language = arguments.language.unwrap_or(usual);
    let imported = match language {
        Language::Toml => toml::definitions(&segments, &attributes),
        Language::Rust => rust::definitions(&segments, &attributes),
    };
    for LeftOut { segment, reason } in &imported.left_out {
        output.always(format_args!("left out {}: {reason}", segment.key));
    }
    if to_stdout {
        output.file(&imported.text)?;
    } else {
        file::create(path, &imported.text)?;
        // A program looks for it where it is run.
        let folder = match language {
            Language::Toml => path.parent().unwrap_or(Path::new("")),
            Language::Rust => Path::new(""),
        };
        Record::record(folder, &config, &imported.written)?;
    }
    output.message(format_args!(
        "imported {} of {}",
        imported.written.len(),
        counted(segments.len(), "segment")
    ));
    Ok(if imported.left_out.is_empty() {
        Status::Done
    } else {
        Status::Partly
    })
}

/// Asks the service what values it has seen of the attributes whose clauses do not tell their type.
/// It may not know, or not tell this token; then any type is taken.
fn ask_for_types(
    attributes: &mut Attributes<'_>,
    config: &SyncConfig,
    watch: &Watch,
    output: Output,
) -> Result<(), Failure> {
    let unknown = attributes.unknown();
    sync::run(watch, async {
        for name in unknown {
            match attribute_values(config, &name).await {
                Ok(values) => attributes.learn(&name, &values),
                Err(error) => output.detail(format_args!(
                    "cannot tell the type of attribute `{name}`: {error}"
                )),
            }
        }
        Ok(())
    })
}

/// The segments that a segment's rules ask.
fn references(segment: &wire::Segment) -> impl Iterator<Item = &str> {
    let clauses = segment.rules.iter().flat_map(|rule| &rule.clauses);
    clauses
        .filter(|clause| attributes::asks_segments(clause))
        .flat_map(|clause| &clause.values)
        .filter_map(|value| value.as_str())
}
