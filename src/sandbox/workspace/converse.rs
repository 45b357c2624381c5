//! Conversations started, joined and left.

use super::conversation::Conversation;
use super::refusal::Refusal;
use super::state::Workspace;
use crate::sandbox::clock::Moment;

impl Workspace {
    pub(crate) fn add_conversation(
        &mut self,
        now: Moment,
        contacts: &[String],
        body: &str,
        open: bool,
    ) -> Result<Conversation, Refusal> {
        if contacts.is_empty() {
            return Err(Refusal::missing("a conversation needs a contact"));
        }
        for contact in contacts {
            self.active(contact)?;
        }
        Ok(self.conversations.add(contacts, body, open, now.seconds()))
    }

    pub(crate) fn join_conversation(&mut self, now: Moment, id: &str, contact: &str) -> Result<Conversation, Refusal> {
        let conversation = self.conversations.get(id)?.clone();
        self.active(contact)?;
        if conversation.contacts.iter().any(|held| held == contact) {
            return Ok(conversation);
        }
        let joined = self.conversations.change(conversation.id, |conversation| {
            conversation.contacts.push(contact.to_owned());
            conversation.updated_at = now.seconds();
        });
        joined.ok_or_else(Refusal::resource_not_found)
    }

    /// Takes a contact out; the last participant has to stay.
    pub(crate) fn leave_conversation(&mut self, now: Moment, id: &str, contact: &str) -> Result<Conversation, Refusal> {
        let conversation = self.conversations.get(id)?;
        if !conversation.contacts.iter().any(|held| held == contact) {
            return Err(Refusal::contact_not_found());
        }
        if conversation.contacts.len() == 1 {
            let message = "Removing the last participant from a conversation is not allowed";
            return Err(Refusal::new(422, "parameter_invalid", message));
        }
        let number = conversation.id;
        let left = self.conversations.change(number, |conversation| {
            conversation.contacts.retain(|held| held != contact);
            conversation.updated_at = now.seconds();
        });
        left.ok_or_else(Refusal::resource_not_found)
    }
}
