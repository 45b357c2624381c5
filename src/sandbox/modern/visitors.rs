//! Visitors in the 2.x dialect: one shape, no custom attribute that does not exist, and contacts as the outcome.

use serde_json::{Map, Value, json};

use super::contacts;
use crate::sandbox::legacy;
use crate::sandbox::wire::{Call, id_text};
use crate::sandbox::workspace::change::OwnerForm;
use crate::sandbox::workspace::convert::Target;
use crate::sandbox::workspace::upsert::Key;
use crate::sandbox::workspace::{Refusal, Workspace};

fn key(body: &Map<String, Value>) -> Key {
    let text = |name: &str| body.get(name).and_then(id_text);
    Key { id: text("id"), user_id: text("user_id"), email: text("email") }
}

pub(super) fn find(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let user_id = call.query_value("user_id").ok_or_else(|| Refusal::missing("user_id not specified"))?;
    Ok(legacy::visitor_shape(workspace, workspace.visitors.by_user_id(user_id)?))
}

/// Changes the name and the custom attributes; the rest of the body only says who is meant.
pub(super) fn update(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.object()?;
    let id = workspace.visitor(&Key { email: None, ..key(body) })?.id.clone();
    let writable = ["name", "custom_attributes"];
    let fields: Map<String, Value> = body
        .iter()
        .filter(|(name, _)| writable.contains(&name.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let change = workspace.read_change(&fields, OwnerForm::Either)?;
    let visitor = workspace.change_visitor(call.now, &id, change)?;
    Ok(legacy::visitor_shape(workspace, &visitor))
}

/// All of `type`, `user` and `visitor` are required.
pub(super) fn convert(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.object()?;
    let part = |name: &str| {
        let part = body.get(name).and_then(Value::as_object);
        part.ok_or_else(|| Refusal::missing(format!("{name} not specified")))
    };
    let role = legacy::conversion_role(call)?;
    let (visitor, user) = (part("visitor")?, key(part("user")?));
    let id = workspace.visitor(&key(visitor))?.id.clone();
    let mut fields = Map::new();
    for (name, value) in [("external_id", &user.user_id), ("email", &user.email)] {
        if let Some(value) = value {
            fields.insert(name.to_owned(), json!(value));
        }
    }
    let change = workspace.read_change(&fields, OwnerForm::Either)?;
    let contact = workspace.convert_visitor(call.now, &id, role, Target { key: user, change })?;
    Ok(contacts::shape(workspace, call, &contact))
}
