//! `count`: how many of many contexts are in each segment.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use segments_model::evaluate::Counts;
use serde_json::json;

use crate::Declared;
use crate::arguments::{Count, Format};
use crate::eval;
use crate::failure::Failure;
use crate::output::{GOOD, Output, styled};
use crate::status::Status;

/// How wide a bar of the chart is.
const WIDTH: u64 = 40;

pub(crate) fn count(
    arguments: &Count,
    declared: Declared,
    output: Output,
) -> Result<Status, Failure> {
    let segments = eval::compiled(&arguments.files, declared, output)?;
    let path = &arguments.contexts;
    let (stream, size): (Box<dyn Read>, _) = if path == "-" {
        (Box::new(io::stdin()), None)
    } else {
        let failed = |source| Failure::Read {
            path: path.clone(),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        (Box::new(file), Some(size))
    };
    let bar = bar(output, size);
    let reader = BufReader::with_capacity(1 << 20, bar.wrap_read(stream));
    let counts = segments
        .count()
        .progress(|done| bar.set_message(format!("{done} contexts")))
        .ndjson(reader)?;
    bar.finish_and_clear();
    if let Some(first) = &counts.first_refused {
        output.always(format_args!(
            "{} of {} lines are no contexts; the first: {first}",
            counts.refused,
            counts.refused + counts.contexts
        ));
    }
    match arguments.format {
        Format::Json => output.json(&json!({
            "contexts": counts.contexts,
            "refused": counts.refused,
            "segments": counts.segments,
        }))?,
        Format::Human => output.data(chart(&counts))?,
    }
    Ok(if counts.refused == 0 {
        Status::Done
    } else {
        Status::NotRight
    })
}

fn bar(output: Output, size: Option<u64>) -> ProgressBar {
    if !output.draws() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match size {
        Some(size) => (
            ProgressBar::new(size),
            "{msg} {wide_bar} {bytes}/{total_bytes} {eta}",
        ),
        None => (ProgressBar::no_length(), "{spinner} {msg} {bytes}"),
    };
    bar.set_style(
        ProgressStyle::with_template(template).expect("the templates are constant and right"),
    );
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// A line for each segment, and a bar as long as its share of all contexts.
fn chart(counts: &Counts) -> String {
    let longest = counts
        .segments
        .iter()
        .map(|tally| tally.segment.len())
        .max();
    let longest = longest.unwrap_or(0);
    let total = counts.contexts.max(1);
    let mut lines = vec![format!("{} contexts", counts.contexts)];
    for tally in &counts.segments {
        // As many full blocks as the share has fortieths, and one of eight parts of a block.
        let eighths = tally.members * WIDTH * 8 / total;
        let part = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        let full = "█".repeat(usize::try_from(eighths / 8).unwrap_or_default());
        let rest = part[usize::try_from(eighths % 8).unwrap_or_default()];
        let tenths = tally.members * 1000 / total;
        let unknown = match tally.unknown {
            0 => String::new(),
            unknown => format!(", of {unknown} it cannot be told"),
        };
        lines.push(format!(
            "{:longest$} {:>10} {:>3}.{}% {}{unknown}",
            tally.segment,
            tally.members,
            tenths / 10,
            tenths % 10,
            styled(GOOD, (full + rest).trim_end()),
        ));
    }
    lines.join("\n")
}
