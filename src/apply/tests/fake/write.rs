//! What can be changed, by Intercom's rules.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{Fake, Kept, attribute, contact, ensure, refused};
use crate::apply::Clock as _;
use crate::contact::{IntercomId, Role};
use crate::intercom::{
    Company, CompanyId, Contact, ContactPatch, DataAttribute, DataType, Error, Note, Tag, TagId, WriteWorkspace,
};

/// Sets values; empty ones are taken away.
fn set(kept: &mut Kept, patch: &ContactPatch, attributes: &[DataAttribute]) -> Result<(), Error> {
    for name in patch.custom.keys() {
        if !attributes.iter().any(|attribute| attribute.name == *name) {
            return Err(refused("parameter_invalid", "Custom attribute does not exist"));
        }
    }
    for (name, value) in &patch.standard {
        if name == "role" {
            kept.role = if value == "user" { Role::User } else { Role::Lead };
        } else if value.is_null() || *value == json!("") || *value == json!(false) {
            kept.standard.remove(name);
        } else {
            kept.standard.insert(name.clone(), value.clone());
        }
    }
    for (name, value) in &patch.custom {
        if value.is_null() {
            kept.custom.remove(name);
        } else {
            kept.custom.insert(name.clone(), value.clone());
        }
    }
    Ok(())
}

impl WriteWorkspace for Fake {
    async fn create(&self, patch: &ContactPatch) -> Result<Contact, Error> {
        let now = self.clock.now().0;
        self.write("create".to_owned(), |state| {
            let role = if patch.standard.get("role") == Some(&json!("lead")) { Role::Lead } else { Role::User };
            let clash = state.contacts.iter().find(|(_, kept)| {
                let same = |name: &str| {
                    let wanted = patch.standard.get(name);
                    wanted.is_some() && kept.standard.get(name) == wanted
                };
                role == Role::User && kept.role == Role::User && (same("external_id") || same("email"))
            });
            if let Some((id, kept)) = clash {
                let kind = if kept.archived { "An archived" } else { "A" };
                return Err(Error::Conflict {
                    existing: Some(IntercomId(id.as_str().into())),
                    archived: kept.archived,
                    code: "conflict".to_owned(),
                    message: format!("{kind} contact matching those details already exists with id={id}"),
                    request_id: None,
                });
            }
            let mut kept = Kept {
                role,
                standard: BTreeMap::new(),
                custom: BTreeMap::new(),
                tags: BTreeSet::new(),
                companies: BTreeSet::new(),
                notes: Vec::new(),
                choices: BTreeMap::new(),
                archived: false,
                created_at: now,
                updated_at: now,
            };
            set(&mut kept, patch, &state.attributes)?;
            state.next_id += 1;
            let id = format!("new{:04}", state.next_id);
            let shown = contact(&id, &kept);
            state.contacts.insert(id, kept);
            Ok(shown)
        })
        .await
    }

    async fn update(&self, id: &IntercomId, patch: &ContactPatch) -> Result<Contact, Error> {
        let now = self.clock.now().0;
        self.write(format!("update {}", id.0), |state| {
            self.show(state, &id.0)?;
            let attributes = state.attributes.clone();
            let kept = state.contacts.get_mut(&*id.0).unwrap();
            set(kept, patch, &attributes)?;
            kept.updated_at = now;
            Ok(contact(&id.0, kept))
        })
        .await
    }

    async fn merge(&self, from: &IntercomId, into: &IntercomId) -> Result<Contact, Error> {
        self.write(format!("merge {} {}", from.0, into.0), |state| {
            let lead = self.show(state, &from.0)?;
            let user = self.show(state, &into.0)?;
            if lead.role != Role::Lead || user.role != Role::User {
                return Err(refused("invalid_merge", "Merging can only be performed on a lead into a user"));
            }
            let lead = state.contacts.remove(&*from.0).unwrap();
            let user = state.contacts.get_mut(&*into.0).unwrap();
            for (name, value) in lead.standard {
                user.standard.entry(name).or_insert(value);
            }
            for (name, value) in lead.custom {
                user.custom.entry(name).or_insert(value);
            }
            user.tags.extend(lead.tags);
            user.notes.extend(lead.notes);
            // Neither choices of subscriptions nor companies are moved: the reference is unsure, so the tool must cope
            state.merged.insert(from.0.to_string(), into.0.to_string());
            for (_, members) in state.conversations.values_mut() {
                if members.remove(&*from.0) {
                    members.insert(into.0.to_string());
                }
            }
            self.show(state, &into.0)
        })
        .await
    }

    async fn archive(&self, id: &IntercomId) -> Result<(), Error> {
        self.write(format!("archive {}", id.0), |state| {
            self.show(state, &id.0)?;
            state.contacts.get_mut(&*id.0).unwrap().archived = true;
            Ok(())
        })
        .await
    }

    async fn unarchive(&self, id: &IntercomId) -> Result<(), Error> {
        self.write(format!("unarchive {}", id.0), |state| {
            self.show(state, &id.0)?;
            state.contacts.get_mut(&*id.0).unwrap().archived = false;
            Ok(())
        })
        .await
    }

    async fn delete(&self, id: &IntercomId) -> Result<(), Error> {
        self.write(format!("delete {}", id.0), |state| {
            self.show(state, &id.0)?;
            state.contacts.remove(&*id.0);
            Ok(())
        })
        .await
    }

    async fn ensure_tag(&self, name: &str) -> Result<Tag, Error> {
        let tag = name.to_owned();
        self.write(format!("tag {name}"), move |state| Ok(Tag { id: TagId(ensure(&mut state.tags, &tag)), name: tag }))
            .await
    }

    async fn attach_tag(&self, id: &IntercomId, tag: &TagId) -> Result<(), Error> {
        self.write(format!("attach tag {} {}", id.0, tag.0), |state| {
            self.show(state, &id.0)?;
            state.contacts.get_mut(&*id.0).unwrap().tags.insert(tag.0.clone());
            Ok(())
        })
        .await
    }

    async fn detach_tag(&self, id: &IntercomId, tag: &TagId) -> Result<(), Error> {
        self.write(format!("detach tag {} {}", id.0, tag.0), |state| {
            self.show(state, &id.0)?;
            state.contacts.get_mut(&*id.0).unwrap().tags.remove(&tag.0);
            Ok(())
        })
        .await
    }

    async fn ensure_company(&self, company_id: &str, name: &str) -> Result<Company, Error> {
        self.write(format!("company {company_id}"), |state| {
            let place = state.companies.iter().position(|(key, _)| key == company_id).unwrap_or_else(|| {
                state.companies.push((company_id.to_owned(), name.to_owned()));
                state.companies.len() - 1
            });
            Ok(Company { id: CompanyId(format!("c{place}")), company_id: company_id.to_owned(), name: name.to_owned() })
        })
        .await
    }

    async fn attach_company(&self, id: &IntercomId, company: &CompanyId) -> Result<(), Error> {
        self.write(format!("attach company {} {}", id.0, company.0), |state| {
            self.show(state, &id.0)?;
            state.contacts.get_mut(&*id.0).unwrap().companies.insert(company.0.clone());
            Ok(())
        })
        .await
    }

    async fn detach_company(&self, id: &IntercomId, company: &CompanyId) -> Result<(), Error> {
        self.write(format!("detach company {} {}", id.0, company.0), |state| {
            self.show(state, &id.0)?;
            state.contacts.get_mut(&*id.0).unwrap().companies.remove(&company.0);
            Ok(())
        })
        .await
    }

    async fn opt_out(&self, id: &IntercomId, subscription: &str) -> Result<(), Error> {
        self.write(format!("opt out {} {subscription}", id.0), |state| {
            self.show(state, &id.0)?;
            state.contacts.get_mut(&*id.0).unwrap().choices.insert(subscription.to_owned(), true);
            Ok(())
        })
        .await
    }

    async fn opt_in(&self, id: &IntercomId, subscription: &str) -> Result<(), Error> {
        self.write(format!("opt in {} {subscription}", id.0), |state| {
            self.show(state, &id.0)?;
            state.contacts.get_mut(&*id.0).unwrap().choices.insert(subscription.to_owned(), false);
            Ok(())
        })
        .await
    }

    async fn forget_choice(&self, id: &IntercomId, subscription: &str) -> Result<(), Error> {
        self.write(format!("forget choice {} {subscription}", id.0), |state| {
            self.show(state, &id.0)?;
            state.contacts.get_mut(&*id.0).unwrap().choices.remove(subscription);
            Ok(())
        })
        .await
    }

    async fn add_note(&self, id: &IntercomId, body: &str) -> Result<Note, Error> {
        self.write(format!("note {}", id.0), |state| {
            self.show(state, &id.0)?;
            let kept = state.contacts.get_mut(&*id.0).unwrap();
            kept.notes.push(body.to_owned());
            Ok(Note { id: "n".to_owned(), body: format!("<p>{body}</p>"), created_at: None, author: None })
        })
        .await
    }

    async fn join_conversation(&self, conversation: &str, _: &str, contact: &IntercomId) -> Result<(), Error> {
        self.write(format!("join {conversation} {}", contact.0), |state| {
            state.conversations.get_mut(conversation).unwrap().1.insert(contact.0.to_string());
            Ok(())
        })
        .await
    }

    async fn create_data_attribute(&self, name: &str, data_type: DataType) -> Result<DataAttribute, Error> {
        let made = attribute(name, data_type);
        self.write(format!("attribute {name}"), move |state| {
            state.attributes.push(made.clone());
            Ok(made)
        })
        .await
    }
}
