//! Since the last night: which groups are new. Groups are known again by the ids of their members, as a digest, so that the
//! file that remembers them holds nothing of the contacts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::folder::Nights;
use super::record::{Ended, Night, Since};
use crate::contact::{IntercomId, Records as _};
use crate::link::{Group, RecordIndex};
use crate::plan::Plan;
use crate::report::{Counted, SinceLast};

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
    let id = |index: &RecordIndex| plan.records.head(usize::try_from(index.0).ok()?)?.id.clone();
    let mut ids: Vec<IntercomId> = group.members.iter().filter_map(id).collect();
    ids.sort_unstable();
    let mut hash = Sha256::new();
    for id in ids {
        hash.update(&*id.0);
        hash.update([0]);
    }
    hash.finalize().iter().take(8).fold(String::with_capacity(16), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The last night that saw the workspace.
pub(super) fn last(nights: &Nights) -> anyhow::Result<Option<Night>> {
    Ok(nights.history()?.into_iter().rev().find(|night| night.ended != Ended::Failed))
}

/// When a night began, Unix seconds.
pub(super) fn began(night: &Night) -> i64 {
    night.started_at.parse::<jiff::Timestamp>().map_or(i64::MAX, jiff::Timestamp::as_second)
}

/// Compares with the last night. `contacts` are there now, `new` of them were created since.
pub(super) fn since(nights: &Nights, last: &Night, plan: &Plan, contacts: u64, new: u64) -> Since {
    let (before, now): (Seen, Seen) = (nights.recollect(FILE), Seen::of(plan));
    let count = |found: &mut dyn Iterator<Item = bool>| found.filter(|yes| *yes).count() as u64;
    Since {
        new_contacts: new,
        new_groups: count(&mut now.groups.iter().map(|(group, open)| !open && !before.groups.contains_key(group))),
        new_to_review: count(
            &mut now.groups.iter().map(|(group, open)| *open && before.groups.get(group) != Some(&true)),
        ),
        left_review: count(
            &mut before.groups.iter().map(|(group, open)| *open && now.groups.get(group) != Some(&true)),
        ),
        ..nothing_since(last, contacts)
    }
}

/// The same where groups and contacts are those of the last night.
pub(super) fn nothing_since(last: &Night, contacts: u64) -> Since {
    let contacts = i64::try_from(contacts).unwrap_or(i64::MAX).saturating_sub_unsigned(last.contacts);
    Since { run: last.run.clone(), contacts, ..Since::default() }
}

/// The numbers of a night beside those of the last one, for its page.
pub(super) fn beside(night: &Night, last: Option<&Night>) -> SinceLast {
    let counted = |what, count: &dyn Fn(&Night) -> Option<u64>| {
        let tonight = count(night)?;
        Some(Counted { what, tonight, last: last.and_then(count) })
    };
    let since = |count: fn(&Since) -> u64| move |night: &Night| night.since.as_ref().map(count);
    let counts = [
        counted("contacts in the workspace", &|night| Some(night.contacts)),
        counted("created since", &since(|since| since.new_contacts)),
        counted("new or changed", &|night| Some(night.changed)),
        counted("archived, merged or deleted by others", &|night| Some(night.departed)),
        counted("duplicates found", &|night| Some(night.duplicates)),
        counted("certain groups that are new", &since(|since| since.new_groups)),
        counted("merged", &|night| Some(night.merged)),
        counted("archived", &|night| Some(night.archived)),
        counted("failed", &|night| Some(night.failed)),
        counted("groups that wait for a person", &|night| Some(night.to_review)),
        counted("waiting groups that are new", &since(|since| since.new_to_review)),
        counted("groups that do not wait any more", &since(|since| since.left_review)),
    ];
    let moment = |night: &Night| night.started_at.chars().take(16).collect::<String>().replace('T', " ");
    SinceLast { last: last.map(|last| format!("{} UTC", moment(last))), counts: counts.into_iter().flatten().collect() }
}

/// Remembers tonight's groups for the next night.
pub(super) fn keep(nights: &Nights, plan: &Plan) -> anyhow::Result<()> {
    nights.keep(FILE, &Seen::of(plan))
}
