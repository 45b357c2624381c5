//! What an apply left behind, as this room is given it. The caller borrows it from the plan file's journal.

use crate::contact::{IntercomId, Timestamp};
use crate::link::RecordIndex;
use crate::plan::{ActionId, Outcome};

/// What became of one record.
#[derive(Clone, Copy, Debug)]
pub struct AppliedRow<'a> {
    /// The record.
    pub record: RecordIndex,
    /// What became of it.
    pub outcome: Outcome,
    /// The contact that stands for it now.
    pub contact: Option<&'a IntercomId>,
    /// Why, in one sentence.
    pub message: &'a str,
}

/// Where one action stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Not begun.
    Pending,
    /// Carried out.
    Done,
    /// The workspace already was as wanted.
    AlreadySo,
    /// Left alone because the workspace moved.
    Stale,
    /// Refused, or a prerequisite failed.
    Failed,
    /// Could not be settled.
    Unknown,
}

impl Progress {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::AlreadySo => "already_so",
            Self::Stale => "stale",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// Where one action stands, and why.
#[derive(Clone, Copy, Debug)]
pub struct AppliedAction<'a> {
    /// The action.
    pub action: ActionId,
    /// Where it stands.
    pub progress: Progress,
    /// The server's own words, or why it was left alone; empty when there is nothing to say.
    pub message: &'a str,
    /// The contact a `create` made or found.
    pub contact: Option<&'a IntercomId>,
}

/// Everything an apply left behind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Applied<'a> {
    /// What became of records, in any order; a record that is not named is still to be done.
    pub rows: &'a [AppliedRow<'a>],
    /// Where actions stand, in any order; an action that is not named is pending.
    pub actions: &'a [AppliedAction<'a>],
    /// Requests sent that write.
    pub requests: u64,
    /// Those of them that asked for something a second time, because the first request did not succeed.
    pub repeated: u64,
    /// When each of them was sent, in any order; empty when nobody knows.
    pub sent_at: &'a [Timestamp],
    /// Answers 429, when somebody counted them.
    pub rate_limited: Option<u64>,
    /// When the first was sent.
    pub started_at: Option<Timestamp>,
    /// When the last was answered.
    pub ended_at: Option<Timestamp>,
}

impl Applied<'_> {
    /// Seconds between the first request and the last answer.
    pub(super) fn seconds(&self) -> Option<u64> {
        let seconds = self.ended_at?.0.checked_sub(self.started_at?.0)?;
        u64::try_from(seconds).ok()
    }
}
