//! The rows of one input between splitting and normalising, some at a time.
//!
//! Owns the splitting of a text into [`Chunk`]s of consecutive good rows, packed so that they cost little more than their
//! bytes and can be normalised side by side, and what only goes with all rows: their number, those that are no rows, and
//! what their bytes say about the encoding.

use std::io::Read;

use super::encoding::Evidence;
use super::error::Error;
use super::open::Problem;
use super::reject::RejectReason;
use super::rows::{Fault, Rows, Scanned};
use super::source::Compression;
use crate::contact::{Origin, SourceId};

/// Bytes after which a chunk is closed early.
const CHUNK_BYTES: usize = 512 * 1024;
/// Bytes kept of each cell of a rejected row; [`super::Reject`] shows 1,000 characters of up to 4 bytes.
const KEPT_CELL_BYTES: usize = 4_000;
/// Cells kept of a rejected row.
const KEPT_CELLS: usize = 500;

/// A rejected row whose bytes are not decoded yet.
#[derive(Debug)]
pub(super) struct RejectedBytes {
    pub(super) origin: Origin,
    pub(super) fault: Fault,
    pub(super) cells: Vec<Vec<u8>>,
}

/// Some consecutive good rows.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    /// End of each cell in `bytes`, row after row.
    ends: Vec<u32>,
    /// Row number, line, and index of the first cell.
    rows: Vec<(u32, u64, usize)>,
}

impl Chunk {
    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds a good row: its bytes, the end of each cell in them, and how many cells more it should have.
    fn push(&mut self, origin: Origin, bytes: &[u8], ends: &[usize], missing: usize) {
        self.rows.push((origin.row, origin.line, self.ends.len()));
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        // A chunk is closed at half a MiB, and a row is far below 4 GiB
        let place = |end: usize| u32::try_from(start + end).unwrap_or(u32::MAX);
        self.ends.extend(ends.iter().map(|end| place(*end)));
        self.ends.extend(std::iter::repeat_n(place(bytes.len()), missing));
    }

    /// Cells of each row.
    pub(super) fn cells(&self) -> impl Iterator<Item = impl Iterator<Item = &[u8]>> {
        self.rows(SourceId(0)).map(|(_, cells)| cells)
    }

    /// Origin and cells of each row.
    pub(super) fn rows(&self, source: SourceId) -> impl Iterator<Item = (Origin, impl Iterator<Item = &[u8]>)> {
        self.rows.iter().enumerate().map(move |(index, (row, line, first))| {
            let last = self.rows.get(index + 1).map_or(self.ends.len(), |(_, _, next)| *next);
            let start = first.checked_sub(1).map_or(0, |before| self.ends[before]);
            let ends = &self.ends[*first..last];
            let starts = std::iter::once(start).chain(ends.iter().copied());
            let cells = starts.zip(ends).map(|(start, end)| &self.bytes[start as usize..*end as usize]);
            (Origin { source, row: *row, line: *line }, cells)
        })
    }
}

/// Splits the rows below a header.
pub(super) struct Splitter<'a> {
    pub(super) rows: Rows<Box<dyn Read + 'a>>,
    pub(super) id: SourceId,
    /// The input, for messages.
    pub(super) name: &'a str,
    pub(super) compression: Compression,
    /// Columns of the header.
    pub(super) columns: usize,
    /// Rows of a full chunk.
    pub(super) chunk_rows: usize,
    pub(super) evidence: Evidence,
    pub(super) rejected: Vec<RejectedBytes>,
    /// Rows so far, those rejected included.
    pub(super) count: u32,
    pub(super) ended: bool,
}

impl Splitter<'_> {
    /// The next chunk; an empty one at the end.
    pub(super) fn chunk(&mut self) -> Result<Chunk, Problem> {
        let mut chunk = Chunk::default();
        while !self.ended && chunk.rows.len() < self.chunk_rows && chunk.bytes.len() < CHUNK_BYTES {
            let scanned = self.rows.next().map_err(|error| Problem::Io(self.compression, error))?;
            if matches!(scanned, Scanned::End) {
                self.ended = true;
                break;
            }
            let too_many = || Error::TooManyRows { input: self.name.to_owned() };
            self.count = self.count.checked_add(1).ok_or_else(too_many)?;
            let origin = Origin { source: self.id, row: self.count, line: self.rows.line() };
            match scanned {
                Scanned::Fault(fault) => self.reject(origin, fault),
                _ => self.row(origin, &mut chunk),
            }
        }
        Ok(chunk)
    }

    /// Some chunks, none of them empty.
    pub(super) fn chunks(&mut self, count: usize) -> Result<Vec<Chunk>, Problem> {
        let mut chunks = Vec::with_capacity(count);
        while chunks.len() < count && !self.ended {
            chunks.push(self.chunk()?);
        }
        chunks.retain(|chunk| !chunk.rows.is_empty());
        Ok(chunks)
    }

    fn row(&mut self, origin: Origin, chunk: &mut Chunk) {
        let (whole, _) = self.rows.row(usize::MAX);
        if whole.contains(&0) {
            let column = self.rows.cells().position(|cell| cell.contains(&0)).unwrap_or_default();
            let fault = Fault {
                reason: RejectReason::NulCharacter,
                column: Some(column + 1),
                message: "the cell contains a NUL character".to_owned(),
                suggestion: "remove the character, or export the list again: NUL often means a damaged file".to_owned(),
            };
            return self.reject(origin, fault);
        }
        if !whole.is_ascii() {
            for cell in self.rows.cells() {
                self.evidence.add(cell);
            }
        }
        let (bytes, ends) = self.rows.row(self.columns);
        chunk.push(origin, bytes, ends, self.columns.saturating_sub(ends.len()));
    }

    fn reject(&mut self, origin: Origin, fault: Fault) {
        let cells = self.rows.cells().take(KEPT_CELLS);
        let cells = cells.map(|cell| cell[..cell.len().min(KEPT_CELL_BYTES)].to_vec()).collect();
        self.rejected.push(RejectedBytes { origin, fault, cells });
    }
}
