//! What one input turned out to be, how to read it, and what reading it gave.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Reject;
use crate::contact::{Field, Packed, Record, Region, Role, Scratch, Side, SourceId};

/// A cell separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// Tab.
    Tab,
    /// `|`
    Pipe,
}

/// A text encoding this tool reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextEncoding {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, little endian.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, big endian.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Windows-1252, the superset of Latin-1 that Western spreadsheets write.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// How the bytes were packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// Plain bytes.
    None,
    /// gzip, known by its magic bytes.
    Gzip,
}

/// What kind of place the records came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A file or standard input.
    File,
    /// The workspace itself, through the API.
    Workspace,
}

/// What decided the meaning of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappedBy {
    /// `--map`, `--identifier`, `--text` or the configuration.
    User,
    /// A known export, by its name (`HubSpot contacts`).
    Preset(String),
    /// The column's name alone.
    Name,
    /// Nothing: kept as a custom attribute.
    Unknown,
}

/// One column and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// Position, starting at 1.
    pub column: u32,
    /// The header as written.
    pub header: String,
    /// What it means.
    pub field: Field,
    /// Why it means that.
    pub mapped_by: MappedBy,
    /// Non-empty cells among the accepted rows.
    pub filled: u64,
    /// Non-empty cells among the accepted rows that could not be understood (an invalid e-mail address).
    pub invalid: u64,
}

/// One input: identity, dialect, header and counts. Stored in the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Position in the list of inputs.
    pub id: SourceId,
    /// The file's name without folders, `-` for standard input, the workspace's id for a workspace.
    pub name: String,
    /// File or workspace.
    pub kind: SourceKind,
    /// Existing or incoming.
    pub side: Side,
    /// Size in bytes as stored (packed).
    pub bytes: u64,
    /// SHA-256 of the bytes as stored, 64 hexadecimal digits; empty for a workspace.
    pub sha256: String,
    /// Packing.
    pub compression: Compression,
    /// Encoding.
    pub encoding: TextEncoding,
    /// Whether the encoding was told by the user or a byte order mark, rather than detected from the bytes.
    pub encoding_certain: bool,
    /// Cell separator.
    pub delimiter: Delimiter,
    /// The export it was recognised as, if any.
    pub preset: Option<String>,
    /// The columns.
    pub columns: Vec<ColumnMapping>,
    /// Data rows: accepted plus rejected.
    pub rows: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Things a person should know ("12 dates could be read two ways; read as day/month").
    pub notes: Vec<String>,
}

impl Source {
    /// The workspace itself as an input: no bytes, no columns, every contact accepted.
    #[must_use]
    pub fn workspace(id: SourceId, name: &str, contacts: u64) -> Self {
        Self {
            id,
            name: name.to_owned(),
            kind: SourceKind::Workspace,
            side: Side::Existing,
            bytes: 0,
            sha256: String::new(),
            compression: Compression::None,
            encoding: TextEncoding::Utf8,
            encoding_certain: true,
            delimiter: Delimiter::Comma,
            preset: None,
            columns: Vec::new(),
            rows: contacts,
            rejected: 0,
            notes: Vec::new(),
        }
    }
}

/// How to read one input. Everything has a default that lets the file speak for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Overrides detection.
    pub encoding: Option<TextEncoding>,
    /// Overrides detection.
    pub delimiter: Option<Delimiter>,
    /// Column → meaning; wins over presets and names. A column is named by its header (compared without case and
    /// surrounding space), or by its position, starting at 1, as `#3`.
    pub map: Vec<(String, Field)>,
    /// Country of phone numbers written in national form when the row names no country.
    pub region: Option<Region>,
    /// Role of rows that do not name one.
    pub default_role: Option<Role>,
    /// Longest cell accepted, in bytes of UTF-8; `None` means 131,072.
    pub cell_limit: Option<usize>,
    /// Where records go that memory has no room for. Changes no record.
    pub scratch: Option<Arc<dyn Scratch>>,
}

/// Everything one input gave. `records.len() + rejects.len() == source.rows`, always.
#[derive(Clone, Debug, PartialEq)]
pub struct Ingested {
    /// The input.
    pub source: Source,
    /// One per accepted row, in row order.
    pub records: Packed<Record>,
    /// One per rejected row, in row order.
    pub rejects: Vec<Reject>,
}
