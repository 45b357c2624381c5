//! The delimiter, the `sep=` line, and lines before the header.
//!
//! Is given the head of the text (bytes, UTF-8 or Windows-1252) and hands on a [`Dialect`]. A delimiter is judged by
//! how evenly it cuts rows, quotes respected, and by how many column names the first row then has.

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::bytes;
use super::encoding::decode_lossy;
use super::source::{Delimiter, TextEncoding};

/// How the text is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: Delimiter,
    /// Bytes before the header.
    pub(super) skip: usize,
    /// Line of the first byte after them, starting at 1.
    pub(super) first_line: u64,
    /// The byte that ends lines; a carriage return in files of the old Macintosh.
    pub(super) line_end: u8,
    pub(super) notes: Vec<String>,
}

impl Delimiter {
    /// The candidates, the most usual first.
    pub(super) const ALL: [Self; 4] = [Self::Comma, Self::Semicolon, Self::Tab, Self::Pipe];

    /// The character.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|delimiter| delimiter.byte() == byte)
    }
}

/// Rows looked at.
const SAMPLE_ROWS: usize = 200;
/// A header is looked for in this many rows: exports put a few lines of explanation before it, not more.
const PREAMBLE_ROWS: usize = 12;

/// Finds the dialect. `complete` says whether the head is the whole text; `is_column_name` whether a cell is a column
/// name of a known field.
pub(super) fn detect(
    head: &[u8],
    complete: bool,
    chosen: Option<Delimiter>,
    is_column_name: &dyn Fn(&str) -> bool,
) -> Dialect {
    let line_end = if !head.contains(&b'\n') && head.contains(&b'\r') { b'\r' } else { b'\n' };
    let mut notes = Vec::new();
    let (separator, skipped) = separator_line(head, line_end);
    let text = &head[skipped..];
    let declared = separator.and_then(Delimiter::from_byte);
    if separator.is_some() && declared.is_none() {
        notes.push("The sep= line names a delimiter that is not supported; the delimiter was detected.".to_owned());
    }
    let candidates = match chosen.or(declared) {
        Some(one) => vec![one],
        None => Delimiter::ALL.to_vec(),
    };
    let mut best: Option<(f64, Delimiter, Layout)> = None;
    for delimiter in candidates {
        let layout = Layout::of(&sample(text, complete, delimiter.byte()), is_column_name);
        if best.as_ref().is_none_or(|(score, _, _)| layout.score > *score) {
            best = Some((layout.score, delimiter, layout));
        }
    }
    let (delimiter, offset) = best.map_or((Delimiter::Comma, 0), |(_, delimiter, layout)| (delimiter, layout.offset));
    let skip = skipped + offset;
    let lines = bytes::count(&head[..skip], line_end);
    let preamble =
        head[skipped..skip].split(|byte| *byte == line_end).filter(|line| !line.trim_ascii().is_empty()).count();
    if preamble > 0 {
        notes.push(format!("{preamble} {} before the header left out.", if preamble == 1 { "line" } else { "lines" }));
    }
    Dialect { delimiter, skip, first_line: 1 + lines as u64, line_end, notes }
}

/// Reads a first line `sep=;`, which Excel writes and obeys: the separator and the length of the line.
fn separator_line(head: &[u8], line_end: u8) -> (Option<u8>, usize) {
    let Some(end) = head.iter().position(|byte| *byte == line_end) else { return (None, 0) };
    let line = head[..end].strip_suffix(b"\r").unwrap_or(&head[..end]);
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] => (Some(*separator), end + 1),
        _ => (None, 0),
    }
}

/// A row of the head: where it starts and its cells.
struct SampleRow {
    offset: usize,
    cells: Vec<String>,
}

impl SampleRow {
    /// Cells without the empty ones at the end.
    fn width(&self) -> usize {
        self.cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1)
    }
}

fn sample(text: &[u8], complete: bool, delimiter: u8) -> Vec<SampleRow> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    let mut output = vec![0; text.len() + 1];
    let mut ends = vec![0; 4096];
    let mut rows = Vec::new();
    let mut position = 0;
    while rows.len() < SAMPLE_ROWS {
        let offset = position;
        let (result, read, _, mut cells) = reader.read_record(&text[position..], &mut output, &mut ends);
        position += read;
        let row = match result {
            ReadRecordResult::Record => true,
            // The rest of the head is a row only when there is no more text
            ReadRecordResult::InputEmpty if complete => {
                let (result, _, _, last) = reader.read_record(&[], &mut [0; 16], &mut ends[cells..]);
                cells += last;
                matches!(result, ReadRecordResult::Record)
            }
            _ => false,
        };
        if !row {
            break;
        }
        let mut start = 0;
        let ends = &ends[..cells];
        let decoded = ends.iter().map(|end| {
            let cell = output.get(start..*end).unwrap_or_default();
            start = *end;
            let encoding =
                if std::str::from_utf8(cell).is_ok() { TextEncoding::Utf8 } else { TextEncoding::Windows1252 };
            decode_lossy(cell, encoding)
        });
        rows.push(SampleRow { offset, cells: decoded.collect() });
    }
    rows
}

/// What the rows look like when cut by one delimiter.
struct Layout {
    score: f64,
    offset: usize,
}

impl Layout {
    fn of(rows: &[SampleRow], is_column_name: &dyn Fn(&str) -> bool) -> Self {
        let header = header_row(rows, is_column_name);
        let Some(first) = rows.get(header) else { return Self { score: -1.0, offset: 0 } };
        let columns = first.cells.len();
        // A delimiter that never occurs in the header cuts nothing: the last choice, never impossible
        if columns < 2 {
            return Self { score: 0.0, offset: first.offset };
        }
        let body = &rows[header + 1..];
        let even = body.iter().filter(|row| row.cells.len() == columns).count();
        let evenness = if body.is_empty() { 1.0 } else { ratio(even, body.len()) };
        let known = ratio(first.cells.iter().filter(|cell| is_column_name(cell)).count(), columns);
        Self { score: evenness + known + ratio(columns, 1000).min(0.1), offset: first.offset }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    number(part) / number(whole)
}

/// The row that names the columns: the first, unless it is narrower than a later one that has two known column names.
fn header_row(rows: &[SampleRow], is_column_name: &dyn Fn(&str) -> bool) -> usize {
    let known = |row: &SampleRow| row.cells.iter().filter(|cell| is_column_name(cell)).count();
    let Some(first) = rows.first() else { return 0 };
    if first.width() > 1 && known(first) > 0 {
        return 0;
    }
    let later = rows.iter().take(PREAMBLE_ROWS).position(|row| row.width() > first.width() && known(row) >= 2);
    later.unwrap_or(0)
}
