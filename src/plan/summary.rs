//! A plan in numbers: what the verdict line of every report says.

use serde::{Deserialize, Serialize};

use super::{ActionKind, Outcome, Plan};
use crate::link::Band;

/// A plan in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Data rows of all inputs: accepted plus rejected.
    pub rows: u64,
    /// Actions of each kind, all kinds, in the order they are reported.
    pub actions: Vec<(ActionKind, u64)>,
    /// Rows by expected outcome, all outcomes, in the order they are reported. They add up to `rows`.
    pub outcomes: Vec<(Outcome, u64)>,
    /// Groups planned: `auto`, with more than one member.
    pub auto_groups: u64,
    /// Groups about which a person has something to decide: doubtful ones, and those with loose members.
    pub review_groups: u64,
    /// Rows that wait for it.
    pub review_rows: u64,
    /// Rows alone.
    pub single_groups: u64,
    /// Requests: reads and writes.
    pub calls: u64,
    /// Seconds at the assumed limit.
    pub seconds: u64,
}

impl Summary {
    /// Counts.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let mut actions: Vec<(ActionKind, u64)> = ActionKind::ALL.into_iter().map(|kind| (kind, 0)).collect();
        for action in &plan.actions {
            count(&mut actions, &action.kind());
        }
        let mut outcomes: Vec<(Outcome, u64)> = Outcome::ALL.into_iter().map(|outcome| (outcome, 0)).collect();
        for row in &plan.rows {
            count(&mut outcomes, &row.expected);
        }
        for _ in &plan.rejects {
            count(&mut outcomes, &Outcome::Rejected);
        }
        let groups = |band: Band| plan.linkage.groups.iter().filter(move |group| group.band == band);
        let open = || plan.linkage.groups.iter().filter(|group| group.is_open());
        Self {
            rows: (plan.records.len() + plan.rejects.len()) as u64,
            actions,
            outcomes,
            auto_groups: groups(Band::Auto).count() as u64,
            review_groups: open().count() as u64,
            review_rows: open().map(|group| group.waiting().count() as u64).sum(),
            single_groups: groups(Band::Single).count() as u64,
            calls: plan.forecast.reads + plan.forecast.writes,
            seconds: plan.forecast.seconds,
        }
    }

    /// Actions of one kind.
    #[must_use]
    pub fn actions_of(&self, kind: ActionKind) -> u64 {
        self.actions.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count)
    }

    /// Rows with one expected outcome.
    #[must_use]
    pub fn rows_of(&self, outcome: Outcome) -> u64 {
        self.outcomes.iter().find(|(known, _)| *known == outcome).map_or(0, |(_, count)| *count)
    }

    /// Whether applying the plan would write anything.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.actions.iter().any(|(_, count)| *count > 0)
    }
}

fn count<K: PartialEq>(counts: &mut [(K, u64)], key: &K) {
    if let Some((_, count)) = counts.iter_mut().find(|(known, _)| known == key) {
        *count += 1;
    }
}
