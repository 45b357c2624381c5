//! Since the last night: which groups are new. Groups are known again by the ids of their members, as a digest, so that the
//! file that remembers them holds nothing of the contacts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::folder::Nights;
use super::record::{Ended, Night, Since};
use crate::link::Group;
use crate::plan::Plan;

const FILE: &str = "groups.json";

/// Groups of the last night.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Seen {
    /// Digest of the members → whether the group waits for a person.
    groups: BTreeMap<String, bool>,
}

impl Seen {
    fn of(plan: &Plan) -> Self {
        let groups = plan.linkage.groups.iter().filter(|group| group.members.len() > 1);
        Self { groups: groups.map(|group| (digest(plan, group), group.is_open())).collect() }
    }
}

/// The first 64 bits of a SHA-256 over the members' ids.
fn digest(plan: &Plan, group: &Group) -> String {
    let mut ids: Vec<&str> =
        group.members.iter().filter_map(|index| plan.record(*index)?.id.as_ref()).map(|id| &*id.0).collect();
    ids.sort_unstable();
    let mut hash = Sha256::new();
    for id in ids {
        hash.update(id);
        hash.update([0]);
    }
    hash.finalize().iter().take(8).fold(String::with_capacity(16), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Compares with the last night that saw the workspace.
pub(super) fn with_last(nights: &Nights, plan: &Plan, night: &mut Night) -> anyhow::Result<()> {
    let history = nights.history()?;
    let Some(last) = history.iter().rev().find(|night| night.ended != Ended::Failed) else { return Ok(()) };
    let (before, now): (Seen, Seen) = (nights.recollect(FILE), Seen::of(plan));
    let count = |found: &mut dyn Iterator<Item = bool>| found.filter(|yes| *yes).count() as u64;
    night.since = Some(Since {
        run: last.run.clone(),
        contacts: i64::try_from(night.contacts).unwrap_or(i64::MAX).saturating_sub_unsigned(last.contacts),
        new_groups: count(&mut now.groups.iter().map(|(group, open)| !open && !before.groups.contains_key(group))),
        new_to_review: count(
            &mut now.groups.iter().map(|(group, open)| *open && before.groups.get(group) != Some(&true)),
        ),
        left_review: count(
            &mut before.groups.iter().map(|(group, open)| *open && now.groups.get(group) != Some(&true)),
        ),
    });
    Ok(())
}

/// Remembers tonight's groups for the next night.
pub(super) fn keep(nights: &Nights, plan: &Plan) -> anyhow::Result<()> {
    nights.keep(FILE, &Seen::of(plan))
}
