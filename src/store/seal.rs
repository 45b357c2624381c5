//! The seal: a SHA-256 over everything a plan says, so that a plan edited by hand is not applied.
//!
//! It guards against accidents and well-meant edits, not against somebody who computes it anew. A new plan is hashed while
//! it is written ([`Sealer`]); [`compute`] reads it back from the tables and gives the same.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use super::Error;
use super::schema::{SEALED, UNSEALED_KEYS};
use super::value::refused;

/// Bytes gathered before they are handed to the thread that hashes.
const PIECE_BYTES: usize = 256 * 1024;
/// Pieces that may wait for it.
const PIECES: usize = 4;

/// Hashes the sealed tables, in order of their keys. Each value goes in with its type and length, so that no two
/// contents look the same.
pub(super) fn compute(connection: &Connection, path: &Path) -> Result<String, Error> {
    std::thread::scope(|scope| {
        let mut sealer = Sealer::start(scope);
        let mut hash = || -> rusqlite::Result<()> {
            for (table, order) in SEALED {
                sealer.table(table);
                let left_out = if table == "meta" {
                    format!("WHERE key NOT IN ('{}')", UNSEALED_KEYS.join("', '"))
                } else {
                    String::new()
                };
                let mut statement =
                    connection.prepare(&format!("SELECT * FROM {table} {left_out} ORDER BY {order}"))?;
                let columns = statement.column_count();
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    sealer.row();
                    for column in 0..columns {
                        sealer.value(row.get_ref(column)?);
                    }
                }
            }
            Ok(())
        };
        hash().map_err(|source| refused(path, source))?;
        Ok(sealer.finish())
    })
}

/// Hashes what it is told on a thread of its own. Tables have to come in the order of [`SEALED`], rows in the order of
/// their keys.
#[derive(Debug)]
pub(super) struct Sealer<'scope> {
    piece: Vec<u8>,
    pieces: SyncSender<Vec<u8>>,
    used: Receiver<Vec<u8>>,
    hashing: ScopedJoinHandle<'scope, Sha256>,
}

impl<'scope> Sealer<'scope> {
    pub(super) fn start(scope: &'scope Scope<'scope, '_>) -> Self {
        let (pieces, arriving) = sync_channel::<Vec<u8>>(PIECES);
        let (give_back, used) = sync_channel(PIECES);
        let hashing = scope.spawn(move || {
            let mut hasher = Sha256::new();
            for mut piece in arriving {
                hasher.update(&piece);
                piece.clear();
                // Nobody waits for a buffer; when the channel is full it is not needed.
                let _ = give_back.try_send(piece);
            }
            hasher
        });
        Self { piece: Vec::new(), pieces, used, hashing }
    }

    /// What follows is this table's.
    pub(super) fn table(&mut self, name: &str) {
        self.piece.extend_from_slice(name.as_bytes());
    }

    /// What follows is a row's.
    pub(super) fn row(&mut self) {
        if self.piece.len() >= PIECE_BYTES {
            self.pass_on();
        }
        self.piece.push(b'r');
    }

    pub(super) fn value(&mut self, value: ValueRef<'_>) {
        let piece = &mut self.piece;
        let (kind, bytes): (u8, &[u8]) = match value {
            ValueRef::Null => (b'n', &[]),
            ValueRef::Integer(number) => {
                piece.push(b'i');
                piece.extend_from_slice(&number.to_le_bytes());
                return;
            }
            ValueRef::Real(number) => {
                piece.push(b'f');
                piece.extend_from_slice(&number.to_bits().to_le_bytes());
                return;
            }
            ValueRef::Text(text) => (b't', text),
            ValueRef::Blob(blob) => (b'b', blob),
        };
        piece.push(kind);
        piece.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        piece.extend_from_slice(bytes);
    }

    fn pass_on(&mut self) {
        let next = self.used.try_recv().unwrap_or_else(|_| Vec::with_capacity(PIECE_BYTES * 2));
        // The other end is there until this one is gone.
        let _ = self.pieces.send(std::mem::replace(&mut self.piece, next));
    }

    /// The seal, as hexadecimal digits.
    pub(super) fn finish(mut self) -> String {
        self.pass_on();
        let Self { pieces, hashing, .. } = self;
        drop(pieces);
        let hasher = hashing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let digits: Vec<String> = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        digits.concat()
    }
}
