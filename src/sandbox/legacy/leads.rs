//! Leads, which this dialect calls contacts: always created unless an id or automatic `user_id` is given.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{body, shapes, users};
use crate::sandbox::wire::Call;
use crate::sandbox::workspace::change::{Change, stored_phone};
use crate::sandbox::workspace::contact::{Contact, Role};
use crate::sandbox::workspace::convert::Target;
use crate::sandbox::workspace::upsert::Key;
use crate::sandbox::workspace::{Refusal, Workspace};

/// Creates a lead, or updates the one whose id or `user_id` is given. An e-mail names nobody.
pub(super) fn save(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let object = call.object()?;
    let key = body::key(object);
    if key.id.is_some() || key.user_id.is_some() {
        let id = workspace.find_lead(&key)?.id.clone();
        return update(workspace, call, &id);
    }
    let mut wish = body::read(workspace, call.now, object, Role::Lead)?;
    let change = Change { role: Some(Role::Lead), ..std::mem::take(&mut wish.change) };
    let lead = workspace.create(call.now, change)?;
    wish.finish(workspace, call.now, &lead)?;
    get(workspace, &lead.id)
}

pub(super) fn update(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    workspace.lead(id)?;
    let mut wish = body::read(workspace, call.now, call.object()?, Role::Lead)?;
    let lead = workspace.update(call.now, id, std::mem::take(&mut wish.change))?;
    wish.finish(workspace, call.now, &lead)?;
    get(workspace, id)
}

pub(super) fn get(workspace: &Workspace, id: &str) -> Result<Value, Refusal> {
    Ok(shapes::person(workspace, workspace.lead(id)?))
}

/// `?user_id=` and `?phone=` answer with one lead; `?email=` with a list, even of one.
pub(super) fn find_or_list(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let key = body::query_key(call);
    if key.user_id.is_some() {
        let lead = workspace.find_lead(&Key { id: None, ..key })?;
        return Ok(shapes::person(workspace, lead));
    }
    if let Some(phone) = call.query_value("phone") {
        let lead = workspace.by_phone(Role::Lead, &stored_phone(phone)).next();
        return Ok(shapes::person(workspace, lead.ok_or_else(Refusal::lead_not_found)?));
    }
    if let Some(email) = &key.email {
        let found: Vec<Arc<Contact>> = workspace.leads_by_email(email).map(Arc::clone).collect();
        return users::several(workspace, call, Role::Lead, &found);
    }
    users::list(workspace, call, Role::Lead)
}

pub(super) fn scroll(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    users::scroll_over(workspace, call, Role::Lead)
}

pub(super) fn archive(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    workspace.lead(id)?;
    let lead = workspace.archive(call.now, id)?;
    Ok(shapes::person(workspace, &lead))
}

pub(super) fn archive_by_key(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let id = workspace.find_lead(&body::query_key(call))?.id.clone();
    archive(workspace, call, &id)
}

/// Merges a lead into a user, or makes the user of it. Both have to be named.
pub(super) fn convert(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let lead = body::part(call, "contact")?.ok_or_else(|| Refusal::missing("contact not specified"))?;
    let lead = workspace.find_lead(&body::key(lead))?.id.clone();
    let user = body::part(call, "user")?.filter(|user| user.values().any(|value| !value.is_null()));
    let target = target(workspace, call, user.ok_or_else(|| Refusal::missing("user not specified"))?, Role::User)?;
    let user = workspace.convert_lead(call.now, &lead, target)?;
    Ok(shapes::person(workspace, &user))
}

/// Who somebody is to become. A `null` in it is the same as nothing.
pub(super) fn target(
    workspace: &mut Workspace,
    call: &Call<'_>,
    given: &Map<String, Value>,
    role: Role,
) -> Result<Target, Refusal> {
    let given: Map<String, Value> =
        given.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone())).collect();
    let key = body::key(&given);
    if role == Role::User && !key.is_empty() {
        // Nothing may change before it is clear who is meant.
        workspace.find_user(&key)?;
    }
    let change = body::read(workspace, call.now, &given, role)?.change;
    Ok(Target { key, change })
}
