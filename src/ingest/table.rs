//! The rows of one input between reading and normalising.
//!
//! Rows wait as bytes, because what they mean is only known after the last of them: the encoding, the order of day and
//! month in a column, whether a column has any value. Packed in chunks, so that a million rows cost little more than
//! their bytes and chunks can be normalised side by side.

use super::rows::Fault;
use crate::contact::{Origin, SourceId};

/// Rows in a chunk.
const CHUNK_ROWS: usize = 4096;
/// Bytes after which a chunk is closed early.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;
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

/// All rows.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) chunks: Vec<Chunk>,
    pub(super) rejected: Vec<RejectedBytes>,
    pub(super) rows: u32,
}

impl Table {
    /// Keeps a good row: its bytes, the end of each cell in them, and how many cells more it should have.
    pub(super) fn push(&mut self, origin: Origin, bytes: &[u8], ends: &[usize], missing: usize) {
        let full = |chunk: &Chunk| chunk.rows.len() >= CHUNK_ROWS || chunk.bytes.len() >= CHUNK_BYTES;
        if self.chunks.last().is_none_or(full) {
            self.chunks.push(Chunk::default());
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.rows.push((origin.row, origin.line, chunk.ends.len()));
            let start = chunk.bytes.len();
            chunk.bytes.extend_from_slice(bytes);
            // A chunk is closed at 4 MiB, and a row is far below 4 GiB
            let place = |end: usize| u32::try_from(start + end).unwrap_or(u32::MAX);
            chunk.ends.extend(ends.iter().map(|end| place(*end)));
            chunk.ends.extend(std::iter::repeat_n(place(bytes.len()), missing));
        }
    }

    /// Keeps a rejected row.
    pub(super) fn reject<'a>(&mut self, origin: Origin, fault: Fault, cells: impl Iterator<Item = &'a [u8]>) {
        let cells = cells.take(KEPT_CELLS).map(|cell| cell[..cell.len().min(KEPT_CELL_BYTES)].to_vec()).collect();
        self.rejected.push(RejectedBytes { origin, fault, cells });
    }
}
