//! The requests that carrying a plan out takes when nothing goes wrong and the workspace is as the plan knows it.
//!
//! To begin: the token and, where custom attributes are written, their list. Reading a contact is one request, and one more for
//! each of tags, companies and notes that it has; a group reads each of its contacts once, and again around whatever
//! cannot be taken back: the lead before a merge, that it is gone and the user after it, both sides before an archive.
//! Conversations are asked for before a contact goes, and before it is copied. Each write is one request; a tag or company
//! that must exist takes one more, once a run. What a plan cannot know is not counted: conversations, choices about
//! subscription types, custom attributes that are to be made.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::values::folded;
use super::{Action, ActionBody, Attachment, Target};
use crate::contact::{IntercomId, Record};

/// Requests of some groups, without those that come once a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Calls {
    pub(super) reads: u64,
    pub(super) writes: u64,
    /// Tags and companies that have to be made sure of, one request each.
    pub(super) names: FxHashSet<String>,
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
    /// Adds up what the actions of one group, in their order, will ask of the workspace. `contact` gives the first row of a
    /// contact, where there is one.
    pub(super) fn of_group<'r>(actions: &[Action], contact: &dyn Fn(&IntercomId) -> Option<Cow<'r, Record>>) -> Self {
        let mut counting = Counting { contact, calls: Self::default() };
        counting.group(actions);
        counting.calls
    }
}

/// The contacts of the workspace an action reads.
pub(super) fn touched(action: &Action) -> impl Iterator<Item = &IntercomId> {
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

struct Counting<'c, 'r> {
    contact: &'c dyn Fn(&IntercomId) -> Option<Cow<'r, Record>>,
    calls: Calls,
}

/// Contacts a group has read, with what they have by now.
type Held<'a> = FxHashMap<&'a IntercomId, Attached>;

impl Counting<'_, '_> {
    fn group(&mut self, actions: &[Action]) {
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

    fn attach<'a>(&mut self, held: &mut Held<'a>, target: Option<&'a IntercomId>, what: &'a Attachment) {
        self.hold(held, target);
        let mut thing = Attached::default();
        match what {
            Attachment::Tag { name } => {
                thing.tags.insert(folded(name));
                self.calls.writes += 1;
                self.calls.names.insert(format!("tag {}", folded(name)));
            }
            Attachment::Company { name, company_id } => {
                thing.companies.insert(folded(name));
                self.calls.writes += 1;
                self.calls.names.insert(format!("company {company_id}"));
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

    fn merge<'a>(&mut self, held: &mut Held<'a>, from: &'a IntercomId, into: Option<&'a IntercomId>) {
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
    fn hold<'a>(&mut self, held: &mut Held<'a>, id: Option<&'a IntercomId>) {
        if id.is_some_and(|id| !held.contains_key(id)) {
            self.read(held, id);
        }
    }

    /// Reads a contact, held or not.
    fn read<'a>(&mut self, held: &mut Held<'a>, id: Option<&'a IntercomId>) {
        let Some(id) = id else { return };
        let attached = held
            .entry(id)
            .or_insert_with(|| (self.contact)(id).map_or_else(Attached::default, |record| Attached::of(&record)));
        self.calls.reads += attached.reads();
    }
}
