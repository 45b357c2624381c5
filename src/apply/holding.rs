//! Everything a contact holds, beyond the ten of each kind its own answer shows.

use serde_json::{Map, Value, json};

use super::session::{Session, Trouble};
use super::value::role_name;
use crate::contact::{IntercomId, Timestamp};
use crate::intercom::{self, Company, Contact, Conversation, Note, Subscription, Tag, WriteWorkspace};
use crate::store::BeforeImage;

/// A contact with all its tags, companies, notes and choices about subscriptions.
#[derive(Clone, Debug)]
pub(super) struct Holding {
    pub(super) contact: Contact,
    pub(super) tags: Vec<Tag>,
    pub(super) companies: Vec<Company>,
    pub(super) notes: Vec<Note>,
    /// Subscription types it has chosen about.
    pub(super) choices: Vec<Subscription>,
    /// Its conversations, where somebody had to know them: before it goes, and of who takes its place.
    pub(super) conversations: Option<Vec<Conversation>>,
    pub(super) read_at: Timestamp,
}

impl Holding {
    /// A contact that was just made and has nothing attached.
    pub(super) fn fresh(contact: Contact, read_at: Timestamp) -> Self {
        Self {
            contact,
            tags: Vec::new(),
            companies: Vec::new(),
            notes: Vec::new(),
            choices: Vec::new(),
            conversations: None,
            read_at,
        }
    }

    /// Reads it. What the contact's own answer says is empty is not asked for again.
    pub(super) async fn read<W: WriteWorkspace>(session: &Session<'_, W>, id: &IntercomId) -> Result<Self, Trouble> {
        let workspace = session.workspace;
        let contact = session.read(|| workspace.contact(id)).await?;
        // An answer under another id means the contact was merged and the server followed it for us
        if contact.id != *id {
            let message = "the contact was merged into another one".to_owned();
            return Err(Trouble::Absent { canonical: Some(contact.id), message });
        }
        let mut holding = Self::fresh(contact, session.now());
        let contact = &holding.contact;
        // What an archived contact holds answers as if there were none, and nobody writes to it
        if contact.archived {
            return Ok(holding);
        }
        if contact.tags.total > 0 {
            holding.tags = session.read(|| workspace.tags(id)).await?;
        }
        if contact.companies.total > 0 {
            holding.companies = session.read(|| workspace.companies(id)).await?;
        }
        if contact.notes.total > 0 {
            holding.notes = session.read(|| workspace.notes(id)).await?;
        }
        holding.choices = match choices_told(contact) {
            Some(0) => Vec::new(),
            Some(_) => session.read(|| workspace.subscriptions(id)).await?,
            None => {
                let ask = || async {
                    match workspace.subscriptions(id).await {
                        // A plan without subscription types has no choices to lose
                        Err(intercom::Error::Refused { .. } | intercom::Error::NotFound { .. }) => Ok(Vec::new()),
                        answer => answer,
                    }
                };
                session.read(ask).await?
            }
        };
        holding.read_at = session.now();
        Ok(holding)
    }

    /// The state for the journal: the answer as it came, with the whole lists in place of the first ten.
    pub(super) fn image(&self) -> BeforeImage {
        let mut state = match &self.contact.raw {
            Value::Object(fields) => fields.clone(),
            _ => Map::new(),
        };
        let contact = &self.contact;
        for (key, value) in [
            ("id", json!(contact.id)),
            ("role", json!(role_name(contact.role))),
            ("external_id", json!(contact.external_id)),
            ("email", json!(contact.email)),
            ("phone", json!(contact.phone)),
            ("name", json!(contact.name)),
            ("unsubscribed_from_emails", json!(contact.unsubscribed_from_emails)),
            ("has_hard_bounced", json!(contact.has_hard_bounced)),
            ("marked_email_as_spam", json!(contact.marked_email_as_spam)),
            ("signed_up_at", json!(contact.signed_up_at)),
            ("last_seen_at", json!(contact.last_seen_at)),
            ("updated_at", json!(contact.updated_at)),
            ("archived", json!(contact.archived)),
            ("custom_attributes", Value::Object(contact.custom_attributes.clone())),
            ("tags", json!(self.tags)),
            ("companies", json!(self.companies)),
            ("notes", json!(self.notes)),
            ("subscriptions", json!(self.choices)),
        ] {
            state.insert(key.to_owned(), value);
        }
        if let Some(conversations) = &self.conversations {
            let ids: Vec<&str> = conversations.iter().map(|conversation| conversation.id.as_str()).collect();
            state.insert("conversation_ids".to_owned(), json!(ids));
        }
        BeforeImage { contact: contact.id.clone(), read_at: self.read_at, state: Value::Object(state) }
    }

    pub(super) fn has_tag_named(&self, name: &str) -> bool {
        let wanted = name.trim().to_lowercase();
        self.tags.iter().any(|tag| tag.name.trim().to_lowercase() == wanted)
    }

    pub(super) fn has_company(&self, company_id: &str, name: &str) -> bool {
        let wanted = name.trim().to_lowercase();
        self.companies
            .iter()
            .any(|company| company.company_id == company_id || company.name.trim().to_lowercase() == wanted)
    }
}

/// Subscription types a contact has chosen about, as its own answer counts them; `None` when it does not say.
fn choices_told(contact: &Contact) -> Option<u64> {
    let told = |key: &str| contact.raw.get(key)?.get("total_count")?.as_u64();
    Some(told("opted_out_subscription_types")? + told("opted_in_subscription_types")?)
}
