//! Phase 3: groups → actions.
//!
//! Is given the records, their [`Linkage`] and options, and hands on a [`Plan`]: what would be
//! created, updated, merged, archived or deleted, in which order and why, what every row should become, and what it
//! will cost. Pure: no I/O, no clock; the time of making is handed in. A plan is data: apply obeys it and nothing else.

mod action;
mod assemble;
mod attach;
mod calls;
mod changes;
mod cost;
mod decide;
mod decision;
mod draft;
mod follow;
mod forecast;
mod guard;
mod hold_back;
mod join;
mod keep;
mod making;
mod mark;
mod options;
mod order;
mod outcome;
mod packed;
mod party;
mod places;
mod regroup;
mod remembered;
mod replan;
mod rules;
mod summary;
mod values;

#[cfg(test)]
mod tests;

pub use action::{
    Action, ActionBody, ActionId, ActionKind, Attachment, Attribute, AttributeValue, Change, ParseActionKindError,
    Reversibility, StandardAttribute, Target,
};
pub use assemble::{Inputs, assemble};
pub use decide::decide;
pub use decision::{Choice, Decision, Verdict};
pub use forecast::{DEFAULT_WINDOW_LIMIT, Forecast, SideEffect};
pub use guard::{Guardrails, Limit, ParseLimitError, Violation, check_guardrails};
pub use hold_back::hold_back;
pub(crate) use join::KEPT_BEFORE_MERGE;
pub(crate) use keep::FIRST_LINE as KEEP_NOTE_FIRST_LINE;
pub use making::{Decided, DecidedGroup, Making, Totals};
pub use options::{Fill, InvalidOptions, KeepDiscarded, LeadGroups, Mode, Options, UserGroups};
pub use outcome::{Outcome, RowPlan};
pub(crate) use places::{Places, entries, holds as place_holds, with as place_with};
pub use remembered::{Handle, Recalled, Remembered, recall};
pub use replan::{reopened, replan};
pub use rules::FieldRules;
pub use summary::Summary;

use serde::{Deserialize, Serialize};

use crate::contact::{Packed, Record, Timestamp};
use crate::ingest::{Reject, Source};
use crate::link::{Linkage, RecordIndex};

/// The workspace a plan is made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceBinding {
    /// `app.id_code` of `GET /me`.
    pub id: String,
    /// The workspace's name.
    pub name: String,
    /// `US`, `EU` or `AU`, as Intercom names it.
    pub region: String,
}

/// What a plan was made by and for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the tool that made it.
    pub tool_version: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// The workspace, once known: at once with `--pull`, else at the first apply.
    pub workspace: Option<WorkspaceBinding>,
    /// `Intercom-Version` the plan is meant for, for instance `2.14`.
    pub api_version: String,
    /// The complete configuration in force, without secrets, as JSON.
    pub settings: serde_json::Value,
}

/// A custom attribute the actions write and that must exist in the workspace before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeededAttribute {
    /// Its name.
    pub name: String,
    /// Actions that write it.
    pub actions: u64,
}

/// The whole plan, as it is stored in and read from a plan file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Who made it, when, for which workspace.
    pub header: Header,
    /// The inputs.
    pub sources: Vec<Source>,
    /// Accepted rows of all inputs, in input order; [`RecordIndex`] counts in this list.
    pub records: Packed<Record>,
    /// Rejected rows of all inputs.
    pub rejects: Vec<Reject>,
    /// Groups, evidence, vetoes and model.
    pub linkage: Linkage,
    /// What to do, in an order that satisfies every prerequisite.
    pub actions: Vec<Action>,
    /// One per record, in the same order: what becomes of it.
    pub rows: Vec<RowPlan>,
    /// Custom attributes that must exist.
    pub attributes: Vec<NeededAttribute>,
    /// Calls, minutes, side effects.
    pub forecast: Forecast,
}

impl Plan {
    /// The record at an index, if there is one.
    #[must_use]
    pub fn record(&self, index: RecordIndex) -> Option<&Record> {
        self.records.get(usize::try_from(index.0).ok()?)
    }
}
