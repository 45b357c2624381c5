//! Rows whose columns are known → records, and rejects for those that are of no use.
//!
//! Owns the last judgement on a row: cells that are no text, rows that name nobody, existing contacts without an id.
//! Chunks are worked on side by side; what comes out is in row order whatever the number of threads.

use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;

use super::cell;
use super::dates::DateOrders;
use super::encoding;
use super::known::{Known, Memory};
use super::looks::Looks;
use super::normalize::{Cell, Normalizer, Tally};
use super::read::Wanted;
use super::reject::{Reject, RejectReason};
use super::rows::Fault;
use super::source::{ColumnMapping, TextEncoding};
use super::table::{Chunk, RejectedBytes};
use crate::contact::{Field, Origin, Packed, Record, Scratch, Side, SourceId};

/// Characters of a cell shown in a reject.
const SHOWN_CHARACTERS: usize = 1_000;

/// What an input came to.
pub(super) struct Yield {
    pub(super) records: Packed<Record>,
    pub(super) rejects: Vec<Reject>,
    /// Cells with a value and cells not understood, by column.
    pub(super) counts: Vec<(u64, u64)>,
    /// Good rows that are not wanted.
    pub(super) unwanted: u64,
}

impl Yield {
    /// Nothing yet.
    pub(super) fn new(columns: usize, scratch: Option<&Arc<dyn Scratch>>) -> Self {
        let mut records = Packed::default();
        if let Some(scratch) = scratch {
            records.set_aside(scratch);
        }
        Self { records, rejects: Vec::new(), counts: vec![(0, 0); columns], unwanted: 0 }
    }

    /// Adds what the next chunk came to.
    pub(super) fn add(&mut self, made: Made, looks: &mut Looks) {
        self.unwanted += made.unwanted;
        self.records.extend(made.records);
        self.rejects.extend(made.rejects);
        for (sum, counts) in self.counts.iter_mut().zip(made.counts) {
            *sum = (sum.0 + counts.0, sum.1 + counts.1);
        }
        looks.add(&made.looks);
    }
}

/// What a chunk came to.
pub(super) struct Made {
    records: Vec<Record>,
    rejects: Vec<Reject>,
    counts: Vec<(u64, u64)>,
    unwanted: u64,
    looks: Looks,
}

impl Made {
    fn count(&mut self, tally: &mut Tally) {
        tally.invalid.dedup();
        for column in &tally.filled {
            self.counts[*column as usize - 1].0 += 1;
        }
        for column in &tally.invalid {
            self.counts[*column as usize - 1].1 += 1;
        }
    }
}

/// Turns rows into records and rejects.
pub(super) struct RowReader<'a> {
    pub(super) id: SourceId,
    pub(super) encoding: TextEncoding,
    pub(super) names: &'a [String],
    pub(super) columns: &'a [ColumnMapping],
    pub(super) reversed: &'a [bool],
    pub(super) normalizer: Normalizer,
    pub(super) orders: &'a DateOrders,
    pub(super) wanted: &'a Wanted<'a>,
}

impl RowReader<'_> {
    /// Some chunks, each by one thread, in their order. `looks` is what was seen before.
    pub(super) fn side_by_side(&self, chunks: Vec<Chunk>, looks: &Looks, memory: &Memory) -> Vec<Made> {
        let of = |chunk: Chunk| memory.with(|known| self.chunk(&chunk, looks.beginning(), known));
        chunks.into_par_iter().map(of).collect()
    }

    fn chunk(&self, chunk: &Chunk, mut looks: Looks, known: &mut Known) -> Made {
        looks.at(chunk, self.encoding);
        let counts = vec![(0, 0); self.columns.len()];
        let mut made = Made { records: Vec::new(), rejects: Vec::new(), counts, unwanted: 0, looks };
        let mut tally = Tally::default();
        let (mut row, mut texts) = (Vec::new(), Vec::new());
        for (origin, cells) in chunk.rows(self.id) {
            tally.filled.clear();
            tally.invalid.clear();
            row.clear();
            row.extend(cells);
            match self.row(origin, &row, &mut texts, &mut tally, known) {
                Ok(record) => {
                    made.count(&mut tally);
                    if (self.wanted)(&record) {
                        if made.records.is_empty() {
                            made.records.reserve_exact(chunk.len());
                        }
                        made.records.push(record);
                    } else {
                        made.unwanted += 1;
                    }
                }
                Err(reject) => made.rejects.push(*reject),
            }
        }
        made
    }

    /// One row. `texts` is room for its cells.
    fn row<'a>(
        &'a self,
        origin: Origin,
        cells: &[&'a [u8]],
        texts: &mut Vec<(Cell<'a>, Cow<'a, str>)>,
        tally: &mut Tally,
        known: &mut Known,
    ) -> Result<Record, Box<Reject>> {
        texts.clear();
        for ((column, bytes), ColumnMapping { field, .. }) in (1..).zip(cells).zip(self.columns) {
            if bytes.is_empty() || *field == Field::Ignore {
                continue;
            }
            let Some(text) = encoding::decode(bytes, self.encoding) else {
                return Err(Box::new(self.reject(origin, &self.undecodable(column), cells)));
            };
            let reversed = self.reversed.get(column - 1).copied().unwrap_or_default();
            let unsubscribed = if reversed { cell::unsubscribed_by_subscription(cell::unwrap(&text)) } else { None };
            let text = match unsubscribed {
                Some(true) => "unsubscribed".into(),
                Some(false) => "subscribed".into(),
                None => text,
            };
            texts.push((Cell { field, column: u32::try_from(column).unwrap_or(u32::MAX) }, text));
        }
        let texts = texts.iter().map(|(cell, text)| (*cell, &**text));
        let record = self.normalizer.record_counting(origin, texts, self.orders, tally, known);
        match self.fault_of(&record) {
            Some(fault) => Err(Box::new(self.reject(origin, &fault, cells))),
            None => Ok(record),
        }
    }

    fn undecodable(&self, column: usize) -> Fault {
        let hint = match self.encoding {
            TextEncoding::Utf8 => "; if many rows are like this, try --encoding windows-1252",
            _ => "",
        };
        Fault {
            reason: RejectReason::Undecodable,
            column: Some(column),
            message: format!("the cell holds bytes that are not {}", encoding::name(self.encoding)),
            suggestion: format!("type the cell anew and save the list as UTF-8{hint}"),
        }
    }

    /// Why a record is of no use.
    fn fault_of(&self, record: &Record) -> Option<Fault> {
        if self.normalizer.side == Side::Existing {
            return record.id.is_none().then(|| Fault {
                reason: RejectReason::MissingId,
                column: self.position_of(&Field::Id).map(|position| position + 1),
                message: "the row has no Intercom id, so that nothing can be done with the contact".to_owned(),
                suggestion: "fill in the id, or put the row into a list of incoming contacts".to_owned(),
            });
        }
        if is_usable(record) {
            return None;
        }
        let broken = record.unparsed.iter().find_map(|(field, _)| {
            let position = self.position_of(field)?;
            Some((position + 1, field))
        });
        let (column, message) = match broken {
            Some((column, field)) => {
                (Some(column), format!("the {field} is not valid, and nothing else says who this is"))
            }
            None => (None, "nothing in the row says who this is".to_owned()),
        };
        Some(Fault {
            reason: RejectReason::NothingUsable,
            column,
            message,
            suggestion: "add an e-mail address, a name, a phone number, a company or an external id".to_owned(),
        })
    }

    fn position_of(&self, field: &Field) -> Option<usize> {
        self.columns.iter().position(|column| column.field == *field)
    }

    /// A row that is none.
    pub(super) fn rejected(&self, rejected: &RejectedBytes) -> Reject {
        let cells: Vec<&[u8]> = rejected.cells.iter().map(Vec::as_slice).collect();
        self.reject(rejected.origin, &rejected.fault, &cells)
    }

    fn reject(&self, origin: Origin, fault: &Fault, cells: &[&[u8]]) -> Reject {
        let shown = |cell: &&[u8]| {
            encoding::decode_lossy(cell, self.encoding).chars().take(SHOWN_CHARACTERS).collect::<String>()
        };
        Reject {
            origin,
            column: fault.column.and_then(|column| u32::try_from(column).ok()),
            column_name: fault.column.and_then(|column| self.names.get(column - 1).cloned()),
            reason: fault.reason,
            message: sentence(&fault.message),
            suggestion: sentence(&fault.suggestion),
            cells: cells.iter().map(shown).collect(),
        }
    }
}

/// Whether a record says enough to be one contact and not any other. An id is enough: it names a contact somewhere, and
/// the row shall not be lost.
fn is_usable(record: &Record) -> bool {
    !(record.id.is_none()
        && record.emails.is_empty()
        && record.phones.is_empty()
        && record.companies.is_empty()
        && record.identifiers.is_empty()
        && record.texts.is_empty()
        && record.name.is_none()
        && record.external_id.is_none()
        && record.website.is_none()
        && record.street.is_none())
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).chain(['.']).collect())
}
