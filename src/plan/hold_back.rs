//! A whole plan → the part of it that may be carried out without a person.
//!
//! A group is carried out whole or not at all: what it copies to the survivor makes sense only with the removal it
//! prepares. So every group that removes a contact in a way that is not allowed is held back with all its actions, and its
//! rows say so. Groups, evidence and records stay as they are.

use std::collections::{BTreeMap, BTreeSet};

use super::forecast::forecast;
use super::order::needed;
use super::{ActionId, ActionKind, Outcome, Plan, Target};

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
    if held.is_empty() {
        return (plan, 0);
    }
    let mut plan = plan;
    let mut numbers: BTreeMap<ActionId, ActionId> = BTreeMap::new();
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
            Some(kinds) if !row.decided_by.is_empty() => {
                let kinds: Vec<&str> = kinds.iter().copied().collect();
                row.reason = format!("held back for a person: its plan needs {}", kinds.join(" and ")).into();
                row.expected = Outcome::Skipped;
                row.decided_by.clear();
            }
            _ => row.decided_by.iter_mut().for_each(renumber),
        }
    }
    plan.attributes = needed(&plan.actions);
    plan.forecast = forecast(&plan.actions, &plan.attributes, &plan.records, window_limit);
    (plan, held.len() as u64)
}
