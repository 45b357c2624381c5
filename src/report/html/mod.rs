//! The report as one page that needs nothing else: no network, no other file.
//!
//! What matters first is plain HTML: the verdict, the risks, the charts, the inputs, what to do next. The long lists
//! (groups, actions, rejected rows) are packed data that the page's own script unpacks, searches, sorts and shows a page
//! at a time. The page forbids itself everything from outside by a content security policy that names its own style and
//! script by their SHA-256. Everything from contacts is escaped by the template or written as text by the script, and
//! stands in a `bdi` element, so that a right-to-left name cannot turn its surroundings around. The page keeps to a size;
//! what does not fit is in the CSV files the page points at.

mod group;
mod lists;
pub(super) mod pack;

use std::io::{self, Write};

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::ingest::Source;
use crate::plan::{ActionKind, Header, Outcome, Reversibility};

use super::applied::AppliedFigures;
use super::charts::{self, Chart};
use super::figures::Figures;
use super::nightly::{self, SinceLast, SinceView};
use super::sanitize::shorten;
use super::subject::Subject;
use super::tally::Tally;
use super::verdict::{self, Severity, Warning};
use super::words;

/// Characters of one value in the page.
const VALUE: usize = 200;
const STYLE: &str = include_str!("../templates/report.css");
const SCRIPT: &str = concat!(include_str!("../templates/elements.js"), include_str!("../templates/report.js"));
/// How scripts make elements, here and on the page of a review.
pub(crate) const ELEMENTS: &str = include_str!("../templates/elements.js");

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
    review: u64,
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

/// What stands at the top of the page of a night.
#[derive(Template)]
#[template(path = "since.html")]
struct SinceSection {
    since: SinceView,
}

/// Writes the page of a night anew for a later night with the same plan: only what changed since the last one is another.
/// `false`, and nothing written, when `page` is no page of a night.
pub fn of_later_night(page: &str, since: &SinceLast, writer: &mut impl Write) -> io::Result<bool> {
    let Some((before, rest)) = page.split_once("<section id=\"since\"") else { return Ok(false) };
    let Some((_, after)) = rest.split_once("</section>") else { return Ok(false) };
    let section = SinceSection { since: nightly::view(since) }.render().map_err(io::Error::other)?;
    for part in [before, &section, after] {
        writer.write_all(part.as_bytes())?;
    }
    Ok(true)
}

/// The report of a plan as one self-contained page; after an apply, with what became of everything.
/// `since` is what changed since the night before, for a night of `clean`.
pub fn page<S: Subject>(subject: &S, since: Option<&SinceLast>, writer: &mut impl Write) -> Result<(), S::Error> {
    let figures = subject.figures();
    let groups = lists::groups(subject)?;
    let page = Page {
        policy: policy(),
        style: STYLE,
        title: title(figures),
        meta: meta(&figures.header),
        verdict: verdict::line(figures),
        since: since.map(nightly::view),
        applied: figures.applied.is_some(),
        facts: figures.applied.as_ref().map(facts).unwrap_or_default(),
        tiles: tiles(&figures.tally),
        warnings: verdict::warnings(figures),
        charts: charts::all(figures, &groups.conflicts),
        sources: figures.sources.iter().map(source_view).collect(),
        groups: words::thousands(figures.groups.several),
        no_groups: figures.groups.several == 0,
        actions: words::thousands(figures.actions()),
        no_actions: figures.kinds.is_empty(),
        kinds: kinds(figures),
        rejects: words::thousands(figures.rejected()),
        no_rejects: figures.rejects.is_empty(),
        review: figures.groups.open,
        irreversible: irreversible(figures),
    };
    page.write_into(writer)?;
    groups.lines.write(writer)?;
    lists::actions(subject)?.write(writer)?;
    lists::rejects(subject)?.write(writer)?;
    groups.details.write(writer)?;
    writeln!(writer, "<script>{SCRIPT}</script>\n</body>\n</html>")?;
    Ok(())
}

/// How an apply went, in numbers.
fn facts(applied: &AppliedFigures) -> Vec<(&'static str, String)> {
    let mut facts = vec![("write requests", words::thousands(applied.requests))];
    if let Some(seconds) = applied.seconds {
        facts.push(("time", words::duration(seconds)));
    }
    facts.push(("sent again", words::thousands(applied.repeated)));
    if let Some(answers) = applied.rate_limited {
        facts.push(("answers 429 (too fast)", words::thousands(answers)));
    }
    facts
}

fn title(figures: &Figures) -> String {
    let what = if figures.applied.is_some() { "What was done" } else { "Plan" };
    match &figures.header.workspace {
        Some(workspace) => format!("{what} for {}", shorten(&workspace.name, VALUE)),
        None => format!("{what} for an Intercom workspace"),
    }
}

fn meta(header: &Header) -> Vec<(&'static str, String)> {
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

fn source_view(source: &Source) -> SourceView {
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

fn kinds(figures: &Figures) -> Vec<KindView> {
    figures
        .kinds
        .iter()
        .map(|count| KindView {
            kind: count.kind.name(),
            class: kind_class(count.kind),
            actions: words::thousands(count.actions),
            irreversible: count.reversibility == Reversibility::Irreversible,
        })
        .collect()
}

fn irreversible(figures: &Figures) -> Vec<String> {
    figures
        .kinds
        .iter()
        .filter(|count| count.reversibility == Reversibility::Irreversible)
        .map(|count| match count.kind {
            ActionKind::Merge => {
                format!("{} of a lead into a user: Intercom offers no way back", words::count(count.actions, "merge"))
            }
            kind => format!("{} of kind {kind}", words::count(count.actions, "action")),
        })
        .collect()
}
