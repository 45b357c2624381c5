//! The truth table: what happens to a group. First line that fits; every row of the group ends in one outcome.
//!
//! | group | default | setting |
//! | --- | --- | --- |
//! | band `review`, loose members of an `auto` group | nothing; rows wait for a person | |
//! | a contact listed in several groups, or without id | nothing; rows are skipped | |
//! | incoming only | `create` the golden record, `attach` tags, companies, notes; keep-note for what does not fit | `mode`: `update_only` skips |
//! | one existing contact alone | nothing, unchanged | |
//! | one existing contact + incoming | `update` its empty attributes, `attach` what it lacks, keep-note for what it does not take; unchanged when that is nothing | `fill`: `overwrite`; `mode`: `create_only` skips |
//! | several existing, a role unknown | nothing; rows are skipped | |
//! | one user + leads (+ incoming) | keep-note, `merge` each lead into the user, then `update` for what merging drops | `mode` |
//! | leads only (+ incoming) | `update` the survivor, copy everything of the others to it, keep-note, then `archive` the others | `lead_groups`: `promote`, `delete`, `report` |
//! | several users, existing or incoming, by their external ids (+ leads) | nothing; rows are skipped | `user_groups`: `archive` |
//!
//! Whatever the line: a member that opted out makes the contact that stays opt out, and nothing ever clears it;
//! `created_at` is never written; `only` leaves kinds out, with everything that needs them.

use std::borrow::Cow;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::attach::{Companies, missing};
use super::changes::{self, Writing};
use super::draft::{Aim, GroupPlan};
use super::join::{self, Removal};
use super::keep::{self, Kept, Known};
use super::party::{Contact, Party, Rows, spread};
use super::places::Places;
use super::values::{Held, Member, chosen, held};
use super::{
    Action, ActionBody, Attachment, Change, KeepDiscarded, LeadGroups, Mode, Options, Outcome, RowPlan, UserGroups,
    order, rules,
};
use crate::contact::{IntercomId, Record, Records, Role};
use crate::link::{Band, Group, Linkage, RecordIndex};

/// Groups decided side by side before their actions are numbered.
const BATCH: usize = 8_192;

/// Why nothing happens to a contact.
pub(super) const UNTOUCHED: &str = "it stays as it is";

/// Decides what to do with every group. Returns the actions in order, and what becomes of every record.
#[must_use]
pub fn decide(records: &(impl Records + ?Sized), linkage: &Linkage, options: &Options) -> (Vec<Action>, Vec<RowPlan>) {
    let records: &dyn Records = &records;
    let groups = &linkage.groups;
    let members = |at: usize| {
        let group = groups.get(at);
        group
            .into_iter()
            .flat_map(|group| group.members.iter().map(|member| (*member, group.loose_weight(*member).is_some())))
    };
    let deciding = Deciding::new(records, spread(groups.len(), members, records), options);
    let decided = |group: &Group| match deciding.alone(group) {
        Some(plan) => plan,
        None => deciding.group(group, &Rows::of(group.members.iter().copied(), records)),
    };
    // Batch by batch, so that drafts make room for the next ones.
    let plans = groups.chunks(BATCH).flat_map(|groups| groups.par_iter().map(decided).collect::<Vec<GroupPlan>>());
    order::arrange(plans, records.count(), &options.only)
}

/// Number of accounts its users have: incoming rows are not contacts yet, but their external ids say as much.
fn accounts(party: &Party<'_>) -> usize {
    let is_user = |record: &Record| record.role.is_none_or(|role| role == Role::User);
    let users = party.members.iter().filter(|member| is_user(member.record));
    let mut ids: Vec<&str> = users.filter_map(|user| user.record.external_id.as_ref()).map(|id| id.0.trim()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.len()
}

/// What all groups share.
pub(super) struct Deciding<'a> {
    records: &'a dyn Records,
    pub(super) options: &'a Options,
    places: Places,
    companies: Companies,
    spread: FxHashSet<IntercomId>,
}

impl<'a> Deciding<'a> {
    /// `spread` are the contacts that nothing may be done to, because several groups list them.
    pub(super) fn new(records: &'a dyn Records, spread: FxHashSet<IntercomId>, options: &'a Options) -> Self {
        let places = match options.keep {
            KeepDiscarded::Attribute => Places::new(&options.keep_attributes),
            KeepDiscarded::Note | KeepDiscarded::Drop => Places::default(),
        };
        Self { records, options, places, companies: Companies::of(records), spread }
    }

    /// What happens to a group, `rows` being the records of its members.
    pub(super) fn group(&self, group: &Group, rows: &Rows<'_>) -> GroupPlan {
        let party = Party::of(group, rows);
        let mut plan = self.certain(group, &party);
        let survivor = party.by_preference();
        for member in &party.waiting {
            let reason = format!("waits for review: perhaps the same person as {}", place(survivor.first()));
            plan.rest(member.index, Outcome::Skipped, reason);
        }
        plan
    }

    fn alone(&self, group: &Group) -> Option<GroupPlan> {
        let [only] = group.members[..] else { return None };
        if group.band == Band::Review || !self.is_untouched(only) {
            return None;
        }
        let mut plan = GroupPlan::new(group.id);
        plan.rest(only, Outcome::Unchanged, UNTOUCHED);
        Some(plan)
    }

    /// The commonest line of the table: whether a record that is a group of its own is a contact of the workspace that
    /// nothing speaks to.
    pub(super) fn is_untouched(&self, only: RecordIndex) -> bool {
        let id = usize::try_from(only.0).ok().and_then(|at| self.records.contact(at));
        id.is_some_and(|id| !self.spread.contains(&id))
    }

    /// What happens to the members that are certain of one another.
    fn certain(&self, group: &Group, party: &Party<'_>) -> GroupPlan {
        if group.band == Band::Review {
            let why = group.review_reason.as_deref().map_or(String::new(), |reason| format!(": {reason}"));
            return skipped(party, format!("waits for review{why}"));
        }
        if party.nameless {
            return skipped(party, "an existing contact of its group has no Intercom id, so nothing can be written");
        }
        if party.contacts.iter().any(|contact| self.spread.contains(contact.id)) {
            return skipped(party, "the same Intercom contact is listed in another group too, with different data");
        }
        let accounts = accounts(party);
        if accounts > 1 && self.options.user_groups == UserGroups::Report {
            let reason =
                format!("{accounts} users are one person; they are different accounts, so they are left alone");
            return skipped(party, reason);
        }
        match party.contacts.as_slice() {
            [] => self.create(party),
            [contact] => self.update(party, contact),
            _ => self.several(party),
        }
    }

    fn create(&self, party: &Party<'_>) -> GroupPlan {
        if self.options.mode == Mode::UpdateOnly {
            return skipped(party, "no contact of the workspace matches, and only existing contacts are to be updated");
        }
        let role = self.role_of_new(&party.members);
        let members = party.by_preference();
        let attachments = missing(&members, &[], &self.companies);
        let (values, note) = self.values_of_new(party, &members, role);
        let identifies = |name| values.iter().any(|change| change.attribute.to_string() == name);
        if !["email", "name", "phone", "external_id"].into_iter().any(identifies) {
            return skipped(
                party,
                "no name, e-mail address, phone number or external id: it would be an empty contact",
            );
        }
        if role == Role::User && !identifies("email") && !identifies("external_id") {
            return skipped(party, "a user needs an e-mail address or an external id, and there is neither");
        }

        let mut plan = GroupPlan::new(party.group.id);
        let reason = match party.members.len() {
            1 => "no contact of the workspace matches this row".to_owned(),
            rows => format!("no contact of the workspace matches these {rows} rows of one person"),
        };
        let create = plan.add(Aim::Made(0), ActionBody::Create { role, values: values.into() }, reason, Vec::new());
        let mut decided_by = vec![create];
        decided_by.extend(attach(&mut plan, &Aim::Made(create), attachments, note, &[create]));
        for member in &party.members {
            if member.index == members.first().map_or(member.index, |first| first.index) {
                let reason = "no contact of the workspace matches";
                plan.row(member.index, Outcome::Created, Some(create), decided_by.clone(), reason);
            } else {
                let reason = format!("the same person as {}", place(members.first()));
                plan.row(member.index, Outcome::Merged, Some(create), decided_by.clone(), reason);
            }
        }
        plan
    }

    /// What a new contact is made with, and the note of what has no place on it.
    fn values_of_new(&self, party: &Party<'_>, members: &[Member<'_>], role: Role) -> (Vec<Change>, Option<String>) {
        // Most people come alone
        if let ([only], KeepDiscarded::Note | KeepDiscarded::Drop) = (members, self.options.keep)
            && party.golden.is_empty()
            && let Some(values) = changes::created_from_one(only, role)
        {
            return (values, None);
        }
        let wanted = chosen(&party.golden, members.iter().copied());
        let incoming = held(party.members.iter().copied());
        let mut values = changes::created(&wanted, &incoming, members, role, self.options.fill);
        let state = changes::after(&Held::new(), &values, [&wanted, &incoming]);
        let kept = self.keep(members, &Known { final_state: &state, rows: &[], joined: false });
        kept.without_places(&mut values);
        values.extend(kept.changes);
        (values, kept.note)
    }

    /// The list's own word first, then the option. A list with external ids speaks of users.
    fn role_of_new(&self, members: &[Member<'_>]) -> Role {
        let said = members.iter().filter_map(|member| member.record.role).max();
        let has_account = members.iter().any(|member| member.record.external_id.is_some());
        said.or(self.options.create_role).unwrap_or(if has_account { Role::User } else { Role::Lead })
    }

    fn update(&self, party: &Party<'_>, contact: &Contact<'_>) -> GroupPlan {
        let mut plan = GroupPlan::new(party.group.id);
        let untouched = |plan: &mut GroupPlan, outcome, reason: &'static str| {
            for member in &party.incoming {
                plan.rest(member.index, outcome, reason);
            }
            for row in &contact.rows {
                plan.rest(row.index, Outcome::Unchanged, UNTOUCHED);
            }
        };
        if party.incoming.is_empty() || self.options.mode == Mode::CreateOnly {
            untouched(&mut plan, Outcome::Skipped, "its contact exists already, and only new ones are to be created");
            return plan;
        }
        let own = held(contact.rows.iter().copied());
        let wanted = chosen(&party.golden, party.by_preference());
        let incoming = held(party.incoming.iter().copied());
        let writing = Writing { role: contact.role, fill: self.options.fill };
        let mut written = changes::changed(&own, &own, &wanted, &incoming, writing);
        let state = changes::after(&own, &written, [&wanted, &incoming]);
        written.extend(changes::opt_out(Some(contact), &party.members));
        let attachments = missing(&party.incoming, &contact.rows, &self.companies);
        let kept = self.keep(&party.incoming, &Known { final_state: &state, rows: &contact.rows, joined: false });
        kept.without_places(&mut written);
        written.extend(kept.changes);
        if written.is_empty() && attachments.is_empty() && kept.note.is_none() {
            untouched(&mut plan, Outcome::Unchanged, "its contact has all of it already");
            return plan;
        }

        let aim = Aim::Existing(contact.id.clone());
        let mut decided_by = Vec::new();
        if !written.is_empty() {
            let ruled = rules::said_of(&party.golden, &written);
            let reason = format!("{} what the contact lacks{ruled}", rows_bring(party.incoming.len()));
            decided_by.push(plan.add(aim.clone(), ActionBody::Update { changes: written.into() }, reason, Vec::new()));
        }
        decided_by.extend(attach(&mut plan, &aim, attachments, kept.note, &[]));
        for member in &party.members {
            let reason = if contact.holds(member.index) {
                format!("{} what it lacks", rows_bring(party.incoming.len()))
            } else {
                format!("the same person as {}", place(contact.rows.first()))
            };
            plan.row(member.index, Outcome::Updated, None, decided_by.clone(), reason);
        }
        plan
    }

    fn several(&self, party: &Party<'_>) -> GroupPlan {
        if self.options.mode == Mode::CreateOnly {
            return skipped(party, "its contact exists already, and only new ones are to be created");
        }
        if party.contacts.iter().any(|contact| contact.role.is_none()) {
            return skipped(party, "the list does not say which of these contacts are leads and which are users");
        }
        let is_user = |contact: &Contact<'_>| contact.role == Some(Role::User);
        let users = party.contacts.iter().filter(|contact| is_user(contact)).count();
        let (survivor, removal) = match (users, self.options.lead_groups, self.options.user_groups) {
            (0, LeadGroups::Report, _) => {
                return skipped(party, "several leads are one person; lead groups are only reported");
            }
            (0, LeadGroups::Archive, _) => (party.survivor(|_| true), Removal::Archive),
            (0, LeadGroups::Delete, _) => (party.survivor(|_| true), Removal::Delete),
            (0, LeadGroups::Promote, _) => {
                if !party.members.iter().any(|member| !member.record.emails.is_empty()) {
                    return skipped(party, "a user needs an e-mail address, so none of these leads can become one");
                }
                (party.survivor(|_| true), Removal::Promote)
            }
            (1, _, _) | (_, _, UserGroups::Archive) => (party.survivor(is_user), Removal::Archive),
            (_, _, UserGroups::Report) => {
                let reason =
                    format!("{users} users are one person; they are different accounts, so they are left alone");
                return skipped(party, reason);
            }
        };
        match survivor {
            Some(survivor) => join::join(self, party, survivor, removal),
            None => skipped(party, "no contact of its group can stay"),
        }
    }

    pub(super) fn keep(&self, donors: &[Member<'_>], known: &Known<'_>) -> Kept {
        match self.options.keep {
            KeepDiscarded::Note | KeepDiscarded::Attribute => keep::keep(donors, known, &self.places),
            KeepDiscarded::Drop => Kept::default(),
        }
    }

    pub(super) fn missing(&self, donors: &[Member<'_>], owners: &[Member<'_>]) -> Vec<Attachment> {
        missing(donors, owners, &self.companies)
    }
}

/// Adds the attachments, the keep-note last, and returns their places.
pub(super) fn attach(
    plan: &mut GroupPlan,
    aim: &Aim,
    attachments: Vec<Attachment>,
    note: Option<String>,
    needs: &[usize],
) -> Vec<usize> {
    let mut places = Vec::new();
    for what in attachments {
        let reason = match &what {
            Attachment::Tag { .. } => "a row of this person has the tag",
            Attachment::Company { .. } => "a row of this person names the company",
            _ => "a row of this person has the note",
        };
        places.push(plan.add(aim.clone(), ActionBody::Attach { what }, reason, needs.to_vec()));
    }
    if let Some(body) = note {
        let what = Attachment::Note { body };
        let reason = "values that have no place on the contact are kept in a note";
        places.push(plan.add(aim.clone(), ActionBody::Attach { what }, reason, needs.to_vec()));
    }
    places
}

fn skipped(party: &Party<'_>, reason: impl Into<Cow<'static, str>>) -> GroupPlan {
    let mut plan = GroupPlan::new(party.group.id);
    let reason = reason.into();
    for member in &party.members {
        plan.rest(member.index, Outcome::Skipped, reason.clone());
    }
    plan
}

/// Where a member comes from, for a reason. Inputs are counted from 1.
pub(super) fn place(member: Option<&Member<'_>>) -> String {
    member.map_or_else(
        || "another row".to_owned(),
        |member| {
            let origin = member.record.origin;
            format!("row {} of input {}", origin.row, u32::from(origin.source.0) + 1)
        },
    )
}

fn rows_bring(count: usize) -> String {
    if count == 1 { "1 incoming row brings".to_owned() } else { format!("{count} incoming rows bring") }
}
