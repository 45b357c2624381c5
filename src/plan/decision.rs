//! What a person decided about a group.

use serde::{Deserialize, Serialize};

use crate::contact::Timestamp;
use crate::link::RecordIndex;

/// A person's verdict on one group, the way that person saw it.
///
/// Groups are numbered anew whenever a plan is decided anew, so a decision is tied to its members: it says how exactly
/// these records are to be divided. A later decision on the same members replaces an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The group's number when the person saw it.
    pub group: u32,
    /// All its members when the person saw it, in input order.
    pub members: Vec<RecordIndex>,
    /// What the person said.
    pub verdict: Verdict,
    /// When.
    pub at: Timestamp,
    /// A remark, for the report.
    pub remark: Option<String>,
}

/// What a person can say about a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// One person: plan it.
    Accept,
    /// All different people.
    Reject,
    /// Several people: each part is one person and is planned; members in no part stand alone.
    Split {
        /// The parts.
        parts: Vec<Vec<RecordIndex>>,
    },
    /// One person, and this member stays.
    Survivor {
        /// The member that stays.
        record: RecordIndex,
    },
    /// Back to the review band: the person is not sure after all.
    Reopen,
}
