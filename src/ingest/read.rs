//! The way of one input through the room: bytes, text, rows, columns, records.
//!
//! Reads the input once, front to back. Owns the order of the steps and the accounting: every data row of the file
//! comes out as a record or as a reject.

use std::io::{self, Read};

use super::accept::{RowReader, Wanted, Yield};
use super::bytes::{self, Counted, Foreign, Headed};
use super::cell;
use super::dates::{self, DateOrders, OrderVotes};
use super::dialect::{self, Dialect};
use super::encoding::{self, Evidence, FromUtf16};
use super::error::Error;
use super::header::{self, Header, Mapped};
use super::normalize::Normalizer;
use super::reject::RejectReason;
use super::rows::{Fault, Rows, Scanned};
use super::source::{Compression, Ingested, Options, Source, SourceKind, TextEncoding};
use super::table::Table;
use crate::contact::{Field, Origin, Region, Side, SourceId};

/// Looked at to find out packing, encoding and foreign formats.
const BYTES_HEAD: u64 = 64 * 1024;
/// Looked at to find out delimiter and header.
const TEXT_HEAD: u64 = 256 * 1024;
/// Longest cell accepted unless the options say otherwise.
pub const CELL_LIMIT_BYTES: usize = 131_072;
/// Rows whose values may decide what a column means.
const SAMPLE_ROWS: usize = 200;

/// Reads a whole input: `name` is what messages call it, `id` its position among the inputs of the run.
///
/// The input is read once and to its end. The encoding is taken from the options or a byte order mark, or is found out
/// from the bytes (see the note in [`Source::notes`] when that is uncertain); likewise the delimiter. Bad rows are in
/// [`Ingested::rejects`]; an `Err` means that the input as a whole is of no use.
pub fn read(input: impl Read, id: SourceId, name: &str, side: Side, options: &Options) -> Result<Ingested, Error> {
    read_watched(input, id, name, side, options, &mut |_| ())
}

/// [`read`], telling `watch` the name of each step as it ends: `read`, `normalise`.
pub fn read_watched(
    input: impl Read,
    id: SourceId,
    name: &str,
    side: Side,
    options: &Options,
    watch: &mut dyn FnMut(&'static str),
) -> Result<Ingested, Error> {
    read_those(input, id, name, side, options, &|_| true, watch)
}

/// [`read_watched`], handing on those records only that `wanted` says yes to. A note of the source counts the others.
pub fn read_those(
    input: impl Read,
    id: SourceId,
    name: &str,
    side: Side,
    options: &Options,
    wanted: &Wanted<'_>,
    watch: &mut dyn FnMut(&'static str),
) -> Result<Ingested, Error> {
    let mut counted = Counted::new(input);
    let gathered = gather(&mut counted, id, name, options).map_err(|problem| match problem {
        Problem::Whole(error) => error,
        Problem::Io(Compression::Gzip, error) if !counted.failed() => {
            Error::Gzip { input: name.to_owned(), problem: bytes::gzip_problem(&error) }
        }
        Problem::Io(_, source) => Error::Io { input: name.to_owned(), source },
    })?;
    let (bytes, sha256) = counted.finish();
    watch("read");
    let Text { compression, dialect, encoding, certain, header_line, header, table, mut notes } = gathered;
    let names = header_names(name, header_line, &header, encoding)?;
    if table.rows == 0 {
        return Err(Error::NoRows { input: name.to_owned(), line: header_line });
    }
    let looks = Looks::at(&table, id, encoding, names.len());
    let shape = Header { input: name, names: &names, samples: &looks.samples, filled: &looks.filled };
    let Mapped { mut columns, reversed, preset, notes: mapping_notes } = header::map(&shape, side, options)?;
    let (orders, date_notes) = date_orders(&table, id, encoding, &columns, options.region);
    let fields: Vec<Field> = columns.iter().map(|column| column.field.clone()).collect();
    let normalizer = Normalizer { region: options.region, default_role: options.default_role, side };
    let scratch = options.scratch.as_ref();
    let (names, fields, reversed) = (names.as_slice(), fields.as_slice(), reversed.as_slice());
    let reader = RowReader { id, encoding, names, fields, reversed, normalizer, orders, wanted, scratch };
    let rows = u64::from(table.rows);
    let Yield { records, rejects, counts, unwanted } = reader.all(table);
    for (column, (filled, invalid)) in columns.iter_mut().zip(counts) {
        (column.filled, column.invalid) = (filled, invalid);
    }
    notes.extend(dialect.notes);
    notes.extend(mapping_notes);
    notes.extend(date_notes);
    if unwanted > 0 {
        notes.push(format!(
            "{unwanted} of its contacts come near no incoming row; they are left as they are, and out of the plan."
        ));
    }
    let source = Source {
        id,
        name: name.to_owned(),
        kind: SourceKind::File,
        side,
        bytes,
        sha256,
        compression,
        encoding,
        encoding_certain: certain,
        delimiter: dialect.delimiter,
        preset,
        columns,
        rows,
        rejected: rejects.len() as u64,
        notes,
    };
    watch("normalise");
    Ok(Ingested { source, records, rejects })
}

/// Why gathering stopped.
enum Problem {
    Whole(Error),
    Io(Compression, io::Error),
}

/// All rows of a text, and what it turned out to be.
struct Text {
    compression: Compression,
    dialect: Dialect,
    encoding: TextEncoding,
    certain: bool,
    header_line: u64,
    header: Vec<Vec<u8>>,
    table: Table,
    notes: Vec<String>,
}

/// Unpacks, splits into rows, and decides on the encoding.
fn gather(input: impl Read, id: SourceId, name: &str, options: &Options) -> Result<Text, Problem> {
    let (compression, unpacked) = bytes::unpack(input).map_err(|error| Problem::Io(Compression::None, error))?;
    let io = |error| Problem::Io(compression, error);
    let empty = || Problem::Whole(Error::Empty { input: name.to_owned() });
    let mut head = Headed::fill(unpacked, BYTES_HEAD).map_err(io)?;
    let mark = encoding::byte_order_mark(head.head());
    let known = options.encoding.or(mark.map(|(encoding, _)| encoding));
    let detected = known.or_else(|| encoding::utf16_by_pattern(head.head()));
    head.skip(mark.map_or(0, |(_, length)| length));
    let text: Box<dyn Read + '_> = if let Some(encoding @ (TextEncoding::Utf16Le | TextEncoding::Utf16Be)) = detected {
        Box::new(FromUtf16::new(head, encoding))
    } else if let Some(Foreign { format, advice }) = bytes::foreign(head.head()) {
        return Err(Problem::Whole(Error::NotText { input: name.to_owned(), format, advice }));
    } else {
        Box::new(head)
    };
    let mut text = Headed::fill(text, TEXT_HEAD).map_err(io)?;
    let complete = (text.head().len() as u64) < TEXT_HEAD;
    if complete && text.head().trim_ascii().is_empty() {
        return Err(empty());
    }
    let dialect = dialect::detect(text.head(), complete, options.delimiter, &header::is_column_name);
    text.skip(dialect.skip);
    let limit = options.cell_limit.unwrap_or(CELL_LIMIT_BYTES).max(1);
    let mut rows = Rows::new(text, dialect.delimiter.byte(), dialect.line_end, dialect.first_line, limit);
    let mut evidence = Evidence::new();
    let header: Vec<Vec<u8>> = match rows.next().map_err(io)? {
        Scanned::End => return Err(empty()),
        Scanned::Fault(Fault { message: problem, .. }) => {
            let error = Error::BadHeader { input: name.to_owned(), line: rows.line(), problem };
            return Err(Problem::Whole(error));
        }
        Scanned::Row => rows.cells().map(<[u8]>::to_vec).collect(),
    };
    let header_line = rows.line();
    for cell in &header {
        evidence.add(cell);
    }
    let named = header.iter().rposition(|cell| !cell.trim_ascii().is_empty()).map_or(0, |last| last + 1);
    rows.expect_columns(named, header.len());
    let table = gather_rows(&mut rows, id, header.len(), &mut evidence, io, name)?;
    let (encoding, note) = match detected {
        Some(encoding) => (encoding, None),
        None => evidence.decide(),
    };
    let notes = note.into_iter().collect();
    Ok(Text { compression, dialect, encoding, certain: known.is_some(), header_line, header, table, notes })
}

/// Reads all rows.
fn gather_rows(
    rows: &mut Rows<impl Read>,
    id: SourceId,
    columns: usize,
    evidence: &mut Evidence,
    io: impl Fn(io::Error) -> Problem,
    name: &str,
) -> Result<Table, Problem> {
    let mut table = Table::default();
    loop {
        let scanned = rows.next().map_err(&io)?;
        if matches!(scanned, Scanned::End) {
            return Ok(table);
        }
        let too_many = || Problem::Whole(Error::TooManyRows { input: name.to_owned() });
        table.rows = table.rows.checked_add(1).ok_or_else(too_many)?;
        let origin = Origin { source: id, row: table.rows, line: rows.line() };
        if let Scanned::Fault(fault) = scanned {
            table.reject(origin, fault, rows.cells());
            continue;
        }
        let (whole, _) = rows.row(usize::MAX);
        if whole.contains(&0) {
            let column = rows.cells().position(|cell| cell.contains(&0)).unwrap_or_default();
            let fault = Fault {
                reason: RejectReason::NulCharacter,
                column: Some(column + 1),
                message: "the cell contains a NUL character".to_owned(),
                suggestion: "remove the character, or export the list again: NUL often means a damaged file".to_owned(),
            };
            table.reject(origin, fault, rows.cells());
            continue;
        }
        if !whole.is_ascii() {
            for cell in rows.cells() {
                evidence.add(cell);
            }
        }
        let (bytes, ends) = rows.row(columns);
        table.push(origin, bytes, ends, columns.saturating_sub(ends.len()));
    }
}

/// Decodes the header, and refuses one that is a contact.
fn header_names(input: &str, line: u64, header: &[Vec<u8>], encoding: TextEncoding) -> Result<Vec<String>, Error> {
    let decoded: Option<Vec<String>> =
        header.iter().map(|cell| Some(encoding::decode(cell, encoding)?.trim().to_owned())).collect();
    let bad = |problem: &str| Error::BadHeader { input: input.to_owned(), line, problem: problem.to_owned() };
    let names = decoded.ok_or_else(|| bad(&format!("it holds bytes that are not {}", encoding::name(encoding))))?;
    if names.iter().any(|name| name.contains('\0')) {
        return Err(bad("it contains a NUL character"));
    }
    let is_address = |name: &String| {
        let domain = name.split_once('@').map_or("", |(_, domain)| domain);
        domain.contains('.') && !domain.starts_with('.')
    };
    if names.iter().any(is_address) {
        return Err(Error::NoHeader { input: input.to_owned(), line });
    }
    Ok(names)
}

/// What the values tell about the columns.
struct Looks {
    samples: Vec<Vec<String>>,
    filled: Vec<bool>,
}

impl Looks {
    fn at(table: &Table, id: SourceId, encoding: TextEncoding, columns: usize) -> Self {
        let mut looks = Self { samples: vec![Vec::new(); columns], filled: vec![false; columns] };
        for (index, (_, cells)) in table.chunks.iter().flat_map(|chunk| chunk.rows(id)).enumerate() {
            if index >= SAMPLE_ROWS && looks.filled.iter().all(|filled| *filled) {
                break;
            }
            for (column, cell) in cells.enumerate() {
                if index >= SAMPLE_ROWS && looks.filled[column] {
                    continue;
                }
                looks.filled[column] |= !cell.trim_ascii().is_empty();
                if index < SAMPLE_ROWS
                    && let Some(text) = encoding::decode(cell, encoding)
                    && let text = cell::unwrap(&text)
                    && !cell::is_filler(text, true)
                {
                    looks.samples[column].push(text.to_owned());
                }
            }
        }
        looks
    }
}

/// Decides the order of day and month for every column of dates, by all its values.
fn date_orders(
    table: &Table,
    id: SourceId,
    encoding: TextEncoding,
    columns: &[super::ColumnMapping],
    region: Option<Region>,
) -> (DateOrders, Vec<String>) {
    let is_date = |field: &Field| {
        matches!(field, Field::Birthday | Field::CreatedAt | Field::UpdatedAt | Field::LastSeenAt | Field::SignedUpAt)
    };
    let mut votes: Vec<(usize, OrderVotes)> = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| is_date(&column.field))
        .map(|(position, _)| (position, OrderVotes::default()))
        .collect();
    if votes.is_empty() {
        return (DateOrders::default(), Vec::new());
    }
    for (_, cells) in table.chunks.iter().flat_map(|chunk| chunk.rows(id)) {
        let mut cells = cells.enumerate();
        for (position, votes) in &mut votes {
            let cell = cells.find(|(place, _)| place == position).map(|(_, cell)| cell);
            // ISO 8601 has one order: nothing to learn from it
            if let Some(cell) =
                cell.filter(|cell| !(cell.first().is_some_and(u8::is_ascii_digit) && cell.get(4) == Some(&b'-')))
                && let Some(text) = encoding::decode(cell, encoding)
            {
                votes.add(cell::unwrap(&text));
            }
        }
    }
    let votes: Vec<(u32, String, OrderVotes)> = votes
        .into_iter()
        .map(|(position, votes)| (columns[position].column, columns[position].header.clone(), votes))
        .collect();
    dates::decide(&votes, region)
}
