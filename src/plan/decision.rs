//! What a person decided about a group.

use serde::{Deserialize, Serialize};

use crate::contact::{Field, Timestamp};
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
    /// One person; this member stays, and these fields take the value of the member named.
    Merge {
        /// The member that stays.
        survivor: RecordIndex,
        /// Whose value wins, for fields whose winner was changed.
        values: Vec<Choice>,
    },
    /// Back to the review band: the person is not sure after all.
    Reopen,
}

impl Decision {
    /// Whether two of its members were said to be one person; `None` when the person was not sure, or was not asked.
    #[must_use]
    pub fn says(&self, left: RecordIndex, right: RecordIndex) -> Option<bool> {
        if !self.members.contains(&left) || !self.members.contains(&right) {
            return None;
        }
        match &self.verdict {
            Verdict::Accept | Verdict::Survivor { .. } | Verdict::Merge { .. } => Some(true),
            Verdict::Reject => Some(false),
            Verdict::Split { parts } => Some(parts.iter().any(|part| part.contains(&left) && part.contains(&right))),
            Verdict::Reopen => None,
        }
    }
}

/// Whose value a field takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The field.
    pub field: Field,
    /// The member whose value wins.
    pub from: RecordIndex,
}

impl Choice {
    /// Whether a person can choose whose value a field takes. What identifies an account, what adds up (tags, notes,
    /// companies) and what Intercom observes itself is not chosen.
    #[must_use]
    pub fn is_possible(field: &Field) -> bool {
        use Field::{
            Birthday, City, Country, Custom, Email, FullName, Identifier, JobTitle, Phone, Postcode, Region, Street,
            Text, Website,
        };
        matches!(
            field,
            Birthday
                | City
                | Country
                | Custom(_)
                | Email
                | FullName
                | Identifier(_)
                | JobTitle
                | Phone
                | Postcode
                | Region
                | Street
                | Text(_)
                | Website
        )
    }
}
