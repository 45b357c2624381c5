//! What an undo could and could not put back, told from the journal alone.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Error;
use super::request::Request;
use super::undo::effects;
use crate::contact::IntercomId;
use crate::plan::{Action, ActionBody, ActionKind, Attribute, StandardAttribute};
use crate::store::{ActionWork, AttemptResult, Choice, PlanFile, last_place};

/// What an undo can and cannot put back, in counts of requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UndoForecast {
    /// What would be put back: "attribute values restored", "tags taken off"…
    pub restorable: BTreeMap<&'static str, u64>,
    /// What stays as it is: "leads merged", "notes added"…
    pub irreversible: BTreeMap<&'static str, u64>,
}

/// Tells what an undo could put back. Reads only the plan file.
pub fn forecast_undo(plan_file: &PlanFile) -> Result<UndoForecast, Error> {
    let mut forecast = UndoForecast::default();
    plan_file.arrange_work(Choice::Tried)?;
    let mut after = None;
    loop {
        let page = plan_file.groups(after, 256)?;
        if page.is_empty() {
            return Ok(forecast);
        }
        after = last_place(&page);
        for actions in &page {
            forecast.add(actions);
        }
    }
}

impl UndoForecast {
    fn add(&mut self, actions: &[ActionWork]) {
        let made: Vec<String> = actions
            .iter()
            .flat_map(|work| effects(&work.attempts))
            .filter_map(|(attempt, request)| match (&attempt.result, request) {
                (Some(AttemptResult::Done { id }), Request::Create) => id.clone(),
                _ => None,
            })
            .collect();
        // What hangs on a contact that will be deleted goes with it
        let goes = |id: &IntercomId| made.iter().any(|made| **made == *id.0);
        for work in actions {
            let forever = matches!(work.action.kind(), ActionKind::Merge | ActionKind::Delete);
            for (_, request) in effects(&work.attempts) {
                let what = match request {
                    Request::Merge { .. } => Err("leads that were merged stay merged"),
                    Request::Delete(_) => Err("contacts that were deleted stay deleted"),
                    _ if forever => continue,
                    Request::Create => Ok("contacts deleted that were made"),
                    Request::Archive(_) => Ok("contacts restored from the archive"),
                    Request::Update(id) if !goes(&id) => {
                        if never_taken_back(&work.action) {
                            *self.irreversible.entry("opt-outs and promotions stay").or_default() += 1;
                        }
                        Ok("contacts given their values back")
                    }
                    Request::AttachTag(id, _) if !goes(&id) => Ok("tags taken off"),
                    Request::AttachCompany(id, _) if !goes(&id) => Ok("companies taken off"),
                    Request::OptIn(id, _) if !goes(&id) => Ok("subscriptions ended that were begun"),
                    Request::OptOut(id, _) if !goes(&id) => Err("opt-outs and promotions stay"),
                    Request::AddNote(id, _) if !goes(&id) => Err("notes that were added stay"),
                    Request::JoinConversation { .. } => Err("conversations keep the participant that was added"),
                    _ => continue,
                };
                let count = match what {
                    Ok(what) => self.restorable.entry(what),
                    Err(what) => self.irreversible.entry(what),
                };
                *count.or_default() += 1;
            }
        }
    }
}

/// Whether an action opts somebody out or makes a lead a user.
fn never_taken_back(action: &Action) -> bool {
    let ActionBody::Update { changes } = &action.body else { return false };
    changes.iter().any(|change| {
        matches!(
            change.attribute,
            Attribute::Standard(StandardAttribute::UnsubscribedFromEmails | StandardAttribute::Role)
        )
    })
}
