//! Messages: from a teammate to a person, which are only kept, and from a person, which start a conversation.

use super::conversation::Conversation;
use super::refusal::Refusal;
use super::state::Workspace;
use crate::sandbox::clock::Moment;

/// A message from a teammate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) from: u64,
    pub(crate) to: String,
    /// `inapp` or `email`.
    pub(crate) kind: &'static str,
    pub(crate) subject: Option<String>,
    pub(crate) body: String,
    pub(crate) created_at: i64,
}

impl Workspace {
    pub(crate) fn send_message(
        &mut self,
        now: Moment,
        from: u64,
        to: &str,
        (kind, subject, body): (&'static str, Option<String>, &str),
    ) -> Result<Message, Refusal> {
        self.active(to)?;
        let id = self.messages.len() as u64 + 1;
        let created_at = now.seconds();
        let message = Message { id, from, to: to.to_owned(), kind, subject, body: body.to_owned(), created_at };
        self.messages.push(message.clone());
        Ok(message)
    }

    /// Somebody writes in.
    pub(crate) fn receive_message(&mut self, now: Moment, from: &str, body: &str) -> Result<Conversation, Refusal> {
        self.add_conversation(now, &[from.to_owned()], body, true)
    }
}
