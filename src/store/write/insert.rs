//! One table being filled: a prepared statement, and the seal that hears every row as it is written.

use std::ops::Range;
use std::sync::mpsc::sync_channel;

use rayon::prelude::*;
use rusqlite::CachedStatement;
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::Writer;
use crate::store::Error;
use crate::store::seal::Place;

/// Values made side by side before they are written one after the other.
const BATCH: usize = 4_096;
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
        let mut write = || -> rusqlite::Result<()> {
            for (place, value) in (1..).zip(values) {
                self.statement.raw_bind_parameter(place, ToSqlOutput::Borrowed(value))?;
            }
            self.statement.raw_execute().map(drop)
        };
        write().map_err(|source| self.writer.refused(source))?;
        if let (Some(sealer), Some(place)) = (&self.writer.sealer, self.sealed) {
            let mut sealer = sealer.borrow_mut();
            let mut row = sealer.row(place);
            for value in values {
                row.value(value);
            }
        }
        Ok(())
    }
}

/// Turns what stands at `places` into values on all cores while `write` takes them in order.
pub(super) fn side_by_side<V: Send>(
    places: Range<usize>,
    make: impl Fn(usize) -> Result<V, Error> + Sync,
    mut write: impl FnMut(usize, V) -> Result<(), Error>,
) -> Result<(), Error> {
    if places.len() <= BATCH {
        return places.into_iter().try_for_each(|place| write(place, make(place)?));
    }
    let batches = || places.clone().step_by(BATCH).map(|from| from..places.end.min(from + BATCH));
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
