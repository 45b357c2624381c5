//! Several contacts of the workspace that are one person: one stays, the others are merged into it, or copied and
//! archived.
//!
//! Intercom merges a lead into a user and nothing else, and never gives a merge back. So: what a merge would discard is
//! noted first; then the leads are merged; then what merging drops is written. Other pairs are joined by copying: write
//! what the survivor lacks, copy everything attached, note the rest, and only then archive.

use super::changes::{self, Writing};
use super::decide::{Deciding, attach, place};
use super::draft::{Aim, GroupPlan};
use super::keep::{Kept, Known};
use super::party::{Contact, Party};
use super::values::{Held, Member, chosen, held};
use super::{ActionBody, Attachment, Attribute, AttributeValue, Change, Outcome, StandardAttribute, Target, rules};
use crate::contact::Role;

/// The reason of an update that keeps values of leads before they are merged. It is the only trace of them, so no undo may
/// take it back once they are.
pub(crate) const KEPT_BEFORE_MERGE: &str =
    "values that the merge would discard are kept in the attributes named for them";

/// How contacts that cannot be merged go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Removal {
    Archive,
    Delete,
    /// The survivor, a lead, becomes a user, so that the others can be merged into it.
    Promote,
}

/// Plans one group of several contacts.
pub(super) fn join(deciding: &Deciding<'_>, party: &Party<'_>, survivor: &Contact<'_>, removal: Removal) -> GroupPlan {
    let into_user = removal == Removal::Promote || survivor.role == Some(Role::User);
    let others = party.contacts.iter().filter(|contact| contact.id != survivor.id);
    let (leads, rest) = others.partition(|contact| into_user && contact.role == Some(Role::Lead));
    let joining = Joining { party, survivor, removal, leads, rest };
    let (written, kept) = joining.values(deciding);
    let brought = deciding.missing(&party.incoming, &survivor.rows);
    let mut plan = GroupPlan::new(party.group.id);
    let places = joining.actions(&mut plan, written, kept, brought);
    joining.rows(&mut plan, &places);
    plan
}

struct Joining<'p, 'a> {
    party: &'p Party<'a>,
    survivor: &'p Contact<'a>,
    removal: Removal,
    /// Contacts that are merged into the survivor.
    leads: Vec<&'p Contact<'a>>,
    /// Contacts that are copied, then archived or deleted.
    rest: Vec<&'p Contact<'a>>,
}

/// Where the drafts of a group stand.
#[derive(Default)]
struct Places {
    update: Option<usize>,
    /// What keeps values of those that go.
    noted: Vec<usize>,
    brought: Vec<usize>,
    copied: Vec<usize>,
    merges: Vec<usize>,
    before_removal: Vec<usize>,
    removals: Vec<usize>,
}

impl Joining<'_, '_> {
    /// What is written to the survivor, and how what would be lost is kept.
    fn values(&self, deciding: &Deciding<'_>) -> (Vec<Change>, Kept) {
        let Self { party, survivor, .. } = self;
        let promoted = self.removal == Removal::Promote;
        let own = held(survivor.rows.iter().copied());
        let after_merges = if promoted {
            own.clone()
        } else {
            let leads: Vec<Held> = self.leads.iter().map(|lead| held(lead.rows.iter().copied())).collect();
            changes::merged(&own, &leads)
        };
        let wanted = chosen(&party.golden, preferred(party, survivor));
        let incoming = held(party.incoming.iter().copied());
        let role = if promoted { Some(Role::User) } else { survivor.role };
        let writing = Writing { role, fill: deciding.options.fill };
        let mut written = changes::changed(&own, &after_merges, &wanted, &incoming, writing);
        let state = changes::after(&after_merges, &written, [&incoming, &wanted]);
        let donors: Vec<Member<'_>> =
            party.members.iter().filter(|member| !survivor.holds(member.index)).copied().collect();
        let kept = deciding.keep(&donors, &Known { final_state: &state, rows: &survivor.rows, joined: true });
        kept.without_places(&mut written);
        if promoted {
            written.insert(0, promotion(survivor));
        }
        written.extend(changes::opt_out(Some(survivor), &party.members));
        (written, kept)
    }

    /// Writing before copying, notes before merges, everything before archiving.
    fn actions(
        &self,
        plan: &mut GroupPlan,
        mut written: Vec<Change>,
        Kept { mut changes, note, .. }: Kept,
        brought: Vec<Attachment>,
    ) -> Places {
        let aim = Aim::Existing(self.survivor.id.clone());
        let promoted = self.removal == Removal::Promote;
        let because = because(self.party);
        let mut places = Places::default();
        let merges_first = !promoted && !self.leads.is_empty();
        if !merges_first {
            written.append(&mut changes);
        }
        let (first, last) = if merges_first { (Vec::new(), written) } else { (written, Vec::new()) };
        if !first.is_empty() {
            let reason = if promoted {
                "it becomes a user, so that the other leads can be merged into it"
            } else {
                "the others have what the contact that stays lacks"
            };
            let reason = format!("{reason}{}", rules::said_of(&self.party.golden, &first));
            places.update =
                Some(plan.add(aim.clone(), ActionBody::Update { changes: first.into() }, reason, Vec::new()));
        }
        if !changes.is_empty() {
            places.noted.push(plan.add(
                aim.clone(),
                ActionBody::Update { changes: changes.into() },
                KEPT_BEFORE_MERGE,
                Vec::new(),
            ));
        }
        places.noted.extend(attach(plan, &aim, Vec::new(), note, &[]));
        places.brought = attach(plan, &aim, brought, None, &[]);
        for contact in &self.rest {
            let what = Attachment::EverythingOf { contact: contact.id.clone() };
            let reason = format!("{} goes away, what is attached to it stays", place(contact.rows.first()));
            places.copied.push(plan.add(aim.clone(), ActionBody::Attach { what }, reason, Vec::new()));
        }
        let before_merging = sorted(places.noted.iter().copied().chain(places.update.filter(|_| promoted)));
        for lead in &self.leads {
            let body = ActionBody::Merge { from: lead.id.clone() };
            places.merges.push(plan.add(aim.clone(), body, because.clone(), before_merging.clone()));
        }
        if !last.is_empty() {
            let ruled = rules::said_of(&self.party.golden, &last);
            let reason = format!("merging does not carry these values over{ruled}");
            let body = ActionBody::Update { changes: last.into() };
            places.update = Some(plan.add(aim.clone(), body, reason, places.merges.clone()));
        }
        places.before_removal = sorted(places.noted.iter().chain(&places.copied).copied().chain(places.update));
        for contact in &self.rest {
            let survivor = Target::Existing(self.survivor.id.clone());
            let body = match self.removal {
                Removal::Delete => ActionBody::Delete { survivor },
                _ => ActionBody::Archive { survivor },
            };
            let gone = Aim::Existing(contact.id.clone());
            places.removals.push(plan.add(gone, body, because.clone(), places.before_removal.clone()));
        }
        places
    }

    /// What becomes of every row.
    fn rows(&self, plan: &mut GroupPlan, places: &Places) {
        let arrived = sorted(places.noted.iter().chain(&places.brought).copied().chain(places.update));
        let on_survivor = sorted(arrived.iter().chain(&places.copied).chain(&places.merges).copied());
        for row in &self.survivor.rows {
            let reason = "it stays; the others become part of it";
            plan.row(row.index, Outcome::Updated, None, on_survivor.clone(), reason);
        }
        let joined = format!("the same person as {}", place(self.survivor.rows.first()));
        for (lead, merge) in self.leads.iter().zip(&places.merges) {
            let decided_by = sorted(places.noted.iter().copied().chain([*merge]).chain(places.update));
            for row in &lead.rows {
                plan.row(row.index, Outcome::Merged, Some(*merge), decided_by.clone(), joined.clone());
            }
        }
        let outcome = if self.removal == Removal::Delete { Outcome::Deleted } else { Outcome::Archived };
        for (contact, gone) in self.rest.iter().zip(&places.removals) {
            let decided_by = sorted(places.before_removal.iter().copied().chain([*gone]));
            for row in &contact.rows {
                plan.row(row.index, outcome, Some(*gone), decided_by.clone(), joined.clone());
            }
        }
        for member in &self.party.incoming {
            if arrived.is_empty() {
                plan.rest(member.index, Outcome::Unchanged, "its contact has all of it already");
            } else {
                plan.row(member.index, Outcome::Updated, None, arrived.clone(), joined.clone());
            }
        }
    }
}

fn sorted(places: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut places: Vec<usize> = places.collect();
    places.sort_unstable();
    places
}

/// The survivor's rows first, then the golden record's survivor and the rest in input order.
fn preferred<'a>(party: &Party<'a>, survivor: &Contact<'a>) -> Vec<Member<'a>> {
    let mut members = party.by_preference();
    members.sort_by_key(|member| !survivor.holds(member.index));
    members
}

fn promotion(survivor: &Contact<'_>) -> Change {
    let word = |role: &str| AttributeValue::Text(role.to_owned());
    Change {
        attribute: Attribute::Standard(StandardAttribute::Role),
        before: Some(word("lead")),
        after: word("user"),
        from: survivor.rows.first().map_or(crate::link::RecordIndex(0), |row| row.index),
    }
}

fn because(party: &Party<'_>) -> String {
    match party.group.weight {
        Some(weight) => format!("the same person as the contact that stays, with a match weight of {:.1}", weight.0),
        None => "the same person as the contact that stays".to_owned(),
    }
}
