//! Visitors: looked up by the `user_id` of the Messenger's cookie, updated, converted, deleted.

use serde_json::{Map, Value};

use super::{body, leads, shapes};
use crate::sandbox::wire::{Call, id_text};
use crate::sandbox::workspace::contact::{Contact, Role};
use crate::sandbox::workspace::upsert::Key;
use crate::sandbox::workspace::visitor::Visitor;
use crate::sandbox::workspace::{Refusal, Workspace};

/// The visitor an id, a `user_id` or an e-mail names, in this order.
pub(crate) fn named<'a>(workspace: &'a Workspace, key: &Key) -> Result<&'a Visitor, Refusal> {
    match (&key.id, &key.user_id, &key.email) {
        (Some(id), _, _) => workspace.visitors.get(id),
        (None, Some(user_id), _) => workspace.visitors.by_user_id(user_id),
        (None, None, Some(email)) => workspace.visitors.by_email(email),
        (None, None, None) => Err(Refusal::missing("visitor not specified")),
    }
}

pub(super) fn find(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    Ok(shapes::visitor(workspace, named(workspace, &body::query_key(call))?))
}

pub(super) fn get(workspace: &Workspace, id: &str) -> Result<Value, Refusal> {
    Ok(shapes::visitor(workspace, workspace.visitors.get(id)?))
}

pub(super) fn update(workspace: &mut Workspace, call: &Call<'_>, id: Option<&str>) -> Result<Value, Refusal> {
    let object = call.object()?;
    let given = body::key(object);
    let key = Key { id: id.map(str::to_owned).or(given.id), email: None, ..given };
    let id = named(workspace, &key)?.id.clone();
    let wish = body::read(workspace, call.now, object, Role::Lead)?;
    let visitor = workspace.change_visitor(call.now, &id, wish.change)?;
    Ok(shapes::visitor(workspace, &visitor))
}

pub(super) fn delete(workspace: &mut Workspace, id: &str) -> Result<Value, Refusal> {
    let visitor = workspace.visitors.remove(id)?;
    Ok(shapes::visitor(workspace, &visitor))
}

pub(super) fn convert(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let visitor = body::part(call, "visitor")?.ok_or_else(|| Refusal::missing("visitor not specified"))?;
    let id = named(workspace, &body::key(visitor))?.id.clone();
    let role = role(call)?;
    let nobody = Map::new();
    let target = leads::target(workspace, call, body::part(call, "user")?.unwrap_or(&nobody), role)?;
    let contact: std::sync::Arc<Contact> = workspace.convert_visitor(call.now, &id, role, target)?;
    Ok(shapes::person(workspace, &contact))
}

/// `type` says what the visitor is to become.
pub(crate) fn role(call: &Call<'_>) -> Result<Role, Refusal> {
    match call.object()?.get("type").and_then(id_text).as_deref() {
        Some("user") => Ok(Role::User),
        Some("lead" | "contact") => Ok(Role::Lead),
        Some(_) => Err(Refusal::invalid("type", "type must be either user or lead")),
        None => Err(Refusal::missing("type not specified")),
    }
}
