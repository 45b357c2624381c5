//! What one input file turned out to be: for `leadfold check`, before anything is planned.

use std::io::{self, Write};

use serde::Serialize;

use crate::ingest::{Ingested, Reject, Source};

use super::sanitize::{shorten, visible};
use super::text::{Emphasis, Style, TextOptions};
use super::{json, table, view, words};

/// Records whose normalised values are shown.
const PREVIEW: usize = 3;
/// Rejected rows shown on a terminal.
const REJECTS: usize = 10;

/// The findings of one input for a terminal.
pub fn check_text(input: &Ingested, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    let source = &input.source;
    let accepted = source.rows.saturating_sub(source.rejected);
    let verdict = format!(
        "{}: {}, {} usable, {} rejected",
        visible(&source.name),
        words::count(source.rows, "row"),
        words::thousands(accepted),
        words::thousands(source.rejected)
    );
    let emphasis = if source.rejected > 0 { Emphasis::Caution } else { Emphasis::Good };
    writeln!(writer, "{}", options.style.paint(emphasis, &verdict))?;
    writeln!(writer, "{}", dialect(source))?;
    for note in &source.notes {
        writeln!(writer, "  {}", visible(note))?;
    }
    columns(source, accepted, options, writer)?;
    rejects(&input.rejects, options, writer)?;
    preview(input, options.style, writer)
}

fn dialect(source: &Source) -> String {
    let certain = if source.encoding_certain { "" } else { " (detected)" };
    let packed = match words::compression(source.compression) {
        "none" => String::new(),
        packing => format!(", packed with {packing}"),
    };
    let preset = source.preset.as_deref().map_or_else(
        || "not a known export: columns read by their names".to_owned(),
        |preset| format!("recognised as {}", visible(preset)),
    );
    format!(
        "  {}, {}{certain}, separated by {}{packed}; {preset}",
        words::size(source.bytes),
        words::encoding(source.encoding),
        words::delimiter(source.delimiter)
    )
}

fn columns(source: &Source, accepted: u64, options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    writeln!(writer)?;
    let header = ["#", "column", "means", "because of", "filled", "not understood"];
    let mut columns = table::table(options.width, &header, &[0, 4, 5]);
    for column in &source.columns {
        let invalid = if column.invalid == 0 { String::new() } else { words::thousands(column.invalid) };
        let cells = [
            &column.column.to_string(),
            column.header.as_str(),
            &column.field.to_string(),
            &words::mapped_by(&column.mapped_by),
            &words::percent(column.filled, accepted),
            &invalid,
        ];
        table::add(&mut columns, cells);
    }
    table::write(&columns, writer)
}

fn rejects(rejects: &[Reject], options: &TextOptions, writer: &mut impl Write) -> io::Result<()> {
    if rejects.is_empty() {
        return Ok(());
    }
    writeln!(writer, "\n{}", options.style.paint(Emphasis::Strong, "Rejected rows"))?;
    for reject in rejects.iter().take(REJECTS) {
        let column =
            reject.column_name.as_deref().map(|name| format!(", column {}", shorten(name, 40))).unwrap_or_default();
        writeln!(
            writer,
            "  row {}, line {}{column}: {}; {}",
            reject.origin.row,
            reject.origin.line,
            visible(&reject.message),
            visible(&reject.suggestion)
        )?;
    }
    if rejects.len() > REJECTS {
        let more = u64::try_from(rejects.len() - REJECTS).unwrap_or(u64::MAX);
        writeln!(writer, "  … and {} more", words::thousands(more))?;
    }
    Ok(())
}

fn preview(input: &Ingested, style: Style, writer: &mut impl Write) -> io::Result<()> {
    if input.records.is_empty() {
        return Ok(());
    }
    writeln!(writer, "\n{}", style.paint(Emphasis::Strong, "The first rows as they are understood"))?;
    for record in input.records.iter().take(PREVIEW) {
        writeln!(writer, "  row {}", record.origin.row)?;
        for entry in view::entries(record) {
            writeln!(writer, "    {:<14} {}", shorten(&entry.label, 30), shorten(&entry.value, 100))?;
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct PreviewDocument {
    row: u32,
    values: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize)]
struct InputDocument<'a> {
    #[serde(flatten)]
    source: &'a Source,
    rejects: &'a [Reject],
    preview: Vec<PreviewDocument>,
}

#[derive(Serialize)]
struct CheckDocument<'a> {
    schema: &'static str,
    inputs: Vec<InputDocument<'a>>,
}

/// The findings of all inputs as one JSON document (`leadfold.check/1`).
pub fn check_json(inputs: &[Ingested], writer: &mut impl Write) -> io::Result<()> {
    let inputs = inputs
        .iter()
        .map(|input| InputDocument {
            source: &input.source,
            rejects: &input.rejects,
            preview: input
                .records
                .iter()
                .take(PREVIEW)
                .map(|record| PreviewDocument {
                    row: record.origin.row,
                    values: view::entries(record).into_iter().map(|entry| (entry.label, entry.value.into())).collect(),
                })
                .collect(),
        })
        .collect();
    json::document(&CheckDocument { schema: "leadfold.check/1", inputs }, writer)
}
