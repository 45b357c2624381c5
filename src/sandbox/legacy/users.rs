//! Users: one call creates and updates, lists have many filters, deleting means archiving.

use std::sync::Arc;

use serde_json::{Value, json};

use super::body;
use super::paging::Place;
use super::shapes;
use crate::sandbox::wire::Call;
use crate::sandbox::workspace::change::stored_phone;
use crate::sandbox::workspace::contact::{Contact, Role};
use crate::sandbox::workspace::roster::{Among, Roster, RosterSort};
use crate::sandbox::workspace::upsert::Key;
use crate::sandbox::workspace::{Refusal, Workspace};

const DAY_SECONDS: i64 = 86_400;

pub(super) fn upsert(workspace: &mut Workspace, call: &Call<'_>, id: Option<&str>) -> Result<Value, Refusal> {
    let object = call.object()?;
    let given = body::key(object);
    let key = Key { id: id.map(str::to_owned).or(given.id), ..given };
    workspace.find_user(&key)?;
    let mut wish = body::read(workspace, call.now, object, Role::User)?;
    let user = workspace.upsert_user(call.now, &key, std::mem::take(&mut wish.change))?;
    wish.finish(workspace, call.now, &user)?;
    get(workspace, &user.id)
}

pub(super) fn get(workspace: &Workspace, id: &str) -> Result<Value, Refusal> {
    Ok(shapes::person(workspace, workspace.user(id)?))
}

/// `?user_id=` answers with one user, `?email=` depends on the version, everything else is a list.
pub(super) fn find_or_list(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let key = body::query_key(call);
    if key.user_id.is_some() {
        let user = workspace.find_user(&Key { email: None, id: None, ..key })?;
        return Ok(shapes::person(workspace, user.ok_or_else(Refusal::contact_not_found)?));
    }
    if let Some(email) = &key.email {
        if !call.version.email_lookup_is_a_list() {
            let user = workspace.find_user(&Key { id: None, ..key })?;
            return Ok(shapes::person(workspace, user.ok_or_else(Refusal::contact_not_found)?));
        }
        let mut found: Vec<Arc<Contact>> = workspace.users_by_email(email).map(Arc::clone).collect();
        if call.version.email_lookup_finds_leads() {
            found.extend(workspace.leads_by_email(email).map(Arc::clone));
        }
        return several(workspace, call, Role::User, &found);
    }
    if let Some(phone) = call.query_value("phone") {
        let found: Vec<Arc<Contact>> = workspace.by_phone(Role::User, &stored_phone(phone)).map(Arc::clone).collect();
        return several(workspace, call, Role::User, &found);
    }
    list(workspace, call, Role::User)
}

/// A page of what was found by an identifier.
pub(super) fn several(
    workspace: &Workspace,
    call: &Call<'_>,
    role: Role,
    found: &[Arc<Contact>],
) -> Result<Value, Refusal> {
    let place = Place::read(call)?.before_the_wall()?;
    let shown = found.iter().skip(place.skipped()).take(place.per_page);
    let data = shown.map(|contact| shapes::person(workspace, contact)).collect();
    Ok(envelope(place, call, role, data, found.len()))
}

fn envelope(place: Place, call: &Call<'_>, role: Role, data: Vec<Value>, total: usize) -> Value {
    let kind = shapes::kind(role);
    place.list(call, kind, &format!("{kind}s"), data, total)
}

/// A page of all users or leads. Leads cannot be sorted.
pub(super) fn list(workspace: &mut Workspace, call: &Call<'_>, role: Role) -> Result<Value, Refusal> {
    let place = Place::read(call)?.before_the_wall()?;
    let roster = Roster {
        role,
        among: among(workspace, call)?,
        sort: if role == Role::User { sort(call)? } else { RosterSort::default() },
        ascending: match call.query_value("order") {
            None | Some("desc") => false,
            Some("asc") => true,
            Some(_) => return Err(Refusal::invalid("order", "order must be asc or desc")),
        },
    };
    let (contacts, total) = workspace.roster(&roster, place.page, place.per_page);
    let data = contacts.iter().map(|contact| shapes::person(workspace, contact)).collect();
    Ok(envelope(place, call, role, data, total))
}

fn sort(call: &Call<'_>) -> Result<RosterSort, Refusal> {
    match call.query_value("sort") {
        None | Some("created_at") => Ok(RosterSort::Created),
        Some("last_request_at") => Ok(RosterSort::LastRequest),
        Some("signed_up_at") => Ok(RosterSort::SignedUp),
        Some("updated_at") => Ok(RosterSort::Updated),
        Some(_) => Err(Refusal::invalid("sort", "sort is not a field that users can be sorted by")),
    }
}

/// Filters cannot be combined.
fn among(workspace: &Workspace, call: &Call<'_>) -> Result<Among, Refusal> {
    let mut filters = Vec::new();
    if let Some(days) = call.query_value("created_since") {
        let days: i64 =
            days.parse().map_err(|_| Refusal::invalid("created_since", "created_since must be a number"))?;
        filters.push(Among::CreatedSince(call.now.seconds().saturating_sub(days.saturating_mul(DAY_SECONDS))));
    }
    if let Some(tag) = call.query_value("tag_id") {
        filters.push(Among::Wearing(workspace.tags.find(tag)?.id));
    }
    if let Some(segment) = call.query_value("segment_id") {
        filters.push(Among::Segment(workspace.segment(segment)?.id.clone()));
    }
    if let Some(company) = call.query_value("company_id") {
        let company = workspace.companies.by_company_id(company).ok_or_else(Refusal::company_not_found)?;
        filters.push(Among::Company(company.id.clone()));
    }
    match (filters.pop(), filters.is_empty()) {
        (None, _) => Ok(Among::Everybody),
        (Some(filter), true) => Ok(filter),
        (Some(_), false) => Err(Refusal::bad_request("filters cannot be combined")),
    }
}

pub(super) fn scroll(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    scroll_over(workspace, call, Role::User)
}

pub(super) fn scroll_over(workspace: &mut Workspace, call: &Call<'_>, role: Role) -> Result<Value, Refusal> {
    let (parameter, contacts) = workspace.scroll_people(call.now, role, call.query_value("scroll_param"))?;
    let kind = shapes::kind(role);
    let data: Vec<Value> = contacts.iter().map(|contact| shapes::person(workspace, contact)).collect();
    let mut shape = json!({ "type": format!("{kind}.list"), "scroll_param": parameter });
    shape[format!("{kind}s")] = Value::Array(data);
    Ok(shape)
}

pub(super) fn archive(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    workspace.user(id)?;
    let user = workspace.archive(call.now, id)?;
    Ok(shapes::person(workspace, &user))
}

pub(super) fn archive_by_key(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let user = workspace.find_user(&body::query_key(call))?.ok_or_else(Refusal::contact_not_found)?;
    let id = user.id.clone();
    archive(workspace, call, &id)
}

/// Archived ones can be deleted as well, leads too.
pub(super) fn request_deletion(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let id = call.body_id("intercom_user_id")?;
    let id = id.ok_or_else(|| Refusal::missing("intercom_user_id not specified"))?;
    Ok(json!({ "id": workspace.request_deletion(call.now, &id)? }))
}
