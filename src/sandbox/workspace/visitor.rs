//! Visitors: people a website has seen and who have not said anything yet. They are in no list.
//!
//! Only the Messenger makes visitors; here `POST /__sandbox/visitor` does. They end by being converted or deleted.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::anonymous;
use super::change::Change;
use super::contact::{Contact, Role};
use super::refusal::Refusal;
use super::state::Workspace;
use super::upsert::Key;
use crate::sandbox::clock::Moment;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Visitor {
    pub(crate) id: String,
    /// What the Messenger's cookie says.
    pub(crate) user_id: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) last_request_at: Option<i64>,
    pub(crate) custom_attributes: BTreeMap<String, Value>,
}

#[derive(Debug, Default)]
pub(crate) struct Visitors {
    by_id: BTreeMap<String, Visitor>,
    by_user_id: HashMap<String, String>,
}

impl Visitors {
    /// In order of their ids.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Visitor> {
        self.by_id.values()
    }

    pub(crate) fn get(&self, id: &str) -> Result<&Visitor, Refusal> {
        self.by_id.get(id).ok_or_else(Refusal::visitor_not_found)
    }

    pub(crate) fn by_user_id(&self, user_id: &str) -> Result<&Visitor, Refusal> {
        self.by_user_id.get(user_id).and_then(|id| self.by_id.get(id)).ok_or_else(Refusal::visitor_not_found)
    }

    pub(crate) fn by_email(&self, email: &str) -> Result<&Visitor, Refusal> {
        let wanted = |visitor: &&Visitor| visitor.email.as_deref().is_some_and(|held| held.eq_ignore_ascii_case(email));
        self.by_id.values().find(wanted).ok_or_else(Refusal::visitor_not_found)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Result<Visitor, Refusal> {
        let visitor = self.by_id.remove(id).ok_or_else(Refusal::visitor_not_found)?;
        self.by_user_id.remove(&visitor.user_id);
        Ok(visitor)
    }
}

impl Visitor {
    /// The contact this visitor becomes.
    pub(super) fn into_contact(self, role: Role) -> Contact {
        let mut contact = Contact::new(0, self.id, role, self.created_at);
        contact.pseudonym = Some(anonymous::pseudonym(&contact.id));
        contact.name = self.name;
        contact.email = self.email;
        contact.phone = self.phone;
        contact.last_seen_at = self.last_request_at;
        contact.custom_attributes = self.custom_attributes;
        contact
    }
}

impl Workspace {
    /// Somebody opens the website.
    pub(crate) fn add_visitor(&mut self, now: Moment, user_id: Option<String>) -> Result<Visitor, Refusal> {
        if let Some(taken) = user_id.as_ref().filter(|user_id| self.visitors.by_user_id.contains_key(*user_id)) {
            return Err(Refusal::bad_request(format!("there is a visitor {taken} already")));
        }
        let id = self.new_id(now);
        let visitor = Visitor {
            user_id: user_id.unwrap_or_else(|| anonymous::user_id(&id)),
            id,
            name: None,
            email: None,
            phone: None,
            created_at: now.seconds(),
            updated_at: now.seconds(),
            last_request_at: None,
            custom_attributes: BTreeMap::new(),
        };
        self.visitors.by_user_id.insert(visitor.user_id.clone(), visitor.id.clone());
        self.visitors.by_id.insert(visitor.id.clone(), visitor.clone());
        Ok(visitor)
    }

    /// The visitor an id, a `user_id` or an e-mail names, in this order.
    pub(crate) fn visitor(&self, key: &Key) -> Result<&Visitor, Refusal> {
        match (&key.id, &key.user_id, &key.email) {
            (Some(id), _, _) => self.visitors.get(id),
            (None, Some(user_id), _) => self.visitors.by_user_id(user_id),
            (None, None, Some(email)) => self.visitors.by_email(email),
            (None, None, None) => Err(Refusal::missing("visitor not specified")),
        }
    }

    /// Changes a visitor. What only contacts have is ignored.
    pub(crate) fn change_visitor(&mut self, now: Moment, id: &str, change: Change) -> Result<Visitor, Refusal> {
        let visitor = self.visitors.by_id.get_mut(id).ok_or_else(Refusal::visitor_not_found)?;
        let mut image = visitor.clone().into_contact(Role::Lead);
        change.apply(&mut image);
        visitor.name = image.name;
        visitor.email = image.email;
        visitor.phone = image.phone;
        visitor.last_request_at = image.last_seen_at;
        visitor.custom_attributes = image.custom_attributes;
        visitor.updated_at = now.seconds();
        Ok(visitor.clone())
    }
}
