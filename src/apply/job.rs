//! One action under way: its place in the journal, and what of it is in doubt. Pure.

use super::group::Finish;
use super::request::{Request, UNDO_MARK};
use crate::contact::{IntercomId, Timestamp};
use crate::plan::ActionId;
use crate::store::{Attempt, AttemptId, AttemptResult};

/// A request that may or may not have been carried out.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    pub(super) attempt: AttemptId,
    pub(super) request: Request,
    /// When it was last known to be under way.
    pub(super) last_sign: Timestamp,
}

/// One action under way: its place in the journal.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) action: ActionId,
    pub(super) next_step: u32,
    /// Attempts of earlier runs, or of this one, whose end is not known.
    pub(super) unsettled: Vec<Doubt>,
    /// Attempts of earlier runs.
    pub(super) earlier: Vec<Attempt>,
    /// When the first of its requests was intended.
    pub(super) begun_at: Option<Timestamp>,
    /// Whether a request of this action may have changed something.
    pub(super) tried: bool,
    /// Whether an earlier run died while a request of this action may have been on its way.
    pub(super) orphaned: bool,
}

impl Job {
    pub(super) fn new(action: ActionId, attempts: &[Attempt], now: Timestamp) -> Self {
        // What was undone is as if it had never been tried
        let undone = attempts.iter().rposition(|attempt| attempt.request.starts_with(UNDO_MARK));
        let earlier = attempts.get(undone.map_or(0, |place| place + 1)..).unwrap_or_default().to_vec();
        let unsettled = earlier
            .iter()
            .filter(|attempt| matches!(attempt.result, None | Some(AttemptResult::InDoubt { .. })))
            .filter_map(|attempt| {
                Some(Doubt {
                    attempt: attempt.id,
                    request: attempt.request.parse().ok()?,
                    // Nobody knows when a run that died had sent it: it may have waited for its turn until the end
                    last_sign: attempt.ended_at.unwrap_or(now),
                })
            })
            .collect();
        let tried = earlier.iter().any(|attempt| !matches!(attempt.result, Some(AttemptResult::NotDone { .. })));
        let next_step = attempts.iter().map(|attempt| attempt.step + 1).max().unwrap_or(0);
        let begun_at = earlier.iter().map(|attempt| attempt.intended_at).min();
        let orphaned = earlier.iter().any(|attempt| attempt.result.is_none());
        Self { action, next_step, unsettled, earlier, begun_at, tried, orphaned }
    }

    /// How to report that nothing is left to do: it was done by us, or by nobody.
    pub(super) fn finish(&self, contact: &IntercomId) -> Finish {
        if self.tried { Finish::Done(Some(contact.clone())) } else { Finish::AlreadySo }
    }
}
