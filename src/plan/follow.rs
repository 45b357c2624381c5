//! What remembered decisions say about the groups of a plan, carried out once the groups are made.

use rustc_hash::FxHashSet;

use super::{Decision, Options, Plan, Recalled, replan};
use crate::link::RecordIndex;

impl Recalled {
    /// Whether there is nothing that only the groups can tell, so that [`Self::follow`] would change nothing.
    #[must_use]
    pub fn leaves_groups_as_they_are(&self) -> bool {
        self.accepted.is_empty() && self.survivors.is_empty()
    }

    /// Carries out what only the groups can tell, once they are made: who stays, and that a group which would be held back
    /// for its size is one person.
    #[must_use]
    pub fn follow(&self, plan: Plan, options: &Options) -> Plan {
        let held: FxHashSet<&[RecordIndex]> =
            plan.linkage.groups.iter().filter(|group| group.is_held()).map(|group| group.members.as_slice()).collect();
        let accepted = self.accepted.iter().filter(|choice| held.contains(choice.members.as_slice()));
        let choices: Vec<Decision> = accepted.chain(&self.survivors).cloned().collect();
        if choices.is_empty() { plan } else { replan(plan, &choices, options) }
    }
}
