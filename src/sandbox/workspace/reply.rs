//! What is said and done in a conversation: comments, notes, opening, closing, snoozing, assigning, reading.

use super::conversation::Conversation;
use super::note::as_html;
use super::refusal::Refusal;
use super::state::Workspace;
use crate::sandbox::clock::Moment;

/// Who speaks or acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Author {
    Admin(u64),
    /// The id of a contact that takes part.
    Contact(String),
}

/// One part of a conversation after its first message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) id: u64,
    pub(crate) kind: &'static str,
    /// HTML.
    pub(crate) body: Option<String>,
    pub(crate) author: Author,
    pub(crate) created_at: i64,
    pub(crate) attachments: Vec<String>,
}

/// What a part does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Comment,
    /// Seen by teammates only.
    Note,
    Open,
    Close,
    /// Until this second.
    Snooze(i64),
    /// To this teammate or team; 0 is nobody.
    Assign(u64),
}

impl Deed {
    fn kind(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Note => "note",
            Self::Open => "open",
            Self::Close => "close",
            Self::Snooze(_) => "snoozed",
            Self::Assign(_) => "assignment",
        }
    }
}

/// What is to be added to a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) author: Author,
    pub(crate) deed: Deed,
    pub(crate) body: Option<String>,
    pub(crate) attachments: Vec<String>,
}

impl Workspace {
    /// Adds a part. A comment opens the conversation; one of a teammate is unread until the person reads it or answers.
    pub(crate) fn reply(&mut self, now: Moment, id: &str, reply: Reply) -> Result<Conversation, Refusal> {
        let conversation = self.conversations.get(id)?;
        let body = reply.body.as_deref().map(str::trim).filter(|body| !body.is_empty());
        if matches!(reply.deed, Deed::Comment | Deed::Note) && body.is_none() && reply.attachments.is_empty() {
            return Err(Refusal::missing("body not specified"));
        }
        match &reply.author {
            Author::Contact(contact) if !conversation.contacts.contains(contact) => {
                return Err(Refusal::contact_not_found());
            }
            Author::Contact(_) if reply.deed != Deed::Comment => {
                return Err(Refusal::invalid("message_type", "a user can only comment"));
            }
            _ => {}
        }
        if let Deed::Assign(to) = reply.deed {
            let known = to == 0 || self.admin(to).is_some() || self.teams.iter().any(|team| team.id == to);
            if !known {
                return Err(Refusal::new(404, "assignee_not_found", "Assignee Not Found"));
            }
        }
        let number = conversation.id;
        let part = Part {
            id: self.conversations.next_part(),
            kind: reply.deed.kind(),
            body: body.map(as_html),
            author: reply.author.clone(),
            created_at: now.seconds(),
            attachments: reply.attachments,
        };
        let changed = self.conversations.change(number, |conversation| {
            match reply.deed {
                Deed::Comment => {
                    conversation.open = true;
                    conversation.snoozed_until = None;
                    conversation.read = matches!(reply.author, Author::Contact(_));
                }
                Deed::Note => {}
                Deed::Open => (conversation.open, conversation.snoozed_until) = (true, None),
                Deed::Close => (conversation.open, conversation.snoozed_until) = (false, None),
                Deed::Snooze(until) => conversation.snoozed_until = Some(until),
                Deed::Assign(to) => conversation.assignee = (to != 0).then_some(to),
            }
            conversation.updated_at = now.seconds();
            conversation.parts.push(part);
        });
        changed.ok_or_else(Refusal::resource_not_found)
    }

    /// The person has read it, or has not.
    pub(crate) fn mark_read(&mut self, now: Moment, id: &str, read: bool) -> Result<Conversation, Refusal> {
        let number = self.conversations.get(id)?.id;
        let changed = self.conversations.change(number, |conversation| {
            conversation.read = read;
            conversation.updated_at = now.seconds();
        });
        changed.ok_or_else(Refusal::resource_not_found)
    }
}
