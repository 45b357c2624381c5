//! Plan → tables. Prepared statements inside the caller's transaction; nothing here commits.

use std::path::Path;

use rayon::prelude::*;
use rusqlite::{CachedStatement, Connection, params};

use super::dictionary::{Dictionary, Words};
use super::read::is_plain;
use super::value::{Place, count, refused};
use super::{Error, content, schema, seal};
use crate::contact::{Company, Email, PersonName, Phone, Record};
use crate::ingest::{Reject, Source};
use crate::link::{BlockingReport, Comparison, Group, Linkage, Model, RecordIndex, merged_fields};
use crate::plan::{Action, ActionId, Header, Plan, Reversibility, RowPlan, Target};

/// Values turned into text side by side before they are written one after the other.
const BATCH: usize = 8_192;

/// Everything of a new plan, and its seal.
pub(super) fn whole(connection: &Connection, path: &Path, plan: &Plan) -> Result<(), Error> {
    let writer = Writer { connection, path };
    writer.header(&plan.header)?;
    writer.sources(&plan.sources)?;
    writer.records(&plan.records)?;
    writer.rejects(&plan.rejects)?;
    writer.model(&plan.linkage.model)?;
    writer.blocking(&plan.linkage.blocking)?;
    writer.pairs(&plan.linkage)?;
    writer.decided(plan)?;
    writer.seal()
}

/// What a review changes: groups, vetoes, actions, rows, forecast; and the new seal.
pub(super) fn decided_anew(connection: &Connection, path: &Path, plan: &Plan) -> Result<(), Error> {
    for table in ["groups", "loose", "vetoes", "actions", "expected", "reasons", "attributes"] {
        connection.execute(&format!("DELETE FROM {table}"), []).map_err(|source| refused(path, source))?;
    }
    let writer = Writer { connection, path };
    writer.decided(plan)?;
    writer.seal()
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

    fn meta(&self, key: &str, value: &str) -> Result<(), Error> {
        set_meta(self.connection, self.path, key, value)
    }

    fn seal(&self) -> Result<(), Error> {
        let seal = seal::compute(self.connection, self.path)?;
        self.meta("seal", &seal)
    }

    fn header(&self, header: &Header) -> Result<(), Error> {
        let place = self.place("meta");
        self.meta("tool_version", &header.tool_version)?;
        self.meta("made_at", &header.made_at.0.to_string())?;
        self.meta("api_version", &header.api_version)?;
        self.meta("settings", &place.json(&header.settings)?)?;
        match &header.workspace {
            Some(workspace) => self.meta("workspace", &place.json(workspace)?),
            None => Ok(()),
        }
    }

    fn sources(&self, sources: &[Source]) -> Result<(), Error> {
        let place = self.place("inputs");
        let mut input = self.prepare("INSERT INTO inputs VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)")?;
        let mut column = self.prepare("INSERT INTO columns VALUES (?1,?2,?3,?4,?5,?6,?7,?8)")?;
        for source in sources {
            input
                .execute(params![
                    source.id.0,
                    source.name,
                    place.word(&source.kind)?,
                    place.word(&source.side)?,
                    count(source.bytes),
                    source.sha256,
                    place.word(&source.compression)?,
                    place.word(&source.encoding)?,
                    source.encoding_certain,
                    place.word(&source.delimiter)?,
                    source.preset,
                    count(source.rows),
                    count(source.rejected),
                    place.json(&source.notes)?,
                ])
                .map_err(|source| self.refused(source))?;
            for (position, mapping) in (1_i64..).zip(&source.columns) {
                column
                    .execute(params![
                        source.id.0,
                        position,
                        mapping.column,
                        mapping.header,
                        mapping.field.to_string(),
                        place.word(&mapping.mapped_by)?,
                        count(mapping.filled),
                        count(mapping.invalid),
                    ])
                    .map_err(|source| self.refused(source))?;
            }
        }
        Ok(())
    }

    fn records(&self, records: &[Record]) -> Result<(), Error> {
        let place = self.place("rows");
        let mut row = self.prepare("INSERT INTO rows VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)")?;
        let (mut sides, mut roles) = (Words::new(place), Words::new(place));
        let mut index = 0_i64;
        for batch in records.chunks(BATCH) {
            let contents: Result<Vec<_>, _> = batch.par_iter().map(|record| content::of(place, record)).collect();
            for (record, content) in batch.iter().zip(contents?) {
                row.execute(params![
                    index,
                    record.origin.source.0,
                    record.origin.row,
                    count(record.origin.line),
                    sides.of(record.side)?,
                    record.role.map(|role| roles.of(role)).transpose()?,
                    record.id.as_ref().map(|id| &*id.0),
                    record.external_id.as_ref().map(|id| &*id.0),
                    record.emails.first().map(Email::address),
                    record.name.as_ref().map(PersonName::display),
                    record.phones.first().map(Phone::to_send),
                    record.companies.first().map(Company::original),
                    content,
                ])
                .map_err(|source| self.refused(source))?;
                index += 1;
            }
        }
        Ok(())
    }

    fn rejects(&self, rejects: &[Reject]) -> Result<(), Error> {
        let place = self.place("rejects");
        let mut statement = self.prepare("INSERT INTO rejects VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)")?;
        for (number, reject) in (1_i64..).zip(rejects) {
            statement
                .execute(params![
                    number,
                    reject.origin.source.0,
                    reject.origin.row,
                    count(reject.origin.line),
                    reject.column,
                    reject.column_name,
                    place.word(&reject.reason)?,
                    reject.message,
                    reject.suggestion,
                    place.json(&reject.cells)?,
                ])
                .map_err(|source| self.refused(source))?;
        }
        Ok(())
    }

    fn model(&self, model: &Model) -> Result<(), Error> {
        let place = self.place("model");
        self.meta("model", &place.json(&Model { levels: Vec::new(), ..model.clone() })?)?;
        let mut statement = self.prepare("INSERT INTO model VALUES (?1,?2,?3,?4,?5,?6,?7)")?;
        for (position, level) in (1_i64..).zip(&model.levels) {
            let comparison = place.word(&level.comparison)?;
            statement
                .execute(params![position, comparison, level.level, level.m, level.u, level.weight.0, level.learned])
                .map_err(|source| self.refused(source))?;
        }
        Ok(())
    }

    fn blocking(&self, report: &BlockingReport) -> Result<(), Error> {
        let place = self.place("blocking");
        self.meta("candidates", &report.candidates.to_string())?;
        self.meta("candidates_left_out", &report.left_out.to_string())?;
        let mut statement = self.prepare("INSERT INTO blocking VALUES (?1,?2,?3,?4,?5)")?;
        for (position, key) in (1_i64..).zip(&report.keys) {
            statement
                .execute(params![position, place.word(&key.key)?, count(key.pairs), count(key.new), count(key.alone)])
                .map_err(|source| self.refused(source))?;
        }
        Ok(())
    }

    fn pairs(&self, linkage: &Linkage) -> Result<(), Error> {
        let place = self.place("pairs");
        let mut pair = self.prepare("INSERT INTO pairs VALUES (?1,?2,?3,?4,?5,?6,?7)")?;
        let mut term = self.prepare("INSERT INTO terms VALUES (?1,?2,?3,?4)")?;
        let (mut keys, mut comparisons) = (Words::new(place), Words::new(self.place("terms")));
        let mut known: Dictionary<(Comparison, &str, u64)> = Dictionary::new();
        let mut list = String::new();
        for (number, scored) in (1_i64..).zip(&linkage.pairs) {
            list.clear();
            for part in &scored.terms {
                let value = (part.comparison, &*part.level, part.weight.0.to_bits());
                let (number, new) = known.number(&value);
                if new {
                    term.execute(params![number, comparisons.of(part.comparison)?, part.level, part.weight.0])
                        .map_err(|source| self.refused(source))?;
                }
                append(&mut list, number);
            }
            list.push_str(if list.is_empty() { "[]" } else { "]" });
            let prior = (scored.prior != linkage.model.prior).then_some(scored.prior.0);
            let found_by = keys.of(scored.found_by)?;
            pair.execute(params![number, scored.left.0, scored.right.0, scored.weight.0, prior, found_by, list])
                .map_err(|source| self.refused(source))?;
        }
        Ok(())
    }

    fn decided(&self, plan: &Plan) -> Result<(), Error> {
        let mut reasons = Reasons::new(self)?;
        self.vetoes(&plan.linkage)?;
        self.groups(plan, &mut reasons)?;
        self.actions(&plan.actions, &mut reasons)?;
        self.expected(&plan.rows, &mut reasons)?;
        let mut attribute = self.prepare("INSERT INTO attributes VALUES (?1,?2,?3)")?;
        for (position, needed) in (1_i64..).zip(&plan.attributes) {
            attribute
                .execute(params![position, needed.name, count(needed.actions)])
                .map_err(|source| self.refused(source))?;
        }
        self.meta("forecast", &self.place("meta").json(&plan.forecast)?)
    }

    fn vetoes(&self, linkage: &Linkage) -> Result<(), Error> {
        let place = self.place("vetoes");
        let mut statement = self.prepare("INSERT INTO vetoes VALUES (?1,?2,?3,?4,?5,?6,?7)")?;
        for (number, veto) in (1_i64..).zip(&linkage.vetoes) {
            let (RecordIndex(first), RecordIndex(second)) = veto.between;
            let reason = place.word(&veto.reason)?;
            statement
                .execute(params![number, veto.left.0, veto.right.0, veto.weight.0, reason, first, second])
                .map_err(|source| self.refused(source))?;
        }
        Ok(())
    }

    /// A contact alone has no row unless it has something to say.
    fn groups(&self, plan: &Plan, reasons: &mut Reasons<'_>) -> Result<(), Error> {
        let place = self.place("groups");
        let mut row = self.prepare("INSERT INTO groups VALUES (?1,?2,?3,?4,?5,?6,?7,?8)")?;
        let mut loose = self.prepare("INSERT INTO loose VALUES (?1,?2)")?;
        let mut bands = Words::new(place);
        let said: Vec<&Group> = plan.linkage.groups.iter().filter(|group| !is_plain(group)).collect();
        for batch in said.chunks(BATCH) {
            let goldens: Result<Vec<_>, _> = batch.par_iter().map(|group| golden(place, plan, group)).collect();
            for (group, golden) in batch.iter().zip(goldens?) {
                let survivor_reason = reasons.number(&group.golden.reason)?;
                let review_reason = group.review_reason.as_ref().map(|reason| reasons.number(reason)).transpose()?;
                row.execute(params![
                    group.id,
                    count(group.members.len() as u64),
                    bands.of(group.band)?,
                    group.weight.map(|weight| weight.0),
                    group.golden.survivor.0,
                    survivor_reason,
                    review_reason,
                    golden,
                ])
                .map_err(|source| self.refused(source))?;
                for member in &group.loose {
                    loose.execute(params![member.record.0, member.weight.0]).map_err(|source| self.refused(source))?;
                }
            }
        }
        Ok(())
    }

    fn actions(&self, actions: &[Action], reasons: &mut Reasons<'_>) -> Result<(), Error> {
        let place = self.place("actions");
        let mut statement = self.prepare("INSERT INTO actions VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)")?;
        for batch in actions.chunks(BATCH) {
            let bodies: Result<Vec<_>, _> = batch.par_iter().map(|action| place.json(&action.body)).collect();
            for (action, body) in batch.iter().zip(bodies?) {
                let (contact, created_by) = match &action.target {
                    Target::Existing(id) => (Some(&*id.0), None),
                    Target::CreatedBy(create) => (None, Some(create.0)),
                };
                statement
                    .execute(params![
                        action.id.0,
                        action.group,
                        action.kind().name(),
                        contact,
                        created_by,
                        action.reversibility() == Reversibility::Irreversible,
                        reasons.number(&action.reason)?,
                        listed(&action.needs),
                        body,
                    ])
                    .map_err(|source| self.refused(source))?;
            }
        }
        Ok(())
    }

    fn expected(&self, rows: &[RowPlan], reasons: &mut Reasons<'_>) -> Result<(), Error> {
        let mut statement = self.prepare("INSERT INTO expected VALUES (?1,?2,?3,?4,?5)")?;
        for row in rows {
            let reason = reasons.number(&row.reason)?;
            statement
                .execute(params![row.record.0, row.group, row.expected.name(), reason, listed(&row.decided_by)])
                .map_err(|source| self.refused(source))?;
        }
        Ok(())
    }
}

/// Texts that say why, each written once.
struct Reasons<'a> {
    writer: &'a Writer<'a>,
    insert: CachedStatement<'a>,
    known: Dictionary<String>,
}

impl<'a> Reasons<'a> {
    fn new(writer: &'a Writer<'a>) -> Result<Self, Error> {
        let insert = writer.prepare("INSERT INTO reasons VALUES (?1,?2)")?;
        Ok(Self { writer, insert, known: Dictionary::new() })
    }

    fn number(&mut self, text: &str) -> Result<i64, Error> {
        let (number, new) = self.known.number(text);
        if new {
            self.insert.execute(params![number, text]).map_err(|source| self.writer.refused(source))?;
        }
        Ok(number)
    }
}

/// The merged record where it is not what its members give.
fn golden(place: Place<'_>, plan: &Plan, group: &Group) -> Result<Option<String>, Error> {
    let own = &group.golden;
    let follows = merged_fields(&plan.records, group.core(), own.survivor) == own.fields;
    if follows { Ok(None) } else { place.json(&own.fields).map(Some) }
}

/// Numbers of actions as JSON; nothing for none.
fn listed(actions: &[ActionId]) -> Option<String> {
    let mut list = String::new();
    for action in actions {
        append(&mut list, i64::from(action.0));
    }
    (!list.is_empty()).then(|| list + "]")
}

/// Adds a number to a list in JSON that is not closed yet.
fn append(list: &mut String, number: i64) {
    list.push(if list.is_empty() { '[' } else { ',' });
    list.push_str(&number.to_string());
}

/// Makes the tables and marks the database as a plan.
pub(super) fn tables(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(schema::CREATE)?;
    connection.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", schema::FORMAT)
}
