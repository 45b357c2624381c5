//! The seal: a SHA-256 over everything a plan says, so that a plan edited by hand is not applied.
//!
//! It guards against accidents and well-meant edits, not against somebody who computes it anew.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use super::Error;
use super::schema::{SEALED, UNSEALED_KEYS};
use super::value::refused;

/// Hashes the sealed tables, in order of their keys. Each value goes in with its type and length, so that no two
/// contents look the same.
pub(super) fn compute(connection: &Connection, path: &Path) -> Result<String, Error> {
    let hash = || -> rusqlite::Result<String> {
        let mut hasher = Sha256::new();
        for (table, order) in SEALED {
            hasher.update(table.as_bytes());
            let left_out = if table == "meta" {
                format!("WHERE key NOT IN ('{}')", UNSEALED_KEYS.join("', '"))
            } else {
                String::new()
            };
            let mut statement = connection.prepare(&format!("SELECT * FROM {table} {left_out} ORDER BY {order}"))?;
            let columns = statement.column_count();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                hasher.update([b'r']);
                for column in 0..columns {
                    add(&mut hasher, row.get_ref(column)?);
                }
            }
        }
        let digits: Vec<String> = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(digits.concat())
    };
    hash().map_err(|source| refused(path, source))
}

fn add(hasher: &mut Sha256, value: ValueRef<'_>) {
    let (kind, bytes): (u8, &[u8]) = match value {
        ValueRef::Null => (b'n', &[]),
        ValueRef::Integer(number) => {
            hasher.update([b'i']);
            hasher.update(number.to_le_bytes());
            return;
        }
        ValueRef::Real(number) => {
            hasher.update([b'f']);
            hasher.update(number.to_bits().to_le_bytes());
            return;
        }
        ValueRef::Text(text) => (b't', text),
        ValueRef::Blob(blob) => (b'b', blob),
    };
    hasher.update([kind]);
    hasher.update((bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}
