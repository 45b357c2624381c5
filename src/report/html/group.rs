//! The groups of the page: members side by side, the evidence as waterfalls, refused joins, planned actions.

use std::collections::HashMap;

use crate::link::{Group, RecordIndex, ScoredPair, Veto};
use crate::plan::{Action, Plan};

use super::super::lookup::{ActionsByGroup, AppliedActions, source_name, weakest_first};
use super::super::sanitize::shorten;
use super::super::view::{SideBySide, headline_parts, side_by_side};
use super::super::words;
use super::{ActionView, VALUE, action_view, number};

/// Groups in the page.
const GROUPS: usize = 500;
/// Members of one group in the page.
const MEMBERS: usize = 12;
/// Pairs of one group in the page, the weakest first.
const PAIRS: usize = 8;
/// Characters of values in all groups together: the page stays quick to open whatever is in the cells.
const BUDGET: usize = 6_000_000;

pub(super) struct TermView {
    pub(super) name: &'static str,
    pub(super) level: String,
    pub(super) weight: String,
    /// Where the bar starts and how long it is, in percent of the width.
    pub(super) left: String,
    pub(super) width: String,
    pub(super) positive: bool,
}

pub(super) struct PairView {
    pub(super) left: String,
    pub(super) right: String,
    pub(super) terms: Vec<TermView>,
    pub(super) total: String,
    pub(super) probability: String,
    pub(super) found_by: &'static str,
}

pub(super) struct GroupView<'a> {
    pub(super) id: u32,
    pub(super) band: &'static str,
    pub(super) weight: String,
    pub(super) members: String,
    pub(super) headline: String,
    pub(super) email: String,
    pub(super) review_reason: String,
    pub(super) survivor_reason: &'a str,
    pub(super) side: SideBySide,
    pub(super) members_left_out: usize,
    pub(super) pairs: Vec<PairView>,
    pub(super) pairs_left_out: usize,
    pub(super) vetoes: Vec<String>,
    pub(super) actions: Vec<ActionView>,
}

/// The first groups, as many as fit the limits.
pub(super) fn group_views<'a>(plan: &'a Plan, groups: &[&'a Group], states: &AppliedActions<'_>) -> Vec<GroupView<'a>> {
    let by_group = ActionsByGroup::new(plan);
    let shown: Vec<&Group> = groups.iter().copied().take(GROUPS).collect();
    let mut pairs = pairs_by_group(plan, &shown);
    let mut vetoes = vetoes_by_group(plan, &shown);
    let mut budget = BUDGET;
    let mut views = Vec::with_capacity(shown.len());
    for (at, group) in shown.into_iter().enumerate() {
        let of_group = pairs.get_mut(at).map(std::mem::take).unwrap_or_default();
        let refused = vetoes.get_mut(at).map(std::mem::take).unwrap_or_default();
        let view =
            group_view(plan, group, &Evidence { pairs: of_group, vetoes: refused }, by_group.of(group.id), states);
        let size: usize = view.side.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.value.len()).sum();
        let Some(left) = budget.checked_sub(size) else { break };
        budget = left;
        views.push(view);
    }
    views
}

/// Why a group is what it is.
struct Evidence<'a> {
    pairs: Vec<&'a ScoredPair>,
    vetoes: Vec<&'a Veto>,
}

/// Which of the shown groups a record is in.
fn shown_members(shown: &[&Group]) -> HashMap<RecordIndex, usize> {
    let members =
        shown.iter().enumerate().flat_map(|(at, group)| group.members.iter().map(move |member| (*member, at)));
    members.collect()
}

/// The pairs of each shown group, in one pass over all pairs.
fn pairs_by_group<'a>(plan: &'a Plan, shown: &[&Group]) -> Vec<Vec<&'a ScoredPair>> {
    let group_of = shown_members(shown);
    let mut pairs: Vec<Vec<&ScoredPair>> = vec![Vec::new(); shown.len()];
    for pair in &plan.linkage.pairs {
        if let (Some(left), Some(right)) = (group_of.get(&pair.left), group_of.get(&pair.right))
            && left == right
            && let Some(list) = pairs.get_mut(*left)
        {
            list.push(pair);
        }
    }
    pairs
}

/// The refused joins that touch each shown group; one between two groups is told in both.
fn vetoes_by_group<'a>(plan: &'a Plan, shown: &[&Group]) -> Vec<Vec<&'a Veto>> {
    let group_of = shown_members(shown);
    let mut vetoes: Vec<Vec<&Veto>> = vec![Vec::new(); shown.len()];
    for veto in &plan.linkage.vetoes {
        let (left, right) = (group_of.get(&veto.left), group_of.get(&veto.right));
        for at in [left, right.filter(|right| left != Some(*right))].into_iter().flatten() {
            if let Some(list) = vetoes.get_mut(*at) {
                list.push(veto);
            }
        }
    }
    vetoes
}

fn place(plan: &Plan, index: RecordIndex) -> String {
    plan.record(index).map_or_else(String::new, |record| {
        format!("{} row {}", shorten(source_name(plan, record.origin.source), 60), record.origin.row)
    })
}

fn veto_line(plan: &Plan, veto: &Veto) -> String {
    format!(
        "{} and {} (weight {}): {}, between {} and {}",
        place(plan, veto.left),
        place(plan, veto.right),
        words::weight(veto.weight.0),
        words::veto(veto.reason),
        place(plan, veto.between.0),
        place(plan, veto.between.1)
    )
}

fn group_view<'a>(
    plan: &'a Plan,
    group: &'a Group,
    evidence: &Evidence<'_>,
    planned: &[&Action],
    states: &AppliedActions<'_>,
) -> GroupView<'a> {
    let Evidence { pairs, vetoes } = evidence;
    let mut pairs = pairs.clone();
    weakest_first(&mut pairs);
    let mut side = side_by_side(plan, group, MEMBERS);
    for cell in side.rows.iter_mut().flat_map(|row| &mut row.cells) {
        cell.value = shorten(&cell.value, VALUE).into_owned();
    }
    for member in &mut side.members {
        member.headline = shorten(&member.headline, VALUE).into_owned();
    }
    let (name, email) = plan.record(group.golden.survivor).map(headline_parts).unwrap_or_default();
    GroupView {
        id: group.id,
        band: words::band(group.band),
        weight: group.weight.map(|weight| words::weight(weight.0)).unwrap_or_default(),
        members: number(group.members.len()),
        headline: shorten(&name, 60).into_owned(),
        email: shorten(&email, 60).into_owned(),
        review_reason: group.review_reason.as_deref().map(|why| shorten(why, VALUE).into_owned()).unwrap_or_default(),
        survivor_reason: &group.golden.reason,
        members_left_out: group.members.len().saturating_sub(side.members.len()),
        side,
        pairs: pairs.iter().take(PAIRS).map(|pair| pair_view(plan, pair)).collect(),
        pairs_left_out: pairs.len().saturating_sub(PAIRS),
        vetoes: vetoes.iter().take(PAIRS).map(|veto| veto_line(plan, veto)).collect(),
        actions: planned.iter().map(|action| action_view(action, states)).collect(),
    }
}

/// A waterfall: each term's bar starts where the one before ended.
fn pair_view(plan: &Plan, pair: &ScoredPair) -> PairView {
    let steps = std::iter::once(("prior", "before anything is compared", pair.prior.0))
        .chain(pair.terms.iter().map(|term| (words::comparison(term.comparison), &*term.level, term.weight.0)));
    let ends: Vec<f64> = steps
        .clone()
        .scan(0.0, |sum, (_, _, weight)| {
            *sum += weight;
            Some(*sum)
        })
        .collect();
    let lowest = ends.iter().copied().fold(0.0, f64::min);
    let highest = ends.iter().copied().fold(0.0, f64::max);
    let width = (highest - lowest).max(1.0);
    let percent = |bits: f64| format!("{:.1}", bits / width * 100.0);
    let starts = std::iter::once(0.0).chain(ends.iter().copied());
    let terms = steps
        .zip(starts)
        .map(|((name, level, weight), start)| TermView {
            name,
            level: shorten(level, VALUE).into_owned(),
            weight: words::weight(weight),
            left: percent(start.min(start + weight) - lowest),
            width: percent(weight.abs()),
            positive: weight >= 0.0,
        })
        .collect();
    PairView {
        left: place(plan, pair.left),
        right: place(plan, pair.right),
        terms,
        total: words::weight(pair.weight.0),
        probability: words::probability(pair.weight.probability()),
        found_by: words::blocking_key(pair.found_by),
    }
}
