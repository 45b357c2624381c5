//! What became of every row, from where its actions stand. Pure: every planned row ends in exactly one outcome.

use crate::contact::IntercomId;
use crate::plan::{Action, ActionBody, ActionKind, Outcome, Target};
use crate::store::{ActionState, ActionWork, AttemptResult, RowOutcome, RowWork};

/// The outcome of one row. The worst of its actions decides; only when all went well is it what was planned.
pub(super) fn of(row: &RowWork) -> RowOutcome {
    let record = row.plan.record;
    let contact = standing_contact(row);
    let with = |outcome, message: String| RowOutcome { record, outcome, contact: contact.clone(), message };
    if row.plan.decided_by.is_empty() {
        return with(row.plan.expected, row.plan.reason.to_string());
    }
    if row.actions.len() != row.plan.decided_by.len() {
        return with(Outcome::Failed, "the plan lacks an action of this row; make it again".to_owned());
    }
    let worst = row.actions.iter().max_by_key(|work| (severity(&work.state), std::cmp::Reverse(work.action.id)));
    let Some(worst) = worst else { return with(row.plan.expected, row.plan.reason.to_string()) };
    let number = worst.action.id.0;
    let begun = row.actions.iter().any(|work| matches!(work.state, ActionState::Done { .. }));
    let partly = if begun { " (other actions of this row were carried out)" } else { "" };
    match &worst.state {
        ActionState::Unknown { message } => with(Outcome::Unknown, format!("action {number}: {message}{partly}")),
        ActionState::Failed { message } => with(Outcome::Failed, format!("action {number}: {message}{partly}")),
        ActionState::Stale { message } => with(Outcome::Skipped, format!("action {number}: {message}{partly}")),
        ActionState::Pending => {
            with(Outcome::Skipped, format!("not carried out yet; apply the plan again to go on{partly}"))
        }
        ActionState::AlreadySo => with(Outcome::Unchanged, "the workspace already was as planned".to_owned()),
        ActionState::Done { .. } => {
            let outcome = achieved(row);
            let message = if outcome == row.plan.expected {
                row.plan.reason.to_string()
            } else {
                "a contact with this e-mail or external id was there already; it was given what it lacked".to_owned()
            };
            with(outcome, message)
        }
    }
}

/// Higher is worse. `Done` counts more than `AlreadySo`, so that a row with both is what was planned.
fn severity(state: &ActionState) -> u8 {
    match state {
        ActionState::AlreadySo => 0,
        ActionState::Done { .. } => 1,
        ActionState::Pending => 2,
        ActionState::Stale { .. } => 3,
        ActionState::Failed { .. } => 4,
        ActionState::Unknown { .. } => 5,
    }
}

/// What was planned, except that a create which found a contact made none.
fn achieved(row: &RowWork) -> Outcome {
    let create = row.actions.iter().find(|work| work.action.kind() == ActionKind::Create);
    match (row.plan.expected, create) {
        (Outcome::Created, Some(create)) if !made_contact(create) => Outcome::Updated,
        (expected, _) => expected,
    }
}

/// Whether a create made its contact, rather than found one: then a request of it ended with that contact's id.
pub(super) fn made_contact(create: &ActionWork) -> bool {
    let ActionState::Done { contact: Some(contact) } = &create.state else { return false };
    create.attempts.iter().any(|attempt| {
        matches!(&attempt.result, Some(AttemptResult::Done { id: Some(id) }) if **id == *contact.0)
            && attempt.request.parse() == Ok(super::request::Request::Create)
    })
}

/// The contact that stands for the row now: the survivor of its last action, or the contact it describes.
fn standing_contact(row: &RowWork) -> Option<IntercomId> {
    let carried_out = |work: &&ActionWork| matches!(work.state, ActionState::Done { .. } | ActionState::AlreadySo);
    let last = row.actions.iter().rev().filter(carried_out).find_map(|work| survivor(work, row));
    last.or_else(|| row.contact.clone())
}

fn survivor(work: &ActionWork, row: &RowWork) -> Option<IntercomId> {
    let Action { target, body, .. } = &work.action;
    let stays = match body {
        ActionBody::Archive { survivor } | ActionBody::Delete { survivor } => survivor,
        _ => target,
    };
    match stays {
        Target::Existing(id) => Some(id.clone()),
        Target::CreatedBy(create) => {
            row.actions.iter().find(|work| work.action.id == *create).and_then(|work| match &work.state {
                ActionState::Done { contact } => contact.clone(),
                _ => None,
            })
        }
    }
}
