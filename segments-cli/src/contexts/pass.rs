//! One pass over contexts, and what it finds.

use std::io::BufRead;
use std::path::Path;

use indicatif::ProgressBar;
use segments_model::evaluate::{ContextInstance, LineError};

use super::row::{Refused, Unread};
use super::stop::Stop;
use crate::counted::counted;
use crate::failure::Failure;
use crate::output::Output;

/// The maximum length of a row of a table, and of a page of Parquet. A longer one is not a context, but
/// an open quote, or a file that is damaged or is meant to fill the memory.
pub(super) const LONGEST: usize = 16 << 20;

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
    pub(super) first: Option<String>,
    pub(crate) unread: Vec<Unread>,
}

impl<F> Read<F> {
    pub(super) fn with_unread(self, unread: Vec<Unread>) -> Self {
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

/// The settings for reading rows.
pub(super) struct Reading<'a, P> {
    pub(super) pass: P,
    pub(super) stop: &'a Stop,
    pub(super) bar: &'a ProgressBar,
}

/// A row; `None` after the last.
pub(super) type Row = Option<Result<ContextInstance, Refused>>;

impl<P: Pass> Reading<'_, P> {
    /// Evaluates rows, and counts those that are not contexts. `next` gets the number of the row that it
    /// reads, from 1.
    pub(super) fn rows(
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

pub(super) fn table_failure(path: &Path, reason: String) -> Failure {
    Failure::Table {
        path: path.to_owned(),
        reason,
    }
}
