//! A row that cannot be used, as data: it is counted, shown, and written to `errors.csv` to be mended and fed again.

use serde::{Deserialize, Serialize};

use crate::contact::Origin;

/// Why a row was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RejectReason {
    /// More cells than the header has columns.
    TooManyCells,
    /// Fewer cells than the header has columns.
    TooFewCells,
    /// A quote that is never closed.
    UnclosedQuote,
    /// Bytes that are not text in the file's encoding.
    Undecodable,
    /// A NUL character in a cell.
    NulCharacter,
    /// A cell longer than the limit.
    CellTooLong,
    /// Nothing in the row that could become a contact.
    NothingUsable,
    /// A row of an existing list without an Intercom id.
    MissingId,
}

/// One rejected row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The row.
    pub origin: Origin,
    /// Column at fault, starting at 1, where there is one.
    pub column: Option<u32>,
    /// The header of that column.
    pub column_name: Option<String>,
    /// The class of the fault.
    pub reason: RejectReason,
    /// One sentence on what is wrong, without values of the row.
    pub message: String,
    /// One sentence on what to do.
    pub suggestion: String,
    /// The row's cells as far as they could be read, each cut to 1,000 characters.
    pub cells: Vec<String>,
}
