//! The report as one page that needs nothing else: no network, no other file.
//!
//! The page forbids itself everything from outside by a content security policy that names its own style and script by
//! their SHA-256. Everything from contacts is escaped by the template and stands in a `bdi` element, so that a
//! right-to-left name cannot turn its surroundings around. The number of groups, members, actions and rejected rows in
//! the page is limited, the page says so and points at the CSV files that have all.

mod group;

use std::io::{self, Write};

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::plan::{Action, ActionKind, Plan, Reversibility};

use super::applied::{Applied, Progress};
use super::charts::{self, Chart};
use super::lookup::{AppliedActions, groups_by_interest, source_name};
use super::sanitize::shorten;
use super::tally::{Tally, by_kind};
use super::verdict::{self, Severity, Warning};
use super::view::CellKind;
use super::{actions, words};
use group::{GroupView, group_views};

/// Actions in the page.
const ACTIONS: usize = 1_000;
/// Rejected rows in the page.
const REJECTS: usize = 200;
/// Characters of one value in the page.
const VALUE: usize = 200;
const STYLE: &str = include_str!("../templates/report.css");
const SCRIPT: &str = include_str!("../templates/report.js");

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    policy: String,
    style: &'static str,
    script: &'static str,
    title: String,
    meta: Vec<(&'static str, String)>,
    verdict: String,
    applied: bool,
    tiles: Vec<Tile>,
    warnings: Vec<Warning>,
    charts: Vec<Chart>,
    sources: Vec<SourceView>,
    groups: Vec<GroupView<'a>>,
    all_groups: Whole,
    actions: Vec<ActionView>,
    all_actions: Whole,
    kinds: Vec<KindView>,
    rejects: Vec<RejectView<'a>>,
    all_rejects: Whole,
    irreversible: Vec<String>,
}

/// How many there are, of something the page may show only a part of.
struct Whole {
    count: String,
    left_out: bool,
}

impl Whole {
    fn new(count: usize, shown: usize) -> Self {
        Self { count: number(count), left_out: count > shown }
    }
}

struct Tile {
    name: &'static str,
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

struct ActionView {
    id: u32,
    group: u32,
    kind: &'static str,
    class: &'static str,
    target: String,
    before: String,
    after: String,
    reason: String,
    irreversible: bool,
    progress: &'static str,
    message: String,
}

struct KindView {
    kind: &'static str,
    class: &'static str,
    actions: String,
    irreversible: bool,
}

struct RejectView<'a> {
    source: String,
    row: u32,
    line: u64,
    column: String,
    message: &'a str,
    suggestion: &'a str,
    cells: Vec<String>,
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
    let tally = applied.map_or_else(|| Tally::planned(plan), |applied| Tally::applied(plan, applied));
    let states = AppliedActions::new(applied);
    let by_interest = groups_by_interest(plan);
    let groups = group_views(plan, &by_interest, &states);
    let page = Page {
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        title: title(plan, applied.is_some()),
        meta: meta(plan),
        verdict: verdict::line(plan, applied),
        applied: applied.is_some(),
        tiles: tiles(&tally),
        warnings: verdict::warnings(plan),
        charts: charts::all(plan, &tally),
        sources: plan.sources.iter().map(source_view).collect(),
        all_groups: Whole::new(by_interest.len(), groups.len()),
        groups,
        actions: plan.actions.iter().take(ACTIONS).map(|action| action_view(action, &states)).collect(),
        all_actions: Whole::new(plan.actions.len(), ACTIONS),
        kinds: kinds(plan),
        rejects: plan.rejects.iter().take(REJECTS).map(|reject| reject_view(plan, reject)).collect(),
        all_rejects: Whole::new(plan.rejects.len(), REJECTS),
        irreversible: irreversible(plan),
    };
    page.write_into(writer)
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
    let mut put = |name, rows: u64, class| {
        if rows > 0 {
            tiles.push(Tile { name, rows: words::thousands(rows), class });
        }
    };
    for (outcome, rows) in tally.lines() {
        let rows = if outcome == crate::plan::Outcome::Skipped { tally.left_alone() } else { rows };
        put(outcome.name(), rows, charts::outcome_class(outcome));
    }
    put("to review", tally.to_review, "review");
    put("not done yet", tally.pending, "calm");
    tiles
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

fn action_view(action: &Action, states: &AppliedActions<'_>) -> ActionView {
    let text = actions::before_after(action);
    let state = states.of(action.id);
    ActionView {
        id: action.id.0,
        group: action.group,
        kind: action.kind().name(),
        class: kind_class(action.kind()),
        target: shorten(&actions::target(action), VALUE).into_owned(),
        before: shorten(&text.before, 2 * VALUE).into_owned(),
        after: shorten(&text.after, 2 * VALUE).into_owned(),
        reason: shorten(&action.reason, VALUE).into_owned(),
        irreversible: action.reversibility() == Reversibility::Irreversible,
        progress: state.map_or(Progress::Pending, |state| state.progress).name(),
        message: state.map(|state| shorten(state.message, 2 * VALUE).into_owned()).unwrap_or_default(),
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

fn reject_view<'a>(plan: &'a Plan, reject: &'a crate::ingest::Reject) -> RejectView<'a> {
    let column = reject.column_name.as_deref().map(|name| shorten(name, VALUE).into_owned());
    RejectView {
        source: shorten(source_name(plan, reject.origin.source), VALUE).into_owned(),
        row: reject.origin.row,
        line: reject.origin.line,
        column: column.or_else(|| reject.column.map(|number| format!("column {number}"))).unwrap_or_default(),
        message: &reject.message,
        suggestion: &reject.suggestion,
        cells: reject.cells.iter().take(40).map(|cell| shorten(cell, 80).into_owned()).collect(),
    }
}
