//! Changing people in the 1.x dialect.
//!
//! `POST /users` creates or updates as it pleases, so a user that exists is looked for first and is a
//! [`Error::Conflict`], as in 2.x. What has an id is always written by its id: an e-mail address can be that of several.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{not_in_this_version, remember};
use crate::contact::{IntercomId, Role};
use crate::intercom::client::Client;
use crate::intercom::client::read::unreadable;
use crate::intercom::client::send::Call;
use crate::intercom::dialect::legacy::{self, resource};
use crate::intercom::retry::Repeat;
use crate::intercom::wire;
use crate::intercom::{Company, CompanyId, Contact, ContactPatch, DataAttribute, DataType, Error, Note, Tag, TagId};

impl Client {
    async fn legacy_post(&self, path: &[&str], repeat: Repeat, body: Value) -> Result<Value, Error> {
        self.send(Call::write(Method::POST, path, repeat).with(body)).await
    }

    /// A lead is made whatever its e-mail; a user only where there is none with its `user_id` or, without one, its e-mail.
    pub(in crate::intercom::client) async fn legacy_create(&self, patch: &ContactPatch) -> Result<Contact, Error> {
        let fields = legacy::fields(patch);
        if legacy::role(patch) == Some(Role::Lead) {
            if fields.contains_key("user_id") {
                return Err(not_in_this_version("choose the user_id of a lead"));
            }
            // Twice is two leads
            let answer = self.legacy_post(&["contacts"], Repeat::Unsafe, Value::Object(fields)).await?;
            return self.person(answer);
        }
        self.legacy_nobody_there(legacy::text(patch, "external_id"), legacy::text(patch, "email"), None).await?;
        // With a user_id the second one would find the first and change nothing; without, it is refused above
        let repeat = if fields.contains_key("user_id") { Repeat::Safe } else { Repeat::Unsafe };
        self.person(self.legacy_post(&["users"], repeat, Value::Object(fields)).await?)
    }

    /// A user with this `user_id`, or without one with this e-mail, is a conflict; `except` is who asks.
    async fn legacy_nobody_there(
        &self,
        user_id: Option<&str>,
        email: Option<&str>,
        except: Option<&IntercomId>,
    ) -> Result<(), Error> {
        let (key, value) = match (user_id, email) {
            (Some(user_id), _) => ("user_id", user_id),
            (None, Some(email)) => ("email", email),
            (None, None) => return Ok(()),
        };
        let found = self.legacy_by_key(Role::User, key, value).await?;
        match found.into_iter().find(|user| Some(&user.id) != except) {
            None => Ok(()),
            Some(user) => Err(Error::Conflict {
                message: format!("A user matching those details already exists with id={}", user.id.0),
                existing: Some(user.id),
                archived: false,
                code: "conflict".to_owned(),
                request_id: None,
            }),
        }
    }

    /// Absolute values, so twice is once. A lead whose role is to be `user` is converted.
    pub(in crate::intercom::client) async fn legacy_update(
        &self,
        id: &IntercomId,
        patch: &ContactPatch,
    ) -> Result<Contact, Error> {
        let role = self.legacy_role(id).await?;
        match (role, legacy::role(patch)) {
            (Role::Lead, Some(Role::User)) => return self.legacy_promote(id, patch).await,
            (Role::User, Some(Role::Lead)) => return Err(not_in_this_version("make a lead of a user")),
            _ => {}
        }
        self.legacy_write(role, id, legacy::fields(patch)).await
    }

    async fn legacy_write(
        &self,
        role: Role,
        id: &IntercomId,
        mut fields: Map<String, Value>,
    ) -> Result<Contact, Error> {
        let answer = match role {
            Role::User => {
                fields.insert("id".to_owned(), json!(&*id.0));
                self.legacy_post(&["users"], Repeat::Safe, Value::Object(fields)).await?
            }
            Role::Lead => {
                let path = ["contacts", &*id.0];
                let call = Call::write(Method::PUT, &path, Repeat::Safe).with(Value::Object(fields));
                self.send(call).await?
            }
        };
        self.person(answer)
    }

    /// `POST /contacts/convert` with the identifiers of a user that does not exist: the lead becomes it and keeps its id.
    async fn legacy_promote(&self, id: &IntercomId, patch: &ContactPatch) -> Result<Contact, Error> {
        let lead = self.legacy_contact(id).await?;
        let user_id = legacy::text(patch, "external_id");
        let email = legacy::text(patch, "email").or(lead.email.as_deref());
        // A user that exists would swallow the lead
        self.legacy_nobody_there(user_id, email, None).await?;
        let mut user = Map::new();
        if let Some(user_id) = user_id {
            user.insert("user_id".to_owned(), json!(user_id));
        }
        if let Some(email) = email {
            user.insert("email".to_owned(), json!(email));
        }
        if user.is_empty() {
            return Err(not_in_this_version("make a user of a lead without an e-mail or a user_id"));
        }
        let body = json!({ "contact": { "id": &*id.0 }, "user": user });
        // The second one finds no lead, which looks like a refusal of the first
        let made = self.person(self.legacy_post(&["contacts", "convert"], Repeat::Unsafe, body).await?)?;
        let mut rest = legacy::fields(patch);
        rest.retain(|name, _| name != "user_id" && name != "email");
        if rest.is_empty() { Ok(made) } else { self.legacy_write(Role::User, &made.id, rest).await }
    }

    /// `POST /contacts/convert` with a user that exists. A wrong key would make a new user, so it is named by its id and
    /// looked at first.
    pub(in crate::intercom::client) async fn legacy_merge(
        &self,
        from: &IntercomId,
        into: &IntercomId,
    ) -> Result<Contact, Error> {
        let user = self.legacy_contact(into).await?;
        if user.role != Role::User || self.legacy_role(from).await? != Role::Lead {
            return Err(Error::Refused {
                status: 400,
                code: "invalid_merge".to_owned(),
                message: "a lead can be merged into a user only; nothing was sent".to_owned(),
                field: None,
                request_id: None,
            });
        }
        let body = json!({ "contact": { "id": &*from.0 }, "user": { "id": &*into.0 } });
        let survivor = self.person(self.legacy_post(&["contacts", "convert"], Repeat::Unsafe, body).await?)?;
        super::open(&self.memory.roles).remove(from);
        Ok(survivor)
    }

    /// `DELETE` archives in this dialect.
    pub(in crate::intercom::client) async fn legacy_archive(&self, id: &IntercomId) -> Result<(), Error> {
        let role = match self.legacy_role(id).await {
            Ok(role) => role,
            Err(Error::NotFound { .. }) => Role::User,
            Err(error) => return Err(error),
        };
        let path = [resource(role), &*id.0];
        self.send(Call::write(Method::DELETE, &path, Repeat::SafeGoneIsDone)).await.map(drop)
    }

    /// An archived user comes back with the next write that names it; an archived lead never does.
    pub(in crate::intercom::client) async fn legacy_unarchive(&self, id: &IntercomId) -> Result<(), Error> {
        let known = super::open(&self.memory.roles).get(id).copied();
        if known == Some(Role::Lead) {
            return Err(not_in_this_version("bring an archived lead back"));
        }
        match self.legacy_post(&["users"], Repeat::Safe, json!({ "id": &*id.0 })).await {
            Ok(answer) => self.person(answer).map(drop),
            Err(Error::NotFound { .. }) => Err(not_in_this_version(
                "bring a contact back by its id; a user comes back when it is created again with its external id or e-mail",
            )),
            Err(error) => Err(error),
        }
    }

    /// Deleting is asked for; Intercom promises to do it within 90 days.
    pub(in crate::intercom::client) async fn legacy_delete(&self, id: &IntercomId) -> Result<(), Error> {
        let body = json!({ "intercom_user_id": &*id.0 });
        self.legacy_post(&["user_delete_requests"], Repeat::SafeGoneIsDone, body).await.map(drop)
    }

    /// The tag of that name, made when there is none.
    pub(in crate::intercom::client) async fn legacy_ensure_tag(&self, name: &str) -> Result<Tag, Error> {
        let answer = self.legacy_post(&["tags"], Repeat::Safe, json!({ "name": name })).await?;
        let tag = wire::tag(&answer).map_err(unreadable)?;
        remember(&self.memory.tags, tag.id.0.clone(), tag.name.clone());
        Ok(tag)
    }

    /// Tags, or untags, one person by the tag's name.
    pub(in crate::intercom::client) async fn legacy_tag(
        &self,
        id: &IntercomId,
        tag: &TagId,
        untag: bool,
    ) -> Result<(), Error> {
        let name = self.legacy_tag_name(&tag.0).await?;
        let mut person = json!({ "id": &*id.0 });
        if untag && let Some(person) = person.as_object_mut() {
            person.insert("untag".to_owned(), json!(true));
        }
        let repeat = if untag { Repeat::SafeGoneIsDone } else { Repeat::Safe };
        self.legacy_post(&["tags"], repeat, json!({ "name": name, "users": [person] })).await.map(drop)
    }

    /// The company of that `company_id`, made or renamed.
    pub(in crate::intercom::client) async fn legacy_ensure_company(
        &self,
        company_id: &str,
        name: &str,
    ) -> Result<Company, Error> {
        let body = json!({ "company_id": company_id, "name": name });
        let company =
            wire::company(&self.legacy_post(&["companies"], Repeat::Safe, body).await?).map_err(unreadable)?;
        remember(&self.memory.companies, company.id.0.clone(), company.company_id.clone());
        Ok(company)
    }

    /// A membership is a part of the person.
    pub(in crate::intercom::client) async fn legacy_company(
        &self,
        id: &IntercomId,
        company: &CompanyId,
        remove: bool,
    ) -> Result<(), Error> {
        let mut membership = json!({ "company_id": self.legacy_company_id(&company.0).await? });
        if remove && let Some(membership) = membership.as_object_mut() {
            membership.insert("remove".to_owned(), json!(true));
        }
        let fields = Map::from_iter([("companies".to_owned(), json!([membership]))]);
        self.legacy_write(self.legacy_role(id).await?, id, fields).await.map(drop)
    }

    /// Twice is two notes.
    pub(in crate::intercom::client) async fn legacy_note(&self, id: &IntercomId, body: &str) -> Result<Note, Error> {
        let body = json!({ "user": { "id": &*id.0 }, "body": body });
        wire::note(&self.legacy_post(&["notes"], Repeat::Unsafe, body).await?).map_err(unreadable)
    }

    /// Nothing is sent: attributes come into being with their first value.
    pub(in crate::intercom::client) fn legacy_attribute(name: &str, data_type: DataType) -> DataAttribute {
        DataAttribute {
            name: name.to_owned(),
            data_type,
            custom: true,
            api_writable: true,
            archived: false,
            options: Vec::new(),
        }
    }
}
