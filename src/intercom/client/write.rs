//! Changing a workspace over HTTP. Each method says what sending it twice would do.

use reqwest::Method;
use serde_json::{Value, json};

use super::Client;
use super::read::unreadable;
use super::send::Call;
use crate::contact::IntercomId;
use crate::intercom::retry::Repeat;
use crate::intercom::wire;
use crate::intercom::{
    Company, CompanyId, Contact, ContactPatch, DataAttribute, DataType, Error, Note, Tag, TagId, WriteWorkspace,
};

impl Client {
    async fn write(&self, method: Method, path: &[&str], repeat: Repeat, body: Option<Value>) -> Result<Value, Error> {
        self.send(Call { body, ..Call::write(method, path, repeat) }).await
    }
}

impl WriteWorkspace for Client {
    async fn create(&self, patch: &ContactPatch) -> Result<Contact, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_create(patch).await;
        }
        // Twice is two leads
        let body = wire::patch_body(patch, self.dialect);
        let answer = self.write(Method::POST, &["contacts"], Repeat::Unsafe, Some(body)).await?;
        wire::contact(answer).map_err(unreadable)
    }

    async fn update(&self, id: &IntercomId, patch: &ContactPatch) -> Result<Contact, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_update(id, patch).await;
        }
        let body = wire::patch_body(patch, self.dialect);
        let answer = self.write(Method::PUT, &["contacts", &id.0], Repeat::Safe, Some(body)).await?;
        wire::contact(answer).map_err(unreadable)
    }

    async fn merge(&self, from: &IntercomId, into: &IntercomId) -> Result<Contact, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_merge(from, into).await;
        }
        // The second one fails with an answer that looks like a refusal of the first
        let body = json!({"from": &*from.0, "into": &*into.0});
        let answer = self.write(Method::POST, &["contacts", "merge"], Repeat::Unsafe, Some(body)).await?;
        wire::contact(answer).map_err(unreadable)
    }

    async fn archive(&self, id: &IntercomId) -> Result<(), Error> {
        if self.dialect.is_legacy() {
            return self.legacy_archive(id).await;
        }
        let path = ["contacts", &*id.0, "archive"];
        self.write(Method::POST, &path, Repeat::SafeGoneIsDone, None).await.map(drop)
    }

    async fn unarchive(&self, id: &IntercomId) -> Result<(), Error> {
        if self.dialect.is_legacy() {
            return self.legacy_unarchive(id).await;
        }
        self.write(Method::POST, &["contacts", &id.0, "unarchive"], Repeat::Safe, None).await.map(drop)
    }

    async fn delete(&self, id: &IntercomId) -> Result<(), Error> {
        if self.dialect.is_legacy() {
            return self.legacy_delete(id).await;
        }
        self.write(Method::DELETE, &["contacts", &id.0], Repeat::SafeGoneIsDone, None).await.map(drop)
    }

    async fn ensure_tag(&self, name: &str) -> Result<Tag, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_ensure_tag(name).await;
        }
        let answer = self.write(Method::POST, &["tags"], Repeat::Safe, Some(json!({"name": name}))).await?;
        wire::tag(&answer).map_err(unreadable)
    }

    async fn attach_tag(&self, id: &IntercomId, tag: &TagId) -> Result<(), Error> {
        if self.dialect.is_legacy() {
            return self.legacy_tag(id, tag, false).await;
        }
        let path = ["contacts", &*id.0, "tags"];
        self.write(Method::POST, &path, Repeat::Safe, Some(json!({"id": tag.0}))).await.map(drop)
    }

    async fn detach_tag(&self, id: &IntercomId, tag: &TagId) -> Result<(), Error> {
        if self.dialect.is_legacy() {
            return self.legacy_tag(id, tag, true).await;
        }
        let path = ["contacts", &*id.0, "tags", &*tag.0];
        self.write(Method::DELETE, &path, Repeat::SafeGoneIsDone, None).await.map(drop)
    }

    async fn ensure_company(&self, company_id: &str, name: &str) -> Result<Company, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_ensure_company(company_id, name).await;
        }
        let body = json!({"company_id": company_id, "name": name});
        let answer = self.write(Method::POST, &["companies"], Repeat::Safe, Some(body)).await?;
        wire::company(&answer).map_err(unreadable)
    }

    async fn attach_company(&self, id: &IntercomId, company: &CompanyId) -> Result<(), Error> {
        if self.dialect.is_legacy() {
            return self.legacy_company(id, company, false).await;
        }
        let path = ["contacts", &*id.0, "companies"];
        self.write(Method::POST, &path, Repeat::Safe, Some(json!({"id": company.0}))).await.map(drop)
    }

    async fn detach_company(&self, id: &IntercomId, company: &CompanyId) -> Result<(), Error> {
        if self.dialect.is_legacy() {
            return self.legacy_company(id, company, true).await;
        }
        let path = ["contacts", &*id.0, "companies", &*company.0];
        self.write(Method::DELETE, &path, Repeat::SafeGoneIsDone, None).await.map(drop)
    }

    async fn opt_out(&self, id: &IntercomId, subscription: &str) -> Result<(), Error> {
        if self.dialect.is_legacy() {
            return Err(super::legacy::not_in_this_version("write subscription types"));
        }
        let path = ["contacts", &*id.0, "subscriptions"];
        let body = json!({"id": subscription, "consent_type": "opt_out"});
        self.write(Method::POST, &path, Repeat::Safe, Some(body)).await.map(drop)
    }

    async fn opt_in(&self, id: &IntercomId, subscription: &str) -> Result<(), Error> {
        if self.dialect.is_legacy() {
            return Err(super::legacy::not_in_this_version("write subscription types"));
        }
        let path = ["contacts", &*id.0, "subscriptions"];
        let body = json!({"id": subscription, "consent_type": "opt_in"});
        self.write(Method::POST, &path, Repeat::Safe, Some(body)).await.map(drop)
    }

    async fn forget_choice(&self, id: &IntercomId, subscription: &str) -> Result<(), Error> {
        if self.dialect.is_legacy() {
            return Err(super::legacy::not_in_this_version("write subscription types"));
        }
        let path = ["contacts", &*id.0, "subscriptions", subscription];
        self.write(Method::DELETE, &path, Repeat::SafeGoneIsDone, None).await.map(drop)
    }

    async fn add_note(&self, id: &IntercomId, body: &str) -> Result<Note, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_note(id, body).await;
        }
        // Twice is two notes
        let path = ["contacts", &*id.0, "notes"];
        let answer = self.write(Method::POST, &path, Repeat::Unsafe, Some(json!({"body": body}))).await?;
        wire::note(&answer).map_err(unreadable)
    }

    async fn join_conversation(&self, conversation: &str, admin: &str, contact: &IntercomId) -> Result<(), Error> {
        let path = ["conversations", conversation, "customers"];
        let body = json!({"admin_id": admin, "customer": {"intercom_user_id": &*contact.0}});
        self.write(Method::POST, &path, Repeat::Safe, Some(body)).await.map(drop).map_err(Error::of_one_area)
    }

    async fn create_data_attribute(&self, name: &str, data_type: DataType) -> Result<DataAttribute, Error> {
        if self.dialect.is_legacy() {
            return Ok(Self::legacy_attribute(name, data_type));
        }
        let data_type = match data_type {
            // A list of options needs its options, which nobody knows here; text takes them all
            DataType::Options => DataType::String,
            other => other,
        };
        // The second one is refused because the name is taken, which looks like a refusal of the first
        let body = json!({"name": name, "model": "contact", "data_type": data_type});
        let answer = self.write(Method::POST, &["data_attributes"], Repeat::Unsafe, Some(body)).await?;
        wire::data_attribute(&answer).map_err(unreadable)
    }
}
