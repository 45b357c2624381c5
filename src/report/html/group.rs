//! The groups of the page: a short line about each, to search, filter and sort; and all about it, for when it is opened:
//! members side by side, the evidence, refused joins, planned actions.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::contact::Field;
use crate::link::{Band, Group, RecordIndex, ScoredPair, Veto};
use crate::plan::{Action, ActionKind, Reversibility};

use super::super::actions;
use super::super::applied::Progress;
use super::super::lookup::{AppliedActions, pairs_of, source_name, weakest_first};
use super::super::sanitize::shorten;
use super::super::subject::{Excerpt, Kinds};
use super::super::view::{CellKind, headline, headline_parts, side_by_side};
use super::super::words;
use super::VALUE;

/// Members of one group in the page.
const MEMBERS: usize = 12;
/// Pairs and refused joins of one group in the page, the weakest first.
const PAIRS: usize = 8;
/// Actions of one group in the page.
const ACTIONS: usize = 60;
/// Characters of a name or address in the line about a group.
const SHORT: usize = 60;
/// Characters of all other members' names and addresses together, to be searched.
const OTHERS: usize = 240;

/// A few words about a group: number, whether it waits for a person, band, weight, members, letters of the kinds of
/// action, name, e-mail, the other members, why it waits.
pub(super) type Line = (u32, bool, &'static str, Option<f64>, usize, String, String, String, String, String);

/// Everything about a group.
#[derive(Serialize)]
pub(super) struct Detail {
    /// Source, row, what it is, id, whether it survives, whether it is loose.
    members: Vec<(String, u32, String, String, bool, bool)>,
    members_left_out: usize,
    /// Field, then value and kind of every member.
    fields: Vec<(String, Vec<(String, u8)>)>,
    /// Why the survivor stays.
    stays: String,
    /// The two ends, prior, terms (comparison, level, weight), total, probability, blocking key.
    pairs: Vec<Pair>,
    pairs_left_out: usize,
    /// Refused joins in words.
    refused: Vec<String>,
    actions: Vec<ActionLine>,
    actions_left_out: usize,
}

type Pair = (String, String, f64, Vec<(&'static str, String, f64)>, f64, String, &'static str);

/// Number, kind, contact, before, after, why, group, whether it cannot be undone, state, message.
pub(super) type ActionLine = (u32, &'static str, String, String, String, String, u32, bool, &'static str, String);

/// Says what the page is told about groups.
pub(super) struct About<'e, 'a>(pub(super) &'e Excerpt<'a>);

/// The letter that stands for a kind of action.
pub(super) fn letter(kind: ActionKind) -> char {
    match kind {
        ActionKind::Create => 'c',
        ActionKind::Update => 'u',
        ActionKind::Merge => 'm',
        ActionKind::Attach => 't',
        ActionKind::Archive => 'a',
        ActionKind::Delete => 'd',
    }
}

/// An action as the page is told it.
pub(super) fn action_line(action: &Action, states: &AppliedActions<'_>) -> ActionLine {
    let text = actions::before_after(action);
    let state = states.of(action.id);
    (
        action.id.0,
        action.kind().name(),
        shorten(&actions::target(action), VALUE).into_owned(),
        shorten(&text.before, 2 * VALUE).into_owned(),
        shorten(&text.after, 2 * VALUE).into_owned(),
        shorten(&action.reason, VALUE).into_owned(),
        action.group,
        action.reversibility() == Reversibility::Irreversible,
        state.map_or(Progress::Pending, |state| state.progress).name(),
        state.map(|state| shorten(state.message, 2 * VALUE).into_owned()).unwrap_or_default(),
    )
}

fn short(text: &str, limit: usize) -> String {
    shorten(text, limit).into_owned()
}

/// Two decimals are all the page shows.
fn rounded(bits: f64) -> f64 {
    (bits * 100.0).round() / 100.0
}

impl About<'_, '_> {
    /// The few words.
    pub(super) fn line(&self, group: &Group, kinds: Kinds) -> Line {
        let plan = self.0.plan;
        let (name, email) = plan.record(group.golden.survivor).map(headline_parts).unwrap_or_default();
        let mut others = String::new();
        for other in group.members.iter().filter(|member| **member != group.golden.survivor) {
            if others.len() > OTHERS {
                break;
            }
            let Some(record) = plan.record(*other) else { continue };
            if !others.is_empty() {
                others.push_str(", ");
            }
            others.push_str(&shorten(&headline(record), 2 * SHORT));
        }
        let kinds: BTreeSet<char> = kinds.iter().map(letter).collect();
        (
            group.id,
            group.is_open(),
            match (group.band, group.loose.is_empty() && !group.is_held()) {
                (Band::Auto, false) => "auto?",
                (band, _) => words::band(band),
            },
            group.weight.map(|weight| rounded(weight.0)),
            group.members.len(),
            kinds.into_iter().collect(),
            short(&name, SHORT),
            short(&email, SHORT),
            short(&others, OTHERS),
            group.review_reason.as_deref().map(|why| short(why, VALUE)).unwrap_or_default(),
        )
    }

    /// All about it.
    pub(super) fn detail(&self, group: &Group) -> Detail {
        let Excerpt { plan, actions, states, vetoes, .. } = self.0;
        let side = side_by_side(plan, group, MEMBERS);
        let mut pairs = pairs_of(plan, group);
        weakest_first(&mut pairs);
        let refused: BTreeSet<(RecordIndex, RecordIndex)> = group
            .members
            .iter()
            .filter_map(|member| vetoes.get(member))
            .flatten()
            .map(|veto| (veto.left, veto.right))
            .collect();
        let refused_lines = refused.iter().take(PAIRS).filter_map(|(left, right)| {
            let veto = vetoes.get(left)?.iter().find(|veto| veto.right == *right)?;
            Some(self.veto_line(veto))
        });
        let planned = actions.of(group.id);
        let members: Vec<_> = side
            .members
            .into_iter()
            .map(|member| {
                let what = format!("{} {}", member.side, member.role);
                let (source, id) = (short(&member.source, SHORT), short(&member.id, SHORT));
                (source, member.row, what.trim_end().to_owned(), id, member.survivor, member.loose)
            })
            .collect();
        Detail {
            members_left_out: group.members.len().saturating_sub(members.len()),
            members,
            fields: side
                .rows
                .into_iter()
                .map(|row| {
                    let cells = row.cells.iter().map(|cell| (short(&cell.value, VALUE), kind_number(cell.kind)));
                    (short(&labelled(group, &row.field), SHORT), cells.collect())
                })
                .collect(),
            stays: short(&group.golden.reason, VALUE),
            pairs: pairs.iter().take(PAIRS).map(|pair| self.pair(pair)).collect(),
            pairs_left_out: pairs.len().saturating_sub(PAIRS),
            refused: refused_lines.collect(),
            actions: planned.iter().take(ACTIONS).map(|action| action_line(action, states)).collect(),
            actions_left_out: planned.len().saturating_sub(ACTIONS),
        }
    }

    fn place(&self, index: RecordIndex) -> String {
        let plan = self.0.plan;
        plan.record(index).map_or_else(String::new, |record| {
            format!("{} row {}", shorten(source_name(plan, record.origin.source), SHORT), record.origin.row)
        })
    }

    fn veto_line(&self, veto: &Veto) -> String {
        let ends = format!(
            "{} and {} (weight {}): {}",
            self.place(veto.left),
            self.place(veto.right),
            words::weight(veto.weight.0),
            words::veto(veto.reason)
        );
        if veto.between == (veto.left, veto.right) {
            ends
        } else {
            format!("{ends}, between {} and {}", self.place(veto.between.0), self.place(veto.between.1))
        }
    }

    fn pair(&self, pair: &ScoredPair) -> Pair {
        let terms = pair
            .terms
            .iter()
            .map(|term| (words::comparison(term.comparison), short(&term.level, VALUE), rounded(term.weight.0)));
        (
            self.place(pair.left),
            self.place(pair.right),
            rounded(pair.prior.0),
            terms.collect(),
            rounded(pair.weight.0),
            words::probability(pair.weight.probability()),
            words::blocking_key(pair.found_by),
        )
    }
}

/// A field's label, with the rule that chose its value.
fn labelled(group: &Group, label: &str) -> String {
    let is_called = |field: &Field| match field {
        Field::Custom(name) | Field::Text(name) | Field::Identifier(name) => **name == *label,
        other => other.to_string() == label,
    };
    let field = group.golden.fields.iter().find(|entry| is_called(&entry.field));
    format!("{label}{}", field.map(words::chosen_by).unwrap_or_default())
}

fn kind_number(kind: CellKind) -> u8 {
    match kind {
        CellKind::Empty => 0,
        CellKind::Same => 1,
        CellKind::Adds => 2,
        CellKind::Differs => 3,
    }
}
