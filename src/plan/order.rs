//! Drafts of groups → numbered actions in the order they are carried out.
//!
//! The actions of a group stay together, prerequisites first. Groups that only add come before groups that merge,
//! archive or delete, so that a run cut short has done what can be taken back.

use std::collections::BTreeSet;

use super::draft::{Aim, Draft, GroupPlan, RowDraft};
use super::{Action, ActionId, ActionKind, Outcome, RowPlan, Target};
use crate::link::RecordIndex;

/// What one group needs, with actions that are numbered from 1 within the group.
#[derive(Clone, Debug)]
pub(super) struct Numbered {
    pub(super) actions: Vec<Action>,
    pub(super) rows: Vec<RowPlan>,
}

impl Numbered {
    /// Leaves out what is not of a kind that is wanted.
    pub(super) fn of(plan: GroupPlan, only: &BTreeSet<ActionKind>) -> Self {
        let kept = kept(&plan, only);
        let mut next = 0;
        let mut number_of = |kept: &bool| {
            kept.then(|| {
                next += 1;
                ActionId(next)
            })
        };
        let numbers: Vec<Option<ActionId>> = kept.iter().map(&mut number_of).collect();
        let number = |place: &usize| numbers.get(*place).copied().flatten();
        let group = plan.group;
        let action = |(place, draft): (usize, Draft)| {
            let id = number(&place)?;
            let Draft { aim, body, reason, needs } = draft;
            let target = match aim {
                Aim::Existing(contact) => Target::Existing(contact),
                Aim::Made(create) => Target::CreatedBy(number(&create).unwrap_or(id)),
            };
            let needs = needs.iter().filter_map(number).collect();
            Some(Action { id, group, target, body, reason, needs })
        };
        let row = |row: RowDraft| {
            let decided_by: Vec<ActionId> = row.decided_by.iter().filter_map(number).collect();
            let hangs_on_something = !row.decided_by.is_empty();
            let left_out = row.essential.is_some_and(|place| number(&place).is_none()) || decided_by.is_empty();
            let (expected, decided_by, reason) = if hangs_on_something && left_out {
                let kinds: Vec<&str> = only.iter().map(|kind| kind.name()).collect();
                let reason = format!("left out: only {} is planned", kinds.join(", "));
                (Outcome::Skipped, Vec::new(), reason.into())
            } else {
                (row.expected, decided_by, row.reason)
            };
            RowPlan { record: row.record, group, expected, decided_by, reason }
        };
        let actions = plan.drafts.into_iter().enumerate().filter_map(action).collect();
        Self { actions, rows: plan.rows.into_iter().map(row).collect() }
    }

    /// Whether it takes a contact away.
    pub(super) fn removes(&self) -> bool {
        let removes = |kind| matches!(kind, ActionKind::Merge | ActionKind::Archive | ActionKind::Delete);
        self.actions.iter().any(|action| removes(action.kind()))
    }

    /// Nothing is done to the group: its rows are skipped for that reason.
    pub(super) fn hold(&mut self, reason: &str) {
        self.actions.clear();
        for row in self.rows.iter_mut().filter(|row| !row.decided_by.is_empty()) {
            row.reason = reason.to_owned().into();
            row.expected = Outcome::Skipped;
            row.decided_by.clear();
        }
    }
}

/// Which drafts stay: those of a wanted kind whose prerequisites all stay.
fn kept(plan: &GroupPlan, only: &BTreeSet<ActionKind>) -> Vec<bool> {
    let mut kept: Vec<bool> = Vec::with_capacity(plan.drafts.len());
    for draft in &plan.drafts {
        let wanted = only.is_empty() || only.contains(&draft.body.kind());
        let stands = |place: &usize| kept.get(*place).copied().unwrap_or(false);
        let made = match &draft.aim {
            Aim::Made(place) if *place < kept.len() => stands(place),
            _ => true,
        };
        let stays = wanted && made && draft.needs.iter().all(stands);
        kept.push(stays);
    }
    kept
}

/// Orders. `rows` is the number of records; each gets exactly one row, in order.
pub(super) fn arrange(
    plans: impl Iterator<Item = GroupPlan>,
    rows: usize,
    only: &BTreeSet<ActionKind>,
) -> (Vec<Action>, Vec<RowPlan>) {
    let mut arranged = Arranged { actions: Vec::new(), rows: (0_u32..).take(rows).map(in_no_group).collect() };
    let mut removing = Vec::new();
    for plan in plans.map(|plan| Numbered::of(plan, only)) {
        if plan.removes() {
            removing.push(plan);
        } else {
            arranged.add(plan);
        }
    }
    for plan in removing {
        arranged.add(plan);
    }
    (arranged.actions, arranged.rows)
}

struct Arranged {
    actions: Vec<Action>,
    rows: Vec<RowPlan>,
}

impl Arranged {
    fn add(&mut self, Numbered { actions, rows }: Numbered) {
        let before = u32::try_from(self.actions.len()).unwrap_or(u32::MAX);
        self.actions.extend(actions.into_iter().map(|mut action| {
            action.number_after(before);
            action
        }));
        for mut row in rows {
            row.decided_by.iter_mut().for_each(|action| *action = action.after(before));
            if let Some(slot) = usize::try_from(row.record.0).ok().and_then(|index| self.rows.get_mut(index)) {
                *slot = row;
            }
        }
    }
}

/// What becomes of a record that is in no group.
pub(super) fn in_no_group(index: u32) -> RowPlan {
    RowPlan {
        record: RecordIndex(index),
        group: 0,
        expected: Outcome::Skipped,
        decided_by: Vec::new(),
        reason: "it was not matched".into(),
    }
}
