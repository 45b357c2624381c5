//! What is expected of every row, in sixteen bytes each: it is known group by group, written row by row, and the numbers of
//! actions that come last are known last.

use super::Writer;
use super::insert::{Insert, number, text};
use crate::plan::{ActionId, Outcome};
use crate::store::Error;
use crate::store::value::count;

/// What is expected of one row.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// Its group; none when this is 0.
    group: u32,
    reason: u32,
    /// Where the numbers of its actions begin; nowhere when there is none.
    actions: u32,
    outcome: Outcome,
    /// Its actions come after all those of other groups.
    last: bool,
}

/// No actions.
const NONE: u32 = u32::MAX;

/// What is expected of all rows.
#[derive(Debug)]
pub(super) struct Expected {
    rows: Vec<Row>,
    /// Lists of actions, each behind its length.
    actions: Vec<u32>,
    /// Where the last list begins.
    latest: u32,
}

/// What is expected of a row, and what number its reason has.
pub(super) struct Expectation<'e> {
    pub(super) group: u32,
    pub(super) reason: u32,
    pub(super) outcome: Outcome,
    pub(super) actions: &'e [ActionId],
    /// Number of actions before the first one of its group: of those that come last, counted from the first of these.
    pub(super) before: u32,
    /// Whether they come after all those of other groups.
    pub(super) last: bool,
}

impl Expected {
    /// Of so many rows, each of which is in no group as long as nobody says otherwise.
    pub(super) fn of(rows: usize, outcome: Outcome) -> Self {
        let nothing = Row { group: 0, reason: 0, actions: NONE, outcome, last: false };
        Self { rows: vec![nothing; rows], actions: Vec::new(), latest: NONE }
    }

    pub(super) fn put(&mut self, record: u32, expectation: &Expectation<'_>) {
        let Expectation { group, reason, outcome, actions, before, last } = *expectation;
        let actions = if actions.is_empty() { NONE } else { self.list(actions, before) };
        if let Some(row) = usize::try_from(record).ok().and_then(|at| self.rows.get_mut(at)) {
            *row = Row { group, reason, actions, outcome, last };
        }
    }

    /// The place of a list; rows of one group mostly have the same.
    fn list(&mut self, actions: &[ActionId], before: u32) -> u32 {
        let numbers = || actions.iter().map(|action| action.after(before).0);
        if self.listed(self.latest).iter().copied().eq(numbers()) {
            return self.latest;
        }
        self.latest = u32::try_from(self.actions.len()).unwrap_or(NONE);
        self.actions.push(u32::try_from(actions.len()).unwrap_or(0));
        self.actions.extend(numbers());
        self.latest
    }

    fn listed(&self, place: u32) -> &[u32] {
        let list = usize::try_from(place).ok().and_then(|place| self.actions.get(place..));
        let parts = list.and_then(<[u32]>::split_first);
        parts.and_then(|(length, rest)| rest.get(..usize::try_from(*length).ok()?)).unwrap_or_default()
    }

    /// Whether a row is in no group.
    pub(super) fn leaves_out(&self) -> bool {
        self.rows.iter().any(|row| row.group == 0)
    }

    /// Writes all rows. `others`: actions before those that come last. `unmatched`: the reason of rows in no group.
    pub(super) fn write(&self, writer: &Writer<'_>, others: u32, unmatched: u32) -> Result<(), Error> {
        Insert::<5>::begin(writer, "expected")?.all(self.rows.len(), |record, told| {
            let Some(row) = self.rows.get(record) else { return Ok(()) };
            let before = if row.last { others } else { 0 };
            let actions = self.listed(row.actions);
            told.value(number(count(record as u64)));
            told.value(number(row.group));
            told.value(text(row.outcome.name()));
            told.value(number(if row.group == 0 { unmatched } else { row.reason }));
            told.list(actions.iter().map(|action| action.saturating_add(before)));
            Ok(())
        })
    }
}
