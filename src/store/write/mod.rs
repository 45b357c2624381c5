//! Plan → tables. Prepared statements inside the caller's transaction; nothing here commits.
//!
//! A new plan is written in the order of its seal, table by table and row by row in the order of their keys, so that it is
//! hashed on the way. `matched` writes rows and evidence, `decided` what follows from them.

mod decided;
mod insert;
mod matched;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use rusqlite::{Connection, params};

use super::seal::Sealer;
use super::value::{Place, count, refused};
use super::{Error, schema, seal};
use crate::ingest::{Reject, Source};
use crate::link::{BlockingReport, Model};
use crate::plan::{Header, Plan};
use insert::{Insert, number, perhaps, perhaps_number, real, text};

/// Everything of a new plan, and its seal.
pub(super) fn whole(connection: &Connection, path: &Path, plan: &Plan) -> Result<(), Error> {
    std::thread::scope(|scope| {
        let writer = Writer { connection, path, sealer: Some(RefCell::new(Sealer::start(scope))) };
        writer.facts(plan)?;
        writer.sources(&plan.sources)?;
        writer.records(&plan.records)?;
        writer.rejects(&plan.rejects)?;
        writer.model(&plan.linkage.model)?;
        writer.blocking(&plan.linkage.blocking)?;
        writer.pairs(&plan.linkage)?;
        writer.decided(plan)?;
        let Writer { sealer, .. } = writer;
        let seal = sealer.map(|sealer| sealer.into_inner().finish()).unwrap_or_default();
        set_meta(connection, path, "seal", &seal)?;
        match &plan.header.workspace {
            Some(workspace) => set_meta(connection, path, "workspace", &Place::new(path, "meta").json(workspace)?),
            None => Ok(()),
        }
    })
}

/// What a review changes: groups, vetoes, actions, rows, forecast; and the new seal.
pub(super) fn decided_anew(connection: &Connection, path: &Path, plan: &Plan) -> Result<(), Error> {
    for table in ["groups", "loose", "vetoes", "actions", "expected", "reasons", "attributes"] {
        connection.execute(&format!("DELETE FROM {table}"), []).map_err(|source| refused(path, source))?;
    }
    let writer = Writer { connection, path, sealer: None };
    writer.decided(plan)?;
    set_meta(connection, path, "forecast", &writer.place("meta").json(&plan.forecast)?)?;
    set_meta(connection, path, "seal", &seal::compute(connection, path)?)
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

    fn sealing(&self, tell: impl FnOnce(&mut Sealer<'_>)) {
        if let Some(sealer) = &self.sealer {
            tell(&mut sealer.borrow_mut());
        }
    }

    /// The facts of the seal; the others may change after the plan was made.
    fn facts(&self, plan: &Plan) -> Result<(), Error> {
        let Header { tool_version, made_at, workspace: _, api_version, settings } = &plan.header;
        let place = self.place("meta");
        let BlockingReport { candidates, left_out, contradicted, .. } = plan.linkage.blocking;
        let facts = BTreeMap::from([
            ("tool_version", tool_version.clone()),
            ("made_at", made_at.0.to_string()),
            ("api_version", api_version.clone()),
            ("settings", place.json(settings)?),
            ("model", place.json(&Model { levels: Vec::new(), ..plan.linkage.model.clone() })?),
            ("candidates", candidates.to_string()),
            ("candidates_left_out", left_out.to_string()),
            ("candidates_contradicted", contradicted.to_string()),
            ("forecast", place.json(&plan.forecast)?),
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
