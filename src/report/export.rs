//! The files of `leadfold export`: what was rejected or failed (to mend and feed again), what was left alone, and
//! which id stands for which.

use std::io::{self, Write};

use crate::contact::{IntercomId, Record};
use crate::ingest::Source;
use crate::plan::{ActionBody, Outcome, Plan, Target};

use super::applied::Applied;
use super::cells::OriginalColumns;
use super::csv::{self, SafeWriter};
use super::lookup::{AppliedActions, AppliedRows, Lookup, row_plan, source_name};
use super::sheet::id_of;
use super::{Part, view, words};

/// One file of `leadfold export --dir DIR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFile {
    /// `actions.csv`: every action with before, after and reason.
    Actions,
    /// `errors.csv`: rows that were rejected, failed or are unknown: their original columns, then what is wrong.
    Errors,
    /// `skipped.csv`: rows left alone on purpose, and why.
    Skipped,
    /// `idmap.csv`: ids that no longer stand for themselves, and the id that does.
    IdMap,
    /// `outcomes.csv`: every row and what became of it, or is expected to.
    Outcomes,
}

impl ExportFile {
    /// All files, in the order they are written.
    pub const ALL: [Self; 5] = [Self::Actions, Self::Errors, Self::Skipped, Self::IdMap, Self::Outcomes];

    /// The file's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Actions => "actions.csv",
            Self::Errors => "errors.csv",
            Self::Skipped => "skipped.csv",
            Self::IdMap => "idmap.csv",
            Self::Outcomes => "outcomes.csv",
        }
    }
}

/// Columns `errors.csv` has after the original ones. Named after the tool so that they meet no column of the file.
pub(super) const ERROR_COLUMNS: [&str; 6] =
    ["leadfold_source", "leadfold_row", "leadfold_line", "leadfold_problem", "leadfold_message", "leadfold_suggestion"];

/// Writes one of the export's files.
pub fn export(plan: &Plan, applied: Option<&Applied<'_>>, file: ExportFile, writer: &mut impl Write) -> io::Result<()> {
    match file {
        ExportFile::Actions => csv::part(plan, applied, Part::Actions, writer),
        ExportFile::Outcomes => csv::part(plan, applied, Part::Outcomes, writer),
        ExportFile::Errors => errors(plan, applied, writer),
        ExportFile::Skipped => skipped(plan, applied, writer),
        ExportFile::IdMap => id_map(plan, applied, writer),
    }
}

/// A row for `errors.csv`.
struct ErrorRow<'a> {
    origin: crate::contact::Origin,
    cells: Vec<String>,
    problem: &'a str,
    message: &'a str,
    suggestion: &'a str,
}

fn errors(plan: &Plan, applied: Option<&Applied<'_>>, writer: &mut impl Write) -> io::Result<()> {
    let lookup = Lookup::new(plan);
    let mut rows: Vec<ErrorRow<'_>> = plan
        .rejects
        .iter()
        .map(|reject| ErrorRow {
            origin: reject.origin,
            cells: reject.cells.clone(),
            problem: words::reject(reject.reason),
            message: &reject.message,
            suggestion: &reject.suggestion,
        })
        .collect();
    if let Some(applied) = applied {
        let done = AppliedRows::new(plan, applied);
        for (index, record) in lookup.records() {
            let Some(row) = done.of(index) else { continue };
            let suggestion = match row.outcome {
                Outcome::Failed => "mend what the message names, then plan and apply this row again",
                Outcome::Unknown => "look the contact up in Intercom, then apply the plan again",
                _ => continue,
            };
            let cells = super::lookup::source(plan, record.origin.source)
                .map(|source| super::cells::rebuild(record, source))
                .unwrap_or_default();
            let problem = row.outcome.name();
            rows.push(ErrorRow { origin: record.origin, cells, problem, message: row.message, suggestion });
        }
    }
    rows.sort_by_key(|row| row.origin);

    let with_errors = |source: &&Source| rows.iter().any(|row| row.origin.source == source.id);
    let sources: Vec<&Source> = plan.sources.iter().filter(with_errors).collect();
    let mut columns = OriginalColumns::new(&sources);
    for row in &rows {
        columns.make_room(row.origin.source, row.cells.len());
    }
    let mut csv = SafeWriter::new(writer);
    let headers = columns.headers();
    csv.row(headers.iter().map(String::as_str).chain(ERROR_COLUMNS))?;
    for row in &rows {
        let cells = columns.place(row.origin.source, &row.cells);
        let (number, line) = (row.origin.row.to_string(), row.origin.line.to_string());
        let name = source_name(plan, row.origin.source);
        let last = [name, &number, &line, row.problem, row.message, row.suggestion];
        csv.row(cells.iter().copied().chain(last))?;
    }
    csv.finish()
}

fn skipped(plan: &Plan, applied: Option<&Applied<'_>>, writer: &mut impl Write) -> io::Result<()> {
    let lookup = Lookup::new(plan);
    let done = applied.map(|applied| AppliedRows::new(plan, applied));
    let mut csv = SafeWriter::new(writer);
    csv.row(["source", "row", "line", "id", "group", "contact", "reason"])?;
    for (index, record) in lookup.records_by_row() {
        let planned = row_plan(plan, index);
        let reason = match done.as_ref().and_then(|done| done.of(index)) {
            Some(row) if row.outcome == Outcome::Skipped => row.message,
            Some(_) => continue,
            None => match planned {
                Some(row) if row.expected == Outcome::Skipped => row.reason.as_ref(),
                _ => continue,
            },
        };
        let group = lookup.group(index).map(|group| group.id.to_string()).unwrap_or_default();
        let (row, line) = (record.origin.row.to_string(), record.origin.line.to_string());
        let name = source_name(plan, record.origin.source);
        csv.row([name, &row, &line, id_of(record), &group, &view::headline(record), reason])?;
    }
    csv.finish()
}

/// The contact a target is, as far as it is known: one that is still to be made has no id before the apply.
fn known_id<'a>(target: &'a Target, states: &AppliedActions<'a>) -> Option<&'a IntercomId> {
    match target {
        Target::Existing(id) => Some(id),
        Target::CreatedBy(action) => states.of(*action)?.contact,
    }
}

fn id_map(plan: &Plan, applied: Option<&Applied<'_>>, writer: &mut impl Write) -> io::Result<()> {
    let states = AppliedActions::of_apply(applied);
    let mut csv = SafeWriter::new(writer);
    csv.row(["old_id", "new_id", "how", "action", "progress"])?;
    for action in &plan.actions {
        let (old, stays, how) = match (&action.body, &action.target) {
            (ActionBody::Merge { from }, target) => (from, target, "merged"),
            (ActionBody::Archive { survivor }, Target::Existing(id)) => (id, survivor, "archived"),
            (ActionBody::Delete { survivor }, Target::Existing(id)) => (id, survivor, "deleted"),
            _ => continue,
        };
        let new = known_id(stays, &states).map_or("", |id| &id.0);
        let progress = states.of(action.id).map_or("planned", |state| state.progress.name());
        csv.row([&*old.0, new, how, &action.id.0.to_string(), progress])?;
    }
    imported_ids(plan, applied, &mut csv)?;
    csv.finish()
}

/// Ids of imported rows (a CRM's own numbers) and the contact each became.
fn imported_ids<W: Write>(plan: &Plan, applied: Option<&Applied<'_>>, csv: &mut SafeWriter<W>) -> io::Result<()> {
    let Some(applied) = applied else { return Ok(()) };
    let done = AppliedRows::new(plan, applied);
    let lookup = Lookup::new(plan);
    let incoming = |record: &Record| record.side == crate::contact::Side::Incoming;
    for (index, record) in lookup.records().filter(|(_, record)| incoming(record)) {
        let contact = done.of(index).and_then(|row| Some((row.outcome, row.contact?)));
        if let (Some(id), Some((outcome, contact))) = (&record.id, contact)
            && id != contact
        {
            csv.row([&*id.0, &*contact.0, outcome.name(), "", "done"])?;
        }
    }
    Ok(())
}
