//! Contexts in Parquet.

use std::fs::File;
use std::path::Path;

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use segments_model::AttributeValue;
use segments_model::evaluate::ContextInstance;

use super::row::{Column, Refused, context};
use crate::failure::Failure;
use crate::import::Attributes;

/// How many rows there are.
pub(super) fn rows(path: &Path) -> Result<u64, Failure> {
    let rows = open(path)?.metadata().file_metadata().num_rows();
    Ok(u64::try_from(rows).unwrap_or_default())
}

/// Reads row by row. Groups are objects, and lists are lists.
pub(super) fn contexts(
    path: &Path,
    attributes: &Attributes<'_>,
) -> Result<impl Iterator<Item = Result<ContextInstance, Refused>>, Failure> {
    let reader = open(path)?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let fields = schema.root_schema().get_fields();
    let columns = fields
        .iter()
        .map(|field| Column::parse(field.name(), attributes));
    let columns: Vec<Column> = columns
        .collect::<Result<_, _>>()
        .map_err(|reason| failed(path, reason))?;
    let rows = RowIter::from_file_into(Box::new(reader)).zip(1..);
    Ok(rows.map(move |(found, row)| {
        let refused = |reason: String| Refused { row, reason };
        let found: Row = found.map_err(|error| refused(error.to_string()))?;
        let cells = columns.iter().zip(found.get_column_iter());
        let values = cells.map(|(column, (_, field))| value(column, field));
        context(&columns, values).map_err(|error| refused(error.to_string()))
    }))
}

fn open(path: &Path) -> Result<SerializedFileReader<File>, Failure> {
    let file = File::open(path).map_err(|source| Failure::Read {
        path: path.to_owned(),
        source,
    })?;
    SerializedFileReader::new(file).map_err(|error: ParquetError| failed(path, error.to_string()))
}

fn failed(path: &Path, reason: String) -> Failure {
    Failure::Table {
        path: path.to_owned(),
        reason,
    }
}

/// Text stands for what it would in CSV, because files made from CSV have all columns as text.
fn value(column: &Column, field: &Field) -> AttributeValue {
    match field {
        Field::Str(text) => column.value(text),
        other => plain(other),
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
