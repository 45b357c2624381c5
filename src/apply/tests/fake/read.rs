//! What can be read.

use serde_json::json;

use super::{BEGIN, Fake, Kept, contact};
use crate::apply::Clock as _;
use crate::contact::{IntercomId, Role};
use crate::intercom::{
    Admin, Company, CompanyId, Contact, ContactPage, Conversation, Cursor, DataAttribute, Error, Me, Note, RateLimit,
    ReadWorkspace, SearchOperator, SearchQuery, Subscription, Tag, TagId,
};

impl ReadWorkspace for Fake {
    async fn me(&self) -> Result<Me, Error> {
        Ok(Me {
            admin_id: "9".to_owned(),
            admin_name: "Ada".to_owned(),
            workspace_id: "ws1".to_owned(),
            workspace_name: "Pretend".to_owned(),
            region: "EU".to_owned(),
            timezone: "Europe/Dublin".to_owned(),
            founded_at: None,
        })
    }

    async fn admins(&self) -> Result<Vec<Admin>, Error> {
        Ok(Vec::new())
    }

    async fn contact(&self, id: &IntercomId) -> Result<Contact, Error> {
        self.read(|state| self.show(state, &id.0)).await
    }

    async fn list(&self, _: Option<&Cursor>) -> Result<ContactPage, Error> {
        self.read(|state| {
            let live = state.contacts.iter().filter(|(_, kept)| !kept.archived);
            let contacts: Vec<Contact> = live.map(|(id, kept)| contact(id, kept)).collect();
            Ok(ContactPage { total_count: Some(contacts.len() as u64), contacts, next: None })
        })
        .await
    }

    async fn search(&self, query: &SearchQuery, _: Option<&Cursor>) -> Result<ContactPage, Error> {
        let visible_until = self.clock.now().0 - self.search_lag;
        self.read(|state| {
            let value = |kept: &Kept, field: &str| match field {
                "role" => json!(if kept.role == Role::User { "user" } else { "lead" }),
                "created_at" => json!(kept.created_at),
                other => match other.strip_prefix("custom_attributes.") {
                    Some(custom) => kept.custom.get(custom).cloned().unwrap_or_default(),
                    None => kept.standard.get(other).cloned().unwrap_or_default(),
                },
            };
            let holds = |kept: &Kept| {
                query.all_of.iter().all(|filter| match filter.operator {
                    SearchOperator::Equals => value(kept, &filter.field) == filter.value,
                    SearchOperator::GreaterThan => value(kept, &filter.field).as_i64() > filter.value.as_i64(),
                    SearchOperator::LessThan => value(kept, &filter.field).as_i64() < filter.value.as_i64(),
                    SearchOperator::In => filter.value.as_array().unwrap().contains(&value(kept, &filter.field)),
                })
            };
            let found = state
                .contacts
                .iter()
                .filter(|(_, kept)| !kept.archived && kept.created_at <= visible_until && holds(kept));
            Ok(ContactPage {
                contacts: found.map(|(id, kept)| contact(id, kept)).collect(),
                total_count: None,
                next: None,
            })
        })
        .await
    }

    async fn tags(&self, id: &IntercomId) -> Result<Vec<Tag>, Error> {
        self.read(|state| {
            let kept = &state.contacts[&*id.0];
            Ok(kept
                .tags
                .iter()
                .map(|tag| Tag {
                    id: TagId(tag.clone()),
                    name: state.tags[tag.trim_start_matches('t').parse::<usize>().unwrap()].clone(),
                })
                .collect())
        })
        .await
    }

    async fn companies(&self, id: &IntercomId) -> Result<Vec<Company>, Error> {
        self.read(|state| {
            let kept = &state.contacts[&*id.0];
            Ok(kept
                .companies
                .iter()
                .map(|company| {
                    let (company_id, name) =
                        state.companies[company.trim_start_matches('c').parse::<usize>().unwrap()].clone();
                    Company { id: CompanyId(company.clone()), company_id, name }
                })
                .collect())
        })
        .await
    }

    async fn notes(&self, id: &IntercomId) -> Result<Vec<Note>, Error> {
        self.read(|state| {
            let kept = &state.contacts[&*id.0];
            let note = |(place, body): (usize, &String)| Note {
                id: format!("n{place}"),
                body: format!("<p>{}</p>", body.replace('&', "&amp;").replace('<', "&lt;")),
                created_at: Some(BEGIN - 1_000),
                author: Some("Ada".to_owned()),
            };
            Ok(kept.notes.iter().enumerate().map(note).collect())
        })
        .await
    }

    async fn subscriptions(&self, id: &IntercomId) -> Result<Vec<Subscription>, Error> {
        self.read(|state| {
            let chosen = state.contacts[&*id.0].choices.iter();
            let shown = |(kind, opted_out): (&String, &bool)| Subscription {
                id: kind.clone(),
                name: kind.clone(),
                opted_out: *opted_out,
            };
            Ok(chosen.map(shown).collect())
        })
        .await
    }

    async fn conversations(&self, id: &IntercomId) -> Result<Vec<Conversation>, Error> {
        self.read(|state| {
            let of_contact = state.conversations.iter().filter(|(_, (_, members))| members.contains(&*id.0));
            let shown =
                |(id, (open, _)): (&String, &(bool, _))| Conversation { id: id.clone(), open: *open, created_at: None };
            Ok(of_contact.map(shown).collect())
        })
        .await
    }

    async fn data_attributes(&self) -> Result<Vec<DataAttribute>, Error> {
        self.read(|state| Ok(state.attributes.clone())).await
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        None
    }
}
