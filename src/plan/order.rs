//! Drafts of groups → numbered actions in the order they are carried out.
//!
//! The actions of a group stay together, prerequisites first. Groups that only add come before groups that merge,
//! archive or delete, so that a run cut short has done what can be taken back.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Aim, Draft, GroupPlan};
use super::{Action, ActionBody, ActionId, ActionKind, Attribute, NeededAttribute, Outcome, RowPlan, Target};
use crate::link::RecordIndex;

/// Numbers and orders. `rows` is the number of records; each gets exactly one row, in order.
pub(super) fn arrange(
    plans: impl Iterator<Item = GroupPlan>,
    rows: usize,
    only: &BTreeSet<ActionKind>,
) -> (Vec<Action>, Vec<RowPlan>) {
    let mut arranged = Arranged { actions: Vec::new(), rows: (0_u32..).take(rows).map(in_no_group).collect(), only };
    let mut removing = Vec::new();
    for plan in plans {
        let kept = arranged.kept(&plan);
        let removes = plan.drafts.iter().zip(&kept).any(|(draft, kept)| {
            *kept && matches!(draft.body.kind(), ActionKind::Merge | ActionKind::Archive | ActionKind::Delete)
        });
        if removes {
            removing.push((plan, kept));
        } else {
            arranged.add(plan, &kept);
        }
    }
    for (plan, kept) in removing {
        arranged.add(plan, &kept);
    }
    (arranged.actions, arranged.rows)
}

/// The custom attributes that actions write, by name.
pub(super) fn needed(actions: &[Action]) -> Vec<NeededAttribute> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for action in actions {
        let (ActionBody::Create { values: changes, .. } | ActionBody::Update { changes }) = &action.body else {
            continue;
        };
        for change in changes.unpacked() {
            if let Attribute::Custom(name) = change.attribute {
                *counts.entry(name).or_default() += 1;
            }
        }
    }
    counts.into_iter().map(|(name, actions)| NeededAttribute { name, actions }).collect()
}

struct Arranged<'a> {
    actions: Vec<Action>,
    rows: Vec<RowPlan>,
    only: &'a BTreeSet<ActionKind>,
}

impl Arranged<'_> {
    /// Which drafts stay: those of a wanted kind whose prerequisites all stay.
    fn kept(&self, plan: &GroupPlan) -> Vec<bool> {
        let mut kept: Vec<bool> = Vec::with_capacity(plan.drafts.len());
        for draft in &plan.drafts {
            let wanted = self.only.is_empty() || self.only.contains(&draft.body.kind());
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

    fn add(&mut self, plan: GroupPlan, kept: &[bool]) {
        let mut next = u32::try_from(self.actions.len()).unwrap_or(u32::MAX);
        let numbers: Vec<Option<ActionId>> = kept
            .iter()
            .map(|kept| {
                kept.then(|| {
                    next = next.saturating_add(1);
                    ActionId(next)
                })
            })
            .collect();
        let number = |place: &usize| numbers.get(*place).copied().flatten();
        for (place, draft) in plan.drafts.into_iter().enumerate() {
            let Some(id) = number(&place) else { continue };
            let Draft { aim, body, reason, needs } = draft;
            let target = match aim {
                Aim::Existing(contact) => Target::Existing(contact),
                Aim::Made(create) => Target::CreatedBy(number(&create).unwrap_or(id)),
            };
            let needs = needs.iter().filter_map(number).collect();
            self.actions.push(Action { id, group: plan.group, target, body, reason, needs });
        }
        for row in plan.rows {
            let decided_by: Vec<ActionId> = row.decided_by.iter().filter_map(number).collect();
            let hangs_on_something = !row.decided_by.is_empty();
            let left_out = row.essential.is_some_and(|place| number(&place).is_none()) || decided_by.is_empty();
            let (expected, decided_by, reason) = if hangs_on_something && left_out {
                let kinds: Vec<&str> = self.only.iter().map(|kind| kind.name()).collect();
                let reason = format!("left out: only {} is planned", kinds.join(", "));
                (Outcome::Skipped, Vec::new(), reason.into())
            } else {
                (row.expected, decided_by, row.reason)
            };
            if let Some(slot) = usize::try_from(row.record.0).ok().and_then(|index| self.rows.get_mut(index)) {
                *slot = RowPlan { record: row.record, group: plan.group, expected, decided_by, reason };
            }
        }
    }
}

fn in_no_group(index: u32) -> RowPlan {
    RowPlan {
        record: RecordIndex(index),
        group: 0,
        expected: Outcome::Skipped,
        decided_by: Vec::new(),
        reason: "it was not matched".into(),
    }
}
