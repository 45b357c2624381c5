//! What an undo could and could not put back, told from the journal alone.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Error;
use super::request::Request;
use super::undo::{effects, keeps_for_merge};
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

/// Tells what an undo could put back once the open actions have been carried out. Reads only the plan file.
pub fn prospective_undo(plan_file: &PlanFile) -> Result<UndoForecast, Error> {
    let mut forecast = UndoForecast::default();
    for prospect in plan_file.prospects()? {
        let (could, could_not): (Option<&str>, Option<&str>) = match (prospect.kind, prospect.attaches.as_deref()) {
            // What hangs on a contact that will be deleted goes with it
            _ if prospect.to_new => (None, None),
            (ActionKind::Create, _) => (Some(MADE), None),
            (ActionKind::Update, _) if prospect.for_merge => (None, Some(KEPT)),
            (ActionKind::Update, _) => (Some(VALUES), prospect.for_ever.then_some(FOR_EVER)),
            (ActionKind::Archive, _) => (Some(ARCHIVED), None),
            (ActionKind::Merge, _) => (None, Some(MERGED)),
            (ActionKind::Delete, _) => (None, Some(DELETED)),
            (ActionKind::Attach, Some("tag")) => (Some(TAGS), None),
            (ActionKind::Attach, Some("company")) => (Some(COMPANIES), None),
            (ActionKind::Attach, Some("note")) => (None, Some(NOTES)),
            (ActionKind::Attach, _) => (
                Some("contacts whose tags and companies are copied: the copies taken off"),
                Some("contacts whose notes and open conversations are copied: the copies stay"),
            ),
        };
        for (what, counts) in [(could, &mut forecast.restorable), (could_not, &mut forecast.irreversible)] {
            if let Some(what) = what {
                *counts.entry(what).or_default() += prospect.actions;
            }
        }
    }
    Ok(forecast)
}

const MADE: &str = "contacts deleted that were made";
const VALUES: &str = "contacts given their values back";
const ARCHIVED: &str = "contacts restored from the archive";
const TAGS: &str = "tags taken off";
const COMPANIES: &str = "companies taken off";
const NOTES: &str = "notes that were added stay";
const MERGED: &str = "leads that were merged stay merged";
const DELETED: &str = "contacts that were deleted stay deleted";
const KEPT: &str = "attributes that keep values of merged leads stay";
const FOR_EVER: &str = "opt-outs and promotions stay";

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
        let merged =
            actions.iter().any(|work| work.action.kind() == ActionKind::Merge && !effects(&work.attempts).is_empty());
        for work in actions {
            let forever = matches!(work.action.kind(), ActionKind::Merge | ActionKind::Delete);
            for (_, request) in effects(&work.attempts) {
                let what = match request {
                    Request::Merge { .. } => Err(MERGED),
                    Request::Delete(_) => Err(DELETED),
                    _ if forever => continue,
                    Request::Create => Ok(MADE),
                    Request::Archive(_) => Ok(ARCHIVED),
                    Request::Update(_) if merged && keeps_for_merge(&work.action) => Err(KEPT),
                    Request::Update(id) if !goes(&id) => {
                        if never_taken_back(&work.action) {
                            *self.irreversible.entry(FOR_EVER).or_default() += 1;
                        }
                        Ok(VALUES)
                    }
                    Request::AttachTag(id, _) if !goes(&id) => Ok(TAGS),
                    Request::AttachCompany(id, _) if !goes(&id) => Ok(COMPANIES),
                    Request::OptIn(id, _) if !goes(&id) => Ok("subscriptions ended that were begun"),
                    Request::OptOut(id, _) if !goes(&id) => Err(FOR_EVER),
                    Request::AddNote(id, _) if !goes(&id) => Err(NOTES),
                    Request::EnsureTag | Request::EnsureCompany => {
                        Err("names of tags and companies stay in the workspace")
                    }
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
