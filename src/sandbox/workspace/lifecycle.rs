//! From creation to deletion: uniqueness, roles, archiving, blocking.
//!
//! | rule | where it comes from |
//! | --- | --- |
//! | a body needs one of email, external_id, role; without a role it is a user | description 2.14 |
//! | external ids are unique among users; leads have none | help centre; error reports |
//! | a user without an external id is known by its e-mail: a second one is refused | help centre (lookup order id, external id, e-mail) |
//! | a user with a new external id may share its e-mail with others | help centre |
//! | leads are exempt from uniqueness | description of the preview version |
//! | an archived contact still owns its identifiers: 409 with "An archived contact" | documentation of 2.1 |
//! | a user never turns back into a lead | our choice; undocumented |
//! | archived contacts can be read by id but not changed | our choice; undocumented |

use std::sync::Arc;

use super::change::{Change, Patch};
use super::contact::{Contact, Role, Standing};
use super::merge::Channel;
use super::refusal::Refusal;
use super::state::Workspace;
use crate::sandbox::clock::Moment;

impl Workspace {
    pub(crate) fn create(&mut self, now: Moment, change: Change) -> Result<Arc<Contact>, Refusal> {
        let names_someone = matches!(change.email, Patch::Set(_)) || matches!(change.external_id, Patch::Set(_));
        if !names_someone && change.role.is_none() {
            return Err(Refusal::missing("email, external_id or role must be specified"));
        }
        let role = change.role.unwrap_or(Role::User);
        if role == Role::User && !names_someone {
            return Err(Refusal::missing("a user needs an email or an external_id"));
        }
        let mut contact = Contact::new(0, String::new(), role, now.seconds());
        change.apply(&mut contact);
        self.enter(now, contact)
    }

    /// Takes in a new contact; one without an id gets one.
    pub(super) fn enter(&mut self, now: Moment, mut contact: Contact) -> Result<Arc<Contact>, Refusal> {
        self.check_identity(&contact)?;
        if contact.id.is_empty() {
            contact.id = self.new_id(now);
        }
        contact.ordinal = self.people.next_ordinal();
        let contact = self.people.insert(contact);
        self.search.offer(now, &contact);
        Ok(contact)
    }

    pub(crate) fn update(&mut self, now: Moment, id: &str, change: Change) -> Result<Arc<Contact>, Refusal> {
        let current = self.active(id)?;
        if current.role == Role::User && change.role == Some(Role::Lead) {
            return Err(Refusal::invalid("role", "A user cannot be changed into a lead"));
        }
        let mut wanted = Contact::clone(current);
        change.apply(&mut wanted);
        let before = current;
        let same_identity =
            wanted.role == before.role && wanted.external_id == before.external_id && wanted.email == before.email;
        if !same_identity {
            if wanted.role == Role::User && wanted.email.is_none() && wanted.external_id.is_none() {
                return Err(Refusal::missing("a user needs an email or an external_id"));
            }
            self.check_identity(&wanted)?;
        }
        self.touch(now, id, |contact| *contact = wanted).ok_or_else(Refusal::contact_not_found)
    }

    /// Would this contact's identifiers clash with another user's? `contact.id` is empty for a new one.
    fn check_identity(&self, contact: &Contact) -> Result<(), Refusal> {
        if contact.role == Role::Lead {
            return match contact.external_id {
                Some(_) => Err(Refusal::invalid("external_id", "A lead cannot have an external_id")),
                None => Ok(()),
            };
        }
        let clash = match (&contact.external_id, &contact.email) {
            (Some(external_id), _) => {
                self.people.user_by_external_id(external_id).filter(|other| other.id != contact.id)
            }
            (None, Some(email)) => {
                let mut others: Vec<_> =
                    self.people.users_by_email(email).filter(|other| other.id != contact.id).collect();
                others.sort_by_key(|other| other.is_hidden());
                others.first().copied()
            }
            (None, None) => None,
        };
        clash.map_or(Ok(()), |other| Err(Refusal::exists(&other.id, other.is_hidden())))
    }

    /// Says by which channel a contact came.
    pub(crate) fn come_by(&mut self, now: Moment, id: &str, channel: Channel) -> Result<(), Refusal> {
        self.active(id)?;
        self.touch(now, id, |contact| contact.channel = Some(channel));
        Ok(())
    }

    pub(crate) fn archive(&mut self, now: Moment, id: &str) -> Result<Arc<Contact>, Refusal> {
        let contact = self.kept(id)?;
        if contact.is_active() {
            return self.stand(now, id, Standing::Archived);
        }
        Ok(contact)
    }

    pub(crate) fn unarchive(&mut self, now: Moment, id: &str) -> Result<Arc<Contact>, Refusal> {
        let contact = self.people.get(id).map(Arc::clone).ok_or_else(Refusal::contact_not_found)?;
        match contact.standing {
            Standing::Active => Ok(contact),
            Standing::Archived => self.stand(now, id, Standing::Active),
            Standing::Blocked => Err(Refusal::new(400, "not_restorable", "User is blocked and is not restorable.")),
            Standing::Merged { .. } => Err(Refusal::bad_request("User has been merged and is not restorable.")),
        }
    }

    /// Hides the contact for good and closes its conversations.
    pub(crate) fn block(&mut self, now: Moment, id: &str) -> Result<Arc<Contact>, Refusal> {
        let contact = self.kept(id)?;
        self.conversations.close_all_of(id, now.seconds());
        match contact.standing {
            Standing::Blocked => Ok(contact),
            _ => self.stand(now, id, Standing::Blocked),
        }
    }

    /// Deletes for good: notes go, conversations lose the participant, the id is unknown from now on.
    pub(crate) fn delete(&mut self, now: Moment, id: &str) -> Result<Arc<Contact>, Refusal> {
        self.kept(id)?;
        let contact = self.people.remove(id).ok_or_else(Refusal::contact_not_found)?;
        self.notes.remove_all_of(id);
        self.conversations.remove_all_of(id);
        self.search.offer_removal(now, contact.ordinal);
        self.deleted.push(contact.id.clone());
        Ok(contact)
    }

    /// A contact that is still one of its own: active, archived or blocked.
    fn kept(&self, id: &str) -> Result<Arc<Contact>, Refusal> {
        let contact = self.people.get(id).filter(|contact| contact.is_active() || contact.is_hidden());
        contact.map(Arc::clone).ok_or_else(Refusal::contact_not_found)
    }

    fn stand(&mut self, now: Moment, id: &str, standing: Standing) -> Result<Arc<Contact>, Refusal> {
        self.touch(now, id, |contact| contact.standing = standing).ok_or_else(Refusal::contact_not_found)
    }
}
