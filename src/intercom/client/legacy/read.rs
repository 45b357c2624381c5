//! Looking people up in the 1.x dialect, by one key at a time.

use reqwest::Method;
use serde_json::Value;

use super::{not_in_this_version, remember, text};
use crate::contact::{IntercomId, Role};
use crate::intercom::client::Client;
use crate::intercom::client::read::{Paging, circle, unreadable};
use crate::intercom::client::send::Call;
use crate::intercom::dialect::legacy::{holds, other, resource};
use crate::intercom::wire::{self, List, Malformed, Place};
use crate::intercom::{
    Company, Contact, ContactPage, Conversation, DataAttribute, Error, Note, SearchFilter, SearchOperator, SearchQuery,
    Tag,
};

/// The most people, companies and conversations a page can have.
pub(super) const PER_PAGE: u32 = 60;
/// The last record that can be reached page by page.
pub(super) const WALL: u32 = 10_000;

impl Client {
    /// A user or a lead by Intercom's id. Leads that became users keep their id, so both are asked.
    pub(in crate::intercom::client) async fn legacy_contact(&self, id: &IntercomId) -> Result<Contact, Error> {
        let likely = super::open(&self.memory.roles).get(id).copied().unwrap_or(Role::User);
        match self.legacy_get(likely, id).await {
            Err(Error::NotFound { .. }) => self.legacy_get(other(likely), id).await,
            result => result,
        }
    }

    async fn legacy_get(&self, role: Role, id: &IntercomId) -> Result<Contact, Error> {
        self.person(self.send(Call::get(&[resource(role), &id.0])).await?)
    }

    /// The user with this `user_id`, or the lead whose automatic one it is.
    pub(in crate::intercom::client) async fn legacy_by_user_id(&self, user_id: &str) -> Result<Contact, Error> {
        for role in [Role::User, Role::Lead] {
            if let Some(found) = self.legacy_by_key(role, "user_id", user_id).await?.into_iter().next() {
                return Ok(found);
            }
        }
        Err(Error::NotFound {
            code: "not_found".to_owned(),
            message: "no user and no lead with this user_id".to_owned(),
            request_id: None,
        })
    }

    /// Everybody of a role with this key. The answer is one person or a list, as the call pleases; asked with paging, an
    /// e-mail address always gives a list, where without it an address of several users is an error.
    pub(super) async fn legacy_by_key(
        &self,
        role: Role,
        key: &'static str,
        value: &str,
    ) -> Result<Vec<Contact>, Error> {
        let path = [resource(role)];
        let (mut found, mut page) = (Vec::new(), 1);
        loop {
            let mut call = Call::get(&path);
            call.query.push((key, value.to_owned()));
            if key == "email" {
                call.query.push(("per_page", PER_PAGE.to_string()));
                call.query.push(("page", page.to_string()));
            }
            let answer = match self.send(call).await {
                Ok(answer) => answer,
                Err(Error::NotFound { .. }) => return Ok(found),
                Err(error) => return Err(error),
            };
            if answer.get(resource(role)).is_none() {
                return Ok(vec![self.person(answer)?]);
            }
            let List { items, next, .. } = wire::list(answer, resource(role)).map_err(unreadable)?;
            for item in items {
                found.push(self.person(item)?);
            }
            match next {
                Some(Place::Page(next)) if next > page => page = next,
                Some(_) => return Err(circle()),
                None => return Ok(found),
            }
        }
    }

    /// A search: people are looked up by one key, the other filters are applied here. Without a key the newest are read
    /// until they are too old.
    pub(in crate::intercom::client) async fn legacy_search(&self, query: &SearchQuery) -> Result<ContactPage, Error> {
        let wanted = query.all_of.iter().find(|filter| filter.field == "role").and_then(|filter| filter.value.as_str());
        let roles: &[Role] = match wanted {
            Some("lead") => &[Role::Lead],
            Some("user") => &[Role::User],
            _ => &[Role::User, Role::Lead],
        };
        let mut contacts: Vec<Contact> = Vec::new();
        if let Some((key, values)) = query.all_of.iter().find_map(lookup) {
            for role in roles {
                for value in &values {
                    for found in self.legacy_by_key(*role, key, value).await? {
                        if !contacts.iter().any(|known| known.id == found.id) {
                            contacts.push(found);
                        }
                    }
                }
            }
        } else {
            let newer =
                |filter: &&SearchFilter| filter.field == "created_at" && filter.operator == SearchOperator::GreaterThan;
            let since = query.all_of.iter().find(newer).and_then(|filter| filter.value.as_i64());
            let since = since.ok_or_else(|| not_in_this_version("search by anything but e-mail, phone, id and age"))?;
            for role in roles {
                self.legacy_newest(*role, since, &mut contacts).await?;
            }
        }
        contacts.retain(|contact| query.all_of.iter().all(|filter| holds(contact, filter)));
        Ok(ContactPage { total_count: Some(contacts.len() as u64), contacts, next: None })
    }

    /// Everybody created after `since`; lists are newest first unless told otherwise.
    async fn legacy_newest(&self, role: Role, since: i64, found: &mut Vec<Contact>) -> Result<(), Error> {
        for page in 1..=WALL / PER_PAGE {
            let (contacts, more) = self.legacy_page(role, &[("order", "desc")], page).await?;
            let older = contacts.last().is_none_or(|last| last.created_at.is_some_and(|created| created <= since));
            found.extend(contacts);
            if older || !more {
                return Ok(());
            }
        }
        Err(not_in_this_version("list more than the newest 10,000 people"))
    }

    /// One page of a list, and whether there are more.
    pub(super) async fn legacy_page(
        &self,
        role: Role,
        query: &[(&'static str, &str)],
        page: u32,
    ) -> Result<(Vec<Contact>, bool), Error> {
        let path = [resource(role)];
        let mut call = Call::get(&path);
        call.query.extend(query.iter().map(|(name, value)| (*name, (*value).to_owned())));
        call.query.push(("per_page", PER_PAGE.to_string()));
        call.query.push(("page", page.to_string()));
        let List { items, next, .. } = wire::list(self.send(call).await?, resource(role)).map_err(unreadable)?;
        let contacts = items.into_iter().map(|item| self.person(item)).collect::<Result<_, _>>()?;
        Ok((contacts, next.is_some()))
    }

    /// How many people of a role there are.
    pub(super) async fn legacy_count(&self, role: Role) -> Result<Option<u64>, Error> {
        let path = [resource(role)];
        let mut call = Call::get(&path);
        call.query.push(("per_page", "1".to_owned()));
        Ok(wire::list(self.send(call).await?, resource(role)).map_err(unreadable)?.total_count)
    }

    /// Users and leads together.
    pub(in crate::intercom::client) async fn legacy_total(&self) -> Result<Option<u64>, Error> {
        let (users, leads) = (self.legacy_count(Role::User).await?, self.legacy_count(Role::Lead).await?);
        Ok(users.zip(leads).map(|(users, leads)| users + leads))
    }

    /// A person shows all its tags, with their names.
    pub(in crate::intercom::client) async fn legacy_tags(&self, id: &IntercomId) -> Result<Vec<Tag>, Error> {
        embedded(&self.legacy_contact(id).await?, "tags", wire::tag)
    }

    /// All tags; remembered, because tags are attached by name.
    pub(in crate::intercom::client) async fn legacy_tag_list(&self) -> Result<Vec<Tag>, Error> {
        let tags = self.all(Call::get(&["tags"]), Paging::None, "tags", wire::tag).await?;
        for tag in &tags {
            remember(&self.memory.tags, tag.id.0.clone(), tag.name.clone());
        }
        Ok(tags)
    }

    /// A person shows all its companies, with their names.
    pub(in crate::intercom::client) async fn legacy_companies(&self, id: &IntercomId) -> Result<Vec<Company>, Error> {
        embedded(&self.legacy_contact(id).await?, "companies", wire::company)
    }

    /// Companies page by page, as far as the wall: a scroll would close the one over people.
    pub(in crate::intercom::client) async fn legacy_company_list(&self) -> Result<Vec<Company>, Error> {
        let mut companies = Vec::new();
        for page in 1..=WALL / PER_PAGE {
            let mut call = Call::get(&["companies"]);
            call.query.push(("per_page", PER_PAGE.to_string()));
            call.query.push(("page", page.to_string()));
            let List { items, next, .. } = wire::list(self.send(call).await?, "companies").map_err(unreadable)?;
            for item in &items {
                companies.push(wire::company(item).map_err(unreadable)?);
            }
            if next.is_none() || items.is_empty() {
                break;
            }
        }
        Ok(companies)
    }

    /// Notes of a person.
    pub(in crate::intercom::client) async fn legacy_notes(&self, id: &IntercomId) -> Result<Vec<Note>, Error> {
        let mut call = Call::get(&["notes"]);
        call.query.push(("id", id.0.to_string()));
        self.all(call, Paging::None, "notes", wire::note).await
    }

    /// Conversations of a person; leads are named as users here.
    pub(in crate::intercom::client) async fn legacy_conversations(
        &self,
        id: &IntercomId,
    ) -> Result<Vec<Conversation>, Error> {
        let mut call = Call { method: Method::GET, ..Call::get(&["conversations"]) };
        call.query.push(("type", "user".to_owned()));
        call.query.push(("intercom_user_id", id.0.to_string()));
        self.all(call, Paging::Query(PER_PAGE), "conversations", wire::conversation).await.map_err(Error::of_one_area)
    }

    /// Attributes of users and leads.
    pub(in crate::intercom::client) async fn legacy_data_attributes(&self) -> Result<Vec<DataAttribute>, Error> {
        let call = Call::get(&["data_attributes", "customer"]);
        self.all(call, Paging::None, "data_attributes", wire::data_attribute).await
    }

    /// The customer's id of a company, which is what its members are attached by.
    pub(super) async fn legacy_company_id(&self, id: &str) -> Result<String, Error> {
        if let Some(known) = super::open(&self.memory.companies).get(id).cloned() {
            return Ok(known);
        }
        let company = wire::company(&self.send(Call::get(&["companies", id])).await?).map_err(unreadable)?;
        remember(&self.memory.companies, id.to_owned(), company.company_id.clone());
        Ok(company.company_id)
    }

    /// The name of a tag, which is what people are tagged with.
    pub(super) async fn legacy_tag_name(&self, id: &str) -> Result<String, Error> {
        if let Some(known) = super::open(&self.memory.tags).get(id).cloned() {
            return Ok(known);
        }
        let tags = self.legacy_tag_list().await?;
        tags.into_iter().find(|tag| tag.id.0 == id).map(|tag| tag.name).ok_or_else(|| Error::NotFound {
            code: "tag_not_found".to_owned(),
            message: "no tag with this id".to_owned(),
            request_id: None,
        })
    }
}

/// A filter this dialect can look people up by, and the values to look for.
fn lookup(filter: &SearchFilter) -> Option<(&'static str, Vec<String>)> {
    let key = match filter.field.as_str() {
        "email" => "email",
        "phone" => "phone",
        "external_id" => "user_id",
        _ => return None,
    };
    match (filter.operator, &filter.value) {
        (SearchOperator::Equals, Value::String(value)) => Some((key, vec![value.clone()])),
        (SearchOperator::In, Value::Array(values)) => {
            Some((key, values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()))
        }
        _ => None,
    }
}

fn embedded<T>(contact: &Contact, list: &str, read: fn(&Value) -> Result<T, Malformed>) -> Result<Vec<T>, Error> {
    let items = contact.raw.get(list).and_then(|shown| shown.get(list)?.as_array());
    let whole = items.into_iter().flatten().filter(|item| text(item, "id").is_some());
    whole.map(|item| read(item).map_err(unreadable)).collect()
}

/// Reads the role of somebody who is about to be written to.
impl Client {
    pub(super) async fn legacy_role(&self, id: &IntercomId) -> Result<Role, Error> {
        let known = super::open(&self.memory.roles).get(id).copied();
        match known {
            Some(role) => Ok(role),
            None => Ok(self.legacy_contact(id).await?.role),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_looked_up_by_address_number_and_user_id() {
        let filter =
            |field: &str, value| SearchFilter { field: field.to_owned(), operator: SearchOperator::Equals, value };
        assert_eq!(lookup(&filter("external_id", "7".into())), Some(("user_id", vec!["7".to_owned()])));
        assert_eq!(lookup(&filter("name", "Ann".into())), None);
        let several = SearchFilter {
            operator: SearchOperator::In,
            ..filter("email", serde_json::json!(["a@x.example", "b@x.example"]))
        };
        assert_eq!(lookup(&several).unwrap().1.len(), 2);
    }
}
