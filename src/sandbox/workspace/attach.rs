//! What hangs on a contact: tags, companies, notes, subscriptions put on and taken off.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::attribute::Model;
use super::company::{Company, CompanyChange, Details, read_company_id};
use super::contact::{Applied, Consent, Contact};
use super::note::Note;
use super::page::{Cursor, Page};
use super::refusal::Refusal;
use super::state::Workspace;
use super::subscription::SubscriptionType;
use super::tag::Tag;
use crate::sandbox::clock::Moment;

/// Most companies a contact can belong to (description 2.14).
const COMPANIES_PER_CONTACT: usize = 1000;

/// Tags.
impl Workspace {
    /// Tags a contact; a tag it already wears stays as it is.
    pub(crate) fn attach_tag(&mut self, now: Moment, contact: &str, tag: &str) -> Result<(Tag, Applied), Refusal> {
        let wearer = self.active(contact)?;
        let tag = self.tags.find(tag)?.clone();
        if let Some(applied) = wearer.tags.iter().find(|applied| applied.tag == tag.id) {
            return Ok((tag, *applied));
        }
        let applied = Applied { tag: tag.id, at: now.seconds() };
        self.touch(now, contact, |contact| contact.tags.push(applied));
        Ok((tag, applied))
    }

    /// Takes a tag off a contact; 404 when it does not wear it.
    pub(crate) fn detach_tag(&mut self, now: Moment, contact: &str, tag: &str) -> Result<(Tag, Applied), Refusal> {
        let wearer = self.active(contact)?;
        let tag = self.tags.find(tag)?.clone();
        let applied = wearer.tags.iter().find(|applied| applied.tag == tag.id).copied();
        let applied = applied.ok_or_else(Refusal::resource_not_found)?;
        self.touch(now, contact, |contact| contact.tags.retain(|worn| worn.tag != tag.id));
        Ok((tag, applied))
    }

    /// Tags several contacts with a tag of this name. All of them must exist, or nothing is done.
    pub(crate) fn tag_all(&mut self, now: Moment, name: &str, contacts: &[String]) -> Result<Tag, Refusal> {
        for contact in contacts {
            self.active(contact)?;
        }
        let tag = self.tags.create_or_get(name)?;
        for contact in contacts {
            self.attach_tag(now, contact, &tag.id.to_string())?;
        }
        Ok(tag)
    }

    /// Deletes a tag and takes it off everybody.
    pub(crate) fn delete_tag(&mut self, now: Moment, tag: &str) -> Result<(), Refusal> {
        let id = self.tags.find(tag)?.id;
        let wearers: Vec<String> = self.people.wearers(id).map(|contact| contact.id.clone()).collect();
        for wearer in wearers {
            self.touch(now, &wearer, |contact| contact.tags.retain(|worn| worn.tag != id));
        }
        self.companies.forget_tag(id);
        self.tags.remove(id);
        Ok(())
    }
}

/// Companies.
impl Workspace {
    /// Checks a company body: nothing is changed yet.
    pub(crate) fn read_company(&self, body: &Map<String, Value>) -> Result<CompanyChange, Refusal> {
        let company_id = read_company_id(body)?;
        let custom_attributes = match body.get("custom_attributes") {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(Value::Object(values)) => self.attributes.check(Model::Company, values)?,
            Some(_) => return Err(Refusal::bad_request("bad 'custom_attributes' parameter")),
        };
        Ok(CompanyChange { company_id, details: Details::read(body)?, custom_attributes })
    }

    /// Creates the company of this `company_id`, or updates it.
    pub(crate) fn save_company(&mut self, now: Moment, change: CompanyChange) -> Result<Company, Refusal> {
        let CompanyChange { company_id, details, custom_attributes } = change;
        if self.companies.by_company_id(&company_id).is_none() {
            let id = self.new_id(now);
            self.companies.insert(Company::new(id, company_id.clone(), now.seconds()));
        }
        let saved = self.companies.change(&company_id, |company| {
            details.apply(company);
            for (name, value) in custom_attributes {
                if value.is_null() {
                    company.custom_attributes.remove(&name);
                } else {
                    company.custom_attributes.insert(name, value);
                }
            }
            company.updated_at = now.seconds();
        });
        saved.ok_or_else(Refusal::company_not_found)
    }

    pub(crate) fn upsert_company(&mut self, now: Moment, body: &Map<String, Value>) -> Result<Company, Refusal> {
        let change = self.read_company(body)?;
        self.save_company(now, change)
    }

    /// Puts a tag on a company, or takes it off; both may be done twice.
    pub(crate) fn label_company(&mut self, now: Moment, id: &str, tag: u64, worn: bool) -> Result<(), Refusal> {
        let company_id = self.companies.find(id)?.company_id.clone();
        self.companies.change(&company_id, |company| {
            if company.tags.contains(&tag) == worn {
                return;
            }
            company.tags.retain(|held| *held != tag);
            if worn {
                company.tags.push(tag);
            }
            company.updated_at = now.seconds();
        });
        Ok(())
    }

    pub(crate) fn attach_company(&mut self, now: Moment, contact: &str, company: &str) -> Result<Company, Refusal> {
        let member = self.active(contact)?;
        let company = self.companies.find(company)?.clone();
        if member.companies.contains(&company.id) {
            return Ok(company);
        }
        if member.companies.len() >= COMPANIES_PER_CONTACT {
            let message = format!("Contact has reached the maximum of {COMPANIES_PER_CONTACT} company associations");
            return Err(Refusal::new(400, "contact_company_limit_exceeded", message));
        }
        self.touch(now, contact, |contact| contact.companies.push(company.id.clone()));
        Ok(company)
    }

    /// Takes a contact out of a company; 404 when it is no member.
    pub(crate) fn detach_company(&mut self, now: Moment, contact: &str, company: &str) -> Result<Company, Refusal> {
        let member = self.active(contact)?;
        let company = self.companies.find(company)?.clone();
        if !member.companies.contains(&company.id) {
            return Err(Refusal::company_not_found());
        }
        self.touch(now, contact, |contact| contact.companies.retain(|id| *id != company.id));
        Ok(company)
    }

    pub(crate) fn delete_company(&mut self, now: Moment, id: &str) -> Result<Company, Refusal> {
        let company = self.companies.remove(id).ok_or_else(Refusal::company_not_found)?;
        let members: Vec<String> = self
            .people
            .members(&company.id)
            .iter()
            .filter_map(|ordinal| self.people.at(*ordinal))
            .map(|contact| contact.id.clone())
            .collect();
        for member in members {
            self.touch(now, &member, |contact| contact.companies.retain(|id| *id != company.id));
        }
        Ok(company)
    }

    /// How many active contacts belong to a company.
    pub(crate) fn company_size(&self, id: &str) -> usize {
        self.people.members(id).len()
    }

    /// One page of a company's active contacts.
    pub(crate) fn company_members(&self, id: &str, cursor: Cursor, per_page: usize) -> Page<Arc<Contact>> {
        let members = self.people.members(id).range((Bound::Excluded(cursor.after), Bound::Unbounded));
        let mut items: Vec<Arc<Contact>> =
            members.take(per_page + 1).filter_map(|ordinal| self.people.at(*ordinal)).map(Arc::clone).collect();
        let more = items.len() > per_page;
        items.truncate(per_page);
        let next = items.last().filter(|_| more).map(|last| Cursor { after: last.ordinal, page: cursor.page + 1 });
        Page { items, number: cursor.page, per_page, total: self.company_size(id), next }
    }
}

/// Notes.
impl Workspace {
    pub(crate) fn add_note(
        &mut self,
        now: Moment,
        contact: &str,
        admin: Option<u64>,
        text: &str,
    ) -> Result<Note, Refusal> {
        self.active(contact)?;
        if text.trim().is_empty() {
            return Err(Refusal::missing("body not specified"));
        }
        let admin = match admin {
            Some(id) => Some(self.admin(id).ok_or_else(Refusal::resource_not_found)?.id),
            None => self.token_admin().map(|admin| admin.id),
        };
        let note = self.notes.add(contact, admin, text, now.seconds());
        self.touch(now, contact, |_| {});
        Ok(note)
    }
}

/// Subscriptions.
impl Workspace {
    pub(crate) fn subscription_type(&self, id: &str) -> Result<&SubscriptionType, Refusal> {
        let id: u64 = id.parse().map_err(|_| Refusal::resource_not_found())?;
        self.subscription_types.iter().find(|kind| kind.id == id).ok_or_else(Refusal::resource_not_found)
    }

    pub(crate) fn attach_subscription(
        &mut self,
        now: Moment,
        contact: &str,
        subscription: &str,
        consent: Consent,
    ) -> Result<SubscriptionType, Refusal> {
        self.active(contact)?;
        let kind = self.subscription_type(subscription)?.clone();
        self.touch(now, contact, |contact| {
            contact.subscriptions.insert(kind.id, consent);
        });
        Ok(kind)
    }

    /// Forgets the contact's choice; 404 when it made none.
    pub(crate) fn detach_subscription(
        &mut self,
        now: Moment,
        contact: &str,
        subscription: &str,
    ) -> Result<SubscriptionType, Refusal> {
        let held = &self.active(contact)?.subscriptions;
        let kind = self.subscription_type(subscription)?.clone();
        if !held.contains_key(&kind.id) {
            return Err(Refusal::resource_not_found());
        }
        self.touch(now, contact, |contact| {
            contact.subscriptions.remove(&kind.id);
        });
        Ok(kind)
    }
}
