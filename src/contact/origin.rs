//! Where a record came from, so that every message and every outcome can point back at it.

use serde::{Deserialize, Serialize};

/// Position of an input in the list of inputs of one run, starting at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub u16);

/// Whether a source describes what the workspace holds already, or what is to be brought in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Already in the workspace; its records have Intercom ids.
    Existing,
    /// A row of a list to import.
    #[default]
    Incoming,
}

/// The place one record was read from. Orders by source, then row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// Which input.
    pub source: SourceId,
    /// Data row within the input, starting at 1 (the header is not counted). For a workspace: position in the
    /// snapshot, ordered by contact id.
    pub row: u32,
    /// Line of the file the row begins on, starting at 1; 0 for a workspace, which has no lines.
    pub line: u64,
}
