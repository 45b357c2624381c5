//! The requests that carrying a plan out takes when nothing goes wrong and the workspace is as the plan knows it.
//!
//! To begin: the token and, where custom attributes are written, their list. Reading a contact is one request, and one more for
//! each of tags, companies and notes that it has; a group reads each of its contacts once, and again around whatever
//! cannot be taken back: the lead before a merge, that it is gone and the user after it, both sides before an archive.
//! Conversations are asked for before a contact goes, and before it is copied. Each write is one request; a tag or company
//! that must exist takes one more, once a run. What a plan cannot know is not counted: conversations, choices about
//! subscription types, custom attributes that are to be made.

use rustc_hash::{FxHashMap, FxHashSet};

use super::values::folded;
use super::{Action, ActionBody, Attachment, NeededAttribute, Target};
use crate::contact::{IntercomId, Record, Records, Side};

/// Requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Calls {
    pub(super) reads: u64,
    pub(super) writes: u64,
}

/// What a contact has attached, each thing as it is compared.
#[derive(Clone, Debug, Default)]
struct Attached {
    tags: FxHashSet<String>,
    companies: FxHashSet<String>,
    notes: FxHashSet<String>,
}

impl Attached {
    fn of(record: &Record) -> Self {
        Self {
            tags: record.tags.iter().map(|tag| folded(tag)).collect(),
            companies: record.companies.iter().map(|company| folded(company.original())).collect(),
            notes: record.notes.iter().map(|note| folded(note)).collect(),
        }
    }

    fn lists(&self) -> [&FxHashSet<String>; 3] {
        [&self.tags, &self.companies, &self.notes]
    }

    /// Requests that read the contact.
    fn reads(&self) -> u64 {
        1 + self.lists().into_iter().filter(|list| !list.is_empty()).count() as u64
    }

    /// Takes over what the other has. Gives how many things that were.
    fn take(&mut self, other: &Self) -> u64 {
        let mut new = 0;
        for (own, others) in
            [(&mut self.tags, &other.tags), (&mut self.companies, &other.companies), (&mut self.notes, &other.notes)]
        {
            new += others.iter().filter(|thing| own.insert((*thing).clone())).count() as u64;
        }
        new
    }
}

impl Calls {
    /// Adds up what the actions, group by group in the order of the plan, will ask of the workspace.
    pub(super) fn of(actions: &[Action], attributes: &[NeededAttribute], records: &dyn Records) -> Self {
        if actions.is_empty() {
            return Self::default();
        }
        let mut rows: FxHashMap<&IntercomId, u32> = actions.iter().flat_map(touched).map(|id| (id, u32::MAX)).collect();
        for at in 0..if rows.is_empty() { 0 } else { records.count() } {
            let Some(head) = records.head(at).filter(|head| head.side == Side::Existing) else { continue };
            if let (Some(slot), Ok(row)) = (head.id.as_ref().and_then(|id| rows.get_mut(id)), u32::try_from(at)) {
                *slot = (*slot).min(row);
            }
        }
        let mut counting = Counting { rows, records, names: FxHashSet::default(), calls: Self::default() };
        counting.calls.reads = 1 + u64::from(!attributes.is_empty());
        for group in actions.chunk_by(|one, other| one.group == other.group) {
            counting.group(group);
        }
        counting.calls
    }
}

/// The contacts of the workspace an action reads.
fn touched(action: &Action) -> impl Iterator<Item = &IntercomId> {
    let target = match &action.target {
        Target::Existing(id) => Some(id),
        Target::CreatedBy(_) => None,
    };
    let other = match &action.body {
        ActionBody::Merge { from } => Some(from),
        ActionBody::Attach { what: Attachment::EverythingOf { contact } } => Some(contact),
        _ => None,
    };
    target.into_iter().chain(other)
}

struct Counting<'a> {
    /// The first row of each contact that is touched.
    rows: FxHashMap<&'a IntercomId, u32>,
    records: &'a dyn Records,
    /// Tags and companies that were made sure of.
    names: FxHashSet<String>,
    calls: Calls,
}

/// Contacts a group has read, with what they have by now.
type Held<'a> = FxHashMap<&'a IntercomId, Attached>;

impl<'a> Counting<'a> {
    fn group(&mut self, actions: &'a [Action]) {
        let mut held = Held::default();
        for action in actions {
            let target = match &action.target {
                Target::Existing(id) => Some(id),
                Target::CreatedBy(_) => None,
            };
            match &action.body {
                ActionBody::Create { .. } => self.calls.writes += 1,
                ActionBody::Update { .. } => {
                    self.hold(&mut held, target);
                    self.calls.writes += 1;
                }
                ActionBody::Attach { what } => self.attach(&mut held, target, what),
                ActionBody::Merge { from } => self.merge(&mut held, from, target),
                ActionBody::Archive { survivor } | ActionBody::Delete { survivor } => {
                    let survivor = match survivor {
                        Target::Existing(id) => Some(id),
                        Target::CreatedBy(_) => None,
                    };
                    self.read(&mut held, target);
                    self.read(&mut held, survivor);
                    self.calls.reads += 1;
                    self.calls.writes += 1;
                }
            }
        }
    }

    fn attach(&mut self, held: &mut Held<'a>, target: Option<&'a IntercomId>, what: &'a Attachment) {
        self.hold(held, target);
        let mut thing = Attached::default();
        match what {
            Attachment::Tag { name } => {
                thing.tags.insert(folded(name));
                self.calls.writes += 1 + u64::from(self.names.insert(format!("tag {}", folded(name))));
            }
            Attachment::Company { name, company_id } => {
                thing.companies.insert(folded(name));
                self.calls.writes += 1 + u64::from(self.names.insert(format!("company {company_id}")));
            }
            Attachment::Note { body } => {
                thing.notes.insert(folded(body));
                self.calls.writes += 1;
            }
            Attachment::EverythingOf { contact } => {
                self.hold(held, Some(contact));
                self.calls.reads += 1;
                thing = held.get(contact).cloned().unwrap_or_default();
                let new = target.and_then(|id| held.get_mut(id)).map_or(0, |own| own.take(&thing));
                self.calls.writes += new;
            }
        }
        if let Some(own) = target.and_then(|id| held.get_mut(id)) {
            own.take(&thing);
        }
    }

    fn merge(&mut self, held: &mut Held<'a>, from: &'a IntercomId, into: Option<&'a IntercomId>) {
        self.read(held, Some(from));
        self.hold(held, into);
        // Its conversations before, whether it still answers after
        self.calls.reads += 2;
        self.calls.writes += 1;
        let lead = held.get(from).cloned().unwrap_or_default();
        if let Some(own) = into.and_then(|id| held.get_mut(id)) {
            own.take(&lead);
        }
        self.read(held, into);
    }

    /// Reads a contact the group does not hold.
    fn hold(&mut self, held: &mut Held<'a>, id: Option<&'a IntercomId>) {
        if id.is_some_and(|id| !held.contains_key(id)) {
            self.read(held, id);
        }
    }

    /// Reads a contact, held or not.
    fn read(&mut self, held: &mut Held<'a>, id: Option<&'a IntercomId>) {
        let Some(id) = id else { return };
        let attached = held.entry(id).or_insert_with(|| {
            let row = self.rows.get(id).and_then(|row| self.records.look(usize::try_from(*row).ok()?));
            row.map_or_else(Attached::default, |record| Attached::of(&record))
        });
        self.calls.reads += attached.reads();
    }
}
