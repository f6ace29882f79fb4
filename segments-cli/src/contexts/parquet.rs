//! Contexts in Parquet.
//!
//! Files may be foreign, and the library that reads them panics on some damaged ones. The first error
//! ends the reading.

use std::cell::Cell as Shared;
use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Once;

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use parquet::record::reader::ReaderIter;
use parquet::record::{Field, Row};
use segments_model::AttributeValue;

use super::clauses::Compared;
use super::pass::{LONGEST, Pass, Read, Reading, table_failure};
use super::row::{Cell, Columns};
use crate::failure::Failure;
use crate::file;

/// How large a page may be before it is unpacked. Writers make them of a megabyte.
const LARGEST_PAGE: usize = LONGEST;

/// A file whose schema is known.
pub(super) type Opened<R> = SerializedFileReader<Pages<R>>;

/// Opens a file of this path.
pub(super) fn open_file(path: &Path) -> Result<Opened<File>, Failure> {
    open(file::open(path)?, path)
}

/// Reads what a file says of itself.
pub(super) fn open<R: ChunkReader + 'static>(file: R, path: &Path) -> Result<Opened<R>, Failure> {
    guarded(|| SerializedFileReader::new(Pages(file))).map_err(|reason| table_failure(path, reason))
}

/// How many rows there are.
pub(super) fn rows<R: ChunkReader + 'static>(opened: &Opened<R>) -> u64 {
    let rows = opened.metadata().file_metadata().num_rows();
    u64::try_from(rows).unwrap_or_default()
}

/// Reads row by row, and hands contexts over. Groups are objects, and lists are lists.
pub(super) fn contexts<P: Pass, R: ChunkReader + 'static>(
    reader: &Opened<R>,
    compared: &Compared,
    path: &Path,
    reading: Reading<'_, P>,
) -> Result<Read<P::Found>, Failure> {
    let failed = |reason: String| table_failure(path, reason);
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let fields = schema.root_schema().get_fields();
    let names = fields.iter().map(|field| field.name());
    let mut columns = Columns::parse(names, compared).map_err(failed)?;
    let mut groups = Groups::new(reader);
    let found = reading.rows(|row| {
        let Some(found) = groups.next().map_err(failed)? else {
            return Ok(None);
        };
        let cells = found.get_column_iter().map(|(_, field)| cell(field));
        Ok(Some(columns.context(row, cells)))
    })?;
    Ok(found.with_unread(columns.unread()))
}

/// The rows of all groups of rows, up to the first error.
struct Groups<'r, R: ChunkReader + 'static> {
    reader: &'r Opened<R>,
    rows: Option<ReaderIter>,
    /// The group that comes next.
    next: usize,
}

impl<'r, R: ChunkReader + 'static> Groups<'r, R> {
    fn new(reader: &'r Opened<R>) -> Self {
        Self {
            reader,
            rows: None,
            next: 0,
        }
    }

    fn next(&mut self) -> Result<Option<Row>, String> {
        loop {
            if let Some(rows) = &mut self.rows
                && let Some(row) = guarded(|| rows.next().transpose())
                    .map_err(|reason| format!("row group {}: {reason}", self.next))?
            {
                return Ok(Some(row));
            }
            if self.next == self.reader.num_row_groups() {
                return Ok(None);
            }
            let group = self.next;
            self.next += 1;
            let rows = plausible(self.reader.metadata().row_group(group))
                .and_then(|()| guarded(|| self.open(group)));
            self.rows = Some(rows.map_err(|reason| format!("row group {}: {reason}", self.next))?);
        }
    }

    fn open(&self, group: usize) -> Result<ReaderIter, ParquetError> {
        let schema = self.reader.metadata().file_metadata().schema_descr_ptr();
        let group = self.reader.get_row_group(group)?;
        parquet::record::reader::TreeBuilder::new().as_iter(schema, &*group)
    }
}

/// A group of rows that says of itself what cannot be would be read without end.
fn plausible(group: &RowGroupMetaData) -> Result<(), String> {
    let rows = group.num_rows();
    if rows < 0 || group.columns().is_empty() && rows > 0 {
        return Err(format!("it claims to have {rows} rows"));
    }
    for column in group.columns() {
        let (values, name) = (column.num_values(), column.column_path().string());
        if values < rows {
            return Err(format!(
                "it has {rows} rows, and column `{name}` has {values}"
            ));
        }
    }
    Ok(())
}

/// Runs what others wrote. Its panic is an error, and is not printed.
fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    thread_local! {
        static GUARDED: Shared<bool> = const { Shared::new(false) };
    }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                print(panic);
            }
        }));
    });
    GUARDED.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(false);
    match done {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("it is damaged: the Parquet reader failed".to_owned()),
    }
}

/// A file, of which no part is taken into memory that is larger than a page can be.
pub(super) struct Pages<R>(R);

impl<R: ChunkReader> Length for Pages<R> {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl<R: ChunkReader> ChunkReader for Pages<R> {
    type T = R::T;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        self.0.get_read(start)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        if length > LARGEST_PAGE {
            return Err(ParquetError::General(format!(
                "a page of {length} bytes, but at most {LARGEST_PAGE} are allowed"
            )));
        }
        self.0.get_bytes(start, length)
    }
}

/// Text stands for what it would in CSV, because files made from CSV have all columns as text. Some
/// writers do not say that bytes are text.
fn cell(field: &Field) -> Cell<'_> {
    match field {
        Field::Str(text) => Cell::Text(text),
        Field::Bytes(bytes) => match str::from_utf8(bytes.data()) {
            Ok(text) => Cell::Text(text),
            Err(_) => Cell::Value(plain(field)),
        },
        other => Cell::Value(plain(other)),
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "numbers of contexts are doubles everywhere"
)]
fn plain(field: &Field) -> AttributeValue {
    match field {
        Field::Null => AttributeValue::Null,
        Field::Bool(value) => AttributeValue::Bool(*value),
        Field::Byte(value) => AttributeValue::Number(f64::from(*value)),
        Field::Short(value) => AttributeValue::Number(f64::from(*value)),
        Field::Int(value) => AttributeValue::Number(f64::from(*value)),
        Field::Long(value) => AttributeValue::Number(*value as f64),
        Field::UByte(value) => AttributeValue::Number(f64::from(*value)),
        Field::UShort(value) => AttributeValue::Number(f64::from(*value)),
        Field::UInt(value) => AttributeValue::Number(f64::from(*value)),
        Field::ULong(value) => AttributeValue::Number(*value as f64),
        Field::Float(value) => AttributeValue::Number(f64::from(*value)),
        Field::Double(value) => AttributeValue::Number(*value),
        // Dates of LaunchDarkly are milliseconds.
        Field::TimestampMillis(millis) => AttributeValue::Number(*millis as f64),
        Field::TimestampMicros(micros) => AttributeValue::Number((micros / 1000) as f64),
        Field::Date(days) => AttributeValue::Number(f64::from(*days) * 86_400_000.0),
        Field::Str(text) => AttributeValue::String(text.clone()),
        Field::Group(row) => AttributeValue::object(
            row.get_column_iter()
                .map(|(name, field)| (name.clone(), plain(field))),
        ),
        Field::ListInternal(list) => {
            AttributeValue::Array(list.elements().iter().map(plain).collect())
        }
        Field::MapInternal(map) => {
            AttributeValue::object(map.entries().iter().filter_map(|(name, field)| match name {
                Field::Str(name) => Some((name.clone(), plain(field))),
                _ => None,
            }))
        }
        // Bytes, intervals and the like are nothing that a clause can test.
        other => AttributeValue::String(other.to_string()),
    }
}
