//! Visitors: looked up by the `user_id` of the Messenger's cookie, updated, converted, deleted.

use serde_json::{Map, Value};

use super::{body, leads, shapes};
use crate::sandbox::wire::Call;
use crate::sandbox::workspace::contact::Role;
use crate::sandbox::workspace::upsert::Key;
use crate::sandbox::workspace::{Refusal, Workspace};

pub(super) fn find(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    Ok(shapes::visitor(workspace, workspace.visitor(&body::query_key(call))?))
}

pub(super) fn get(workspace: &Workspace, id: &str) -> Result<Value, Refusal> {
    Ok(shapes::visitor(workspace, workspace.visitors.get(id)?))
}

pub(super) fn update(workspace: &mut Workspace, call: &Call<'_>, id: Option<&str>) -> Result<Value, Refusal> {
    let object = call.object()?;
    let given = body::key(object);
    let key = Key { id: id.map(str::to_owned).or(given.id), email: None, ..given };
    let id = workspace.visitor(&key)?.id.clone();
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
    let id = workspace.visitor(&body::key(visitor))?.id.clone();
    let role = super::conversion_role(call)?;
    let nobody = Map::new();
    let target = leads::target(workspace, call, body::part(call, "user")?.unwrap_or(&nobody), role)?;
    let contact = workspace.convert_visitor(call.now, &id, role, target)?;
    Ok(shapes::person(workspace, &contact))
}
