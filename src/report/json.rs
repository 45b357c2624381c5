//! Parts of a plan as JSON documents. Each has a `schema` field (`leadfold.groups/1`); the number after the slash grows
//! when a field changes its meaning or goes, never when one is added. Elements are written one at a time.

use std::io::{self, Write};

use serde::Serialize;

use crate::contact::IntercomId;
use crate::ingest::Source;
use crate::link::{Band, BlockingReport, Group, MODEL_SCHEMA, Model};
use crate::plan::{Action, ActionId, Forecast, Header, NeededAttribute, Outcome, Plan, Reversibility};

use super::applied::{Applied, Progress};
use super::figures::Figures;
use super::lookup::{AppliedActions, AppliedRows, Lookup, row_plan, source_name};
use super::verdict::{self, Warning};
use super::{Part, words};

/// One part of a plan as one JSON document.
pub(super) fn part(plan: &Plan, applied: Option<&Applied<'_>>, part: Part, writer: &mut impl Write) -> io::Result<()> {
    match part {
        Part::Groups => {
            let groups = plan.linkage.groups.iter().map(|group| GroupDocument::new(plan, group));
            array("leadfold.groups/1", "groups", groups, writer)
        }
        Part::Actions => {
            let states = AppliedActions::of_apply(applied);
            let actions = plan.actions.iter().map(|action| ActionDocument::new(action, &states));
            array("leadfold.actions/1", "actions", actions, writer)
        }
        Part::Rows => rows(plan, None, "leadfold.rows/1", writer),
        Part::Outcomes => rows(plan, applied, "leadfold.outcomes/1", writer),
        Part::Model => {
            let (model, blocking) = (&plan.linkage.model, &plan.linkage.blocking);
            document(&ModelDocument { schema: MODEL_SCHEMA, model, blocking }, writer)
        }
    }
}

/// One whole document on one line.
pub(super) fn document(value: &impl Serialize, writer: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *writer, value)?;
    writer.write_all(b"\n")
}

/// `{"schema":…,"NAME":[` element per line `]}`.
fn array<T: Serialize>(
    schema: &str,
    name: &str,
    elements: impl Iterator<Item = T>,
    writer: &mut impl Write,
) -> io::Result<()> {
    write!(writer, "{{\"schema\":\"{schema}\",\"{name}\":[")?;
    for (number, element) in elements.enumerate() {
        writer.write_all(if number == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *writer, &element)?;
    }
    writer.write_all(b"\n]}\n")
}

#[derive(Serialize)]
struct ModelDocument<'a> {
    schema: &'static str,
    #[serde(flatten)]
    model: &'a Model,
    blocking: &'a BlockingReport,
}

#[derive(Serialize)]
struct MemberDocument<'a> {
    record: u32,
    source: &'a str,
    row: u32,
    id: Option<&'a IntercomId>,
    side: &'static str,
    survivor: bool,
    band: Band,
}

#[derive(Serialize)]
struct GroupDocument<'a> {
    id: u32,
    band: Band,
    weight: Option<f64>,
    review_reason: Option<&'a str>,
    survivor_reason: &'a str,
    members: Vec<MemberDocument<'a>>,
}

impl<'a> GroupDocument<'a> {
    fn new(plan: &'a Plan, group: &'a Group) -> Self {
        let members = group.members.iter().filter_map(|index| {
            let record = plan.record(*index)?;
            Some(MemberDocument {
                record: index.0,
                source: source_name(plan, record.origin.source),
                row: record.origin.row,
                id: record.id.as_ref(),
                side: words::side(record.side),
                survivor: *index == group.golden.survivor,
                band: group.band_of(*index),
            })
        });
        Self {
            id: group.id,
            band: group.band,
            weight: group.weight.map(|weight| weight.0),
            review_reason: group.review_reason.as_deref(),
            survivor_reason: &group.golden.reason,
            members: members.collect(),
        }
    }
}

#[derive(Serialize)]
struct ActionDocument<'a> {
    #[serde(flatten)]
    action: &'a Action,
    kind: &'static str,
    reversible: bool,
    progress: &'static str,
    message: Option<&'a str>,
}

impl<'a> ActionDocument<'a> {
    fn new(action: &'a Action, states: &AppliedActions<'a>) -> Self {
        let state = states.of(action.id);
        Self {
            action,
            kind: action.kind().name(),
            reversible: action.reversibility() == Reversibility::Reversible,
            progress: state.map_or(Progress::Pending, |state| state.progress).name(),
            message: state.map(|state| state.message).filter(|message| !message.is_empty()),
        }
    }
}

#[derive(Serialize)]
struct RowDocument<'a> {
    source: &'a str,
    row: u32,
    line: u64,
    id: Option<&'a IntercomId>,
    group: Option<u32>,
    state: &'static str,
    outcome: Option<Outcome>,
    contact: Option<&'a IntercomId>,
    actions: &'a [ActionId],
    message: &'a str,
}

fn rows(plan: &Plan, applied: Option<&Applied<'_>>, schema: &str, writer: &mut impl Write) -> io::Result<()> {
    let lookup = Lookup::new(plan);
    let done = applied.map(|applied| AppliedRows::new(plan, applied));
    let accepted = lookup.records().map(|(index, record)| {
        let planned = row_plan(plan, index);
        let last = done.as_ref().and_then(|done| done.of(index));
        RowDocument {
            source: source_name(plan, record.origin.source),
            row: record.origin.row,
            line: record.origin.line,
            id: record.id.as_ref(),
            group: lookup.group(index).map(|group| group.id),
            state: if last.is_some() { "final" } else { "planned" },
            outcome: last.map(|row| row.outcome).or(planned.map(|row| row.expected)),
            contact: last.and_then(|row| row.contact),
            actions: planned.map(|row| row.decided_by.as_slice()).unwrap_or_default(),
            message: last.map(|row| row.message).or(planned.map(|row| row.reason.as_ref())).unwrap_or_default(),
        }
    });
    let rejected = plan.rejects.iter().map(|reject| RowDocument {
        source: source_name(plan, reject.origin.source),
        row: reject.origin.row,
        line: reject.origin.line,
        id: None,
        group: None,
        state: "final",
        outcome: Some(Outcome::Rejected),
        contact: None,
        actions: &[],
        message: &reject.message,
    });
    array(schema, "rows", accepted.chain(rejected), writer)
}

#[derive(Serialize)]
struct SourceDocument {
    name: String,
    side: &'static str,
    rows: u64,
    rejected: u64,
    sha256: String,
}

#[derive(Serialize)]
struct SummaryDocument<'a> {
    schema: &'static str,
    header: &'a Header,
    verdict: String,
    applied: bool,
    rows: u64,
    outcomes: serde_json::Map<String, serde_json::Value>,
    to_review: u64,
    not_done_yet: u64,
    actions: serde_json::Map<String, serde_json::Value>,
    groups: u64,
    groups_to_review: u64,
    sources: Vec<SourceDocument>,
    warnings: Vec<Warning>,
    forecast: &'a Forecast,
    custom_attributes: &'a [NeededAttribute],
}

/// What a plan comes to, or came to: the terminal report as one JSON document (`leadfold.summary/1`).
pub(super) fn summary(figures: &Figures, writer: &mut impl Write) -> io::Result<()> {
    let tally = &figures.tally;
    let source = |source: &'_ Source| SourceDocument {
        name: source.name.clone(),
        side: words::side(source.side),
        rows: source.rows,
        rejected: source.rejected,
        sha256: source.sha256.clone(),
    };
    let summary = SummaryDocument {
        schema: "leadfold.summary/1",
        header: &figures.header,
        verdict: verdict::line(figures),
        applied: figures.applied.is_some(),
        rows: tally.rows,
        outcomes: tally.lines().map(|(outcome, rows)| (outcome.name().to_owned(), rows.into())).collect(),
        to_review: tally.to_review,
        not_done_yet: tally.pending,
        actions: figures.kinds.iter().map(|kind| (kind.kind.name().to_owned(), kind.actions.into())).collect(),
        groups: figures.groups.several,
        groups_to_review: figures.groups.open,
        sources: figures.sources.iter().map(source).collect(),
        warnings: verdict::warnings(figures),
        forecast: &figures.forecast,
        custom_attributes: &figures.attributes,
    };
    document(&summary, writer)
}
