//! The report as one page that needs nothing else: no network, no other file.
//!
//! What matters first is plain HTML: the verdict, the risks, the charts, the inputs, what to do next. The long lists
//! (groups, actions, rejected rows) are packed data that the page's own script unpacks, searches, sorts and shows a page
//! at a time. The page forbids itself everything from outside by a content security policy that names its own style and
//! script by their SHA-256. Everything from contacts is escaped by the template or written as text by the script, and
//! stands in a `bdi` element, so that a right-to-left name cannot turn its surroundings around. The page keeps to a size;
//! what does not fit is in the CSV files the page points at.

mod group;
pub(super) mod pack;

use std::io::{self, Write};

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::ingest::Reject;
use crate::link::Group;
use crate::plan::{Action, ActionKind, Outcome, Plan, Reversibility};

use super::applied::Applied;
use super::charts::{self, Chart};
use super::lookup::{AppliedActions, groups_by_interest, source_name};
use super::nightly::{self, SinceLast, SinceView};
use super::sanitize::shorten;
use super::tally::{Tally, by_kind};
use super::verdict::{self, Severity, Warning};
use super::words;
use group::{Groups, action_line};
use pack::List;

/// Bytes the lists may take together. With the rest the page stays below 25 MB, which every browser and most mail
/// servers take.
const LISTS: usize = 23_000_000;
/// Of which the lines about groups,
const GROUP_LINES: usize = 8_000_000;
/// the actions
const ACTIONS: usize = 4_000_000;
/// and the rejected rows; the rest is for what is shown when a group is opened.
const REJECTS: usize = 1_000_000;
/// Characters of one value in the page.
const VALUE: usize = 200;
const STYLE: &str = include_str!("../templates/report.css");
const SCRIPT: &str = include_str!("../templates/report.js");

#[derive(Template)]
#[template(path = "report.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is one question the template asks about the page")]
struct Page {
    policy: String,
    style: &'static str,
    title: String,
    meta: Vec<(&'static str, String)>,
    verdict: String,
    since: Option<SinceView>,
    applied: bool,
    facts: Vec<(&'static str, String)>,
    tiles: Vec<Tile>,
    warnings: Vec<Warning>,
    charts: Vec<Chart>,
    sources: Vec<SourceView>,
    groups: String,
    no_groups: bool,
    actions: String,
    no_actions: bool,
    kinds: Vec<KindView>,
    rejects: String,
    no_rejects: bool,
    review: usize,
    irreversible: Vec<String>,
}

struct Tile {
    name: &'static str,
    hint: &'static str,
    rows: String,
    class: &'static str,
}

struct ColumnView {
    header: String,
    field: String,
    filled: String,
    filled_width: u64,
    invalid: String,
}

struct SourceView {
    name: String,
    side: &'static str,
    rows: String,
    rejected: String,
    dialect: String,
    preset: String,
    notes: Vec<String>,
    columns: Vec<ColumnView>,
}

struct KindView {
    kind: &'static str,
    class: &'static str,
    actions: String,
    irreversible: bool,
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

fn policy() -> String {
    format!(
        "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn number(count: usize) -> String {
    words::thousands(u64::try_from(count).unwrap_or(u64::MAX))
}

/// The report of a plan as one self-contained page; after an apply, with what became of everything.
pub fn html(plan: &Plan, applied: Option<&Applied<'_>>, writer: &mut impl Write) -> io::Result<()> {
    page(plan, applied, None, writer)
}

/// The same for a night of `clean`, with what changed since the last one.
pub fn html_of_night(
    plan: &Plan,
    applied: Option<&Applied<'_>>,
    since: &SinceLast,
    writer: &mut impl Write,
) -> io::Result<()> {
    page(plan, applied, Some(since), writer)
}

fn page(
    plan: &Plan,
    applied: Option<&Applied<'_>>,
    since: Option<&SinceLast>,
    writer: &mut impl Write,
) -> io::Result<()> {
    let tally = applied.map_or_else(|| Tally::planned(plan), |applied| Tally::applied(plan, applied));
    let groups = groups_by_interest(plan);
    let page = Page {
        policy: policy(),
        style: STYLE,
        title: title(plan, applied.is_some()),
        meta: meta(plan),
        verdict: verdict::line(plan, applied),
        since: since.map(nightly::view),
        applied: applied.is_some(),
        facts: applied.map(facts).unwrap_or_default(),
        tiles: tiles(&tally),
        warnings: verdict::warnings(plan),
        charts: charts::all(plan, &tally, applied),
        sources: plan.sources.iter().map(source_view).collect(),
        groups: number(groups.len()),
        no_groups: groups.is_empty(),
        actions: number(plan.actions.len()),
        no_actions: plan.actions.is_empty(),
        kinds: kinds(plan),
        rejects: number(plan.rejects.len()),
        no_rejects: plan.rejects.is_empty(),
        review: groups.iter().filter(|group| group.is_open()).count(),
        irreversible: irreversible(plan),
    };
    page.write_into(writer)?;
    lists(plan, applied, &groups, writer)?;
    writeln!(writer, "<script>{SCRIPT}</script>\n</body>\n</html>")
}

/// The packed lists, the short ones first: what is left of the budget is for the groups in full.
fn lists(plan: &Plan, applied: Option<&Applied<'_>>, groups: &[&Group], writer: &mut impl Write) -> io::Result<()> {
    let states = AppliedActions::new(applied);
    let about = Groups::new(plan, &states);
    let lines = List { id: "group-lines", items: groups, per_block: 2_000, budget: GROUP_LINES };
    let mut used = lines.write(|group: &&Group| about.line(group), writer)?;
    let actions = List { id: "action-lines", items: &plan.actions, per_block: 500, budget: ACTIONS };
    used += actions.write(|action: &Action| action_line(action, &states), writer)?;
    let rejects = List { id: "reject-lines", items: &plan.rejects, per_block: 500, budget: REJECTS };
    used += rejects.write(|reject: &Reject| reject_line(plan, reject), writer)?;
    let details = List { id: "group-details", items: groups, per_block: 50, budget: LISTS.saturating_sub(used) };
    details.write(|group: &&Group| about.detail(group), writer)?;
    Ok(())
}

/// How an apply went, in numbers.
fn facts(applied: &Applied<'_>) -> Vec<(&'static str, String)> {
    let mut facts = vec![("write requests", words::thousands(applied.requests))];
    if let Some(seconds) = applied.seconds() {
        facts.push(("time", words::duration(seconds)));
    }
    facts.push(("sent again", words::thousands(applied.repeated)));
    if let Some(answers) = applied.rate_limited {
        facts.push(("answers 429 (too fast)", words::thousands(answers)));
    }
    facts
}

fn title(plan: &Plan, applied: bool) -> String {
    let what = if applied { "What was done" } else { "Plan" };
    match &plan.header.workspace {
        Some(workspace) => format!("{what} for {}", shorten(&workspace.name, VALUE)),
        None => format!("{what} for an Intercom workspace"),
    }
}

fn meta(plan: &Plan) -> Vec<(&'static str, String)> {
    let header = &plan.header;
    let workspace = header.workspace.as_ref().map_or_else(
        || "bound at the first apply".to_owned(),
        |workspace| format!("{} ({})", shorten(&workspace.id, VALUE), shorten(&workspace.region, VALUE)),
    );
    vec![
        ("Made", words::moment(header.made_at)),
        ("Workspace", workspace),
        ("Intercom", shorten(&header.api_version, VALUE).into_owned()),
        ("leadfold", shorten(&header.tool_version, VALUE).into_owned()),
    ]
}

fn tiles(tally: &Tally) -> Vec<Tile> {
    let mut tiles = Vec::new();
    let mut put = |name, hint, rows: u64, class| {
        if rows > 0 {
            tiles.push(Tile { name, hint, rows: words::thousands(rows), class });
        }
    };
    for (outcome, rows) in tally.lines() {
        if outcome == Outcome::Unchanged {
            put("to review", "wait for a person", tally.to_review, "review");
        }
        let rows = if outcome == Outcome::Skipped { tally.left_alone() } else { rows };
        put(outcome.name(), hint(outcome), rows, charts::outcome_class(outcome));
    }
    put("not done yet", "apply again to go on", tally.pending, "calm");
    tiles
}

/// What an outcome means to somebody who never saw the word here.
fn hint(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Created => "become new contacts",
        Outcome::Updated => "add what a contact lacks",
        Outcome::Merged => "become part of another contact",
        Outcome::Archived => "duplicates put away, can be put back",
        Outcome::Deleted => "removed for good",
        Outcome::Unchanged => "are as they should be",
        Outcome::Skipped => "left alone, see why",
        Outcome::Rejected => "cannot be read",
        Outcome::Failed => "refused, see why",
        Outcome::Unknown => "may or may not be done",
    }
}

fn source_view(source: &crate::ingest::Source) -> SourceView {
    let accepted = source.rows.saturating_sub(source.rejected);
    let columns = source.columns.iter().map(|column| ColumnView {
        header: shorten(&column.header, VALUE).into_owned(),
        field: shorten(&column.field.to_string(), VALUE).into_owned(),
        filled: words::percent(column.filled, accepted),
        filled_width: (column.filled.saturating_mul(100)).checked_div(accepted).unwrap_or(0).min(100),
        invalid: if column.invalid == 0 { String::new() } else { words::thousands(column.invalid) },
    });
    SourceView {
        name: shorten(&source.name, VALUE).into_owned(),
        side: words::side(source.side),
        rows: words::thousands(source.rows),
        rejected: words::thousands(source.rejected),
        dialect: format!(
            "{}, {}, separated by {}",
            words::size(source.bytes),
            words::encoding(source.encoding),
            words::delimiter(source.delimiter)
        ),
        preset: source.preset.as_deref().map(|preset| shorten(preset, VALUE).into_owned()).unwrap_or_default(),
        notes: source.notes.iter().map(|note| shorten(note, 1_000).into_owned()).collect(),
        columns: columns.collect(),
    }
}

fn kind_class(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::Create => "create",
        ActionKind::Update => "update",
        ActionKind::Merge => "merge",
        ActionKind::Attach => "calm",
        ActionKind::Archive => "archive",
        ActionKind::Delete => "danger",
    }
}

fn kinds(plan: &Plan) -> Vec<KindView> {
    by_kind(&plan.actions)
        .into_iter()
        .map(|count| KindView {
            kind: count.kind.name(),
            class: kind_class(count.kind),
            actions: words::thousands(count.actions),
            irreversible: count.reversibility == Reversibility::Irreversible,
        })
        .collect()
}

fn irreversible(plan: &Plan) -> Vec<String> {
    by_kind(&plan.actions)
        .into_iter()
        .filter(|count| count.reversibility == Reversibility::Irreversible)
        .map(|count| match count.kind {
            ActionKind::Merge => {
                format!("{} of a lead into a user: Intercom offers no way back", words::count(count.actions, "merge"))
            }
            kind => format!("{} of kind {kind}", words::count(count.actions, "action")),
        })
        .collect()
}

/// File, row, line, column, what is wrong, what to do, the cells.
type RejectLine = (String, u32, u64, String, String, String, Vec<String>);

fn reject_line(plan: &Plan, reject: &Reject) -> RejectLine {
    let column = reject.column_name.as_deref().map(|name| shorten(name, VALUE).into_owned());
    (
        shorten(source_name(plan, reject.origin.source), VALUE).into_owned(),
        reject.origin.row,
        reject.origin.line,
        column.or_else(|| reject.column.map(|number| format!("column {number}"))).unwrap_or_default(),
        reject.message.clone(),
        reject.suggestion.clone(),
        reject.cells.iter().take(40).map(|cell| shorten(cell, 80).into_owned()).collect(),
    )
}
