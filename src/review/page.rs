//! What the page is told: JSON shapes, and the page itself with its policy.

use serde::{Deserialize, Serialize};

use crate::contact::Field;
use crate::link::{Group, RecordIndex, ScoredPair};
use crate::plan::{Choice, Plan, Verdict};
use crate::report::{CellKind, ELEMENTS, Member, SideBySide, SideCell, pairs_of, side_by_side};

use super::queue::{Item, Progress, label_of, loosest};

const PAGE: &str = include_str!("page.html");

/// Members shown side by side.
const MEMBERS: usize = 30;
/// Pairs of one group.
const PAIRS: usize = 100;
/// Characters of one value.
const VALUE: usize = 400;

/// The page with its nonce, and the policy that goes with it.
pub(super) fn page(nonce: &str) -> (String, String) {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    (PAGE.replace("{{nonce}}", nonce).replace("{{elements}}", ELEMENTS), policy)
}

/// One line of the queue.
#[derive(Serialize)]
pub(super) struct QueueLine {
    group: u32,
    members: usize,
    weight: Option<f64>,
    headline: String,
    verdict: Option<Verdict>,
}

/// The whole queue.
#[derive(Serialize)]
pub(super) struct QueueDocument {
    progress: Progress,
    items: Vec<QueueLine>,
}

impl QueueDocument {
    pub(super) fn new(plan: &Plan, items: &[Item], progress: Progress) -> Self {
        let items = items
            .iter()
            .map(|item| QueueLine {
                group: item.group.id,
                members: item.group.members.len(),
                weight: loosest(&item.group).map(|weight| weight.0),
                headline: side_by_side(plan, &item.group, 1)
                    .members
                    .into_iter()
                    .next()
                    .map(|member| shorten(member.headline))
                    .unwrap_or_default(),
                verdict: item.verdict.clone(),
            })
            .collect();
        Self { progress, items }
    }
}

/// A pair of the group.
#[derive(Serialize)]
struct PairLine<'a> {
    #[serde(flatten)]
    pair: &'a ScoredPair,
    probability: f64,
}

/// One field of all members, and whose value wins.
#[derive(Serialize)]
struct RowDocument {
    field: String,
    cells: Vec<SideCell>,
    /// The field as a choice names it; `None` when there is nothing to choose.
    key: Option<Field>,
    /// The member whose value wins, as things stand.
    winner: Option<RecordIndex>,
}

/// The members side by side, with the choices there are.
#[derive(Serialize)]
struct SideDocument {
    members: Vec<Member>,
    rows: Vec<RowDocument>,
}

impl SideDocument {
    fn new(side: SideBySide, item: &Item) -> Self {
        let chosen: &[Choice] = match &item.verdict {
            Some(Verdict::Merge { values, .. }) => values,
            _ => &[],
        };
        let fields = &item.group.golden.fields;
        let rows = side.rows.into_iter().map(|row| {
            let field = fields.iter().find(|field| label_of(&field.field) == row.field);
            let values = row.cells.iter().filter(|cell| cell.kind != CellKind::Empty).count();
            let possible = field.filter(|field| values > 1 && Choice::is_possible(&field.field));
            let winner = field.map(|field| {
                chosen.iter().find(|choice| choice.field == field.field).map_or(field.from, |choice| choice.from)
            });
            RowDocument { key: possible.map(|field| field.field.clone()), winner, field: row.field, cells: row.cells }
        });
        Self { rows: rows.collect(), members: side.members }
    }
}

/// One group in full.
#[derive(Serialize)]
pub(super) struct GroupDocument<'a> {
    group: u32,
    position: usize,
    revision: u32,
    weight: Option<f64>,
    review_reason: Option<&'a str>,
    survivor_reason: &'a str,
    verdict: Option<&'a Verdict>,
    side: SideDocument,
    members: usize,
    /// All members, those that are not shown too.
    records: &'a [RecordIndex],
    pairs: Vec<PairLine<'a>>,
}

impl<'a> GroupDocument<'a> {
    pub(super) fn new(plan: &'a Plan, position: usize, item: &'a Item) -> Self {
        let mut side = side_by_side(plan, &item.group, MEMBERS);
        for cell in side.rows.iter_mut().flat_map(|row| &mut row.cells) {
            cell.value = shorten(std::mem::take(&mut cell.value));
        }
        for member in &mut side.members {
            member.headline = shorten(std::mem::take(&mut member.headline));
        }
        Self {
            group: item.group.id,
            position,
            revision: item.revision,
            weight: loosest(&item.group).map(|weight| weight.0),
            review_reason: item.group.review_reason.as_deref(),
            survivor_reason: &item.group.golden.reason,
            verdict: item.verdict.as_ref(),
            side: SideDocument::new(side, item),
            members: item.group.members.len(),
            records: &item.group.members,
            pairs: pairs(plan, &item.group),
        }
    }
}

fn pairs<'a>(plan: &'a Plan, group: &Group) -> Vec<PairLine<'a>> {
    let pairs = pairs_of(plan, group).into_iter().take(PAIRS);
    pairs.map(|pair| PairLine { pair, probability: pair.weight.probability() }).collect()
}

fn shorten(text: String) -> String {
    match text.char_indices().nth(VALUE) {
        None => text,
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// The token of the address.
#[derive(Deserialize)]
pub(super) struct TokenRequest {
    pub(super) token: String,
}

/// The key it is exchanged for.
#[derive(Serialize)]
pub(super) struct KeyAnswer<'a> {
    pub(super) key: &'a str,
}

/// What a person said.
#[derive(Deserialize)]
pub(super) struct DecideRequest {
    pub(super) position: usize,
    pub(super) revision: u32,
    pub(super) verdict: Verdict,
}

/// What that led to.
#[derive(Serialize)]
pub(super) struct DecideAnswer<'a> {
    pub(super) revision: u32,
    pub(super) verdict: Option<&'a Verdict>,
    pub(super) progress: Progress,
}

/// What went wrong, in words for a person.
#[derive(Serialize)]
pub(super) struct Problem {
    pub(super) message: String,
}
