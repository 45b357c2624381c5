//! What a contact holds that another one lacks. Pure; used to copy, and again to verify before anything is archived.

use std::collections::HashSet;

use super::holding::Holding;
use super::note;
use super::unkept::{Leaving, unkept};
use crate::intercom::{Company, Contact, Conversation, Subscription, Tag};
use crate::plan::Places;

/// What the survivor lacks of what the loser has.
#[derive(Clone, Debug, Default)]
pub(super) struct Missing {
    pub(super) tags: Vec<Tag>,
    pub(super) companies: Vec<Company>,
    /// Choices about subscription types the survivor is to make its own.
    pub(super) choices: Vec<Subscription>,
    /// Bodies of notes as they are to be written.
    pub(super) notes: Vec<String>,
    /// Ids of open conversations.
    pub(super) conversations: Vec<String>,
    /// What of the loser's identity is nowhere on the survivor: it changed since the plan, and nothing may be done to it.
    pub(super) moved: Option<String>,
    /// The loser must not be written to, and the survivor still may.
    pub(super) opt_out: bool,
}

/// Whether a contact must not get e-mails. Only the first of the three can be written.
pub(super) fn opted_out(contact: &Contact) -> bool {
    contact.unsubscribed_from_emails || contact.has_hard_bounced || contact.marked_email_as_spam
}

impl Missing {
    pub(super) fn is_empty(&self) -> bool {
        self.tags.is_empty()
            && self.companies.is_empty()
            && self.choices.is_empty()
            && self.notes.is_empty()
            && self.conversations.is_empty()
            && !self.opt_out
            && self.moved.is_none()
    }

    /// "2 tags, 1 note".
    pub(super) fn in_words(&self) -> String {
        let counts = [
            (self.tags.len(), "tag", "tags"),
            (self.companies.len(), "company", "companies"),
            (self.choices.len(), "choice of subscription", "choices of subscriptions"),
            (self.notes.len(), "note", "notes"),
            (self.conversations.len(), "open conversation", "open conversations"),
            (usize::from(self.opt_out), "opt-out", "opt-outs"),
        ];
        let words = counts.into_iter().filter(|(count, ..)| *count > 0);
        words
            .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// Choices to carry over: the survivor keeps its own, except that an opt-out wins over an opt-in.
pub(super) fn choices_lacking(loser: &[Subscription], survivor: &[Subscription]) -> Vec<Subscription> {
    let lacks = |choice: &&Subscription| match survivor.iter().find(|own| own.id == choice.id) {
        None => true,
        Some(own) => choice.opted_out && !own.opted_out,
    };
    loser.iter().filter(lacks).cloned().collect()
}

/// What is missing on the survivor, in the order it is to be copied.
///
/// Open conversations are joined. Joining a closed one would open it again, so a note says where it is: `inbox` is the
/// address before a conversation's id; `keeping` the attributes that keep discarded values, `None` when those are dropped.
pub(super) fn missing(
    (loser, loser_conversations): (&Holding, &[Conversation]),
    (survivor, survivor_conversations): (&Holding, &[Conversation]),
    keeping: Option<&Places>,
    inbox: &str,
) -> Missing {
    let tags: HashSet<_> = survivor.tags.iter().map(|tag| &tag.id).collect();
    let companies: HashSet<_> = survivor.companies.iter().map(|company| &company.id).collect();
    let conversations: HashSet<_> = survivor_conversations.iter().map(|conversation| &conversation.id).collect();
    let mut notes: Vec<String> = Vec::new();
    let mut ordered: Vec<_> = loser.notes.iter().collect();
    ordered.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    for original in ordered {
        let copy = note::copy(original);
        // The survivor may have the note itself (same words), not only a copy of it
        if !note::is_among(&survivor.notes, &copy)
            && !note::is_among(&survivor.notes, &original.body)
            && !notes.contains(&copy)
        {
            notes.push(copy);
        }
    }
    let foreign = loser_conversations.iter().filter(|conversation| !conversations.contains(&conversation.id));
    for closed in foreign.filter(|conversation| !conversation.open) {
        let body = note::conversation(closed, inbox);
        if !note::is_among(&survivor.notes, &body) {
            notes.push(body);
        }
    }
    let mut moved = None;
    if let Some(places) = keeping {
        let lost = unkept(&loser.contact, &survivor.contact, &survivor.notes, Leaving::Removed, places);
        notes.extend(lost.note());
        moved = lost.moved();
    }
    Missing {
        moved,
        tags: loser.tags.iter().filter(|tag| !tags.contains(&tag.id)).cloned().collect(),
        companies: loser.companies.iter().filter(|company| !companies.contains(&company.id)).cloned().collect(),
        choices: choices_lacking(&loser.choices, &survivor.choices),
        notes,
        conversations: loser_conversations
            .iter()
            .filter(|conversation| conversation.open && !conversations.contains(&conversation.id))
            .map(|conversation| conversation.id.clone())
            .collect(),
        opt_out: opted_out(&loser.contact) && !survivor.contact.unsubscribed_from_emails,
    }
}
