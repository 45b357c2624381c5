//! What was done: attempts, before-images, action states, outcomes.

use serde::{Deserialize, Serialize};

use crate::contact::{IntercomId, Timestamp};
use crate::link::RecordIndex;
use crate::plan::{ActionId, Outcome};
use crate::report::{AppliedAction, Progress};

/// Number of a journalled request in its plan file, starting at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptId(pub i64);

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptResult {
    /// Carried out; for a create, the id of the new contact; for tags and companies, their id.
    Done {
        /// Id the answer gave.
        id: Option<String>,
    },
    /// Certainly not carried out.
    NotDone {
        /// Why.
        message: String,
    },
    /// May have been carried out.
    InDoubt {
        /// Why.
        message: String,
    },
}

/// One request that writes: the intent, and the result once known. An attempt without result is in doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its number.
    pub id: AttemptId,
    /// The action it belongs to.
    pub action: ActionId,
    /// Step within the action, starting at 0 (an `EverythingOf` has many).
    pub step: u32,
    /// Method and path, without values: `POST /contacts`, `PUT /contacts/5f…`.
    pub request: String,
    /// When the intent was recorded.
    pub intended_at: Timestamp,
    /// The result.
    pub result: Option<AttemptResult>,
    /// When the result was recorded.
    pub ended_at: Option<Timestamp>,
    /// Intercom's request id.
    pub request_id: Option<String>,
}

/// Where an action stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionState {
    /// Not begun, or begun and to be looked at again.
    #[default]
    Pending,
    /// Carried out; for a create, the contact it made or found.
    Done {
        /// The contact.
        contact: Option<IntercomId>,
    },
    /// Nothing had to be done: the workspace already was as wanted.
    AlreadySo,
    /// Left alone because the workspace moved since the plan was made.
    Stale {
        /// What moved, without values.
        message: String,
    },
    /// Refused by Intercom, or a prerequisite failed.
    Failed {
        /// The server's own words and request id.
        message: String,
    },
    /// Could not be settled.
    Unknown {
        /// What to look at.
        message: String,
    },
}

impl ActionState {
    /// The same as a report is told it.
    #[must_use]
    pub fn told(&self, action: ActionId) -> AppliedAction<'_> {
        let (progress, message, contact): (Progress, &str, Option<&IntercomId>) = match self {
            Self::Pending => (Progress::Pending, "", None),
            Self::Done { contact } => (Progress::Done, "", contact.as_ref()),
            Self::AlreadySo => (Progress::AlreadySo, "", None),
            Self::Stale { message } => (Progress::Stale, message, None),
            Self::Failed { message } => (Progress::Failed, message, None),
            Self::Unknown { message } => (Progress::Unknown, message, None),
        };
        AppliedAction { action, progress, message, contact }
    }
}

/// The full state of a contact before its first change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BeforeImage {
    /// The contact.
    pub contact: IntercomId,
    /// When it was read.
    pub read_at: Timestamp,
    /// The contact as the API gave it, with all its tags, companies and notes under those keys.
    pub state: serde_json::Value,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowOutcome {
    /// The record.
    pub record: RecordIndex,
    /// What became of it.
    pub outcome: Outcome,
    /// The contact that stands for it now.
    pub contact: Option<IntercomId>,
    /// Why, in one sentence.
    pub message: String,
}

/// One thing to write into the journal.
#[derive(Clone, Debug, PartialEq)]
pub enum JournalEntry {
    /// A request is about to be sent; its result is `None`.
    Intent(Attempt),
    /// How the request of an attempt ended.
    Result {
        /// The attempt.
        id: AttemptId,
        /// How it ended.
        result: AttemptResult,
        /// When.
        at: Timestamp,
        /// Intercom's request id.
        request_id: Option<String>,
    },
    /// The state of a contact before its first change. The first image of a contact is kept, later ones are ignored.
    BeforeImage(BeforeImage),
    /// Where an action stands.
    State {
        /// The action.
        action: ActionId,
        /// Where it stands.
        state: ActionState,
    },
    /// What became of records; replaces what was recorded for the same records.
    Outcomes(Vec<RowOutcome>),
}

/// One run of `apply` or `undo` on the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Number of the run, starting at 1. Recording a number again replaces it, so that a run can be recorded when it
    /// begins and again when it ends.
    pub number: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` when it was cut off, or is still running.
    pub ended_at: Option<Timestamp>,
    /// Counts and figures, as the run wants to be remembered.
    pub summary: serde_json::Value,
}
