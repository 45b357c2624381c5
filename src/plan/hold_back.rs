//! A whole plan → the part of it that may be carried out without a person.
//!
//! A group is carried out whole or not at all: what it copies to the survivor makes sense only with the removal it
//! prepares. So every group that removes a contact in a way that is not allowed is held back with all its actions, and so is
//! every certain group of more members than may be joined unseen; their rows say so. Records, evidence and bands stay as
//! they are; a group that is held back for its size waits in the review.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::cost::Cost;
use super::{ActionId, ActionKind, Options, Outcome, Plan, Target};
use crate::link::{Band, Group};

/// Kinds of action that take a contact away.
const REMOVALS: [ActionKind; 3] = [ActionKind::Merge, ActionKind::Archive, ActionKind::Delete];

/// Holds back the groups that would merge, archive or delete although `allowed` does not name that kind. `window_limit` is
/// that of the options the plan was decided with. Also gives how many groups were held back.
#[must_use]
pub fn hold_back(plan: Plan, allowed: &BTreeSet<ActionKind>, window_limit: Option<u32>) -> (Plan, u64) {
    let mut held: BTreeMap<u32, BTreeSet<&'static str>> = BTreeMap::new();
    for action in &plan.actions {
        let kind = action.kind();
        if REMOVALS.contains(&kind) && !allowed.contains(&kind) {
            held.entry(action.group).or_default().insert(kind.name());
        }
    }
    let reason = |kinds: BTreeSet<&str>| {
        let kinds: Vec<&str> = kinds.into_iter().collect();
        format!("held back for a person: its plan needs {}", kinds.join(" and "))
    };
    let held: BTreeMap<u32, String> = held.into_iter().map(|(group, kinds)| (group, reason(kinds))).collect();
    let groups = held.len() as u64;
    if held.is_empty() {
        return (plan, groups);
    }
    (costed(without(plan, &held), window_limit), groups)
}

/// Holds back the groups of more certain members than may be joined unseen, where anything would be done to them. What the
/// plan costs is left to [`costed`].
pub(super) fn hold_large(mut plan: Plan, options: &Options) -> Plan {
    let groups = plan.linkage.groups.iter();
    let large: FxHashSet<u32> = groups.filter(|group| is_too_large(group, options)).map(|group| group.id).collect();
    if large.is_empty() {
        return plan;
    }
    let acting: FxHashSet<u32> =
        plan.actions.iter().map(|action| action.group).filter(|group| large.contains(group)).collect();
    for group in plan.linkage.groups.iter_mut().filter(|group| acting.contains(&group.id)) {
        hold(group, options);
    }
    keep_held(plan)
}

/// Whether a group has more certain members than may be joined unseen.
pub(super) fn is_too_large(group: &Group, options: &Options) -> bool {
    let largest = usize::try_from(options.largest_automatic_group).unwrap_or(usize::MAX);
    group.band == Band::Auto && group.members.len() > largest && group.core().nth(largest).is_some()
}

/// Lets a group wait for a person because it is too large.
pub(super) fn hold(group: &mut Group, options: &Options) {
    let members = group.core().count();
    group.hold(&format!("{members} members are more than {}", options.largest_automatic_group));
}

/// Holds back the groups that wait for a person since they were planned first. What the plan costs is left to [`costed`].
pub(super) fn keep_held(plan: Plan) -> Plan {
    let held = plan.linkage.groups.iter().filter(|group| group.is_held());
    let held = held.map(|group| (group.id, group.review_reason.clone().unwrap_or_default())).collect();
    without(plan, &held)
}

/// The plan with what carrying it out takes: the attributes its actions need, and the forecast.
pub(super) fn costed(mut plan: Plan, window_limit: Option<u32>) -> Plan {
    let cost = Cost::of_plan(&plan.actions, &plan.records);
    (plan.attributes, plan.forecast) = (cost.needed(), cost.forecast(window_limit));
    plan
}

/// The plan without the actions of these groups, each with the reason its rows are given.
fn without(plan: Plan, held: &BTreeMap<u32, String>) -> Plan {
    if held.is_empty() {
        return plan;
    }
    let mut plan = plan;
    let mut numbers: FxHashMap<ActionId, ActionId> = FxHashMap::default();
    plan.actions.retain(|action| !held.contains_key(&action.group));
    for (next, action) in (1..).zip(&mut plan.actions) {
        numbers.insert(action.id, ActionId(next));
        action.id = ActionId(next);
    }
    let renumber = |id: &mut ActionId| {
        if let Some(new) = numbers.get(id) {
            *id = *new;
        }
    };
    for action in &mut plan.actions {
        if let Target::CreatedBy(create) = &mut action.target {
            renumber(create);
        }
        action.needs.iter_mut().for_each(renumber);
    }
    for row in &mut plan.rows {
        match held.get(&row.group) {
            Some(reason) if !row.decided_by.is_empty() => {
                row.reason = reason.clone().into();
                row.expected = Outcome::Skipped;
                row.decided_by.clear();
            }
            _ => row.decided_by.iter_mut().for_each(renumber),
        }
    }
    plan
}
