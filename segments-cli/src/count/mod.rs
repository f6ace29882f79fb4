//! `count`: how many of many contexts are in each segment.

mod chart;
mod csv;
mod history;
#[cfg(feature = "parquet")]
mod parquet;
mod row;
mod stop;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use segments_model::evaluate::{ContextInstance, Counts};
use segments_model::wire;
use segments_runtime::sync::SyncConfig;
use serde_json::json;

use crate::Declared;
use crate::arguments::{ContextsAs, Count, Format};
use crate::failure::Failure;
use crate::import::Attributes;
use crate::local::Local;
use crate::output::Output;
use crate::progress::Watch;
use crate::status::Status;
use crate::sync;

use history::History;
use row::Refused;
use stop::{Stop, Stoppable};

pub(crate) fn count(
    arguments: &Count,
    declared: Declared,
    output: Output,
) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let (config, environment) = arguments.connection.asked(arguments.live, &watch)?;
    let local = Local::read(&arguments.files, declared, environment.as_ref(), output)?;
    let history = arguments
        .history
        .as_deref()
        .map(History::read)
        .transpose()?;
    let listed = match config {
        Some(config) => listed(&config, &watch)?,
        None => BTreeMap::new(),
    };
    let stop = Stop::on_ctrl_c();
    let mut counts = run(arguments, &local, &stop, output)?;
    if let Some(first) = &counts.first {
        output.always(format_args!(
            "{} of {} are no contexts; the first: {first}",
            counts.refused,
            counts.refused + counts.of.contexts
        ));
    }
    if stop.is_asked() {
        output.always(format_args!(
            "interrupted after {} contexts; what follows counts these",
            counts.of.contexts
        ));
    }
    counts.of.refused = counts.refused;
    match arguments.format {
        Format::Json => output.json(&as_json(&counts.of, &listed))?,
        Format::Human => output.data(chart::chart(&counts.of, &listed))?,
    }
    // A part of the contexts is no point of a history.
    if let (Some(mut history), false) = (history, stop.is_asked()) {
        history.append(&counts.of)?;
        if arguments.format == Format::Human {
            output.data(format_args!("\n{}", chart::growth(&history, &counts.of)))?;
        }
    }
    Ok(match (stop.is_asked(), counts.refused) {
        (true, _) => Status::Interrupted,
        (false, 0) => Status::Done,
        (false, _) => Status::NotRight,
    })
}

/// The counts, and what was no context.
struct Counted {
    of: Counts,
    refused: u64,
    first: Option<String>,
}

fn run(arguments: &Count, local: &Local, stop: &Stop, output: Output) -> Result<Counted, Failure> {
    let path = arguments.contexts.as_path();
    let form = arguments.contexts_as.unwrap_or_else(|| form(path));
    #[cfg(feature = "parquet")]
    if form == ContextsAs::Parquet {
        let bar = bar(output, &Size::Rows(parquet::rows(path)?));
        let attributes = Attributes::infer(&local.segments);
        let rows = parquet::contexts(path, &attributes)?.take_while(|_| !stop.is_asked());
        return Ok(rows_counted(local, rows, &bar));
    }
    let (stream, size): (Box<dyn Read + Send>, _) = if path == "-" {
        (Box::new(io::stdin()), Size::Unknown)
    } else {
        let failed = |source| Failure::Read {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        // How much comes through a pipe, nobody knows.
        let size = if metadata.is_file() {
            Size::Bytes(metadata.len())
        } else {
            Size::Unknown
        };
        (Box::new(file), size)
    };
    let bar = bar(output, &size);
    let stream = BufReader::with_capacity(1 << 20, bar.wrap_read(stream));
    let reader = Stoppable::new(stream, stop.clone());
    if form == ContextsAs::Csv {
        let attributes = Attributes::infer(&local.segments);
        let rows = csv::contexts(reader, &attributes, path)?;
        return Ok(rows_counted(local, rows, &bar));
    }
    let shown = bar.clone();
    let counts = local
        .compiled()
        .count()
        .progress(move |done| shown.set_message(format!("{done} contexts")))
        .ndjson(reader)?;
    bar.finish_and_clear();
    Ok(Counted {
        refused: counts.refused,
        first: counts.first_refused.as_ref().map(ToString::to_string),
        of: counts,
    })
}

/// Counts rows, and apart from them those that are no contexts.
fn rows_counted(
    local: &Local,
    rows: impl Iterator<Item = Result<ContextInstance, Refused>>,
    bar: &ProgressBar,
) -> Counted {
    let (mut refused, mut first) = (0, None);
    let contexts = rows.filter_map(|row| match row {
        Ok(context) => Some(context),
        Err(error) => {
            refused += 1;
            first.get_or_insert_with(|| error.to_string());
            None
        }
    });
    let shown = bar.clone();
    let rows = bar.length().is_some() && !bar.is_hidden();
    let counts = local.compiled().count().progress(move |done| {
        shown.set_message(format!("{done} contexts"));
        if rows {
            shown.set_position(shown.position().max(done));
        }
    });
    let of = counts.contexts(contexts);
    bar.finish_and_clear();
    Counted { of, refused, first }
}

/// What a file is written in, if nobody says.
fn form(path: &Path) -> ContextsAs {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("csv") => ContextsAs::Csv,
        #[cfg(feature = "parquet")]
        Some("parquet") => ContextsAs::Parquet,
        _ => ContextsAs::Ndjson,
    }
}

/// How many contexts are listed in LaunchDarkly, by segment.
fn listed(config: &SyncConfig, watch: &Watch) -> Result<BTreeMap<String, u64>, Failure> {
    let segments = sync::run(watch, async {
        Ok(segments_runtime::sync::segments(config).await?)
    })?;
    Ok(segments
        .iter()
        .map(|segment| (segment.key.clone(), size(segment)))
        .collect())
}

/// The only size that the service tells: of a list, kept in the segment or, for a big segment,
/// outside. Who fulfils the rules, it does not count.
fn size(segment: &wire::Segment) -> u64 {
    if let Some(sizes) = &segment.unbounded_metadata {
        return sizes.included_count.unwrap_or_default();
    }
    let others = segment
        .included_contexts
        .iter()
        .map(|list| list.values.len());
    (segment.included.len() + others.sum::<usize>()) as u64
}

fn as_json(counts: &Counts, listed: &BTreeMap<String, u64>) -> serde_json::Value {
    let segments = counts.segments.iter().map(|tally| {
        let mut shown = json!(tally);
        if let Some(listed) = listed.get(&tally.segment) {
            shown["listed"] = json!(listed);
        }
        shown
    });
    json!({
        "contexts": counts.contexts,
        "refused": counts.refused,
        "segments": segments.collect::<Vec<_>>(),
    })
}

/// What a bar goes by.
enum Size {
    Bytes(u64),
    #[cfg(feature = "parquet")]
    Rows(u64),
    Unknown,
}

fn bar(output: Output, size: &Size) -> ProgressBar {
    if !output.draws() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match size {
        Size::Bytes(size) => (
            ProgressBar::new(*size),
            "{msg} {bar:40} {bytes}/{total_bytes} {eta}",
        ),
        #[cfg(feature = "parquet")]
        Size::Rows(rows) => (ProgressBar::new(*rows), "{msg} {bar:40} {pos}/{len} {eta}"),
        Size::Unknown => (ProgressBar::no_length(), "{spinner} {msg} {bytes}"),
    };
    bar.set_style(
        ProgressStyle::with_template(template).expect("the templates are constant and right"),
    );
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
