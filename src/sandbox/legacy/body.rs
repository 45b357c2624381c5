//! Bodies of the 1.x dialect, turned into the words of the rules.
//!
//! `user_id` is `external_id`, `last_request_at` is `last_seen_at`; custom attributes come into being when they are
//! first written. A key that is no field is ignored.

use serde_json::{Map, Value, json};

use crate::sandbox::clock::Moment;
use crate::sandbox::wire::{Call, id_text};
use crate::sandbox::workspace::attribute::Model;
use crate::sandbox::workspace::change::{Change, OwnerForm};
use crate::sandbox::workspace::company::CompanyChange;
use crate::sandbox::workspace::contact::{Contact, Role};
use crate::sandbox::workspace::upsert::Key;
use crate::sandbox::workspace::{Refusal, Workspace};

/// Who a body is about.
pub(super) fn key(body: &Map<String, Value>) -> Key {
    let text = |name: &str| body.get(name).and_then(id_text);
    Key { id: text("id"), user_id: text("user_id"), email: text("email") }
}

/// Who a query string is about.
pub(super) fn query_key(call: &Call<'_>) -> Key {
    let text = |name: &str| call.query_value(name).filter(|value| !value.is_empty()).map(str::to_owned);
    Key { id: text("id"), user_id: text("user_id"), email: text("email") }
}

/// An object inside a body.
pub(super) fn part<'a>(call: &'a Call<'_>, name: &str) -> Result<Option<&'a Map<String, Value>>, Refusal> {
    match call.object()?.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(part)) => Ok(Some(part)),
        Some(_) => Err(Refusal::invalid(name, format!("{name} must be an object"))),
    }
}

/// What a body asks for: fields, memberships, and signs of life.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) change: Change,
    memberships: Vec<Membership>,
    session: bool,
    ip: Option<String>,
    agent: Option<String>,
}

/// In or out of a company.
#[derive(Debug)]
enum Membership {
    In(CompanyChange),
    Out(String),
}

/// Reads the body of a user, lead or visitor. New custom attributes are defined only when all the rest is right.
pub(super) fn read(
    workspace: &mut Workspace,
    now: Moment,
    body: &Map<String, Value>,
    role: Role,
) -> Result<Wish, Refusal> {
    let mut fields = translate(now, body, role);
    workspace.read_change(&fields, OwnerForm::Either)?;
    if let Some(values) = body.get("custom_attributes").filter(|values| !values.is_null()) {
        let values = values
            .as_object()
            .ok_or_else(|| Refusal::invalid("custom_attributes", "custom_attributes must be an object"))?;
        // Clearing what was never there is no mistake.
        let known = |name: &str| workspace.attributes.named(Model::Contact, name).is_some();
        let values: Map<String, Value> = values
            .iter()
            .filter(|(name, value)| !value.is_null() || known(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        workspace.attributes.learn(Model::Contact, &values, now.seconds())?;
        fields.insert("custom_attributes".to_owned(), Value::Object(values));
    }
    let flag = |name: &str| body.get(name).and_then(Value::as_bool).unwrap_or(false);
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(Wish {
        change: workspace.read_change(&fields, OwnerForm::Either)?,
        memberships: memberships(workspace, now, body)?,
        session: flag("new_session"),
        ip: text("last_seen_ip"),
        agent: text("last_seen_user_agent"),
    })
}

fn translate(now: Moment, body: &Map<String, Value>, role: Role) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut copy = |from: &str, to: &str| {
        if let Some(value) = body.get(from) {
            fields.insert(to.to_owned(), value.clone());
        }
    };
    for name in ["email", "phone", "name", "owner_id", "unsubscribed_from_emails"] {
        copy(name, name);
    }
    copy("last_request_at", "last_seen_at");
    if role == Role::User {
        for name in ["created_at", "remote_created_at", "signed_up_at"] {
            copy(name, "signed_up_at");
        }
        if let Some(user_id) = body.get("user_id").and_then(id_text) {
            fields.insert("external_id".to_owned(), json!(user_id));
        }
    }
    if body.get("update_last_request_at") == Some(&Value::Bool(true)) {
        fields.insert("last_seen_at".to_owned(), json!(now.seconds()));
    }
    match body.get("avatar") {
        Some(Value::Object(avatar)) => {
            fields.insert("avatar".to_owned(), avatar.get("image_url").cloned().unwrap_or_default());
        }
        Some(other) => {
            fields.insert("avatar".to_owned(), other.clone());
        }
        None => {}
    }
    fields
}

/// `companies` is a list, `company` a single one. In it, `id` means the caller's own id as well.
fn memberships(workspace: &mut Workspace, now: Moment, body: &Map<String, Value>) -> Result<Vec<Membership>, Refusal> {
    let wrong = || Refusal::invalid("companies", "companies must be an array of objects");
    let listed = match body.get("companies") {
        None | Some(Value::Null) => &[][..],
        Some(Value::Array(companies)) => companies,
        // What a user shows is an object; sent back unchanged it asks for nothing.
        Some(Value::Object(shown)) if shown.contains_key("companies") => &[],
        Some(_) => return Err(wrong()),
    };
    let single = body.get("company").filter(|company| !company.is_null());
    let mut read = Vec::new();
    for company in listed.iter().chain(single) {
        let mut company = company.as_object().ok_or_else(wrong)?.clone();
        if let (None, Some(id)) = (company.get("company_id"), company.get("id").cloned()) {
            company.insert("company_id".to_owned(), id);
        }
        if company.get("remove") == Some(&Value::Bool(true)) {
            let id = company.get("company_id").and_then(id_text).ok_or_else(wrong)?;
            read.push(Membership::Out(id));
        } else {
            read.push(Membership::In(read_company(workspace, now, &company)?));
        }
    }
    Ok(read)
}

/// Reads a company body; its custom attributes come into being as well.
pub(super) fn read_company(
    workspace: &mut Workspace,
    now: Moment,
    company: &Map<String, Value>,
) -> Result<CompanyChange, Refusal> {
    if let Some(values) = company.get("custom_attributes").and_then(Value::as_object) {
        workspace.attributes.learn(Model::Company, values, now.seconds())?;
    }
    workspace.read_company(company)
}

impl Wish {
    /// Carries out what goes beyond the fields.
    pub(super) fn finish(self, workspace: &mut Workspace, now: Moment, contact: &Contact) -> Result<(), Refusal> {
        for membership in self.memberships {
            match membership {
                Membership::In(change) => {
                    let company = workspace.save_company(now, change)?;
                    workspace.attach_company(now, &contact.id, &company.id)?;
                }
                Membership::Out(company_id) => {
                    let company = workspace.companies.by_company_id(&company_id).map(|company| company.id.clone());
                    if let Some(company) = company.filter(|id| contact.companies.contains(id)) {
                        workspace.detach_company(now, &contact.id, &company)?;
                    }
                }
            }
        }
        if self.session || self.ip.is_some() || self.agent.is_some() {
            workspace.note_presence(now, &contact.id, self.session, self.ip, self.agent);
        }
        Ok(())
    }
}
