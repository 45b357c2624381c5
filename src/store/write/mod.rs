//! Plan → tables. Prepared statements inside the caller's transaction; nothing here commits.
//!
//! Each table of a new plan is written row by row in the order of its keys, so that it is hashed on the way. `matched`
//! writes rows and evidence, `decided` what follows from them, `making` does so while it is being decided.

mod decided;
mod encoded;
mod expected;
mod insert;
mod making;
mod matched;
mod reasons;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use rusqlite::{Connection, params};

use super::seal::Sealer;
use super::value::{Place, count, refused};
use super::{Error, schema, seal};
use crate::contact::{Packed, Record};
use crate::ingest::{Reject, Source};
use crate::link::{BlockingReport, Model};
use crate::plan::{Forecast, Header, Making, Plan, Totals};
use insert::{Insert, number, perhaps, perhaps_number, real, text};

/// Everything of a new plan, and its seal.
pub(super) fn whole(connection: &Connection, path: &Path, plan: &Plan) -> Result<(), Error> {
    sealed(connection, path, |writer| {
        let Plan { header, sources, records, rejects, linkage, forecast, .. } = plan;
        writer.facts(header, &linkage.model, &linkage.blocking, forecast)?;
        writer.read(sources, records, rejects)?;
        writer.model(&linkage.model)?;
        writer.blocking(&linkage.blocking)?;
        writer.pairs(linkage)?;
        writer.decided(plan)?;
        writer.workspace(header)?;
        writer.none_is_lost(records)
    })
}

/// The same of a plan in the making.
pub(super) fn made(connection: &Connection, path: &Path, making: &Making<'_>) -> Result<Totals, Error> {
    sealed(connection, path, |writer| {
        let Making { header, inputs, linked, .. } = making;
        writer.read(&inputs.sources, &inputs.records, &inputs.rejects)?;
        writer.model(&linked.model)?;
        writer.blocking(&linked.blocking)?;
        writer.linked_pairs(&linked.pairs)?;
        writer.vetoes(&linked.vetoes)?;
        let totals = writer.deciding(making)?;
        writer.attributes(&totals.attributes())?;
        writer.facts(header, &linked.model, &linked.blocking, &totals.forecast(making.options()))?;
        writer.workspace(header)?;
        writer.none_is_lost(&inputs.records)?;
        Ok(totals)
    })
}

/// Lets `write` fill the tables of a new plan, and seals them.
fn sealed<T>(
    connection: &Connection,
    path: &Path,
    write: impl FnOnce(&Writer<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    std::thread::scope(|scope| {
        let writer = Writer { connection, path, sealer: Some(RefCell::new(Sealer::start(scope))) };
        let written = write(&writer)?;
        let Writer { sealer, .. } = writer;
        let seal = sealer.map(|sealer| sealer.into_inner().finish()).unwrap_or_default();
        set_meta(connection, path, "seal", &seal)?;
        Ok(written)
    })
}

/// What a review changes: groups, vetoes, actions, rows, forecast; and the new seal.
pub(super) fn decided_anew(connection: &Connection, path: &Path, plan: &Plan, format: i64) -> Result<(), Error> {
    for table in ["groups", "loose", "vetoes", "actions", "expected", "reasons", "attributes"] {
        connection.execute(&format!("DELETE FROM {table}"), []).map_err(|source| refused(path, source))?;
    }
    let writer = Writer { connection, path, sealer: None };
    writer.decided(plan)?;
    set_meta(connection, path, "forecast", &writer.place("meta").json(&plan.forecast)?)?;
    set_meta(connection, path, "seal", &seal::compute(connection, path, format)?)
}

/// Sets a key of `meta`.
pub(super) fn set_meta(connection: &Connection, path: &Path, key: &str, value: &str) -> Result<(), Error> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")
        .and_then(|mut statement| statement.execute(params![key, value]))
        .map_err(|source| refused(path, source))?;
    Ok(())
}

struct Writer<'a> {
    connection: &'a Connection,
    path: &'a Path,
    /// Of a new plan, which is hashed while it is written.
    sealer: Option<RefCell<Sealer<'a>>>,
}

impl Writer<'_> {
    fn place(&self, table: &'static str) -> Place<'_> {
        Place::new(self.path, table)
    }

    fn prepare(&self, sql: &str) -> Result<rusqlite::CachedStatement<'_>, Error> {
        self.connection.prepare_cached(sql).map_err(|source| self.refused(source))
    }

    fn refused(&self, source: rusqlite::Error) -> Error {
        refused(self.path, source)
    }

    /// What was read.
    fn read(&self, sources: &[Source], records: &Packed<Record>, rejects: &[Reject]) -> Result<(), Error> {
        self.sources(sources)?;
        self.records(records)?;
        self.rejects(rejects)
    }

    /// Records that could not be read back were written as empty ones: such a plan is not made.
    fn none_is_lost(&self, records: &Packed<Record>) -> Result<(), Error> {
        if records.is_lost() { Err(Error::RowsLost { path: self.path.to_owned() }) } else { Ok(()) }
    }

    /// The workspace, where it is known: a fact outside the seal, as a plan can be bound to one later.
    fn workspace(&self, header: &Header) -> Result<(), Error> {
        match &header.workspace {
            Some(workspace) => set_meta(self.connection, self.path, "workspace", &self.place("meta").json(workspace)?),
            None => Ok(()),
        }
    }

    /// The facts of the seal; the others may change after the plan was made.
    fn facts(
        &self,
        header: &Header,
        model: &Model,
        blocking: &BlockingReport,
        forecast: &Forecast,
    ) -> Result<(), Error> {
        let Header { tool_version, made_at, workspace: _, api_version, settings } = header;
        let place = self.place("meta");
        let BlockingReport { candidates, left_out, contradicted, .. } = blocking;
        let facts = BTreeMap::from([
            ("tool_version", tool_version.clone()),
            ("made_at", made_at.0.to_string()),
            ("api_version", api_version.clone()),
            ("settings", place.json(settings)?),
            ("model", place.json(&Model { levels: Vec::new(), ..model.clone() })?),
            ("candidates", candidates.to_string()),
            ("candidates_left_out", left_out.to_string()),
            ("candidates_contradicted", contradicted.to_string()),
            ("forecast", place.json(forecast)?),
        ]);
        let mut meta = Insert::begin(self, "meta")?;
        facts.iter().try_for_each(|(key, value)| meta.row([text(key), text(value)]))
    }

    fn sources(&self, sources: &[Source]) -> Result<(), Error> {
        let place = self.place("inputs");
        let mut input = Insert::begin(self, "inputs")?;
        for source in sources {
            input.row([
                number(source.id.0),
                text(&source.name),
                text(&place.word(&source.kind)?),
                text(&place.word(&source.side)?),
                number(count(source.bytes)),
                text(&source.sha256),
                text(&place.word(&source.compression)?),
                text(&place.word(&source.encoding)?),
                number(source.encoding_certain),
                text(&place.word(&source.delimiter)?),
                perhaps(source.preset.as_deref()),
                number(count(source.rows)),
                number(count(source.rejected)),
                text(&place.json(&source.notes)?),
            ])?;
        }
        let mut column = Insert::begin(self, "columns")?;
        for source in sources {
            for (position, mapping) in (1_i64..).zip(&source.columns) {
                column.row([
                    number(source.id.0),
                    number(position),
                    number(mapping.column),
                    text(&mapping.header),
                    text(&mapping.field.to_string()),
                    text(&place.word(&mapping.mapped_by)?),
                    number(count(mapping.filled)),
                    number(count(mapping.invalid)),
                ])?;
            }
        }
        Ok(())
    }

    fn rejects(&self, rejects: &[Reject]) -> Result<(), Error> {
        let place = self.place("rejects");
        let mut table = Insert::begin(self, "rejects")?;
        for (place_in_list, reject) in (1_i64..).zip(rejects) {
            table.row([
                number(place_in_list),
                number(reject.origin.source.0),
                number(reject.origin.row),
                number(count(reject.origin.line)),
                perhaps_number(reject.column),
                perhaps(reject.column_name.as_deref()),
                text(&place.word(&reject.reason)?),
                text(&reject.message),
                text(&reject.suggestion),
                text(&place.json(&reject.cells)?),
            ])?;
        }
        Ok(())
    }

    fn model(&self, model: &Model) -> Result<(), Error> {
        let place = self.place("model");
        let mut table = Insert::begin(self, "model")?;
        for (position, level) in (1_i64..).zip(&model.levels) {
            table.row([
                number(position),
                text(&place.word(&level.comparison)?),
                text(&level.level),
                real(level.m),
                real(level.u),
                real(level.weight.0),
                number(level.learned),
            ])?;
        }
        Ok(())
    }

    fn blocking(&self, report: &BlockingReport) -> Result<(), Error> {
        let place = self.place("blocking");
        let mut table = Insert::begin(self, "blocking")?;
        for (position, key) in (1_i64..).zip(&report.keys) {
            table.row([
                number(position),
                text(&place.word(&key.key)?),
                number(count(key.pairs)),
                number(count(key.new)),
                number(count(key.alone)),
            ])?;
        }
        Ok(())
    }
}

/// Makes the tables and marks the database as a plan.
pub(super) fn tables(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(schema::CREATE)?;
    connection.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", schema::FORMAT)
}

/// A list of numbers as JSON, in place of what `list` held.
fn write_list(list: &mut String, numbers: impl Iterator<Item = u32>) {
    list.clear();
    list.push('[');
    for (position, number) in numbers.enumerate() {
        if position > 0 {
            list.push(',');
        }
        // Writing to a string does not fail.
        let _ = write!(list, "{number}");
    }
    list.push(']');
}
