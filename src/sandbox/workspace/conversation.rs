//! Conversations, as far as deduplication touches them: who takes part, and whether they are open.

use std::collections::BTreeMap;

use super::refusal::Refusal;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conversation {
    pub(crate) id: u64,
    /// Ids of the contacts that take part, in order of joining.
    pub(crate) contacts: Vec<String>,
    pub(crate) open: bool,
    pub(crate) body: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Conversation {
    /// A conversation nobody has, to hold a query against.
    pub(crate) fn blank() -> Self {
        Self { id: 0, contacts: Vec::new(), open: false, body: String::new(), created_at: 0, updated_at: 0 }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Conversations {
    by_id: BTreeMap<u64, Conversation>,
    last_id: u64,
}

impl Conversations {
    /// In order of creation.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Conversation> {
        self.by_id.values()
    }

    pub(crate) fn get(&self, id: &str) -> Result<&Conversation, Refusal> {
        id.parse().ok().and_then(|id: u64| self.by_id.get(&id)).ok_or_else(Refusal::resource_not_found)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Result<&mut Conversation, Refusal> {
        id.parse().ok().and_then(|id: u64| self.by_id.get_mut(&id)).ok_or_else(Refusal::resource_not_found)
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
        };
        self.by_id.insert(conversation.id, conversation.clone());
        conversation
    }

    pub(crate) fn close_all_of(&mut self, contact: &str, now: i64) {
        for conversation in self.by_id.values_mut().filter(|one| one.open) {
            if conversation.contacts.iter().any(|id| id == contact) {
                conversation.open = false;
                conversation.updated_at = now;
            }
        }
    }

    pub(crate) fn move_all(&mut self, from: &str, into: &str, now: i64) {
        for conversation in self.by_id.values_mut() {
            let Some(place) = conversation.contacts.iter().position(|id| id == from) else { continue };
            conversation.updated_at = now;
            if conversation.contacts.iter().any(|id| id == into) {
                conversation.contacts.remove(place);
            } else if let Some(participant) = conversation.contacts.get_mut(place) {
                into.clone_into(participant);
            }
        }
    }

    /// Deleting a contact deletes the conversations it was alone in.
    pub(crate) fn remove_all_of(&mut self, contact: &str) {
        for conversation in self.by_id.values_mut() {
            conversation.contacts.retain(|id| id != contact);
        }
        self.by_id.retain(|_, conversation| !conversation.contacts.is_empty());
    }
}
