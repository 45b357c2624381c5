//! The room from outside: bytes in, [`Ingested`] or an error text out.

use std::io::Write as _;

use super::*;
use crate::contact::{Field, Side, SourceId};

fn ingest(bytes: &[u8]) -> Result<Ingested, Error> {
    ingest_with(bytes, Side::Incoming, &Options::default())
}

fn ingest_with(bytes: &[u8], side: Side, options: &Options) -> Result<Ingested, Error> {
    read(bytes, SourceId(0), "list.csv", side, options)
}

fn good(bytes: impl AsRef<[u8]>) -> Ingested {
    ingest(bytes.as_ref()).unwrap()
}

fn error(bytes: impl AsRef<[u8]>) -> String {
    ingest(bytes.as_ref()).unwrap_err().to_string()
}

/// Row, line, column, reason, message and suggestion of each reject.
fn rejects(ingested: &Ingested) -> String {
    let line = |reject: &Reject| {
        let place = reject.column.map_or_else(|| "-".to_owned(), |column| column.to_string());
        let Reject { origin, reason, message, suggestion, .. } = reject;
        format!("row {} line {} column {place} {reason:?}: {message} {suggestion}", origin.row, origin.line)
    };
    ingested.rejects.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Header → field of each column.
fn mapping(ingested: &Ingested) -> String {
    let columns = ingested.source.columns.iter();
    columns.map(|column| format!("{} → {}", column.header, column.field)).collect::<Vec<_>>().join("\n")
}

fn names(ingested: &Ingested) -> Vec<&str> {
    ingested.records.iter().map(|record| record.name.as_ref().map_or("", |name| name.display())).collect()
}

mod accounting;
mod columns;
mod errors;
mod portions;
mod samples;
mod text;
mod values;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn field(ingested: &Ingested, header: &str) -> Field {
    ingested.source.columns.iter().find(|column| column.header == header).unwrap().field.clone()
}
