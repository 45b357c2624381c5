//! One table being filled: a prepared statement, and the seal that hears every row as it is written.

use std::ops::Range;
use std::sync::mpsc::sync_channel;

use rayon::prelude::*;
use rusqlite::CachedStatement;
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::Writer;
use crate::store::Error;
use crate::store::seal::Place;
use crate::store::told::Told;

/// Values made side by side before they are written one after the other.
const BATCH: usize = 4_096;
/// Rows that are handed over together.
const PIECE: usize = 256;
/// Batches that may wait to be written.
const BATCHES: usize = 2;

/// A text.
pub(super) fn text(text: &str) -> ValueRef<'_> {
    ValueRef::Text(text.as_bytes())
}

/// A text that may be missing.
pub(super) fn perhaps(found: Option<&str>) -> ValueRef<'_> {
    found.map_or(ValueRef::Null, text)
}

/// A number.
pub(super) fn number(number: impl Into<i64>) -> ValueRef<'static> {
    ValueRef::Integer(number.into())
}

/// A number that may be missing.
pub(super) fn perhaps_number(found: Option<impl Into<i64>>) -> ValueRef<'static> {
    found.map_or(ValueRef::Null, number)
}

/// A number with decimals. `SQLite` has no number that is none, and keeps no negative zero.
pub(super) fn real(number: f64) -> ValueRef<'static> {
    if number.is_nan() { ValueRef::Null } else { ValueRef::Real(number + 0.0) }
}

/// A table being filled, in the order of its key.
pub(super) struct Insert<'a, 'w, const COLUMNS: usize> {
    writer: &'a Writer<'w>,
    statement: CachedStatement<'a>,
    /// Of a new plan, which is hashed while it is written.
    sealed: Option<Place>,
}

impl<'a, 'w, const COLUMNS: usize> Insert<'a, 'w, COLUMNS> {
    /// Begins a table.
    pub(super) fn begin(writer: &'a Writer<'w>, table: &'static str) -> Result<Self, Error> {
        let places: Vec<String> = (1..=COLUMNS).map(|place| format!("?{place}")).collect();
        let statement = writer.prepare(&format!("INSERT INTO {table} VALUES ({})", places.join(",")))?;
        let sealed = writer.sealer.as_ref().map(|sealer| sealer.borrow_mut().table(table));
        Ok(Self { writer, statement, sealed })
    }

    /// Writes one row.
    pub(super) fn row(&mut self, values: [ValueRef<'_>; COLUMNS]) -> Result<(), Error> {
        self.write(values)?;
        if let (Some(sealer), Some(place)) = (&self.writer.sealer, self.sealed)
            && let Some(told) = sealer.borrow_mut().row(place)
        {
            for value in values {
                told.value(value);
            }
        }
        Ok(())
    }

    /// Writes rows that another thread made.
    pub(super) fn rows(&mut self, rows: Told) -> Result<(), Error> {
        rows.rows().try_for_each(|row| self.write(row))?;
        if let (Some(sealer), Some(place)) = (&self.writer.sealer, self.sealed) {
            sealer.borrow_mut().rows(place, rows);
        }
        Ok(())
    }

    fn write(&mut self, values: [ValueRef<'_>; COLUMNS]) -> Result<(), Error> {
        let mut write = || -> rusqlite::Result<()> {
            for (place, value) in (1..).zip(values) {
                self.statement.raw_bind_parameter(place, ToSqlOutput::Borrowed(value))?;
            }
            self.statement.raw_execute().map(drop)
        };
        write().map_err(|source| self.writer.refused(source))
    }

    /// Writes as many rows as there are: `tell` adds the values of the one at a place, on all cores.
    pub(super) fn all(
        &mut self,
        rows: usize,
        tell: impl Fn(usize, &mut Told) -> Result<(), Error> + Sync,
    ) -> Result<(), Error> {
        let told = |piece: usize| {
            let mut told = Told::default();
            for at in piece * PIECE..rows.min((piece + 1) * PIECE) {
                told.row();
                tell(at, &mut told)?;
            }
            Ok(told)
        };
        batch_by_batch(0..rows.div_ceil(PIECE), BATCH / PIECE, told, |_, told| self.rows(told))
    }
}

/// Turns what stands at `places` into values on all cores while `write` takes them in order.
pub(super) fn side_by_side<V: Send>(
    places: Range<usize>,
    make: impl Fn(usize) -> Result<V, Error> + Sync,
    write: impl FnMut(usize, V) -> Result<(), Error>,
) -> Result<(), Error> {
    batch_by_batch(places, BATCH, make, write)
}

fn batch_by_batch<V: Send>(
    places: Range<usize>,
    length: usize,
    make: impl Fn(usize) -> Result<V, Error> + Sync,
    mut write: impl FnMut(usize, V) -> Result<(), Error>,
) -> Result<(), Error> {
    if places.len() <= length {
        return places.into_iter().try_for_each(|place| write(place, make(place)?));
    }
    let batches = || places.clone().step_by(length).map(|from| from..places.end.min(from + length));
    std::thread::scope(|scope| {
        let (send, arriving) = sync_channel(BATCHES);
        let make = &make;
        scope.spawn(move || {
            for batch in batches() {
                let values: Result<Vec<V>, Error> = batch.into_par_iter().map(make).collect();
                let stop = values.is_err();
                // Nobody takes any more once writing has failed.
                if send.send(values).is_err() || stop {
                    return;
                }
            }
        });
        for (batch, values) in batches().zip(arriving) {
            for (place, value) in batch.zip(values?) {
                write(place, value)?;
            }
        }
        Ok(())
    })
}
