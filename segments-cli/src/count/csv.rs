//! Contexts in CSV.

use std::io::Read;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use segments_model::AttributeValue;
use segments_model::evaluate::ContextInstance;

use super::row::{Column, Refused, context};
use crate::failure::Failure;
use crate::import::Attributes;

/// Reads row by row. The first one names the columns.
pub(super) fn contexts(
    reader: impl Read,
    attributes: &Attributes<'_>,
    path: &Path,
) -> Result<impl Iterator<Item = Result<ContextInstance, Refused>>, Failure> {
    let failed = |reason: String| Failure::Table {
        path: path.to_owned(),
        reason,
    };
    let mut reader = ReaderBuilder::new().from_reader(reader);
    let names = reader
        .headers()
        .map_err(|error| failed(error.to_string()))?;
    let columns = names.iter().map(|name| Column::parse(name, attributes));
    let columns: Vec<Column> = columns.collect::<Result<_, _>>().map_err(failed)?;
    let rows = reader.into_records().zip(1..);
    Ok(rows.map(move |(record, row)| {
        let refused = |reason: String| Refused { row, reason };
        let record = record.map_err(|error| refused(error.to_string()))?;
        context(&columns, values(&columns, &record)).map_err(|error| refused(error.to_string()))
    }))
}

fn values(columns: &[Column], record: &StringRecord) -> impl Iterator<Item = AttributeValue> {
    columns
        .iter()
        .zip(record)
        .map(|(column, text)| column.value(text))
}
