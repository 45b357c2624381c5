//! The seal: a SHA-256 over everything a plan says, so that a plan edited by hand is not applied.
//!
//! It guards against accidents and well-meant edits, not against somebody who computes it anew. Each table is hashed by itself,
//! in the order of its keys, and the seal is the hash of those hashes; so a new plan can be hashed while several tables are
//! written at a time ([`Sealer`]). [`compute`] reads it back from the tables and gives the same. Plans of format 1 were hashed
//! table after table.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::Error;
use super::schema::{SEALED, UNSEALED_KEYS};
use super::told::Told;
use super::value::refused;

/// Bytes of a table gathered before they are handed to the thread that hashes.
const PIECE_BYTES: usize = 64 * 1024;
/// Pieces that may wait for it.
const PIECES: usize = 16;

/// The format of plans whose tables were hashed as one.
const AS_ONE: i64 = 1;

/// Hashes the sealed tables, in order of their keys, as plans of that format do.
pub(super) fn compute(connection: &Connection, path: &Path, format: i64) -> Result<String, Error> {
    std::thread::scope(|scope| {
        let mut sealer = if format > AS_ONE { Sealer::start(scope) } else { Sealer::start_as_one(scope) };
        let mut hash = || -> rusqlite::Result<()> {
            for (table, order) in SEALED {
                let place = sealer.table(table);
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
                    let Some(told) = sealer.row(place) else { continue };
                    for column in 0..columns {
                        told.value(row.get_ref(column)?);
                    }
                }
            }
            Ok(())
        };
        hash().map_err(|source| refused(path, source))?;
        Ok(sealer.finish())
    })
}

/// A table to the sealer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place(usize);

/// Hashes what it is told on a thread of its own. Rows of a table have to come in the order of their keys, tables as they
/// like.
#[derive(Debug)]
pub(super) struct Sealer<'scope> {
    /// What was told of each table and not yet handed on.
    gathered: Vec<Told>,
    pieces: SyncSender<(usize, Vec<u8>)>,
    used: Receiver<Vec<u8>>,
    hashing: ScopedJoinHandle<'scope, Vec<Sha256>>,
}

impl<'scope> Sealer<'scope> {
    /// For a new plan.
    pub(super) fn start(scope: &'scope Scope<'scope, '_>) -> Self {
        Self::start_hashers(scope, SEALED.len())
    }

    /// For a plan of format 1: tables have to come in the order of [`SEALED`].
    fn start_as_one(scope: &'scope Scope<'scope, '_>) -> Self {
        Self::start_hashers(scope, 1)
    }

    fn start_hashers(scope: &'scope Scope<'scope, '_>, hashers: usize) -> Self {
        let (pieces, arriving) = sync_channel::<(usize, Vec<u8>)>(PIECES);
        let (give_back, used) = sync_channel(PIECES);
        let hashing = scope.spawn(move || {
            let mut hashers = vec![Sha256::new(); hashers];
            for (place, mut piece) in arriving {
                if let Some(hasher) = hashers.get_mut(place) {
                    hasher.update(&piece);
                }
                piece.clear();
                // Nobody waits for a buffer; when the channel is full it is not needed.
                let _ = give_back.try_send(piece);
            }
            hashers
        });
        Self { gathered: std::iter::repeat_with(Told::default).take(hashers).collect(), pieces, used, hashing }
    }

    /// Where rows of a table go. Every sealed table has to be asked for, be it empty.
    pub(super) fn table(&mut self, name: &str) -> Place {
        let of_its_own = self.gathered.len() > 1;
        let place = SEALED.iter().position(|(table, _)| of_its_own && *table == name).unwrap_or_default();
        if let Some(told) = self.gathered.get_mut(place) {
            told.table(name);
        }
        Place(place)
    }

    /// Where the values of a row go.
    pub(super) fn row(&mut self, place: Place) -> Option<&mut Told> {
        let Place(at) = place;
        if self.gathered.get(at).is_some_and(|told| told.len() >= PIECE_BYTES) {
            self.pass_on(at);
        }
        let told = self.gathered.get_mut(at)?;
        told.row();
        Some(told)
    }

    /// Takes rows as they are.
    pub(super) fn rows(&mut self, place: Place, rows: Told) {
        let Place(at) = place;
        if self.gathered.get(at).is_some_and(|told| told.len() > 0) {
            self.pass_on(at);
        }
        self.send(at, rows);
    }

    fn pass_on(&mut self, at: usize) {
        let Some(told) = self.gathered.get_mut(at) else { return };
        let next = self.used.try_recv().unwrap_or_else(|_| Vec::with_capacity(PIECE_BYTES * 2));
        let told = std::mem::replace(told, Told::into(next));
        self.send(at, told);
    }

    fn send(&self, at: usize, rows: Told) {
        // The other end is there until this one is gone.
        let _ = self.pieces.send((at, rows.into_bytes()));
    }

    /// The seal, as hexadecimal digits.
    pub(super) fn finish(mut self) -> String {
        (0..self.gathered.len()).for_each(|at| self.pass_on(at));
        let Self { pieces, hashing, .. } = self;
        drop(pieces);
        let hashers = hashing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let mut digests = hashers.into_iter().map(Sha256::finalize);
        let digest = match (digests.next(), digests.next()) {
            (Some(only), None) => only,
            (first, second) => {
                let mut whole = Sha256::new();
                first.into_iter().chain(second).chain(digests).for_each(|digest| whole.update(digest));
                whole.finalize()
            }
        };
        let digits: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.concat()
    }
}
