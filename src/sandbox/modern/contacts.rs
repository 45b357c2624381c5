//! Contacts: one by one, as lists, and two becoming one.

use std::sync::Arc;

use serde_json::{Value, json};

use super::shapes;
use crate::sandbox::version::Version;
use crate::sandbox::wire::Call;
use crate::sandbox::workspace::change::OwnerForm;
use crate::sandbox::workspace::contact::{Contact, Role, Standing};
use crate::sandbox::workspace::page::{Cursor, Page, page_size};
use crate::sandbox::workspace::{MergeCheck, Refusal, Workspace};

const LIST_PAGE: usize = 10;
const SEARCH_PAGE: usize = 50;

/// A page of contacts in the shape of a list.
pub(super) fn page(workspace: &Workspace, call: &Call<'_>, page: &Page<Arc<Contact>>) -> Value {
    let data = page.items.iter().map(|contact| shapes::contact(workspace, contact, call.version));
    shapes::page(data, page)
}

/// Paging of a list comes in the query string.
pub(super) fn paging(call: &Call<'_>, default: usize) -> Result<(Cursor, usize), Refusal> {
    let size = call.query_value("per_page").map(Value::from);
    Ok((Cursor::read_optional(call.query_value("starting_after"))?, page_size(size.as_ref(), default)?))
}

pub(super) fn list(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let (cursor, per_page) = paging(call, LIST_PAGE)?;
    Ok(page(workspace, call, &workspace.list(cursor, per_page)))
}

pub(super) fn search(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.object()?;
    let query = body.get("query").ok_or_else(|| Refusal::missing("query not specified"))?;
    // Paging of a search comes in the body; in the query string it is ignored, as Intercom does.
    let paging = body.get("pagination");
    let cursor = paging.and_then(|paging| paging.get("starting_after"));
    let cursor = Cursor::read_optional(cursor.and_then(Value::as_str))?;
    let per_page = page_size(paging.and_then(|paging| paging.get("per_page")), SEARCH_PAGE)?;
    let found = workspace.search(call.now, query, body.get("sort"), cursor, per_page)?;
    Ok(page(workspace, call, &found))
}

pub(super) fn create(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let change = workspace.read_change(call.object()?, owner_form(call.version))?;
    let contact = workspace.create(call.now, change)?;
    Ok(shapes::contact(workspace, &contact, call.version))
}

pub(super) fn update(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    workspace.active(id)?;
    let change = workspace.read_change(call.object()?, owner_form(call.version))?;
    let contact = workspace.update(call.now, id, change)?;
    Ok(shapes::contact(workspace, &contact, call.version))
}

/// An archived contact answers 200 with `archived: true` (unsure in the documentation; our choice).
pub(super) fn get(workspace: &Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    let contact = workspace.contact(id).ok_or_else(Refusal::contact_not_found)?;
    if let Standing::Merged { .. } = contact.standing {
        let canonical = workspace.canonical(id).filter(|_| call.version.merged_is_gone());
        return Err(canonical.map_or_else(Refusal::contact_not_found, Refusal::merged));
    }
    let mut shape = shapes::contact(workspace, contact, call.version);
    if call.version.has_merge_history() && call.query_value("include_merge_history") == Some("true") {
        shape["merge_history"] = shapes::merge_history(contact);
    }
    Ok(shape)
}

pub(super) fn find(workspace: &Workspace, call: &Call<'_>, external_id: &str) -> Result<Value, Refusal> {
    let contact = workspace.user_by_external_id(external_id).ok_or_else(Refusal::contact_not_found)?;
    Ok(shapes::contact(workspace, contact, call.version))
}

/// Only users have a history of merges.
pub(super) fn merge_history(workspace: &Workspace, id: &str) -> Result<Value, Refusal> {
    let contact = workspace.active(id)?;
    if contact.role == Role::Lead {
        return Err(Refusal::contact_not_found());
    }
    Ok(shapes::merge_history(contact))
}

pub(super) fn archive(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    Ok(shapes::reference(&*workspace.archive(call.now, id)?, "archived", true))
}

pub(super) fn unarchive(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    Ok(shapes::reference(&*workspace.unarchive(call.now, id)?, "archived", false))
}

pub(super) fn block(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    Ok(shapes::reference(&*workspace.block(call.now, id)?, "blocked", true))
}

pub(super) fn delete(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    Ok(shapes::reference(&*workspace.delete(call.now, id)?, "deleted", true))
}

pub(super) fn merge(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let wanted = |name: &str| call.body_id(name)?.ok_or_else(|| Refusal::missing(format!("{name} not specified")));
    let (from, into) = (wanted("from")?, wanted("into")?);
    let skipped = call.object()?.get("skip_duplicate_validation") == Some(&json!(true));
    let check = if call.version.merge_needs_duplicates() && !skipped {
        MergeCheck::SharedIdentifier
    } else {
        MergeCheck::RolesOnly
    };
    let survivor = workspace.merge(call.now, &from, &into, check)?;
    Ok(shapes::contact(workspace, &survivor, call.version))
}

/// How this version writes an owner's id in a body.
fn owner_form(version: Version) -> OwnerForm {
    if version.owner_is_text() { OwnerForm::Text } else { OwnerForm::Number }
}
