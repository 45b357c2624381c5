//! The contacts of a workspace with the indexes that keep 120,000 of them quick.
//!
//! Only users that still own their identifiers (active, archived or blocked) are in the two identity indexes: leads are
//! exempt from uniqueness, and a merged contact has given its identifiers up. All other indexes, except that of tags,
//! hold active contacts only. No question asked for one page or one contact walks over all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use super::contact::{Contact, Role, Standing, email_key};
use super::ordinals::Ordinals;

/// Creation date and ordinal: the order of the 1.x lists.
pub(crate) type Age = (i64, u64);

#[derive(Debug, Default)]
pub(crate) struct People {
    by_ordinal: BTreeMap<u64, Arc<Contact>>,
    by_id: HashMap<String, u64>,
    users_by_external_id: HashMap<String, u64>,
    users_by_email: Ordinals<String>,
    leads_by_email: Ordinals<String>,
    by_phone: Ordinals<String>,
    by_company: Ordinals<String>,
    /// Whoever wears a tag, archived or not.
    by_tag: Ordinals<u64>,
    users_by_age: BTreeSet<Age>,
    leads_by_age: BTreeSet<Age>,
    last_ordinal: u64,
    changes: u64,
}

impl People {
    pub(crate) fn next_ordinal(&mut self) -> u64 {
        self.last_ordinal += 1;
        self.last_ordinal
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Arc<Contact>> {
        self.by_ordinal.get(self.by_id.get(id)?)
    }

    pub(crate) fn knows(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    pub(crate) fn active_count(&self) -> usize {
        self.users_by_age.len() + self.leads_by_age.len()
    }

    /// Counts every change, so that an arrangement can be kept while nothing changes.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// Active contacts of a role by age.
    pub(crate) fn by_age(&self, role: Role) -> &BTreeSet<Age> {
        match role {
            Role::User => &self.users_by_age,
            Role::Lead => &self.leads_by_age,
        }
    }

    /// Every contact in order of creation, archived and merged ones included.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Arc<Contact>> {
        self.by_ordinal.values()
    }

    /// Active contacts created after the one with this ordinal (0 = from the start).
    pub(crate) fn active_after(&self, ordinal: u64) -> impl Iterator<Item = &Arc<Contact>> {
        self.by_ordinal
            .range((Bound::Excluded(ordinal), Bound::Unbounded))
            .map(|(_, contact)| contact)
            .filter(|contact| contact.is_active())
    }

    pub(crate) fn user_by_external_id(&self, external_id: &str) -> Option<&Arc<Contact>> {
        self.by_ordinal.get(self.users_by_external_id.get(external_id)?)
    }

    /// Users with this address in order of creation, archived ones included.
    pub(crate) fn users_by_email(&self, email: &str) -> impl Iterator<Item = &Arc<Contact>> {
        self.contacts(self.users_by_email.of(&email_key(email)))
    }

    /// Active leads with this address in order of creation.
    pub(crate) fn leads_by_email(&self, email: &str) -> impl Iterator<Item = &Arc<Contact>> {
        self.contacts(self.leads_by_email.of(&email_key(email)))
    }

    /// Active contacts with this phone, as it is stored, in order of creation.
    pub(crate) fn by_phone(&self, phone: &str) -> impl Iterator<Item = &Arc<Contact>> {
        self.contacts(self.by_phone.of(phone))
    }

    /// Active members of a company in order of creation.
    pub(crate) fn members(&self, company: &str) -> &BTreeSet<u64> {
        self.by_company.of(company)
    }

    /// Whoever wears a tag in order of creation, archived or not.
    pub(crate) fn wearers(&self, tag: u64) -> impl Iterator<Item = &Arc<Contact>> {
        self.contacts(self.by_tag.of(&tag))
    }

    fn contacts(&self, ordinals: &BTreeSet<u64>) -> impl Iterator<Item = &Arc<Contact>> {
        ordinals.iter().filter_map(|ordinal| self.by_ordinal.get(ordinal))
    }

    pub(crate) fn at(&self, ordinal: u64) -> Option<&Arc<Contact>> {
        self.by_ordinal.get(&ordinal)
    }

    pub(crate) fn insert(&mut self, contact: Contact) -> Arc<Contact> {
        let contact = Arc::new(contact);
        self.index(&contact);
        self.by_id.insert(contact.id.clone(), contact.ordinal);
        self.by_ordinal.insert(contact.ordinal, Arc::clone(&contact));
        contact
    }

    /// Changes one contact and keeps the indexes true. `None` when there is no such contact.
    pub(crate) fn change(&mut self, id: &str, edit: impl FnOnce(&mut Contact)) -> Option<Arc<Contact>> {
        let ordinal = *self.by_id.get(id)?;
        let mut contact = self.by_ordinal.remove(&ordinal)?;
        self.unindex(&contact);
        edit(Arc::make_mut(&mut contact));
        self.index(&contact);
        self.by_ordinal.insert(ordinal, Arc::clone(&contact));
        Some(contact)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Arc<Contact>> {
        let ordinal = self.by_id.remove(id)?;
        let contact = self.by_ordinal.remove(&ordinal)?;
        self.unindex(&contact);
        Some(contact)
    }

    fn index(&mut self, contact: &Contact) {
        self.changes += 1;
        let ordinal = contact.ordinal;
        for applied in &contact.tags {
            self.by_tag.add(applied.tag, ordinal);
        }
        if contact.is_active() {
            let ages = if contact.role == Role::User { &mut self.users_by_age } else { &mut self.leads_by_age };
            ages.insert((contact.created_at, ordinal));
            for company in &contact.companies {
                self.by_company.add(company.clone(), ordinal);
            }
            if let Some(phone) = &contact.phone {
                self.by_phone.add(phone.clone(), ordinal);
            }
            if let (Role::Lead, Some(email)) = (contact.role, &contact.email) {
                self.leads_by_email.add(email_key(email), ordinal);
            }
        }
        if owns_identity(contact) {
            if let Some(external_id) = &contact.external_id {
                self.users_by_external_id.insert(external_id.clone(), ordinal);
            }
            if let Some(email) = &contact.email {
                self.users_by_email.add(email_key(email), ordinal);
            }
        }
    }

    fn unindex(&mut self, contact: &Contact) {
        self.changes += 1;
        let ordinal = contact.ordinal;
        for applied in &contact.tags {
            self.by_tag.remove(&applied.tag, ordinal);
        }
        if contact.is_active() {
            let ages = if contact.role == Role::User { &mut self.users_by_age } else { &mut self.leads_by_age };
            ages.remove(&(contact.created_at, ordinal));
            for company in &contact.companies {
                self.by_company.remove(company.as_str(), ordinal);
            }
            if let Some(phone) = &contact.phone {
                self.by_phone.remove(phone.as_str(), ordinal);
            }
            if let (Role::Lead, Some(email)) = (contact.role, &contact.email) {
                self.leads_by_email.remove(email_key(email).as_str(), ordinal);
            }
        }
        if owns_identity(contact) {
            if let Some(external_id) = &contact.external_id
                && self.users_by_external_id.get(external_id) == Some(&ordinal)
            {
                self.users_by_external_id.remove(external_id);
            }
            if let Some(email) = &contact.email {
                self.users_by_email.remove(email_key(email).as_str(), ordinal);
            }
        }
    }
}

fn owns_identity(contact: &Contact) -> bool {
    contact.role == Role::User && !matches!(contact.standing, Standing::Merged { .. })
}
