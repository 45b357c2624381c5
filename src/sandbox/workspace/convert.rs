//! Leads and visitors that turn out to be somebody.
//!
//! | from | the user (or lead) that is named | becomes |
//! | --- | --- | --- |
//! | lead | exists | merged into it: see `merge` |
//! | lead | does not | the lead itself turns into the user: it keeps its id, and its e-mail unless another is given |
//! | visitor | exists | the visitor's details fill gaps, then it is gone |
//! | visitor | does not | the visitor turns into the user or lead and keeps its id |
//!
//! Sources: "Convert a lead" and "Convert a visitor" of 1.4 and 2.14. Identifiers are never carried over into a user
//! that exists.

use std::sync::Arc;

use super::anonymous;
use super::change::{Change, Patch};
use super::contact::{Contact, Role};
use super::merge::{MergeCheck, fill};
use super::refusal::Refusal;
use super::state::Workspace;
use super::upsert::Key;
use super::visitor::Visitor;
use crate::sandbox::clock::Moment;

/// What somebody is to become.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) key: Key,
    /// The identifiers and other fields given for a user that is not there yet.
    pub(crate) change: Change,
}

impl Workspace {
    /// Merges a lead into the user that is meant, or makes that user of it.
    pub(crate) fn convert_lead(&mut self, now: Moment, lead: &str, target: Target) -> Result<Arc<Contact>, Refusal> {
        self.lead(lead)?;
        if !target.key.is_empty()
            && let Some(user) = self.find_user(&target.key)?.map(|user| user.id.clone())
        {
            return self.merge(now, lead, &user, MergeCheck::RolesOnly);
        }
        self.update(now, lead, Change { role: Some(Role::User), ..target.change })?;
        let named = self.touch(now, lead, |contact| contact.pseudonym = Some(anonymous::pseudonym(&contact.id)));
        named.ok_or_else(Refusal::lead_not_found)
    }

    /// Merges a visitor into the user or lead that is meant, or makes that contact of it.
    pub(crate) fn convert_visitor(
        &mut self,
        now: Moment,
        visitor: &str,
        role: Role,
        target: Target,
    ) -> Result<Arc<Contact>, Refusal> {
        let visitor = self.visitors.get(visitor)?.clone();
        let known = match role {
            Role::User if target.key.is_empty() => return Err(Refusal::missing("user not specified")),
            Role::User => self.find_user(&target.key)?,
            Role::Lead if target.key.id.is_some() => Some(self.find_lead(&target.key)?),
            Role::Lead => target.key.user_id.as_ref().and_then(|_| self.find_lead(&target.key).ok()),
        };
        let known = known.map(|contact| contact.id.clone());
        let contact = if let Some(id) = known {
            self.touch(now, &id, |contact| adopt(contact, &visitor)).ok_or_else(Refusal::contact_not_found)?
        } else {
            let mut contact = visitor.clone().into_contact(role);
            let mut change = Change { role: Some(role), ..target.change };
            if role == Role::Lead {
                // A lead has no identifier of ours; what was given named nobody.
                change.external_id = Patch::Keep;
            }
            change.apply(&mut contact);
            if role == Role::User && contact.email.is_none() && contact.external_id.is_none() {
                return Err(Refusal::missing("a user needs an email or a user_id"));
            }
            contact.updated_at = now.seconds();
            self.enter(now, contact)?
        };
        self.visitors.remove(&visitor.id)?;
        Ok(contact)
    }
}

fn adopt(contact: &mut Contact, visitor: &Visitor) {
    fill(&mut contact.name, visitor.name.as_ref());
    fill(&mut contact.phone, visitor.phone.as_ref());
    fill(&mut contact.last_seen_at, visitor.last_request_at.as_ref());
    for (name, value) in &visitor.custom_attributes {
        contact.custom_attributes.entry(name.clone()).or_insert_with(|| value.clone());
    }
}
