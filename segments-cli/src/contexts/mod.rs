//! Recorded contexts: NDJSON, CSV or Parquet, read in one pass.

mod clauses;
mod csv;
#[cfg(feature = "parquet")]
mod parquet;
mod pass;
mod row;
mod stop;

use std::io::{self, BufReader};
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::arguments::ContextsAs;
use crate::counted::counted;
use crate::failure::Failure;
use crate::file;
use crate::output::Output;

pub(crate) use clauses::Compared;
use pass::Reading;
pub(crate) use pass::{Pass, Read};
pub(crate) use stop::Stop;
use stop::Stoppable;

/// A file of contexts, and what it is written in, if somebody says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contexts<'a> {
    pub(crate) path: &'a Path,
    pub(crate) form: Option<ContextsAs>,
}

/// Reads a file of contexts to its end, or until it is interrupted.
pub(crate) fn read<P: Pass>(
    contexts: Contexts<'_>,
    compared: &Compared,
    pass: P,
    stop: &Stop,
    output: Output,
) -> Result<Read<P::Found>, Failure> {
    let Contexts { path, form } = contexts;
    let form = form.unwrap_or_else(|| self::form(path));
    #[cfg(not(feature = "parquet"))]
    if form == ContextsAs::Parquet {
        return Err(Failure::NotBuilt("parquet"));
    }
    #[cfg(feature = "parquet")]
    if form == ContextsAs::Parquet {
        let opened = parquet::open_file(path)?;
        let bar = bar(output, &Size::Rows(parquet::rows(&opened)));
        let reading = Reading {
            pass,
            stop,
            bar: &bar,
        };
        return parquet::contexts(&opened, compared, path, reading);
    }
    let (stream, size): (Box<dyn io::Read + Send>, _) = if path == "-" {
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
        let reading = Reading {
            pass,
            stop,
            bar: &bar,
        };
        return csv::contexts(reader, compared, path, reading);
    }
    let shown = bar.clone();
    let found = pass.lines(reader, move |done| {
        shown.set_message(counted(done, "context"));
    })?;
    bar.finish_and_clear();
    let (refused, first) = P::refused(&found);
    Ok(Read {
        refused,
        first: first.map(ToString::to_string),
        found,
        unread: Vec::new(),
    })
}

/// Reads contexts that are in memory.
pub(crate) fn read_bytes<P: Pass>(
    form: ContextsAs,
    bytes: &[u8],
    compared: &Compared,
    pass: P,
) -> Result<(), Failure> {
    let (stop, bar) = (Stop::default(), ProgressBar::hidden());
    let reading = Reading {
        pass,
        stop: &stop,
        bar: &bar,
    };
    let path = Path::new("memory");
    match form {
        ContextsAs::Csv => csv::contexts(bytes, compared, path, reading).map(drop),
        #[cfg(feature = "parquet")]
        ContextsAs::Parquet => {
            let opened = parquet::open(::bytes::Bytes::copy_from_slice(bytes), path)?;
            parquet::contexts(&opened, compared, path, reading).map(drop)
        }
        #[cfg(not(feature = "parquet"))]
        ContextsAs::Parquet => Err(Failure::NotBuilt("parquet")),
        ContextsAs::Ndjson => Ok(reading.pass.lines(bytes, |_| {}).map(drop)?),
    }
}

/// The format of a file, by default.
fn form(path: &Path) -> ContextsAs {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("csv") => ContextsAs::Csv,
        Some("parquet") => ContextsAs::Parquet,
        _ => ContextsAs::Ndjson,
    }
}

/// The unit of a progress bar.
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
