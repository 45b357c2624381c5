//! What becomes of a row.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::ActionId;
use crate::link::RecordIndex;

/// What became, or should become, of a row. Every row ends in exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A contact was made from it.
    Created,
    /// Its contact was written to.
    Updated,
    /// It became part of another contact.
    Merged,
    /// Its contact was archived, its data copied to the survivor.
    Archived,
    /// Its contact was deleted for good.
    Deleted,
    /// Its contact already is as it should be.
    Unchanged,
    /// Left alone on purpose; the reason is given.
    Skipped,
    /// The row could not be read.
    Rejected,
    /// Intercom refused, or a prerequisite failed.
    Failed,
    /// A request may or may not have been carried out and could not be settled.
    Unknown,
}

impl Outcome {
    /// All outcomes, in the order they are reported.
    pub const ALL: [Self; 10] = [
        Self::Created,
        Self::Updated,
        Self::Merged,
        Self::Archived,
        Self::Deleted,
        Self::Unchanged,
        Self::Skipped,
        Self::Rejected,
        Self::Failed,
        Self::Unknown,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Merged => "merged",
            Self::Archived => "archived",
            Self::Deleted => "deleted",
            Self::Unchanged => "unchanged",
            Self::Skipped => "skipped",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is planned for one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowPlan {
    /// The record.
    pub record: RecordIndex,
    /// Its group.
    pub group: u32,
    /// The outcome if every action in `decided_by` succeeds.
    pub expected: Outcome,
    /// Actions the outcome hangs on, in order; empty for `unchanged` and `skipped`.
    pub decided_by: Vec<ActionId>,
    /// Why, in one sentence.
    pub reason: Cow<'static, str>,
}
