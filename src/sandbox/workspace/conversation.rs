//! Conversations: who takes part, whose they are, whether they are open and read, and what was said after the first message.

use std::collections::BTreeMap;

use super::ordinals::Ordinals;
use super::refusal::Refusal;
use super::reply::Part;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conversation {
    pub(crate) id: u64,
    /// Ids of the contacts that take part, in order of joining.
    pub(crate) contacts: Vec<String>,
    pub(crate) open: bool,
    pub(crate) body: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    /// A teammate or a team.
    pub(crate) assignee: Option<u64>,
    /// By the person, not by the teammates.
    pub(crate) read: bool,
    pub(crate) snoozed_until: Option<i64>,
    /// In order.
    pub(crate) parts: Vec<Part>,
}

impl Conversation {
    /// A conversation nobody has, to hold a query against.
    pub(crate) fn blank() -> Self {
        Self {
            id: 0,
            contacts: Vec::new(),
            open: false,
            body: String::new(),
            created_at: 0,
            updated_at: 0,
            assignee: None,
            read: true,
            snoozed_until: None,
            parts: Vec::new(),
        }
    }

    pub(crate) fn state(&self) -> &'static str {
        match (self.snoozed_until, self.open) {
            (Some(_), _) => "snoozed",
            (None, true) => "open",
            (None, false) => "closed",
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Conversations {
    by_id: BTreeMap<u64, Conversation>,
    by_contact: Ordinals<String>,
    last_id: u64,
    last_part: u64,
}

impl Conversations {
    pub(super) fn next_part(&mut self) -> u64 {
        self.last_part += 1;
        self.last_part
    }

    /// In order of creation.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Conversation> {
        self.by_id.values()
    }

    pub(crate) fn get(&self, id: &str) -> Result<&Conversation, Refusal> {
        id.parse().ok().and_then(|id: u64| self.by_id.get(&id)).ok_or_else(Refusal::resource_not_found)
    }

    /// Those a contact takes part in, in order of creation.
    pub(crate) fn of(&self, contact: &str) -> impl Iterator<Item = &Conversation> {
        self.by_contact.of(contact).iter().filter_map(|id| self.by_id.get(id))
    }

    /// Starts a conversation.
    pub(super) fn add(&mut self, contacts: &[String], body: &str, open: bool, now: i64) -> Conversation {
        self.last_id += 1;
        let conversation = Conversation {
            id: self.last_id,
            contacts: contacts.to_vec(),
            open,
            body: body.to_owned(),
            created_at: now,
            updated_at: now,
            ..Conversation::blank()
        };
        for contact in contacts {
            self.by_contact.add(contact.clone(), conversation.id);
        }
        self.by_id.insert(conversation.id, conversation.clone());
        conversation
    }

    /// Changes one conversation and keeps the index true.
    pub(super) fn change(&mut self, id: u64, edit: impl FnOnce(&mut Conversation)) -> Option<Conversation> {
        let conversation = self.by_id.get_mut(&id)?;
        for contact in &conversation.contacts {
            self.by_contact.remove(contact.as_str(), id);
        }
        edit(conversation);
        for contact in &conversation.contacts {
            self.by_contact.add(contact.clone(), id);
        }
        Some(conversation.clone())
    }

    fn ids_of(&self, contact: &str) -> Vec<u64> {
        self.by_contact.of(contact).iter().copied().collect()
    }

    pub(crate) fn close_all_of(&mut self, contact: &str, now: i64) {
        for id in self.ids_of(contact) {
            if let Some(conversation) = self.by_id.get_mut(&id).filter(|one| one.open) {
                conversation.open = false;
                conversation.updated_at = now;
            }
        }
    }

    pub(crate) fn move_all(&mut self, from: &str, into: &str, now: i64) {
        for id in self.ids_of(from) {
            self.change(id, |conversation| {
                conversation.updated_at = now;
                let known = conversation.contacts.iter().any(|held| held == into);
                match conversation.contacts.iter().position(|held| held == from) {
                    Some(place) if known => drop(conversation.contacts.remove(place)),
                    Some(place) => {
                        if let Some(participant) = conversation.contacts.get_mut(place) {
                            into.clone_into(participant);
                        }
                    }
                    None => {}
                }
            });
        }
    }

    /// Deleting a contact deletes the conversations it was alone in.
    pub(crate) fn remove_all_of(&mut self, contact: &str) {
        for id in self.ids_of(contact) {
            let left = self.change(id, |conversation| conversation.contacts.retain(|held| held != contact));
            if left.is_some_and(|conversation| conversation.contacts.is_empty()) {
                self.by_id.remove(&id);
            }
        }
    }
}
