//! What an apply left behind, as this room is given it. The caller borrows it from the plan file's journal.

use std::collections::BTreeMap;

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
    /// Requests a window of ten seconds allowed, as the workspace last said; `None` when nobody noted it.
    pub window_limit: Option<u32>,
    /// When the first was sent.
    pub started_at: Option<Timestamp>,
    /// When the last was answered.
    pub ended_at: Option<Timestamp>,
}

/// Seconds of Intercom's rate-limit windows (developers.intercom.com, rest-api/errors/rate-limiting).
pub const WINDOW_SECONDS: i64 = 10;

/// An apply in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppliedFigures {
    /// Requests sent that write.
    pub requests: u64,
    /// Those of them that asked for something a second time.
    pub repeated: u64,
    /// Requests by the window of [`WINDOW_SECONDS`] they were sent in, counted from the first; empty when nobody knows.
    pub windows: BTreeMap<u64, u64>,
    /// Answers 429, when somebody counted them.
    pub rate_limited: Option<u64>,
    /// Requests a window allowed, as the workspace last said.
    pub window_limit: Option<u32>,
    /// Seconds between the first request and the last answer.
    pub seconds: Option<u64>,
}

impl AppliedFigures {
    /// Of what an apply left behind.
    #[must_use]
    pub fn of(applied: &Applied<'_>) -> Self {
        let first = applied.sent_at.iter().map(|at| at.0).min().unwrap_or_default();
        let mut windows = BTreeMap::new();
        for at in applied.sent_at {
            *windows.entry(u64::try_from((at.0 - first) / WINDOW_SECONDS).unwrap_or(0)).or_default() += 1;
        }
        Self {
            requests: applied.requests,
            repeated: applied.repeated,
            windows,
            rate_limited: applied.rate_limited,
            window_limit: applied.window_limit,
            seconds: Self::seconds_between(applied.started_at, applied.ended_at),
        }
    }

    /// The seconds from one moment to another, where both are known.
    #[must_use]
    pub fn seconds_between(start: Option<Timestamp>, end: Option<Timestamp>) -> Option<u64> {
        u64::try_from(end?.0.checked_sub(start?.0)?).ok()
    }
}
