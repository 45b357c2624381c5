//! The contacts of a workspace with the indexes that keep 120,000 of them quick: id, external id, e-mail, company.
//!
//! Only users that still own their identifiers (active, archived or blocked) are in the two identity indexes: leads are
//! exempt from uniqueness, and a merged contact has given its identifiers up.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::contact::{Contact, Role, Standing, email_key};

#[derive(Debug, Default)]
pub(crate) struct People {
    by_ordinal: BTreeMap<u64, Arc<Contact>>,
    by_id: HashMap<String, u64>,
    users_by_external_id: HashMap<String, u64>,
    users_by_email: HashMap<String, BTreeSet<u64>>,
    /// Active members of each company.
    by_company: HashMap<String, BTreeSet<u64>>,
    active: usize,
    last_ordinal: u64,
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
        self.active
    }

    /// Every contact in order of creation, archived and merged ones included.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Contact>> {
        self.by_ordinal.values()
    }

    /// Active contacts created after the one with this ordinal (0 = from the start).
    pub(crate) fn active_after(&self, ordinal: u64) -> impl Iterator<Item = &Arc<Contact>> {
        self.by_ordinal.range(ordinal + 1..).map(|(_, contact)| contact).filter(|contact| contact.is_active())
    }

    pub(crate) fn user_by_external_id(&self, external_id: &str) -> Option<&Arc<Contact>> {
        self.by_ordinal.get(self.users_by_external_id.get(external_id)?)
    }

    /// Users with this address in order of creation, archived ones included.
    pub(crate) fn users_by_email(&self, email: &str) -> impl Iterator<Item = &Arc<Contact>> {
        let ordinals = self.users_by_email.get(&email_key(email));
        ordinals.into_iter().flatten().filter_map(|ordinal| self.by_ordinal.get(ordinal))
    }

    /// Active members of a company in order of creation.
    pub(crate) fn members(&self, company: &str) -> impl ExactSizeIterator<Item = u64> {
        static NOBODY: BTreeSet<u64> = BTreeSet::new();
        self.by_company.get(company).unwrap_or(&NOBODY).iter().copied()
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
        self.active += usize::from(contact.is_active());
        for company in contact.companies.iter().filter(|_| contact.is_active()) {
            self.by_company.entry(company.clone()).or_default().insert(contact.ordinal);
        }
        if !owns_identity(contact) {
            return;
        }
        if let Some(external_id) = &contact.external_id {
            self.users_by_external_id.insert(external_id.clone(), contact.ordinal);
        }
        if let Some(email) = &contact.email {
            self.users_by_email.entry(email_key(email)).or_default().insert(contact.ordinal);
        }
    }

    fn unindex(&mut self, contact: &Contact) {
        self.active -= usize::from(contact.is_active());
        for company in &contact.companies {
            if let Some(members) = self.by_company.get_mut(company) {
                members.remove(&contact.ordinal);
            }
        }
        if !owns_identity(contact) {
            return;
        }
        if let Some(external_id) = &contact.external_id
            && self.users_by_external_id.get(external_id) == Some(&contact.ordinal)
        {
            self.users_by_external_id.remove(external_id);
        }
        if let Some(email) = &contact.email {
            let key = email_key(email);
            if let Some(ordinals) = self.users_by_email.get_mut(&key) {
                ordinals.remove(&contact.ordinal);
                if ordinals.is_empty() {
                    self.users_by_email.remove(&key);
                }
            }
        }
    }
}

fn owns_identity(contact: &Contact) -> bool {
    contact.role == Role::User && !matches!(contact.standing, Standing::Merged { .. })
}
