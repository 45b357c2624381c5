//! A group seen as contacts: which of its members are rows of one and the same contact of the workspace, who is a user,
//! who is a lead, what is new.

use std::borrow::Cow;
use std::hash::BuildHasher;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashSet};

use super::values::Member;
use crate::contact::{IntercomId, Record, Records, Role, Side};
use crate::link::{GoldenField, Group, RecordIndex};

/// A contact of the workspace. Two inputs may both list it; then it has several rows.
#[derive(Clone, Debug)]
pub(super) struct Contact<'a> {
    pub(super) id: &'a IntercomId,
    /// `None` when no row says. A contact with an external id is a user.
    pub(super) role: Option<Role>,
    pub(super) rows: Vec<Member<'a>>,
}

/// The members of a group.
#[derive(Debug)]
pub(super) struct Party<'a> {
    pub(super) group: &'a Group,
    /// Those of the core, in input order.
    pub(super) members: Vec<Member<'a>>,
    /// Loose members: nothing happens to them before a person decides.
    pub(super) waiting: Vec<Member<'a>>,
    /// Rows of lists to import.
    pub(super) incoming: Vec<Member<'a>>,
    /// Contacts of the workspace, in the order of their first row.
    pub(super) contacts: Vec<Contact<'a>>,
    /// The merged record of the core.
    pub(super) golden: Vec<GoldenField>,
    /// Existing rows without an id: nothing can be written to them.
    pub(super) nameless: bool,
}

impl<'a> Party<'a> {
    pub(super) fn of(group: &'a Group, rows: &'a Rows<'_>) -> Self {
        let (waiting, members): (Vec<Member<'a>>, Vec<Member<'a>>) =
            rows.members().partition(|member| group.loose_weight(member.index).is_some());
        let mut contacts: Vec<Contact<'a>> = Vec::new();
        let mut incoming = Vec::new();
        let mut nameless = false;
        for &member in &members {
            match (member.record.side, &member.record.id) {
                (Side::Incoming, _) => incoming.push(member),
                (Side::Existing, None) => nameless = true,
                (Side::Existing, Some(id)) => match contacts.iter_mut().find(|contact| contact.id == id) {
                    Some(contact) => {
                        contact.rows.push(member);
                        contact.role = contact.role.max(role(member.record));
                    }
                    None => contacts.push(Contact { id, role: role(member.record), rows: vec![member] }),
                },
            }
        }
        let golden = group.golden.fields.unpacked();
        Self { group, members, waiting, incoming, contacts, golden, nameless }
    }

    /// The survivor's row first, then all others in input order: who is asked first for a value.
    pub(super) fn by_preference(&self) -> Vec<Member<'a>> {
        let survivor = self.group.golden.survivor;
        let mut ordered = self.members.clone();
        ordered.sort_by_key(|member| member.index != survivor);
        ordered
    }

    /// The contact that stays, of those given: the golden record's survivor, else the oldest, else the smallest id.
    pub(super) fn survivor(&self, among: impl Fn(&Contact<'a>) -> bool) -> Option<&Contact<'a>> {
        let chosen = self.group.golden.survivor;
        self.contacts.iter().filter(|contact| among(contact)).min_by_key(|contact| {
            let is_chosen = contact.rows.iter().any(|row| row.index == chosen);
            let created = contact.rows.iter().filter_map(|row| row.record.created_at).min();
            (!is_chosen, created.is_none(), created, contact.id)
        })
    }
}

impl Contact<'_> {
    /// Unsubscribed by its own flag, which is the only one that can be written.
    pub(super) fn is_unsubscribed(&self) -> bool {
        self.rows.iter().any(|row| row.record.unsubscribed == Some(true))
    }

    pub(super) fn holds(&self, record: RecordIndex) -> bool {
        self.rows.iter().any(|row| row.index == record)
    }
}

fn role(record: &Record) -> Option<Role> {
    record.role.or_else(|| record.external_id.as_ref().map(|_| Role::User))
}

/// Whether the person behind a row does not want mail, or cannot get any. Opt-out wins over everything else.
pub(super) fn opted_out(record: &Record) -> bool {
    [record.unsubscribed, record.hard_bounced, record.marked_as_spam].contains(&Some(true))
}

/// The records of a group's members, each unpacked once. To whoever asks for another record there is none.
#[derive(Debug)]
pub(super) struct Rows<'r>(Vec<(RecordIndex, Cow<'r, Record>)>);

impl<'r> Rows<'r> {
    /// Members are given in input order.
    pub(super) fn of(members: impl Iterator<Item = RecordIndex>, records: &'r dyn Records) -> Self {
        Self(members.filter_map(|index| Some((index, records.look(usize::try_from(index.0).ok()?)?))).collect())
    }

    fn members(&self) -> impl Iterator<Item = Member<'_>> {
        self.0.iter().map(|(index, record)| Member { index: *index, record })
    }

    /// The first row of a contact of the workspace.
    pub(super) fn contact(&self, id: &IntercomId) -> Option<&Record> {
        let rows = self.0.iter().map(|(_, record)| &**record);
        rows.filter(|row| row.side == Side::Existing).find(|row| row.id.as_ref() == Some(id))
    }
}

impl Records for Rows<'_> {
    fn count(&self) -> usize {
        self.0.last().and_then(|(last, _)| usize::try_from(last.0).ok()).map_or(0, |last| last + 1)
    }

    fn look(&self, at: usize) -> Option<Cow<'_, Record>> {
        let at = u32::try_from(at).ok()?;
        let place = self.0.binary_search_by_key(&RecordIndex(at), |(index, _)| *index).ok()?;
        self.0.get(place).map(|(_, record)| Cow::Borrowed(&**record))
    }
}

/// Contacts whose rows are spread over several groups, or over the core of one and its loose members, because two inputs
/// list them differently. Writing to them in one group could undo or contradict what another does, so those groups are
/// left alone. `members` gives those of the group at a place, and whether they are loose.
pub(super) fn spread<M: Iterator<Item = (RecordIndex, bool)>>(
    groups: usize,
    members: impl Fn(usize) -> M + Sync,
    records: &dyn Records,
) -> FxHashSet<IntercomId> {
    let hasher = FxBuildHasher;
    let members = &members;
    let rows = (0..groups).into_par_iter().flat_map_iter(|group| {
        members(group).filter_map(move |(index, is_loose)| {
            let id = records.contact(usize::try_from(index.0).ok()?)?;
            Some((hasher.hash_one(&id), group, is_loose, index.0))
        })
    });
    // Sorted by hash instead of looked up one by one: hardly any contact is listed twice.
    let mut rows: Vec<(u64, usize, bool, u32)> = rows.collect();
    rows.par_sort_unstable();
    let id = |row: u32| usize::try_from(row).ok().and_then(|at| records.contact(at));
    let several = rows.chunk_by(|one, other| one.0 == other.0).filter(|rows| rows.len() > 1);
    several
        .flat_map(|rows| rows.iter().map(move |row| (rows, row)))
        .filter(|(rows, row)| rows.iter().any(|other| (other.1, other.2) != (row.1, row.2) && id(other.3) == id(row.3)))
        .filter_map(|(_, row)| id(row.3))
        .collect()
}
