//! The parts of a plan as rows of text: one source for the terminal's tables and for CSV, so that both say the same.
//!
//! Rows are handed out one at a time and can be stopped, so that a plan of a million rows needs no memory of its own.

use std::io;
use std::ops::ControlFlow;

use crate::contact::Record;
use crate::link::{Band, RecordIndex};
use crate::plan::{Outcome, Plan, Reversibility};

use super::Part;
use super::actions;
use super::applied::{Applied, Progress};
use super::lookup::{AppliedActions, AppliedRows, Lookup, row_plan, source_name};
use super::{model, words};

/// Takes one row; may ask for no more.
pub(super) type Sink<'s> = dyn FnMut(&[&str]) -> io::Result<ControlFlow<()>> + 's;

/// Column names of a part.
pub(super) fn columns(part: Part) -> &'static [&'static str] {
    match part {
        Part::Groups => &["source", "row", "id", "group", "survivor", "weight", "band"],
        Part::Actions => &[
            "action",
            "group",
            "kind",
            "target",
            "before",
            "after",
            "reason",
            "reversible",
            "needs",
            "progress",
            "message",
        ],
        Part::Rows => &["source", "row", "line", "id", "group", "band", "expected", "actions", "reason"],
        Part::Outcomes => &["source", "row", "line", "id", "group", "state", "outcome", "contact", "message"],
        Part::Model => model::COLUMNS,
    }
}

/// Hands every row of a part to `sink`, until it asks for no more.
pub(super) fn rows(plan: &Plan, applied: Option<&Applied<'_>>, part: Part, sink: &mut Sink<'_>) -> io::Result<()> {
    match part {
        Part::Groups => groups(plan, sink),
        Part::Actions => action_rows(plan, applied, sink),
        Part::Rows => row_plans(plan, sink),
        Part::Outcomes => outcomes(plan, applied, sink),
        Part::Model => model::rows(plan, sink),
    }
}

/// How many rows a part has.
pub(super) fn len(plan: &Plan, part: Part) -> usize {
    match part {
        Part::Groups => plan.records.len(),
        Part::Actions => plan.actions.len(),
        Part::Rows | Part::Outcomes => plan.records.len() + plan.rejects.len(),
        Part::Model => model::len(plan),
    }
}

pub(super) fn id_of(record: &Record) -> &str {
    record.id.as_ref().map_or("", |id| &id.0)
}

/// A weight for machines: four decimals, `.` as decimal point, ASCII minus.
pub(super) fn decimal(bits: f64) -> String {
    let text = format!("{bits:.4}");
    if text == "-0.0000" { "0.0000".to_owned() } else { text }
}

fn groups(plan: &Plan, sink: &mut Sink<'_>) -> io::Result<()> {
    let lookup = Lookup::new(plan);
    for (index, record) in lookup.records() {
        let group = lookup.group(index);
        // A record no group holds cannot come from linking; it is shown alone rather than left out
        let band = group.map_or(Band::Single, |group| group.band_of(index));
        let number = group.map(|group| group.id.to_string()).unwrap_or_default();
        let survivor = group.is_none_or(|group| group.golden.survivor == index);
        let weight = match group.and_then(|group| group.loose_weight(index).or(group.weight)) {
            Some(weight) if band != Band::Single => decimal(weight.0),
            _ => String::new(),
        };
        let row = record.origin.row.to_string();
        let cells = [
            source_name(plan, record.origin.source),
            &row,
            id_of(record),
            &number,
            if survivor { "true" } else { "false" },
            &weight,
            words::band(band),
        ];
        if sink(&cells)?.is_break() {
            break;
        }
    }
    Ok(())
}

fn action_rows(plan: &Plan, applied: Option<&Applied<'_>>, sink: &mut Sink<'_>) -> io::Result<()> {
    let states = AppliedActions::of_apply(applied);
    for action in &plan.actions {
        let text = actions::before_after(action);
        let needs: Vec<String> = action.needs.iter().map(|id| id.0.to_string()).collect();
        let state = states.of(action.id);
        let number = action.id.0.to_string();
        let cells = [
            number.as_str(),
            &action.group.to_string(),
            action.kind().name(),
            &actions::target(action),
            &text.before,
            &text.after,
            &action.reason,
            if action.reversibility() == Reversibility::Reversible { "true" } else { "false" },
            &needs.join(" "),
            state.map_or(Progress::Pending, |state| state.progress).name(),
            state.map_or("", |state| state.message),
        ];
        if sink(&cells)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// Walks accepted and rejected rows together, by source and row.
fn each_row(
    plan: &Plan,
    lookup: &Lookup<'_>,
    mut accepted: impl FnMut(RecordIndex, &Record) -> io::Result<ControlFlow<()>>,
    mut rejected: impl FnMut(&crate::ingest::Reject) -> io::Result<ControlFlow<()>>,
) -> io::Result<()> {
    let mut rejects: Vec<_> = plan.rejects.iter().collect();
    rejects.sort_by_key(|reject| reject.origin);
    let mut rejects = rejects.into_iter().peekable();
    for (index, record) in lookup.records_by_row() {
        while let Some(reject) = rejects.next_if(|reject| reject.origin < record.origin) {
            if rejected(reject)?.is_break() {
                return Ok(());
            }
        }
        if accepted(index, record)?.is_break() {
            return Ok(());
        }
    }
    for reject in rejects {
        if rejected(reject)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// One row, accepted or not, in the columns it shares between parts.
struct Place {
    row: String,
    line: String,
}

impl Place {
    fn of(origin: crate::contact::Origin) -> Self {
        let line = if origin.line == 0 { String::new() } else { origin.line.to_string() };
        Self { row: origin.row.to_string(), line }
    }
}

fn row_plans(plan: &Plan, sink: &mut Sink<'_>) -> io::Result<()> {
    let lookup = Lookup::new(plan);
    let sink = std::cell::RefCell::new(sink);
    each_row(
        plan,
        &lookup,
        |index, record| {
            let place = Place::of(record.origin);
            let group = lookup.group(index);
            let planned = row_plan(plan, index);
            let actions: Vec<String> =
                planned.map(|row| row.decided_by.iter().map(|id| id.0.to_string()).collect()).unwrap_or_default();
            (sink.borrow_mut())(&[
                source_name(plan, record.origin.source),
                &place.row,
                &place.line,
                id_of(record),
                &group.map(|group| group.id.to_string()).unwrap_or_default(),
                words::band(group.map_or(Band::Single, |group| group.band_of(index))),
                planned.map_or("", |row| row.expected.name()),
                &actions.join(" "),
                planned.map_or("", |row| row.reason.as_ref()),
            ])
        },
        |reject| {
            let place = Place::of(reject.origin);
            let name = source_name(plan, reject.origin.source);
            let outcome = Outcome::Rejected.name();
            (sink.borrow_mut())(&[name, &place.row, &place.line, "", "", "", outcome, "", &reject.message])
        },
    )
}

fn outcomes(plan: &Plan, applied: Option<&Applied<'_>>, sink: &mut Sink<'_>) -> io::Result<()> {
    let lookup = Lookup::new(plan);
    let done = applied.map(|applied| AppliedRows::new(plan, applied));
    let sink = std::cell::RefCell::new(sink);
    each_row(
        plan,
        &lookup,
        |index, record| {
            let place = Place::of(record.origin);
            let planned = row_plan(plan, index);
            let final_row = done.as_ref().and_then(|done| done.of(index));
            let (state, outcome, message) = if let Some(row) = final_row {
                ("final", row.outcome.name(), row.message)
            } else {
                let outcome = planned.map_or("", |row| row.expected.name());
                ("planned", outcome, planned.map_or("", |row| row.reason.as_ref()))
            };
            (sink.borrow_mut())(&[
                source_name(plan, record.origin.source),
                &place.row,
                &place.line,
                id_of(record),
                &lookup.group(index).map(|group| group.id.to_string()).unwrap_or_default(),
                state,
                outcome,
                final_row.and_then(|row| row.contact).map_or("", |id| &id.0),
                message,
            ])
        },
        |reject| {
            let place = Place::of(reject.origin);
            let name = source_name(plan, reject.origin.source);
            let outcome = Outcome::Rejected.name();
            (sink.borrow_mut())(&[name, &place.row, &place.line, "", "", "final", outcome, "", &reject.message])
        },
    )
}
