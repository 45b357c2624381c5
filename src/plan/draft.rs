//! What one group needs, before actions have numbers: drafts point at each other by their place in the group.

use std::borrow::Cow;

use super::{ActionBody, Outcome};
use crate::contact::IntercomId;
use crate::link::RecordIndex;

/// The contact a draft writes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// A contact of the workspace.
    Existing(IntercomId),
    /// The contact the draft at that place makes.
    Made(usize),
}

/// An action without a number.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) aim: Aim,
    pub(super) body: ActionBody,
    pub(super) reason: Cow<'static, str>,
    /// Places of the drafts that must have succeeded before; all smaller than its own.
    pub(super) needs: Vec<usize>,
}

/// What becomes of a row.
#[derive(Clone, Debug)]
pub(super) struct RowDraft {
    pub(super) record: RecordIndex,
    pub(super) expected: Outcome,
    /// The draft without which the outcome cannot come about; `None` when any of `decided_by` will do.
    pub(super) essential: Option<usize>,
    pub(super) decided_by: Vec<usize>,
    pub(super) reason: Cow<'static, str>,
}

/// What one group needs.
#[derive(Clone, Debug)]
pub(super) struct GroupPlan {
    pub(super) group: u32,
    pub(super) drafts: Vec<Draft>,
    pub(super) rows: Vec<RowDraft>,
}

impl GroupPlan {
    pub(super) fn new(group: u32) -> Self {
        Self { group, drafts: Vec::new(), rows: Vec::new() }
    }

    /// Adds an action and returns its place.
    pub(super) fn add(
        &mut self,
        aim: Aim,
        body: ActionBody,
        reason: impl Into<Cow<'static, str>>,
        needs: Vec<usize>,
    ) -> usize {
        self.drafts.push(Draft { aim, body, reason: reason.into(), needs });
        self.drafts.len() - 1
    }

    /// A row that nothing happens to.
    pub(super) fn rest(&mut self, record: RecordIndex, expected: Outcome, reason: impl Into<Cow<'static, str>>) {
        self.rows.push(RowDraft { record, expected, essential: None, decided_by: Vec::new(), reason: reason.into() });
    }

    /// A row whose outcome hangs on actions.
    pub(super) fn row(
        &mut self,
        record: RecordIndex,
        expected: Outcome,
        essential: Option<usize>,
        decided_by: Vec<usize>,
        reason: impl Into<Cow<'static, str>>,
    ) {
        self.rows.push(RowDraft { record, expected, essential, decided_by, reason: reason.into() });
    }
}
