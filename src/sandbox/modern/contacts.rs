//! Contacts: one by one and as lists.

use std::sync::Arc;

use serde_json::Value;

use super::shapes;
use crate::sandbox::version::Version;
use crate::sandbox::wire::Call;
use crate::sandbox::workspace::change::OwnerForm;
use crate::sandbox::workspace::contact::{Contact, Role, Standing};
use crate::sandbox::workspace::page::{Cursor, Page, page_size};
use crate::sandbox::workspace::search::Stamps;
use crate::sandbox::workspace::{Refusal, Workspace};

const LIST_PAGE: usize = 10;
const SEARCH_PAGE: usize = 50;

/// A contact, from 2.16 on with what was merged into it when that is asked for.
pub(super) fn shape(workspace: &Workspace, call: &Call<'_>, contact: &Contact) -> Value {
    let mut shape = shapes::contact(workspace, contact, call.version);
    let asked = call.query_value("include_merge_history") == Some("true");
    if asked && call.version.has_merge_history() && contact.role == Role::User {
        shape["merge_history"] = contact.merged_from.iter().map(shapes::merged).collect();
    }
    shape
}

/// A page of contacts in the shape of a list.
pub(super) fn page(workspace: &Workspace, call: &Call<'_>, page: &Page<Arc<Contact>>) -> Value {
    let data = page.items.iter().map(|contact| shape(workspace, call, contact));
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
    let stamps = if call.version.searches_to_the_second() { Stamps::Seconds } else { Stamps::WholeDays };
    let found = workspace.search(call.now, query, stamps, body.get("sort"), cursor, per_page)?;
    Ok(page(workspace, call, &found))
}

pub(super) fn create(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    check_verified(call)?;
    let change = workspace.read_change(call.object()?, owner_form(call.version))?;
    let contact = workspace.create(call.now, change)?;
    Ok(shape(workspace, call, &contact))
}

pub(super) fn update(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    workspace.active(id)?;
    check_verified(call)?;
    let change = workspace.read_change(call.object()?, owner_form(call.version))?;
    let contact = workspace.update(call.now, id, change)?;
    Ok(shape(workspace, call, &contact))
}

/// An archived contact answers 200 with `archived: true` (unsure in the documentation; our choice).
pub(super) fn get(workspace: &Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    let contact = workspace.contact(id).ok_or_else(Refusal::contact_not_found)?;
    if let Standing::Merged { .. } = contact.standing {
        let canonical = workspace.canonical(id).filter(|_| call.version.merged_is_gone());
        return Err(canonical.map_or_else(Refusal::contact_not_found, Refusal::merged));
    }
    Ok(shape(workspace, call, contact))
}

pub(super) fn find(workspace: &Workspace, call: &Call<'_>, external_id: &str) -> Result<Value, Refusal> {
    let contact = workspace.user_by_external_id(external_id).ok_or_else(Refusal::contact_not_found)?;
    Ok(shape(workspace, call, contact))
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

/// From 2.16 on an address can be called verified, but only together with the address.
fn check_verified(call: &Call<'_>) -> Result<(), Refusal> {
    let body = call.object()?;
    if call.version.verifies_emails() && body.contains_key("email_verified") && !body.contains_key("email") {
        return Err(Refusal::invalid("email_verified", "email_verified can only be set together with email"));
    }
    Ok(())
}

/// How this version writes an owner's id in a body.
fn owner_form(version: Version) -> OwnerForm {
    if version.owner_is_text() { OwnerForm::Text } else { OwnerForm::Number }
}
