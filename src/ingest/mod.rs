//! Phase 1: bytes → records.
//!
//! Is given a reader and options, hands on an [`Ingested`]: what the file turned out to be, one [`Record`] per good row
//! and one [`Reject`] per bad one, together exactly the data rows of the file. Knows nothing of matching, plans or
//! Intercom, opens no file and reads no clock.
//!
//! The way in: `bytes` (count, hash, unpack) → `encoding` → `dialect` → `rows` (split, with `quote` for what went wrong; all
//! of these by `open`) → `table` (some rows at a time) → `looks` and `header` (with `names` and `preset`) → `accept` with
//! `normalize`, `cell`, `dates` and `known`. `read` walks it, and walks it `again` when late rows show that the first ones
//! misled.
//!
//! [`Record`]: crate::contact::Record

mod accept;
mod again;
mod bytes;
mod cell;
mod dates;
mod dialect;
mod encoding;
mod error;
mod header;
mod identifiers;
mod known;
mod looks;
mod names;
mod normalize;
mod open;
mod preset;
mod quote;
mod read;
mod reject;
mod rows;
mod source;
mod table;
#[cfg(test)]
mod tests;

pub use again::{Again, Once, Seekable};
pub use error::Error;
pub use normalize::Normalizer;
pub use read::{CELL_LIMIT_BYTES, Wanted, read, read_those, read_watched};
pub use reject::{Reject, RejectReason};
pub use source::{
    ColumnMapping, Compression, Delimiter, Ingested, MappedBy, Options, Source, SourceKind, TextEncoding,
};
