//! Counts rows by what becomes of them, so that they add up to the rows that were given, always.

use std::collections::BTreeMap;

use crate::link::{Band, Group, RecordIndex};
use crate::plan::{ActionKind, Outcome, Plan, Reversibility};

use super::applied::Applied;
use super::lookup::{AppliedRows, Lookup, row_plan};

/// Rows by outcome as somebody else added them up, for a plan that is too large to be read for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tallied {
    /// Rows by outcome, rejected ones included.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Skipped rows that wait for a person.
    pub to_review: u64,
    /// Rows that were given.
    pub given: u64,
}

/// Rows by outcome. `of` over all outcomes plus `pending` is `rows`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    outcomes: [u64; Outcome::ALL.len()],
    /// Skipped rows whose group waits for a person.
    pub(super) to_review: u64,
    /// Rows nothing is known about: not planned, or not applied yet.
    pub(super) pending: u64,
    /// All rows, rejected ones included.
    pub(super) rows: u64,
}

impl Tally {
    /// What the plan expects.
    pub(super) fn planned(plan: &Plan) -> Self {
        let lookup = Lookup::new(plan);
        Self::collect(plan, &lookup, |record| row_plan(plan, record).map(|row| row.expected))
    }

    /// What an apply reported.
    pub(super) fn applied(plan: &Plan, applied: &Applied<'_>) -> Self {
        let lookup = Lookup::new(plan);
        let rows = AppliedRows::new(plan, applied);
        Self::collect(plan, &lookup, |record| rows.of(record).map(|row| row.outcome))
    }

    /// From counts that somebody else added up.
    pub(super) fn counted(tallied: &Tallied) -> Self {
        let mut tally = Self { to_review: tallied.to_review, ..Self::default() };
        for (outcome, rows) in &tallied.outcomes {
            tally.add(*outcome, *rows);
        }
        tally.pending = tallied.given.saturating_sub(tally.outcomes.iter().sum());
        tally.rows = tallied.given;
        tally
    }

    fn collect(plan: &Plan, lookup: &Lookup<'_>, outcome_of: impl Fn(RecordIndex) -> Option<Outcome>) -> Self {
        let mut tally = Self::default();
        for record in lookup.indices() {
            match outcome_of(record) {
                None => tally.pending += 1,
                Some(outcome) => {
                    let waits = |group: &Group| group.is_held() || group.band_of(record) == Band::Review;
                    let in_review = lookup.group(record).is_some_and(waits);
                    tally.to_review += u64::from(outcome == Outcome::Skipped && in_review);
                    tally.add(outcome, 1);
                }
            }
        }
        let rejected = u64::try_from(plan.rejects.len()).unwrap_or(u64::MAX);
        tally.add(Outcome::Rejected, rejected);
        tally.rows = tally.outcomes.iter().sum::<u64>() + tally.pending;
        tally
    }

    pub(super) fn add(&mut self, outcome: Outcome, rows: u64) {
        if let Some(at) = Outcome::ALL.iter().position(|known| *known == outcome) {
            self.outcomes[at] += rows;
        }
    }

    /// Rows with that outcome.
    pub(super) fn of(&self, outcome: Outcome) -> u64 {
        Outcome::ALL.iter().position(|known| *known == outcome).map_or(0, |at| self.outcomes[at])
    }

    /// Every outcome with its count, in the order they are reported.
    pub(super) fn lines(&self) -> impl Iterator<Item = (Outcome, u64)> {
        Outcome::ALL.into_iter().zip(self.outcomes)
    }

    /// Skipped rows that wait for nobody.
    pub(super) fn left_alone(&self) -> u64 {
        self.of(Outcome::Skipped).saturating_sub(self.to_review)
    }
}

/// Actions of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KindCount {
    pub(super) kind: ActionKind,
    pub(super) actions: u64,
    pub(super) reversibility: Reversibility,
}
