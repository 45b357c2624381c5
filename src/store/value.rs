//! Values ⇄ columns: words for enums, JSON for the rest, and what a refusal of SQLite means to a person.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Error;

/// Turns failures into errors that name the plan.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) path: &'a Path,
    pub(super) table: &'static str,
}

impl<'a> Place<'a> {
    pub(super) fn new(path: &'a Path, table: &'static str) -> Self {
        Self { path, table }
    }

    /// An enum as a person reads it: `existing`. A variant with data becomes its JSON: `{"preset":"HubSpot contacts"}`.
    pub(super) fn word(self, value: &impl Serialize) -> Result<String, Error> {
        match serde_json::to_value(value) {
            Ok(Value::String(word)) => Ok(word),
            Ok(other) => Ok(other.to_string()),
            Err(source) => Err(self.unreadable(source)),
        }
    }

    /// The inverse of [`Self::word`].
    pub(super) fn parse_word<T: DeserializeOwned>(self, word: String) -> Result<T, Error> {
        let value = if word.starts_with('{') { serde_json::from_str(&word) } else { Ok(Value::String(word)) };
        value.and_then(serde_json::from_value).map_err(|source| self.unreadable(source))
    }

    pub(super) fn json(self, value: &impl Serialize) -> Result<String, Error> {
        serde_json::to_string(value).map_err(|source| self.unreadable(source))
    }

    /// Adds a value as JSON.
    pub(super) fn write_json(self, bytes: &mut Vec<u8>, value: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(bytes, value).map_err(|source| self.unreadable(source))
    }

    pub(super) fn parse_json<T: DeserializeOwned>(self, text: &str) -> Result<T, Error> {
        serde_json::from_str(text).map_err(|source| self.unreadable(source))
    }

    /// A value that is there and makes no sense.
    pub(super) fn broken(self, problem: &str) -> Error {
        self.unreadable(serde::de::Error::custom(problem))
    }

    fn unreadable(self, source: serde_json::Error) -> Error {
        Error::Value { path: self.path.to_owned(), table: self.table, source }
    }
}

/// What SQLite's refusal means. A full disk and a folder that may not be written are the system's refusals, not SQLite's.
pub(super) fn refused(path: &Path, source: rusqlite::Error) -> Error {
    let path = path.to_owned();
    let Some(code) = source.sqlite_error_code() else { return Error::Sqlite { path, source } };
    let kind = match code {
        ErrorCode::NotADatabase => return Error::NotAPlan { path },
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => return Error::Locked { path },
        ErrorCode::DiskFull => io::ErrorKind::StorageFull,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => io::ErrorKind::PermissionDenied,
        ErrorCode::SystemIoFailure => io::ErrorKind::Other,
        _ => return Error::Sqlite { path, source },
    };
    Error::Io { path, source: io::Error::new(kind, source) }
}

/// A count as SQLite holds it. No count of a run comes near the limit.
pub(super) fn count(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A count as it was stored.
pub(super) fn counted(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A flag or count of a column that plans made by earlier versions do not have: its default there.
pub(super) fn if_there<T: rusqlite::types::FromSql + Default>(
    row: &rusqlite::Row<'_>,
    column: &str,
) -> rusqlite::Result<T> {
    match row.get(column) {
        Err(rusqlite::Error::InvalidColumnName(_)) => Ok(T::default()),
        value => value,
    }
}
