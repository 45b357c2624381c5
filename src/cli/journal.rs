//! What an apply left behind in a plan file, in the shape the reports take it.

use std::collections::HashSet;

use crate::contact::Timestamp;
use crate::plan::{ActionId, Plan};
use crate::report::{Applied, AppliedAction, AppliedRow};
use crate::store::{ActionState, Attempt, Part, PlanFile, RowOutcome};

/// The journal of a plan, read once.
#[derive(Debug)]
pub(super) struct Journal {
    outcomes: Vec<RowOutcome>,
    states: Vec<ActionState>,
    attempts: Vec<Attempt>,
    rate_limited: Option<u64>,
    window_limit: Option<u32>,
}

impl Journal {
    /// Reads it; `None` when nothing was applied yet.
    pub(super) fn read(file: &PlanFile) -> anyhow::Result<Option<Self>> {
        let told = file.pace()?;
        let journal = Self {
            outcomes: file.outcomes()?,
            states: file.action_states()?,
            attempts: file.attempts()?,
            rate_limited: told.rate_limited,
            window_limit: told.window_limit,
        };
        let untouched = journal.outcomes.is_empty()
            && journal.attempts.is_empty()
            && journal.states.iter().all(|state| *state == ActionState::Pending);
        Ok((!untouched).then_some(journal))
    }

    /// Lends it to a report.
    pub(super) fn lend<T>(&self, plan: &Plan, tell: impl FnOnce(&Applied<'_>) -> T) -> T {
        let rows: Vec<AppliedRow<'_>> = self.outcomes.iter().map(applied_row).collect();
        let actions: Vec<AppliedAction<'_>> =
            plan.actions.iter().zip(&self.states).map(|(action, state)| state.told(action.id)).collect();
        let sent_at: Vec<Timestamp> = self.attempts.iter().map(|attempt| attempt.intended_at).collect();
        let asked: HashSet<(ActionId, u32, &str)> =
            self.attempts.iter().map(|attempt| (attempt.action, attempt.step, attempt.request.as_str())).collect();
        tell(&Applied {
            rows: &rows,
            actions: &actions,
            requests: self.attempts.len() as u64,
            repeated: self.attempts.len().saturating_sub(asked.len()) as u64,
            sent_at: &sent_at,
            rate_limited: self.rate_limited,
            window_limit: self.window_limit,
            started_at: self.attempts.iter().map(|attempt| attempt.intended_at).min(),
            ended_at: self.attempts.iter().filter_map(|attempt| attempt.ended_at).max(),
        })
    }
}

/// Lends what is known of a part of a plan to a report.
pub(super) fn lend_part<T>(part: &Part, tell: impl FnOnce(&Applied<'_>) -> T) -> T {
    let rows: Vec<AppliedRow<'_>> = part.outcomes.iter().map(applied_row).collect();
    let actions: Vec<AppliedAction<'_>> = part.states.iter().map(|(id, state)| state.told(*id)).collect();
    tell(&Applied { rows: &rows, actions: &actions, ..Applied::default() })
}

fn applied_row(row: &RowOutcome) -> AppliedRow<'_> {
    AppliedRow { record: row.record, outcome: row.outcome, contact: row.contact.as_ref(), message: &row.message }
}

/// Calls `tell` with what was applied, or with nothing.
pub(super) fn with_applied<T>(
    plan: &Plan,
    journal: Option<&Journal>,
    tell: impl FnOnce(Option<&Applied<'_>>) -> T,
) -> T {
    match journal {
        Some(journal) => journal.lend(plan, |applied| tell(Some(applied))),
        None => tell(None),
    }
}
