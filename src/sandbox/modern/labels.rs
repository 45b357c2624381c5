//! What hangs on a contact: tags, notes, subscriptions, segments.

use serde_json::{Value, json};

use super::shapes;
use crate::sandbox::both;
use crate::sandbox::wire::{Call, id_text};
use crate::sandbox::workspace::contact::Consent;
use crate::sandbox::workspace::page::{Cursor, Page};
use crate::sandbox::workspace::{Refusal, Workspace};

/// Notes on a page unless the caller says how many.
const NOTE_PAGE: usize = 50;

fn list(data: impl Iterator<Item = Value>) -> Value {
    json!({ "type": "list", "data": data.collect::<Vec<_>>() })
}

pub(super) fn tags(workspace: &Workspace) -> Value {
    list(workspace.tags.all().map(shapes::tag))
}

pub(super) fn tags_of(workspace: &Workspace, contact: &str) -> Result<Value, Refusal> {
    let worn = workspace.active(contact)?.tags.iter();
    let shape = |applied: &_| {
        let applied: &crate::sandbox::workspace::contact::Applied = applied;
        workspace.tags.get(applied.tag).map(|tag| shapes::applied_tag(workspace, tag, *applied))
    };
    Ok(list(worn.filter_map(shape)))
}

pub(super) fn attach_tag(workspace: &mut Workspace, call: &Call<'_>, contact: &str) -> Result<Value, Refusal> {
    workspace.active(contact)?;
    let tag = call.body_id("id")?.ok_or_else(|| Refusal::missing("tag not specified"))?;
    let (tag, applied) = workspace.attach_tag(call.now, contact, &tag)?;
    Ok(shapes::applied_tag(workspace, &tag, applied))
}

pub(super) fn detach_tag(
    workspace: &mut Workspace,
    call: &Call<'_>,
    contact: &str,
    tag: &str,
) -> Result<Value, Refusal> {
    let (tag, applied) = workspace.detach_tag(call.now, contact, tag)?;
    Ok(shapes::applied_tag(workspace, &tag, applied))
}

/// Creates, finds or renames a tag, and tags contacts with it in bulk.
pub(super) fn save_tag(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let invalid = || Refusal::new(400, "parameter_invalid", "invalid tag parameters");
    let body = call.object()?;
    let name = body.get("name").and_then(Value::as_str).ok_or_else(invalid)?;
    if let Some(companies) = body.get("companies") {
        return tag_companies(workspace, call, name, companies.as_array().ok_or_else(invalid)?);
    }
    let tag = match (body.get("users"), call.body_id("id")?) {
        (Some(users), _) => {
            let users = users.as_array().ok_or_else(invalid)?;
            let ids: Option<Vec<String>> = users.iter().map(|user| user.get("id").and_then(id_text)).collect();
            workspace.tag_all(call.now, name, &ids.ok_or_else(invalid)?)?
        }
        (None, Some(id)) => workspace.tags.rename(&id, name)?,
        (None, None) => workspace.tags.create_or_get(name)?,
    };
    Ok(shapes::tag(&tag))
}

/// Tags companies by `id` or `company_id`, or untags them. All of them must exist, or nothing is done.
fn tag_companies(
    workspace: &mut Workspace,
    call: &Call<'_>,
    name: &str,
    companies: &[Value],
) -> Result<Value, Refusal> {
    let mut named = Vec::with_capacity(companies.len());
    for company in companies {
        let text = |field: &str| company.get(field).and_then(id_text);
        let found = match (text("id"), text("company_id")) {
            (Some(id), _) => workspace.companies.get(&id),
            (None, Some(company_id)) => workspace.companies.by_company_id(&company_id),
            (None, None) => None,
        };
        let untag = company.get("untag") == Some(&Value::Bool(true));
        named.push((found.ok_or_else(Refusal::company_not_found)?.id.clone(), untag));
    }
    let tag = workspace.tags.create_or_get(name)?;
    for (company, untag) in named {
        workspace.label_company(call.now, &company, tag.id, !untag)?;
    }
    Ok(shapes::tag(&tag))
}

pub(super) fn delete_tag(workspace: &mut Workspace, call: &Call<'_>, tag: &str) -> Result<Value, Refusal> {
    workspace.delete_tag(call.now, tag)?;
    Ok(json!({}))
}

/// The notes of a contact, newest first, paged by a cursor; by page number as well, as Intercom's own client asks.
pub(super) fn notes_of(workspace: &Workspace, call: &Call<'_>, contact: &str) -> Result<Value, Refusal> {
    workspace.active(contact)?;
    let (cursor, per_page) = super::contacts::paging(call, NOTE_PAGE)?;
    let notes: Vec<_> = workspace.notes.of(contact).collect();
    let (number, skipped) = if cursor.after == 0 {
        let number = super::companies::page_number(call)?;
        (number, (number - 1).saturating_mul(per_page))
    } else {
        (cursor.page, notes.iter().take_while(|note| note.id >= cursor.after).count())
    };
    let shown: Vec<_> = notes.iter().skip(skipped).take(per_page).collect();
    let last = shown.last().filter(|_| skipped.saturating_add(shown.len()) < notes.len());
    let next = last.map(|last| Cursor { after: last.id, page: number.saturating_add(1) });
    let page: Page<()> = Page { items: Vec::new(), number, per_page, total: notes.len(), next };
    let mut shape = shapes::page(shown.into_iter().map(|note| shapes::note(workspace, note)), &page);
    if next.is_none() {
        shape["pages"]["next"] = Value::Null;
    }
    Ok(shape)
}

pub(super) fn add_note(workspace: &mut Workspace, call: &Call<'_>, contact: &str) -> Result<Value, Refusal> {
    workspace.active(contact)?;
    let body = call.object()?.get("body").and_then(Value::as_str);
    let body = body.ok_or_else(|| Refusal::missing("body not specified"))?;
    let admin = match call.body_id("admin_id")? {
        Some(id) => Some(id.parse().map_err(|_| Refusal::resource_not_found())?),
        None => None,
    };
    let note = workspace.add_note(call.now, contact, admin, body)?;
    Ok(shapes::note(workspace, &note))
}

pub(super) fn subscription_types(workspace: &Workspace) -> Value {
    list(workspace.subscription_types.iter().map(|kind| shapes::subscription(kind, kind.consent)))
}

/// Only choices the contact made; what it left at the default is not listed.
pub(super) fn subscriptions_of(workspace: &Workspace, contact: &str) -> Result<Value, Refusal> {
    let chosen = workspace.active(contact)?.subscriptions.iter();
    let shape = |(id, consent): (&u64, &Consent)| {
        let kind = workspace.subscription_types.iter().find(|kind| kind.id == *id)?;
        Some(shapes::subscription(kind, *consent))
    };
    Ok(list(chosen.filter_map(shape)))
}

pub(super) fn attach_subscription(workspace: &mut Workspace, call: &Call<'_>, contact: &str) -> Result<Value, Refusal> {
    workspace.active(contact)?;
    let kind = call.body_id("id")?.ok_or_else(|| Refusal::missing("id not specified"))?;
    let consent = call.object()?.get("consent_type").and_then(Value::as_str).and_then(Consent::read);
    let consent =
        consent.ok_or_else(|| Refusal::invalid("consent_type", "consent_type must be either opt_in or opt_out"))?;
    let kind = workspace.attach_subscription(call.now, contact, &kind, consent)?;
    Ok(shapes::subscription(&kind, consent))
}

pub(super) fn detach_subscription(
    workspace: &mut Workspace,
    call: &Call<'_>,
    contact: &str,
    kind: &str,
) -> Result<Value, Refusal> {
    let kind = workspace.detach_subscription(call.now, contact, kind)?;
    Ok(shapes::subscription(&kind, kind.consent))
}

pub(super) fn segments_of(workspace: &Workspace, contact: &str) -> Result<Value, Refusal> {
    workspace.active(contact)?;
    Ok(list(workspace.segments_of(contact).map(|segment| both::segment_shape(workspace, segment, false))))
}
