//! Companies and their members.

use serde_json::{Value, json};

use super::{contacts, shapes};
use crate::sandbox::wire::Call;
use crate::sandbox::workspace::page::{Page, page_size};
use crate::sandbox::workspace::{Refusal, Workspace};

const LIST_PAGE: usize = 15;
const MEMBER_PAGE: usize = 50;
const CONTACT_PAGE: usize = 50;

pub(super) fn save(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let company = workspace.upsert_company(call.now, call.object()?)?;
    Ok(shapes::company(workspace, &company))
}

/// `?company_id=` and `?name=` answer with one company, everything else is a list.
pub(super) fn list_or_find(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let found = if let Some(id) = call.query_value("company_id") {
        workspace.companies.by_company_id(id)
    } else if let Some(name) = call.query_value("name") {
        workspace.companies.named(name)
    } else {
        return list(workspace, call);
    };
    Ok(shapes::company(workspace, found.ok_or_else(Refusal::company_not_found)?))
}

/// Reads a page number; pages begin at 1.
pub(super) fn page_number(call: &Call<'_>) -> Result<usize, Refusal> {
    match call.query_value("page").map(str::parse) {
        None => Ok(1),
        Some(Ok(number @ 1..)) => Ok(number),
        Some(_) => Err(Refusal::invalid("page", "Page must be a positive number")),
    }
}

/// Companies are paged by number, not by cursor.
pub(super) fn list(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let size = call.query_value("per_page").map(Value::from);
    let per_page = page_size(size.as_ref(), LIST_PAGE)?;
    let number = page_number(call)?;
    let total = workspace.companies.count();
    let shown = workspace.companies.all().skip((number - 1).saturating_mul(per_page)).take(per_page);
    let data = shown.map(|company| shapes::company(workspace, company));
    let page: Page<()> = Page { items: Vec::new(), number, per_page, total, next: None };
    let mut shape = shapes::page(data, &page);
    let more = number.saturating_mul(per_page) < total;
    shape["pages"]["next"] = if more { json!({ "page": number + 1, "per_page": per_page }) } else { Value::Null };
    Ok(shape)
}

/// All companies, a hundred at a time; see `workspace::scroll` for its rules.
pub(super) fn scroll(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let (parameter, companies) = workspace.scroll_companies(call.now, call.query_value("scroll_param"))?;
    let data: Vec<Value> = companies.iter().map(|company| shapes::company(workspace, company)).collect();
    Ok(json!({ "type": "list", "data": data, "pages": null, "total_count": null, "scroll_param": parameter }))
}

/// Changes the company of this id; its `company_id` stays.
pub(super) fn update(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    let company_id = workspace.companies.find(id)?.company_id.clone();
    let mut body = call.object()?.clone();
    body.insert("company_id".to_owned(), json!(company_id));
    let company = workspace.upsert_company(call.now, &body)?;
    Ok(shapes::company(workspace, &company))
}

pub(super) fn delete(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    let company = workspace.delete_company(call.now, id)?;
    Ok(json!({ "id": company.id, "object": "company", "deleted": true }))
}

pub(super) fn members(workspace: &Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    let company = workspace.companies.find(id)?;
    let (cursor, per_page) = contacts::paging(call, MEMBER_PAGE)?;
    Ok(contacts::page(workspace, call, &workspace.company_members(&company.id, cursor, per_page)))
}

/// The companies of a contact, paged by number; the next page is a full URL.
pub(super) fn of_contact(workspace: &Workspace, call: &Call<'_>, contact: &str) -> Result<Value, Refusal> {
    let held: Vec<_> =
        workspace.active(contact)?.companies.iter().filter_map(|id| workspace.companies.get(id)).collect();
    let size = call.query_value("per_page").map(Value::from);
    let (per_page, number, total) = (page_size(size.as_ref(), CONTACT_PAGE)?, page_number(call)?, held.len());
    let shown = held.into_iter().skip((number - 1).saturating_mul(per_page)).take(per_page);
    let data = shown.map(|company| shapes::company(workspace, company));
    let page: Page<()> = Page { items: Vec::new(), number, per_page, total, next: None };
    let mut shape = shapes::page(data, &page);
    let next = format!("{}/contacts/{contact}/companies?per_page={per_page}&page={}", call.origin, number + 1);
    shape["pages"]["next"] = if number.saturating_mul(per_page) < total { json!(next) } else { Value::Null };
    Ok(shape)
}

pub(super) fn attach(workspace: &mut Workspace, call: &Call<'_>, contact: &str) -> Result<Value, Refusal> {
    let company = call.body_id("id")?.ok_or_else(|| Refusal::missing("company not specified"))?;
    let company = workspace.attach_company(call.now, contact, &company)?;
    Ok(shapes::company(workspace, &company))
}

pub(super) fn detach(
    workspace: &mut Workspace,
    call: &Call<'_>,
    contact: &str,
    company: &str,
) -> Result<Value, Refusal> {
    let company = workspace.detach_company(call.now, contact, company)?;
    Ok(shapes::company(workspace, &company))
}
