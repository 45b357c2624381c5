//! Finds things in a plan: the group of a record, the pairs and actions of a group, the name of a source.
//!
//! A plan read from a file may be damaged, so nothing here trusts an index.

use crate::contact::{Record, SourceId};
use crate::ingest::Source;
use crate::link::{Group, RecordIndex, ScoredPair};
use crate::plan::{Action, Plan, RowPlan};

use super::applied::{Applied, AppliedAction, AppliedRow};

fn position(index: RecordIndex) -> usize {
    usize::try_from(index.0).unwrap_or(usize::MAX)
}

/// Which group each record is in. One pass over the plan; four bytes a record.
pub(super) struct Lookup<'a> {
    plan: &'a Plan,
    group_of: Vec<u32>,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let mut group_of = vec![u32::MAX; plan.records.len()];
        for (at, group) in (0_u32..).zip(&plan.linkage.groups) {
            for member in &group.members {
                if let Some(slot) = group_of.get_mut(position(*member)) {
                    *slot = at;
                }
            }
        }
        Self { plan, group_of }
    }

    /// The group a record is in.
    pub(super) fn group(&self, record: RecordIndex) -> Option<&'a Group> {
        let at = *self.group_of.get(position(record))?;
        self.plan.linkage.groups.get(usize::try_from(at).ok()?)
    }

    /// The index of every record, in input order.
    pub(super) fn indices(&self) -> impl Iterator<Item = RecordIndex> + use<> {
        let records = self.group_of.len();
        (0_u32..).map(RecordIndex).take(records)
    }

    /// Records with their index, in input order.
    pub(super) fn records(&self) -> impl Iterator<Item = (RecordIndex, &'a Record)> + use<'a> {
        (0_u32..).map(RecordIndex).zip(&self.plan.records)
    }

    /// Records with their index, ordered by source and row, whatever order the plan holds them in.
    pub(super) fn records_by_row(&self) -> Vec<(RecordIndex, &'a Record)> {
        let mut records: Vec<_> = self.records().collect();
        records.sort_by_key(|(index, record)| (record.origin, *index));
        records
    }
}

/// What is planned for a record. `rows` is documented to be in record order.
pub(super) fn row_plan(plan: &Plan, record: RecordIndex) -> Option<&RowPlan> {
    let expected = plan.rows.get(position(record)).filter(|row| row.record == record);
    expected.or_else(|| plan.rows.binary_search_by_key(&record, |row| row.record).ok().and_then(|at| plan.rows.get(at)))
}

/// The source with that number.
pub(super) fn source(plan: &Plan, id: SourceId) -> Option<&Source> {
    let expected = plan.sources.get(usize::from(id.0)).filter(|source| source.id == id);
    expected.or_else(|| plan.sources.iter().find(|source| source.id == id))
}

/// The name of the source with that number; empty when the plan has none.
pub(super) fn source_name(plan: &Plan, id: SourceId) -> &str {
    name_among(&plan.sources, id)
}

/// The name of the source with that number among these.
pub(super) fn name_among(sources: &[Source], id: SourceId) -> &str {
    let expected = sources.get(usize::from(id.0)).filter(|source| source.id == id);
    expected.or_else(|| sources.iter().find(|source| source.id == id)).map_or("", |source| source.name.as_str())
}

/// The group with that number.
pub(super) fn group_by_id(plan: &Plan, id: u32) -> Option<&Group> {
    let expected = usize::try_from(id).ok()?.checked_sub(1).and_then(|at| plan.linkage.groups.get(at));
    expected.filter(|group| group.id == id).or_else(|| plan.linkage.groups.iter().find(|group| group.id == id))
}

/// Pairs whose two records are in the group, found by binary search: pairs are documented to be ordered by their left
/// record.
pub(crate) fn pairs_of<'a>(plan: &'a Plan, group: &Group) -> Vec<&'a ScoredPair> {
    let pairs = &plan.linkage.pairs;
    let mut members = group.members.clone();
    members.sort_unstable();
    let of_member = |member: &RecordIndex| {
        let start = pairs.partition_point(|pair| pair.left < *member);
        let end = pairs.partition_point(|pair| pair.left <= *member);
        pairs.get(start..end).unwrap_or_default()
    };
    members.iter().flat_map(of_member).filter(|pair| members.binary_search(&pair.right).is_ok()).collect()
}

/// The weakest pair first: it is the one to look at.
pub(super) fn weakest_first(pairs: &mut [&ScoredPair]) {
    pairs.sort_by(|one, other| {
        one.weight.0.total_cmp(&other.weight.0).then((one.left, one.right).cmp(&(other.left, other.right)))
    });
}

/// Actions of every group, found by binary search.
#[derive(Debug)]
pub(super) struct ActionsByGroup<'a>(Vec<&'a Action>);

impl<'a> ActionsByGroup<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let mut actions: Vec<&Action> = plan.actions.iter().collect();
        actions.sort_by_key(|action| (action.group, action.id));
        Self(actions)
    }

    pub(super) fn of(&self, group: u32) -> &[&'a Action] {
        let start = self.0.partition_point(|action| action.group < group);
        let end = self.0.partition_point(|action| action.group <= group);
        self.0.get(start..end).unwrap_or_default()
    }
}

/// What became of every record, by record.
pub(super) struct AppliedRows<'a>(Vec<Option<&'a AppliedRow<'a>>>);

impl<'a> AppliedRows<'a> {
    pub(super) fn new(plan: &Plan, applied: &'a Applied<'a>) -> Self {
        let mut rows = vec![None; plan.records.len()];
        for row in applied.rows {
            if let Some(slot) = rows.get_mut(position(row.record)) {
                *slot = Some(row);
            }
        }
        Self(rows)
    }

    pub(super) fn of(&self, record: RecordIndex) -> Option<&'a AppliedRow<'a>> {
        self.0.get(position(record)).copied().flatten()
    }
}

/// Where every action stands, found by binary search.
#[derive(Debug)]
pub struct AppliedActions<'a>(Vec<AppliedAction<'a>>);

impl<'a> AppliedActions<'a> {
    /// In any order.
    #[must_use]
    pub fn new(mut actions: Vec<AppliedAction<'a>>) -> Self {
        actions.sort_by_key(|action| action.action);
        Self(actions)
    }

    /// What an apply left behind, if there was one.
    pub(super) fn of_apply(applied: Option<&Applied<'a>>) -> Self {
        Self::new(applied.map(|applied| applied.actions.to_vec()).unwrap_or_default())
    }

    pub(super) fn of(&self, action: crate::plan::ActionId) -> Option<&AppliedAction<'a>> {
        let at = self.0.binary_search_by_key(&action, |applied| applied.action).ok()?;
        self.0.get(at)
    }
}
