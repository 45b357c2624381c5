//! Text bytes → rows of cells, one at a time, whatever the file holds.
//!
//! Wraps the `csv` crate's state machine so that one runaway cell costs no more memory than the cell limit, and so
//! that a forgotten closing quote costs its own row instead of the rest of the file: when a cell runs over the limit,
//! the file ends inside quotes, or a ragged row spans lines, the swallowed lines are looked at, and if they read like
//! rows, reading resumes on the line after the quote. Cells stay bytes here; lines start at 1.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::bytes;
use super::quote;
use super::reject::RejectReason;

/// Bytes read at a time.
const READ_BYTES: usize = 64 * 1024;
/// Cells a row may have before it is given up.
const CELLS_LIMIT: usize = 16_384;
/// How many times the cell limit a whole row may hold.
const ROW_LIMIT_CELLS: usize = 64;

/// A row that cannot be taken apart, or not into the right number of cells.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) reason: RejectReason,
    /// Column at fault, starting at 1.
    pub(super) column: Option<usize>,
    pub(super) message: String,
    pub(super) suggestion: String,
}

/// What reading one row gave. The cells are those of [`Rows::cells`].
pub(super) enum Scanned {
    /// A row with the right number of cells.
    Row,
    /// A row to reject.
    Fault(Fault),
    /// No more rows.
    End,
}

/// Reads rows.
pub(super) struct Rows<R> {
    input: R,
    ended: bool,
    core: Reader,
    delimiter: u8,
    cell_limit: usize,
    /// Fewest and most cells of a good row.
    columns: Option<(usize, usize)>,
    /// Raw bytes: those before `start` are done with, the current row begins at `start`.
    raw: Vec<u8>,
    start: usize,
    /// How far the parser has come.
    parsed: usize,
    /// Line of the byte at `start`.
    next_line: u64,
    /// The byte that ends lines, for counting.
    line_end: u8,
    line: u64,
    output: Vec<u8>,
    output_length: usize,
    ends: Vec<usize>,
    cells: usize,
}

enum Step {
    Complete,
    Overflow { complete: bool },
    EndOfFile,
}

impl<R: Read> Rows<R> {
    /// Reads rows from `input`, whose first byte is on `first_line`.
    pub(super) fn new(input: R, delimiter: u8, line_end: u8, first_line: u64, cell_limit: usize) -> Self {
        Self {
            input,
            ended: false,
            core: ReaderBuilder::new().delimiter(delimiter).build(),
            delimiter,
            cell_limit,
            columns: None,
            raw: Vec::new(),
            start: 0,
            parsed: 0,
            next_line: first_line,
            line_end,
            line: first_line,
            output: vec![0; 4096],
            output_length: 0,
            ends: vec![0; 64],
            cells: 0,
        }
    }

    /// Fixes the number of cells every further row must have. Columns without a name at the end of the header may be
    /// missing from rows.
    pub(super) fn expect_columns(&mut self, named: usize, all: usize) {
        self.columns = Some((named, all));
    }

    /// Line the row of the last call begins on.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The cells of the last row, as far as it was read.
    pub(super) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        let ends = self.ends.get(..self.cells).unwrap_or_default();
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends.iter().copied()).map(|(start, end)| self.output.get(start..end).unwrap_or_default())
    }

    /// The last row as one text, and where each cell ends in it; at most so many cells.
    pub(super) fn row(&self, cells: usize) -> (&[u8], &[usize]) {
        let ends = self.ends.get(..self.cells.min(cells)).unwrap_or_default();
        (self.output.get(..ends.last().copied().unwrap_or_default()).unwrap_or_default(), ends)
    }

    /// Reads the next row that is not blank.
    pub(super) fn next(&mut self) -> io::Result<Scanned> {
        loop {
            self.output_length = 0;
            self.cells = 0;
            let step = self.step()?;
            self.note_line();
            let scanned = match step {
                Step::Overflow { complete } => Scanned::Fault(self.give_up(complete)?),
                Step::EndOfFile => return Ok(Scanned::End),
                Step::Complete => {
                    if self.cells == 1 && self.cells().all(|cell| cell.trim_ascii().is_empty()) {
                        self.advance(self.parsed);
                        continue;
                    }
                    if let Some((fault, resume)) = self.examine() {
                        self.advance(resume);
                        Scanned::Fault(fault)
                    } else {
                        self.advance(self.parsed);
                        Scanned::Row
                    }
                }
            };
            return Ok(scanned);
        }
    }

    /// Lets the parser run to the end of a row, of the file, or of what a cell may hold.
    fn step(&mut self) -> io::Result<Step> {
        loop {
            self.refill()?;
            let (result, read, written, ended) = self.core.read_record(
                &self.raw[self.parsed..],
                &mut self.output[self.output_length..],
                &mut self.ends[self.cells..],
            );
            self.parsed += read;
            self.output_length += written;
            self.cells += ended;
            let complete = matches!(result, ReadRecordResult::Record);
            if self.too_long(complete) {
                return Ok(Step::Overflow { complete });
            }
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.output.resize(self.output.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => return Ok(Step::Complete),
                ReadRecordResult::End => return Ok(Step::EndOfFile),
            }
        }
    }

    /// Reads more when the parser has seen everything.
    fn refill(&mut self) -> io::Result<()> {
        if self.parsed == self.raw.len() && !self.ended {
            self.raw.drain(..self.start);
            self.parsed -= self.start;
            self.start = 0;
            let before = self.raw.len();
            self.input.by_ref().take(READ_BYTES as u64).read_to_end(&mut self.raw)?;
            self.ended = self.raw.len() == before;
        }
        Ok(())
    }

    fn too_long(&self, complete: bool) -> bool {
        if self.output_length <= self.cell_limit && self.cells <= CELLS_LIMIT {
            return false;
        }
        let last = if self.cells == 0 { 0 } else { self.ends[self.cells - 1] };
        let open = if complete { 0 } else { self.output_length - last };
        open > self.cell_limit
            || self.cells > CELLS_LIMIT
            || self.output_length > self.cell_limit * ROW_LIMIT_CELLS
            || self.cells().any(|cell| cell.len() > self.cell_limit)
    }

    /// Sets the line of the row: that of its first byte that is no line end.
    fn note_line(&mut self) {
        self.line = self.next_line + self.lines(self.start, self.row_start());
    }

    fn lines(&self, from: usize, to: usize) -> u64 {
        bytes::count(&self.raw[from..to], self.line_end) as u64
    }

    /// Goes on at `next`, an offset into the raw bytes.
    fn advance(&mut self, next: usize) {
        self.next_line += self.lines(self.start, next);
        if next < self.parsed {
            self.core.reset();
        }
        self.start = next;
        self.parsed = next;
    }

    /// Where the row's own bytes begin, after blank lines.
    fn row_start(&self) -> usize {
        let raw = &self.raw[self.start..];
        self.start + raw.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
    }

    /// Offset after the first line end at or after `from`, if it is among the bytes the parser has seen.
    fn line_after(&self, from: usize) -> Option<usize> {
        let seen = &self.raw[from..self.parsed];
        seen.iter().position(|byte| *byte == self.line_end).map(|position| from + position + 1)
    }

    /// Checks a complete row; gives what is wrong and where to go on.
    fn examine(&self) -> Option<(Fault, usize)> {
        let start = self.row_start().min(self.parsed);
        let raw = &self.raw[start..self.parsed];
        let spans_lines = raw.trim_ascii_end().contains(&self.line_end);
        let at_end = self.ended && self.parsed == self.raw.len();
        let quotes = if spans_lines { quote::scan(raw, self.delimiter) } else { quote::Scan::default() };
        let open_at_end = at_end && quotes.in_quotes;
        let Some((named, columns)) = self.columns else {
            let fault = || (self.unclosed_quote("everything after it was taken for its text"), self.parsed);
            return open_at_end.then(fault);
        };
        let spare = self.cells().skip(columns).all(|cell| cell.trim_ascii().is_empty());
        let ragged = self.cells < named || (self.cells > columns && !spare);
        if spans_lines && (ragged || open_at_end || quotes.torn) {
            let resume = self.line_after(start).unwrap_or(self.parsed);
            if quote::swallowed_rows(raw, self.delimiter, columns, true) {
                return Some((self.unclosed_quote("reading goes on with the next line"), resume));
            }
            if open_at_end {
                return Some((self.unclosed_quote("everything after it was taken for its text"), self.parsed));
            }
        }
        ragged.then(|| (self.ragged(columns, spans_lines), self.parsed))
    }

    fn unclosed_quote(&self, consequence: &str) -> Fault {
        Fault {
            reason: RejectReason::UnclosedQuote,
            column: None,
            message: format!("a quote opened on line {} is never closed; {consequence}", self.line),
            suggestion: "close the quote, or double it (\"\") if it belongs to the text".to_owned(),
        }
    }

    fn ragged(&self, columns: usize, spans_lines: bool) -> Fault {
        let found = self.cells;
        let (reason, column, suggestion) = if found > columns {
            (
                RejectReason::TooManyCells,
                columns + 1,
                "put quotes around a cell that contains the delimiter, or remove the extra cells",
            )
        } else {
            (RejectReason::TooFewCells, found + 1, "add the missing cells, even if they are empty")
        };
        let lines = if spans_lines { " (the row spans several lines: a quote may not be closed)" } else { "" };
        Fault {
            reason,
            column: Some(column),
            message: format!("the row has {found} {}, the header {columns}{lines}", plural(found, "cell", "cells")),
            suggestion: suggestion.to_owned(),
        }
    }

    /// Gives up on a row that is too long and finds the next one. Holds no more than what was read already.
    fn give_up(&mut self, complete: bool) -> io::Result<Fault> {
        let start = self.row_start().min(self.parsed);
        let (column, offset) = quote::long_cell(&self.raw[start..self.parsed], self.delimiter, self.cell_limit);
        let cell = start + offset;
        let quoted = self.raw.get(cell) == Some(&b'"');
        let line = self.line + self.lines(start, cell);
        let window = &self.raw[cell..self.parsed.min(cell + self.cell_limit)];
        let forgotten = quoted
            && self.columns.is_some_and(|(_, columns)| quote::swallowed_rows(window, self.delimiter, columns, false));
        let too_many_cells = self.cells > CELLS_LIMIT;
        if let (true, Some(resume)) = (forgotten, self.line_after(cell)) {
            self.advance(resume);
        } else {
            self.discard_row(complete)?;
        }
        if too_many_cells {
            return Ok(Fault {
                reason: RejectReason::TooManyCells,
                column: None,
                message: format!("the row has more than {CELLS_LIMIT} cells"),
                suggestion: "check that the file has line ends, and the delimiter".to_owned(),
            });
        }
        let swallowed_the_rest = quoted && self.ended && self.start == self.raw.len();
        Ok(too_long(self.cell_limit, column, line, forgotten || swallowed_the_rest))
    }

    /// Reads on to the end of the row without keeping it. The cells read so far stay, the last one cut.
    fn discard_row(&mut self, mut complete: bool) -> io::Result<()> {
        if !complete && self.cells < self.ends.len() {
            self.ends[self.cells] = self.output_length;
            self.cells += 1;
        }
        let (mut output, mut ends) = ([0; 4096], [0; 256]);
        while !complete {
            self.next_line += self.lines(self.start, self.parsed);
            self.start = self.parsed;
            self.refill()?;
            let (result, read, _, _) = self.core.read_record(&self.raw[self.parsed..], &mut output, &mut ends);
            self.parsed += read;
            complete = matches!(result, ReadRecordResult::Record | ReadRecordResult::End);
        }
        self.advance(self.parsed);
        Ok(())
    }
}

fn too_long(limit: usize, column: usize, line: u64, unclosed: bool) -> Fault {
    let (message, suggestion) = if unclosed {
        (
            format!("a cell is longer than {limit} bytes; an unclosed quote likely starts at line {line}"),
            "close the quote, or shorten the cell",
        )
    } else {
        (
            format!("a cell that begins on line {line} is longer than {limit} bytes"),
            "shorten the cell, or check that the file has line ends",
        )
    };
    Fault { reason: RejectReason::CellTooLong, column: Some(column), message, suggestion: suggestion.to_owned() }
}

/// `one` or `many`, by the count.
pub(super) fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}
