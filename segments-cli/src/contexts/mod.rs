//! Recorded contexts: NDJSON, CSV or Parquet, read in one pass.

mod clauses;
mod csv;
#[cfg(feature = "parquet")]
mod parquet;
mod row;
mod stop;

use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use segments_model::evaluate::{ContextInstance, LineError};

use crate::arguments::ContextsAs;
use crate::definitions::counted;
use crate::failure::Failure;
use crate::file;
use crate::output::Output;

pub(crate) use clauses::Compared;
use row::{Refused, Unread};
pub(crate) use stop::Stop;
use stop::Stoppable;

/// The maximum length of a row of a table, and of a page of Parquet. A longer one is not a context, but
/// an open quote, or a file that is damaged or is meant to fill the memory.
const LONGEST: usize = 16 << 20;

/// A file of contexts, and what it is written in, if somebody says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contexts<'a> {
    pub(crate) path: &'a Path,
    pub(crate) form: Option<ContextsAs>,
}

/// A question about many contexts, which all cores answer in one pass.
pub(crate) trait Pass {
    /// The result.
    type Found;

    /// Asks about the contexts of newline-delimited JSON.
    fn lines(
        self,
        reader: impl BufRead,
        progress: impl FnMut(u64) + Send,
    ) -> Result<Self::Found, LineError>;

    /// Asks about contexts, each with the number of its row.
    fn rows(
        self,
        contexts: impl Iterator<Item = (u64, ContextInstance)>,
        progress: impl FnMut(u64) + Send,
    ) -> Self::Found;

    /// How many lines were no contexts, and what is wrong with the first.
    fn refused(found: &Self::Found) -> (u64, Option<&LineError>);
}

/// The results for contexts, and the rows and values that could not be read.
#[derive(Debug)]
pub(crate) struct Read<F> {
    pub(crate) found: F,
    pub(crate) refused: u64,
    first: Option<String>,
    pub(crate) unread: Vec<Unread>,
}

impl<F> Read<F> {
    fn with_unread(self, unread: Vec<Unread>) -> Self {
        Self { unread, ..self }
    }

    /// Returns whether all of it was contexts and values that clauses compare with.
    pub(crate) fn is_whole(&self) -> bool {
        self.refused == 0 && self.unread.is_empty()
    }

    /// Says what was no context, and where it was interrupted.
    pub(crate) fn tell(&self, contexts: u64, stop: &Stop, output: Output) {
        if let Some(first) = &self.first {
            output.always(format_args!(
                "{} of {} are not contexts; the first: {first}",
                self.refused,
                self.refused + contexts
            ));
        }
        if stop.is_asked() {
            output.always(format_args!(
                "interrupted after {}; these are the counts so far",
                counted(contexts, "context")
            ));
        }
        for unread in &self.unread {
            output.always(unread);
        }
    }
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
        ContextsAs::Ndjson => Ok(reading.pass.lines(bytes, |_| {}).map(drop)?),
    }
}

/// The settings for reading rows.
struct Reading<'a, P> {
    pass: P,
    stop: &'a Stop,
    bar: &'a ProgressBar,
}

/// A row; `None` after the last.
type Row = Option<Result<ContextInstance, Refused>>;

impl<P: Pass> Reading<'_, P> {
    /// Evaluates rows, and counts those that are not contexts. `next` gets the number of the row that it
    /// reads, from 1.
    fn rows(
        self,
        mut next: impl FnMut(u64) -> Result<Row, Failure>,
    ) -> Result<Read<P::Found>, Failure> {
        let Self { pass, stop, bar } = self;
        let (mut refused, mut first, mut failed) = (0, None, None);
        let mut rows = 1..;
        let contexts = std::iter::from_fn(|| {
            while !stop.is_asked() {
                let row = rows.next()?;
                match next(row) {
                    Ok(Some(Ok(context))) => return Some((row, context)),
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
        let progress = move |done| {
            shown.set_message(counted(done, "context"));
            if is_of_rows {
                shown.set_position(shown.position().max(done));
            }
        };
        // After the last row there is none, however often it is asked for.
        let found = pass.rows(contexts.fuse(), progress);
        bar.finish_and_clear();
        match failed {
            Some(failure) => Err(failure),
            None => Ok(Read {
                found,
                refused,
                first,
                unread: Vec::new(),
            }),
        }
    }
}

/// The format of a file, by default.
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

fn table_failure(path: &Path, reason: String) -> Failure {
    Failure::Table {
        path: path.to_owned(),
        reason,
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
