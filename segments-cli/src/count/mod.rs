//! `count`: how many of many contexts are in each segment.

mod chart;
mod clauses;
mod csv;
mod history;
#[cfg(feature = "parquet")]
mod parquet;
mod row;
mod stop;

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use segments_model::evaluate::{ContextInstance, Counts};
use segments_model::wire;
use segments_runtime::sync::SyncConfig;
use serde_json::json;

use crate::DefinitionsSource;
use crate::arguments::{ContextsAs, Count, Format};
use crate::definitions::counted;
use crate::failure::Failure;
use crate::file;
use crate::local::Local;
use crate::output::{Output, Text};
use crate::progress::Watch;
use crate::status::Status;
use crate::sync;

use clauses::Compared;
pub(crate) use history::History;
use row::{Refused, Unread};
use stop::{Stop, Stoppable};

/// How long a row of a table may be, and a page of Parquet. What is longer is no context, but a quote
/// that was left open, or a file that is damaged or wants to fill the memory.
const LONGEST: usize = 16 << 20;

pub(crate) fn count(
    arguments: &Count,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let (config, environment) = arguments.connection.asked(arguments.live, &watch)?;
    let local = Local::read(&arguments.files, declared, environment.as_ref(), output)?;
    let history = match &arguments.history {
        Some(path) => Some(History::read(path)?),
        None => None,
    };
    if let Some(history) = &history {
        for line in &history.cut {
            output.always(format_args!(
                "`{}` is cut off in line {line}, which is passed over",
                history.path.display()
            ));
        }
    }
    let listed = match config {
        Some(config) => listed(&config, &watch)?,
        None => BTreeMap::new(),
    };
    let stop = Stop::on_ctrl_c();
    let mut counts = run(arguments, &local, &stop, output)?;
    if let Some(first) = &counts.first {
        output.always(format_args!(
            "{} of {} are not contexts; the first: {first}",
            counts.refused,
            counts.refused + counts.of.contexts
        ));
    }
    if stop.is_asked() {
        output.always(format_args!(
            "interrupted after {}; what follows counts these",
            counted(counts.of.contexts, "context")
        ));
    }
    for unread in &counts.unread {
        output.always(unread);
    }
    counts.of.refused = counts.refused;
    match arguments.format {
        Format::Json => output.json(&as_json(&counts, &listed))?,
        Format::Human => output.data(chart::chart(&counts.of, &listed))?,
    }
    // A part of the contexts is no point of a history.
    if let (Some(mut history), false) = (history, stop.is_asked()) {
        history.append(&counts.of)?;
        if arguments.format == Format::Human {
            let growth = chart::growth(&history, &counts.of);
            output.data(Text::lines([Text::default(), growth]))?;
        }
    }
    Ok(if stop.is_asked() {
        Status::Interrupted
    } else if counts.refused > 0 || !counts.unread.is_empty() {
        Status::NotRight
    } else {
        Status::Done
    })
}

/// The counts, and what was no context or no value that clauses compare with.
struct Counted {
    of: Counts,
    refused: u64,
    first: Option<String>,
    unread: Vec<Unread>,
}

impl Counted {
    fn with_unread(self, unread: Vec<Unread>) -> Self {
        Self { unread, ..self }
    }
}

fn run(arguments: &Count, local: &Local, stop: &Stop, output: Output) -> Result<Counted, Failure> {
    let path = arguments.contexts.as_path();
    let form = arguments.contexts_as.unwrap_or_else(|| form(path));
    let counting = |bar| Counting { local, stop, bar };
    #[cfg(feature = "parquet")]
    if form == ContextsAs::Parquet {
        let opened = parquet::open_file(path)?;
        let bar = bar(output, &Size::Rows(parquet::rows(&opened)));
        let compared = Compared::with(&local.segments);
        return parquet::contexts(&opened, &compared, path, counting(&bar));
    }
    let (stream, size): (Box<dyn Read + Send>, _) = if path == "-" {
        (Box::new(io::stdin()), Size::Unknown)
    } else {
        // `/dev/stdin` is one, too, and has its writer already.
        if file::is_named_pipe(path) && !path.starts_with("/dev") && !path.starts_with("/proc") {
            output.message(format_args!(
                "`{}` is a pipe; waiting for a program to write to it",
                path.display()
            ));
        }
        let opened = file::open(path)?;
        let metadata = opened
            .metadata()
            .map_err(|source| file::failed_to_read(path, source))?;
        // How much comes through a pipe, nobody knows.
        let size = if metadata.is_file() {
            Size::Bytes(metadata.len())
        } else {
            Size::Unknown
        };
        (Box::new(opened), size)
    };
    let bar = bar(output, &size);
    let stream = BufReader::with_capacity(1 << 20, bar.wrap_read(stream));
    let reader = Stoppable::new(stream, stop.clone());
    if form == ContextsAs::Csv {
        let compared = Compared::with(&local.segments);
        return csv::contexts(reader, &compared, path, counting(&bar));
    }
    let shown = bar.clone();
    let counts = local
        .compiled()
        .count()
        .progress(move |done| shown.set_message(counted(done, "context")))
        .ndjson(reader)?;
    bar.finish_and_clear();
    Ok(Counted {
        refused: counts.refused,
        first: counts.first_refused.as_ref().map(ToString::to_string),
        of: counts,
        unread: Vec::new(),
    })
}

/// What rows are counted with.
struct Counting<'a> {
    local: &'a Local,
    stop: &'a Stop,
    bar: &'a ProgressBar,
}

/// What a row is; nothing after the last.
type Row = Option<Result<ContextInstance, Refused>>;

impl Counting<'_> {
    /// Counts rows, and apart from them those that are no contexts. `next` is told the number of the
    /// row that it reads, from 1.
    fn rows(self, mut next: impl FnMut(u64) -> Result<Row, Failure>) -> Result<Counted, Failure> {
        let Self { local, stop, bar } = self;
        let (mut refused, mut first, mut failed) = (0, None, None);
        let mut rows = 1..;
        let contexts = std::iter::from_fn(|| {
            while !stop.is_asked() {
                match next(rows.next()?) {
                    Ok(Some(Ok(context))) => return Some(context),
                    Ok(Some(Err(error))) => {
                        refused += 1;
                        first.get_or_insert_with(|| error.to_string());
                    }
                    Ok(None) => break,
                    Err(failure) => {
                        failed = Some(failure);
                        break;
                    }
                }
            }
            None
        });
        let shown = bar.clone();
        let is_of_rows = bar.length().is_some() && !bar.is_hidden();
        let counts = local.compiled().count().progress(move |done| {
            shown.set_message(counted(done, "context"));
            if is_of_rows {
                shown.set_position(shown.position().max(done));
            }
        });
        // After the last row there is none, however often it is asked for.
        let of = counts.contexts(contexts.fuse());
        bar.finish_and_clear();
        match failed {
            Some(failure) => Err(failure),
            None => Ok(Counted {
                of,
                refused,
                first,
                unread: Vec::new(),
            }),
        }
    }
}

/// Reads contexts to their end, for those who only want to know that there is one.
pub(crate) fn read_all(form: ContextsAs, bytes: &[u8], segments: Vec<wire::Segment>) {
    let local = Local::complete(segments);
    let (stop, bar) = (Stop::default(), ProgressBar::hidden());
    let counting = Counting {
        local: &local,
        stop: &stop,
        bar: &bar,
    };
    let compared = Compared::with(&local.segments);
    let path = Path::new("fuzzed");
    let said = match form {
        ContextsAs::Csv => csv::contexts(bytes, &compared, path, counting).err(),
        #[cfg(feature = "parquet")]
        ContextsAs::Parquet => parquet::open(::bytes::Bytes::copy_from_slice(bytes), path)
            .and_then(|opened| parquet::contexts(&opened, &compared, path, counting))
            .err(),
        ContextsAs::Ndjson => local.compiled().count().ndjson(bytes).err().map(Into::into),
    };
    // Whatever went wrong can be said.
    drop(said.map(|failure| failure.text()));
}

fn table_failure(path: &Path, reason: String) -> Failure {
    Failure::Table {
        path: path.to_owned(),
        reason,
    }
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
    let list = sync::run(watch, async {
        Ok(segments_runtime::sync::list_segments(config).await?)
    })?;
    Ok(list
        .segments
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

fn as_json(counted: &Counted, listed: &BTreeMap<String, u64>) -> serde_json::Value {
    let counts = &counted.of;
    let segments = counts.segments.iter().map(|tally| {
        let mut shown = json!(tally);
        if let Some(listed) = listed.get(&tally.segment) {
            shown["listed"] = json!(listed);
        }
        shown
    });
    let mut shown = json!({
        "contexts": counts.contexts,
        "refused": counts.refused,
        "segments": segments.collect::<Vec<_>>(),
    });
    if !counted.unread.is_empty() {
        let unread = counted.unread.iter().map(|unread| {
            json!({
                "column": unread.column,
                "cells": unread.cells,
                "first_row": unread.first_row,
            })
        });
        shown["unread"] = unread.collect();
    }
    shown
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
