//! `count`: counts the members of each segment.

mod chart;
mod history;

use std::collections::BTreeMap;
use std::io::BufRead;

use segments_model::evaluate::{CompiledSegments, ContextInstance, Counts, LineError};
use segments_model::wire;
use segments_runtime::sync::SyncConfig;
use serde_json::json;

use crate::DefinitionsSource;
use crate::arguments::{ContextsAs, Count, Format};
use crate::contexts::{self, Contexts, Pass, Read, Stop};
use crate::definitions::now;
use crate::failure::Failure;
use crate::interruptible;
use crate::local::Local;
use crate::output::{Output, Text};
use crate::progress::Watch;
use crate::status::Status;

pub(crate) use history::History;

pub(crate) fn count(
    arguments: &Count,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let (config, environment) = arguments.connection.asked(arguments.live, &watch)?;
    let place = (environment.as_ref(), now());
    let local = Local::read(&arguments.files, declared, place, output)?;
    arguments.connection.holds(local.snapshot.as_ref())?;
    let history = match &arguments.history {
        Some(path) => Some(History::read(path)?),
        None => None,
    };
    if let Some(history) = &history {
        for line in &history.cut {
            output.always(format_args!(
                "`{}` is truncated in line {line}, which is skipped",
                history.path.display()
            ));
        }
    }
    let listed = match config {
        Some(config) => listed(&config, &watch)?,
        None => BTreeMap::new(),
    };
    let stop = Stop::on_signal();
    let recorded = Contexts {
        path: &arguments.contexts,
        form: arguments.contexts_as,
    };
    let counting = Counting(local.compiled());
    let mut read = contexts::read(recorded, &local.compared(), counting, &stop, output)?;
    read.tell(read.found.contexts, &stop, output);
    read.found.refused = read.refused;
    match arguments.format {
        Format::Json => output.json(&as_json(&read, &listed))?,
        Format::Human => output.data(chart::chart(&read.found, &listed))?,
    }
    // A part of the contexts is no point of a history.
    if let (Some(mut history), false) = (history, stop.is_asked()) {
        history.append(&read.found)?;
        if arguments.format == Format::Human {
            let growth = chart::growth(&history, &read.found);
            output.data(Text::lines([Text::default(), growth]))?;
        }
    }
    Ok(if stop.is_asked() {
        Status::Interrupted
    } else if read.is_whole() {
        Status::Done
    } else {
        Status::NotRight
    })
}

/// Counts the contexts that are read.
struct Counting(CompiledSegments);

impl Pass for Counting {
    type Found = Counts;

    fn lines(
        self,
        reader: impl BufRead,
        progress: impl FnMut(u64) + Send,
    ) -> Result<Counts, LineError> {
        self.0.count().progress(progress).ndjson(reader)
    }

    fn rows(
        self,
        contexts: impl Iterator<Item = (u64, ContextInstance)>,
        progress: impl FnMut(u64) + Send,
    ) -> Counts {
        let contexts = contexts.map(|(_, context)| context);
        self.0.count().progress(progress).contexts(contexts)
    }

    fn refused(found: &Counts) -> (u64, Option<&LineError>) {
        (found.refused, found.first_refused.as_ref())
    }
}

/// Reads contexts to their end, for those who only want to know that there is one.
pub(crate) fn read_all(form: ContextsAs, bytes: &[u8], segments: Vec<wire::Segment>) {
    let local = Local::complete(segments);
    let counting = Counting(local.compiled());
    let said = contexts::read_bytes(form, bytes, &local.compared(), counting).err();
    // Whatever went wrong can be said.
    drop(said.map(|failure| failure.text()));
}

/// How many contexts are listed in LaunchDarkly, by segment.
fn listed(config: &SyncConfig, watch: &Watch) -> Result<BTreeMap<String, u64>, Failure> {
    let list = interruptible::run(watch, async {
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

fn as_json(read: &Read<Counts>, listed: &BTreeMap<String, u64>) -> serde_json::Value {
    let counts = &read.found;
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
    if !read.unread.is_empty() {
        let unread = read.unread.iter().map(|unread| {
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
