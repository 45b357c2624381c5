//! Companies: created or updated by `company_id`, found in three ways, listed and scrolled.

use serde_json::{Map, Value, json};

use super::paging::Place;
use super::{body, shapes};
use crate::sandbox::wire::{Call, id_text};
use crate::sandbox::workspace::company::Company;
use crate::sandbox::workspace::contact::Role;
use crate::sandbox::workspace::roster::{Among, Roster, RosterSort};
use crate::sandbox::workspace::{Refusal, Workspace};

/// The company of an `id` or `company_id`.
pub(super) fn named<'a>(workspace: &'a Workspace, given: &Map<String, Value>) -> Result<&'a Company, Refusal> {
    let text = |name: &str| given.get(name).and_then(id_text);
    let found = match (text("id"), text("company_id")) {
        (Some(id), _) => workspace.companies.get(&id),
        (None, Some(company_id)) => workspace.companies.by_company_id(&company_id),
        (None, None) => return Err(Refusal::missing("id or company_id not specified")),
    };
    found.ok_or_else(Refusal::company_not_found)
}

/// A body with Intercom's id is an update of that company, whatever `company_id` it names.
pub(super) fn save(workspace: &mut Workspace, call: &Call<'_>, id: Option<&str>) -> Result<Value, Refusal> {
    let mut object = call.object()?.clone();
    let id = id.map(str::to_owned).or_else(|| object.get("id").and_then(id_text));
    if let Some(id) = id {
        let company_id = workspace.companies.find(&id)?.company_id.clone();
        object.insert("company_id".to_owned(), json!(company_id));
    }
    // A plan is shown as an object and written as its name.
    if let Some(plan) = object.get("plan").and_then(Value::as_object) {
        let name = plan.get("name").cloned().unwrap_or_default();
        object.insert("plan".to_owned(), name);
    }
    let change = body::read_company(workspace, call.now, &object)?;
    let company = workspace.save_company(call.now, change)?;
    Ok(shapes::company(workspace, &company))
}

pub(super) fn get(workspace: &Workspace, id: &str) -> Result<Value, Refusal> {
    Ok(shapes::company(workspace, workspace.companies.find(id)?))
}

pub(super) fn delete(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    let company = workspace.delete_company(call.now, id)?;
    Ok(shapes::company(workspace, &company))
}

/// `?company_id=` and `?name=` answer with one company, or with its users when `type=user` says so.
pub(super) fn find_or_list(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let found = match (call.query_value("company_id"), call.query_value("name")) {
        (Some(id), _) => Some(workspace.companies.by_company_id(id)),
        (None, Some(name)) => Some(workspace.companies.named(name)),
        (None, None) => None,
    };
    let Some(found) = found else { return list(workspace, call) };
    let company = found.ok_or_else(Refusal::company_not_found)?;
    if call.query_value("type") == Some("user") {
        let id = company.id.clone();
        return users(workspace, call, &id);
    }
    Ok(shapes::company(workspace, company))
}

/// Oldest first. Behind the wall the list is simply empty, where users and leads get an error.
fn list(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let place = Place::read(call)?;
    let tag = call.query_value("tag_id").map(|tag| workspace.tags.find(tag)).transpose()?.map(|tag| tag.id);
    if call.query_value("segment_id").is_some() {
        return Err(Refusal::new(404, "not_found", "Segment Not Found"));
    }
    let wears = |company: &&Company| tag.is_none_or(|tag| company.tags.contains(&tag));
    let total =
        if tag.is_none() { workspace.companies.count() } else { workspace.companies.all().filter(wears).count() };
    let shown = if place.is_behind_the_wall() { 0 } else { place.per_page };
    let page = workspace.companies.all().filter(wears).skip(place.skipped()).take(shown);
    let data = page.map(|company| shapes::company(workspace, company)).collect();
    Ok(place.list(call, "company", "companies", data, total))
}

pub(super) fn users(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    let place = Place::read(call)?.before_the_wall()?;
    let among = Among::Company(workspace.companies.find(id)?.id.clone());
    let roster = Roster { role: Role::User, among, sort: RosterSort::Created, ascending: false };
    let (members, total) = workspace.roster(&roster, place.page, place.per_page);
    let data = members.iter().map(|user| shapes::person(workspace, user)).collect();
    Ok(place.list(call, "user", "users", data, total))
}

pub(super) fn scroll(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let (parameter, companies) = workspace.scroll_companies(call.now, call.query_value("scroll_param"))?;
    let data: Vec<Value> = companies.iter().map(|company| shapes::company(workspace, company)).collect();
    Ok(json!({ "type": "company.list", "scroll_param": parameter, "companies": data }))
}
