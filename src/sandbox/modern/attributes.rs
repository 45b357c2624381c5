//! Data attributes: the built-in ones by name, the custom ones in full.

use serde_json::{Value, json};

use super::shapes;
use crate::sandbox::wire::Call;
use crate::sandbox::workspace::attribute::Model;
use crate::sandbox::workspace::{Refusal, Workspace};

/// Built-in attributes: name, label, type, whether the API may write them.
const CONTACT: [(&str, &str, &str, bool); 14] = [
    ("name", "Name", "string", true),
    ("email", "Email", "string", true),
    ("phone", "Phone", "string", true),
    ("external_id", "User ID", "string", true),
    ("role", "Role", "string", true),
    ("owner_id", "Owner", "integer", true),
    ("unsubscribed_from_emails", "Unsubscribed from emails", "boolean", true),
    ("has_hard_bounced", "Has hard bounced", "boolean", false),
    ("marked_email_as_spam", "Marked email as spam", "boolean", false),
    ("created_at", "First seen", "date", false),
    ("updated_at", "Last updated", "date", false),
    ("signed_up_at", "Signed up", "date", true),
    ("last_seen_at", "Last seen", "date", true),
    ("last_contacted_at", "Last contacted", "date", false),
];

const COMPANY: [(&str, &str, &str, bool); 5] = [
    ("name", "Company name", "string", true),
    ("company_id", "Company ID", "string", false),
    ("website", "Company website", "string", true),
    ("industry", "Company industry", "string", true),
    ("size", "Company size", "integer", true),
];

fn built_in(model: Model) -> impl Iterator<Item = Value> {
    let rows: &[(&str, &str, &str, bool)] = if model == Model::Contact { &CONTACT } else { &COMPANY };
    rows.iter().map(move |(name, label, data_type, writable)| {
        json!({
            "type": "data_attribute", "name": name, "full_name": name, "label": label, "data_type": data_type,
            "api_writable": writable, "ui_writable": false, "messenger_writable": false,
            "custom": false, "archived": false, "model": model.as_str()
        })
    })
}

pub(super) fn list(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let model = match call.query_value("model") {
        None => None,
        Some(text) => {
            let message = "The Data Attribute model field must be either contact or company";
            Some(Model::read(text).ok_or_else(|| Refusal::invalid("model", message))?)
        }
    };
    let with_archived = call.query_value("include_archived") == Some("true");
    let mut data = Vec::new();
    for shown in [Model::Contact, Model::Company] {
        if model.is_some_and(|model| model != shown) {
            continue;
        }
        data.extend(built_in(shown));
        let custom = workspace.attributes.all().filter(|attribute| attribute.model == shown);
        let custom = custom.filter(|attribute| with_archived || !attribute.archived);
        data.extend(custom.map(|attribute| shapes::attribute(workspace, attribute)));
    }
    Ok(json!({ "type": "list", "data": data }))
}

pub(super) fn create(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let attribute = workspace.attributes.create(call.object()?, call.now.seconds())?;
    Ok(shapes::attribute(workspace, &attribute))
}

pub(super) fn update(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    let attribute = workspace.attributes.update(id, call.object()?, call.now.seconds())?;
    Ok(shapes::attribute(workspace, &attribute))
}
