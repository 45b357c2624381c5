//! Finding users and leads the way the 1.x dialect does, and creating what is not there.
//!
//! | rule | where it comes from |
//! | --- | --- |
//! | the order of lookup is id, `user_id`, e-mail; the first one given decides | issues of intercom-rails and -ruby |
//! | an unknown `user_id` is a new user, whatever its e-mail | help centre |
//! | an e-mail of several users names nobody: conflict | documentation of errors |
//! | a write to an archived user brings it back; a blocked one stays away (`not_restorable`) | help centre; client source |
//! | a `user_id` has one owner: `unique_user_constraint` | client source |

use std::sync::Arc;

use super::anonymous;
use super::change::{Change, Patch};
use super::contact::{Contact, Role, Standing};
use super::refusal::Refusal;
use super::state::Workspace;
use crate::sandbox::clock::Moment;

/// How a body or a query names somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) id: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) email: Option<String>,
}

impl Key {
    pub(crate) fn is_empty(&self) -> bool {
        self.id.is_none() && self.user_id.is_none() && self.email.is_none()
    }
}

impl Workspace {
    /// An active user by its Intercom id.
    pub(crate) fn user(&self, id: &str) -> Result<&Arc<Contact>, Refusal> {
        let contact = self.active(id)?;
        if contact.role == Role::User { Ok(contact) } else { Err(Refusal::contact_not_found()) }
    }

    /// An active lead by its Intercom id.
    pub(crate) fn lead(&self, id: &str) -> Result<&Arc<Contact>, Refusal> {
        let contact = self.active(id).ok().filter(|contact| contact.role == Role::Lead);
        contact.ok_or_else(Refusal::lead_not_found)
    }

    /// An active lead by id or automatic `user_id`. Leads cannot be named by their e-mail.
    pub(crate) fn find_lead(&self, key: &Key) -> Result<&Arc<Contact>, Refusal> {
        match (&key.id, &key.user_id) {
            (Some(id), _) => self.lead(id),
            (None, Some(user_id)) => {
                anonymous::id_of(user_id).ok_or_else(Refusal::lead_not_found).and_then(|id| self.lead(&id))
            }
            (None, None) => Err(Refusal::missing("id or user_id not specified")),
        }
    }

    /// Active users with this address, oldest first.
    pub(crate) fn users_by_email(&self, email: &str) -> impl Iterator<Item = &Arc<Contact>> {
        self.people.users_by_email(email).filter(|user| user.is_active())
    }

    /// Active leads with this address, oldest first.
    pub(crate) fn leads_by_email(&self, email: &str) -> impl Iterator<Item = &Arc<Contact>> {
        self.people.leads_by_email(email)
    }

    /// Active contacts with this phone, oldest first.
    pub(crate) fn by_phone(&self, role: Role, phone: &str) -> impl Iterator<Item = &Arc<Contact>> {
        self.people.by_phone(phone).filter(move |contact| contact.role == role)
    }

    /// The one active user that is meant. `None` when nobody has that `user_id` or address; an id must exist.
    pub(crate) fn find_user(&self, key: &Key) -> Result<Option<&Arc<Contact>>, Refusal> {
        if let Some(id) = &key.id {
            return self.user(id).map(Some);
        }
        if let Some(user_id) = &key.user_id {
            return Ok(self.user_by_external_id(user_id));
        }
        let email = key.email.as_deref().ok_or_else(|| Refusal::missing("id, user_id or email not specified"))?;
        let mut users = self.users_by_email(email);
        match (users.next(), users.next()) {
            (Some(_), Some(_)) => Err(Refusal::several_users()),
            (found, _) => Ok(found),
        }
    }

    /// Whom a call about a user or a lead means: leads by id, users in every way.
    pub(crate) fn find_person(&self, key: &Key) -> Result<&Arc<Contact>, Refusal> {
        match &key.id {
            Some(id) => self.active(id),
            None => self.find_user(key)?.ok_or_else(Refusal::contact_not_found),
        }
    }

    /// Updates the user that is meant, or creates it.
    pub(crate) fn upsert_user(&mut self, now: Moment, key: &Key, change: Change) -> Result<Arc<Contact>, Refusal> {
        let known = self.find_user(key)?.map(|user| user.id.clone());
        if let Patch::Set(user_id) = &change.external_id {
            let owner = self.people.user_by_external_id(user_id);
            if owner.is_some_and(|owner| known.as_ref().is_some_and(|known| owner.id != *known)) {
                return Err(Refusal::new(409, "unique_user_constraint", "User already exists."));
            }
        }
        let known = match known {
            Some(id) => Some(id),
            None => self.returning(now, key)?,
        };
        match known {
            Some(id) => self.update(now, &id, change),
            None => self.create(now, Change { role: Some(Role::User), ..change }),
        }
    }

    /// Brings back an archived user that is meant.
    fn returning(&mut self, now: Moment, key: &Key) -> Result<Option<String>, Refusal> {
        let hidden = match (&key.user_id, &key.email) {
            (Some(user_id), _) => self.people.user_by_external_id(user_id),
            (None, Some(email)) => self.people.users_by_email(email).next(),
            (None, None) => None,
        };
        match hidden.map(|user| (user.id.clone(), &user.standing)) {
            Some((id, Standing::Archived)) => self.unarchive(now, &id).map(|user| Some(user.id.clone())),
            Some((_, Standing::Blocked)) => {
                Err(Refusal::new(400, "not_restorable", "User is blocked and is not restorable."))
            }
            _ => Ok(None),
        }
    }

    /// A sign of life: a session, an address, a browser.
    pub(crate) fn note_presence(
        &mut self,
        now: Moment,
        id: &str,
        session: bool,
        ip: Option<String>,
        agent: Option<String>,
    ) {
        self.touch(now, id, |contact| {
            contact.session_count += u64::from(session);
            contact.last_seen_ip = ip.or(contact.last_seen_ip.take());
            contact.user_agent = agent.or(contact.user_agent.take());
        });
    }

    /// Asks for a contact to be forgotten. The sandbox does it at once and hands out the number of the request.
    pub(crate) fn request_deletion(&mut self, now: Moment, id: &str) -> Result<u64, Refusal> {
        self.delete(now, id)?;
        self.deletions_requested += 1;
        Ok(self.deletions_requested)
    }
}
