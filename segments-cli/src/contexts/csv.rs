//! Contexts in CSV.

use std::cell::Cell as Shared;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use csv::{Reader, ReaderBuilder, StringRecord};

use super::clauses::Compared;
use super::pass::{LONGEST, Pass, Read as Found, Reading, table_failure};
use super::row::{Cell, Columns, Refused};
use crate::failure::Failure;

/// Reads row by row, the first of which names the columns, and hands contexts over.
pub(super) fn contexts<P: Pass>(
    reader: impl Read,
    compared: &Compared,
    path: &Path,
    reading: Reading<'_, P>,
) -> Result<Found<P::Found>, Failure> {
    let failed = |reason: String| table_failure(path, reason);
    let mut rows = Rows::new(reader);
    let names = rows
        .csv
        .headers()
        .map_err(|error| failed(error.to_string()))?;
    let mut columns = Columns::parse(names, compared).map_err(failed)?;
    let mut record = StringRecord::new();
    let found = reading.rows(|row| match rows.read(&mut record) {
        Ok(false) => Ok(None),
        Ok(true) => Ok(Some(columns.context(row, record.iter().map(Cell::Text)))),
        // What is read after an error of the stream is the same error without end.
        Err(error) if matches!(error.kind(), csv::ErrorKind::Io(_)) => {
            Err(failed(format!("row {row}: {error}")))
        }
        Err(error) => Ok(Some(Err(Refused {
            row,
            reason: error.to_string(),
        }))),
    })?;
    Ok(found.with_unread(columns.unread()))
}

/// Rows that end, however long their texts are.
struct Rows<R> {
    csv: Reader<Bounded<R>>,
    /// How many bytes may still be read for the present row.
    left: Rc<Shared<usize>>,
}

struct Bounded<R> {
    reader: R,
    left: Rc<Shared<usize>>,
}

impl<R: Read> Rows<R> {
    fn new(reader: R) -> Self {
        let left = Rc::new(Shared::new(LONGEST));
        let bounded = Bounded {
            reader,
            left: Rc::clone(&left),
        };
        Self {
            csv: ReaderBuilder::new().from_reader(bounded),
            left,
        }
    }

    fn read(&mut self, record: &mut StringRecord) -> csv::Result<bool> {
        self.left.set(LONGEST);
        self.csv.read_record(record)
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(left) = self.left.get().checked_sub(buffer.len()) else {
            return Err(io::Error::other(format!(
                "it is longer than {} MB; a quote may be left open",
                LONGEST >> 20
            )));
        };
        self.left.set(left);
        self.reader.read(buffer)
    }
}
