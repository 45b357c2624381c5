//! What a run came to.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::plan::{ActionId, ActionKind, Outcome, WorkspaceBinding};
use crate::store::{ActionState, RowWork};

/// An action that did not end well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The action.
    pub action: ActionId,
    /// Its kind.
    pub kind: ActionKind,
    /// `failed`, `stale` or `unknown`.
    pub state: &'static str,
    /// Why.
    pub message: String,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The workspace.
    pub workspace: WorkspaceBinding,
    /// Rows by outcome, all runs of this plan together; rejected rows are counted by the plan.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Requests of this run that read.
    pub reads: u64,
    /// Requests of this run that write.
    pub writes: u64,
    /// Responses 429 during this run, when somebody counts them.
    pub rate_limited: Option<u64>,
    /// Requests a window of the rate limit allows, as the workspace last told, when somebody noted it.
    pub window_limit: Option<u32>,
    /// Seconds this run took.
    pub seconds: f64,
    /// Whether the run was stopped before its end, so that applying again goes on.
    pub interrupted: bool,
    /// Actions that did not end well, the first [`MOST_FAILURES`] by number.
    pub failures: Vec<Failure>,
    /// All of them.
    pub failed_actions: u64,
}

/// Failures listed in a summary; all of them are in the plan file.
pub const MOST_FAILURES: usize = 1_000;

impl Summary {
    pub(super) fn new(workspace: WorkspaceBinding) -> Self {
        Self {
            workspace,
            outcomes: BTreeMap::new(),
            reads: 0,
            writes: 0,
            rate_limited: None,
            window_limit: None,
            seconds: 0.0,
            interrupted: false,
            failures: Vec::new(),
            failed_actions: 0,
        }
    }

    /// Whether a row failed or could not be settled, or an action was left alone because the workspace had moved.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        self.failed_actions > 0
            || [Outcome::Failed, Outcome::Unknown]
                .iter()
                .any(|outcome| self.outcomes.get(outcome).is_some_and(|n| *n > 0))
    }

    /// Rows that have an outcome.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.outcomes.values().sum()
    }
}

/// Collects the actions that did not end well, each once, though several rows hang on it.
#[derive(Debug, Default)]
pub(super) struct Failures {
    seen: std::collections::BTreeSet<ActionId>,
    list: Vec<Failure>,
}

impl Failures {
    pub(super) fn add(&mut self, row: &RowWork) {
        for work in &row.actions {
            let (state, message) = match &work.state {
                ActionState::Stale { message } => ("stale", message),
                ActionState::Failed { message } => ("failed", message),
                ActionState::Unknown { message } => ("unknown", message),
                ActionState::Pending | ActionState::Done { .. } | ActionState::AlreadySo => continue,
            };
            if self.seen.insert(work.action.id) && self.list.len() < MOST_FAILURES {
                let (action, kind) = (work.action.id, work.action.kind());
                self.list.push(Failure { action, kind, state, message: message.clone() });
            }
        }
    }

    pub(super) fn into_parts(mut self) -> (Vec<Failure>, u64) {
        self.list.sort_by_key(|failure| failure.action);
        (self.list, u64::try_from(self.seen.len()).unwrap_or(u64::MAX))
    }
}
