//! What the values of an input tell about its columns, beside their names.
//!
//! Owns what only the whole input can tell for certain: which columns have a value at all, and in which order each writes day
//! and month. Looks at chunks of rows, before they are normalised or along with that.

use super::cell;
use super::dates::{self, DateOrders, OrderVotes};
use super::encoding;
use super::source::{ColumnMapping, TextEncoding};
use super::table::Chunk;
use crate::contact::{Field, Region};

/// Rows whose values may decide what a column means.
pub(super) const SAMPLE_ROWS: usize = 200;

/// Values of the first rows, by column, those that stand for nothing left out.
pub(super) fn samples(chunks: &[Chunk], encoding: TextEncoding, columns: usize) -> Vec<Vec<String>> {
    let mut samples = vec![Vec::new(); columns];
    for cells in chunks.iter().flat_map(Chunk::cells).take(SAMPLE_ROWS) {
        for (cell, samples) in cells.zip(&mut samples) {
            if let Some(text) = encoding::decode(cell, encoding)
                && let text = cell::unwrap(&text)
                && !cell::is_filler(text, true)
            {
                samples.push(text.to_owned());
            }
        }
    }
    samples
}

/// Notes the columns in which a row has a value.
pub(super) fn fill(filled: &mut [bool], chunk: &Chunk) {
    for cells in chunk.cells() {
        if filled.iter().all(|filled| *filled) {
            return;
        }
        for (cell, filled) in cells.zip(&mut *filled) {
            *filled = *filled || !cell.trim_ascii().is_empty();
        }
    }
}

/// What the rows looked at so far tell.
#[derive(Clone, Debug, Default)]
pub(super) struct Looks {
    /// Whether any row has a value, by column.
    pub(super) filled: Vec<bool>,
    pub(super) votes: Votes,
}

impl Looks {
    /// The same with no date counted: what those who look at the next rows begin with.
    pub(super) fn beginning(&self) -> Self {
        let none = self.votes.0.iter().map(|(position, _)| (*position, OrderVotes::default())).collect();
        Self { filled: self.filled.clone(), votes: Votes(none) }
    }

    /// Looks at some rows.
    pub(super) fn at(&mut self, chunk: &Chunk, encoding: TextEncoding) {
        fill(&mut self.filled, chunk);
        self.votes.count(chunk, encoding);
    }

    /// Adds what others saw.
    pub(super) fn add(&mut self, other: &Self) {
        for (filled, other) in self.filled.iter_mut().zip(&other.filled) {
            *filled |= other;
        }
        for ((_, votes), (_, other)) in self.votes.0.iter_mut().zip(&other.votes.0) {
            *votes += *other;
        }
    }
}

/// What columns of dates say about the order of day and month.
#[derive(Clone, Debug, Default)]
pub(super) struct Votes(Vec<(usize, OrderVotes)>);

impl Votes {
    /// None yet, for the columns of dates.
    pub(super) fn of(columns: &[ColumnMapping]) -> Self {
        let is_date = |field: &Field| {
            matches!(
                field,
                Field::Birthday | Field::CreatedAt | Field::UpdatedAt | Field::LastSeenAt | Field::SignedUpAt
            )
        };
        let dates = columns.iter().enumerate().filter(|(_, column)| is_date(&column.field));
        Self(dates.map(|(position, _)| (position, OrderVotes::default())).collect())
    }

    /// Counts those of all rows of a chunk.
    pub(super) fn count(&mut self, chunk: &Chunk, encoding: TextEncoding) {
        if self.0.is_empty() {
            return;
        }
        for cells in chunk.cells() {
            let mut cells = cells.enumerate();
            for (position, votes) in &mut self.0 {
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
    }

    /// The order of each column, and what a person should know about that.
    pub(super) fn decide(&self, columns: &[ColumnMapping], region: Option<Region>) -> (DateOrders, Vec<String>) {
        let votes: Vec<(u32, String, OrderVotes)> = self
            .0
            .iter()
            .filter_map(|(position, votes)| {
                let column = columns.get(*position)?;
                Some((column.column, column.header.clone(), *votes))
            })
            .collect();
        dates::decide(&votes, region)
    }
}
