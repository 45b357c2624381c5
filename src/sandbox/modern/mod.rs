//! The 2.x dialect: which call leads to which rule, and how the answer is written.
//!
//! Given the workspace and one call, it returns the body of a 200 answer or a refusal. It knows nothing of
//! connections, tokens, limits or faults. The legacy dialect is meant to stand beside it, over the same workspace.

mod attributes;
mod companies;
mod contacts;
mod conversations;
mod labels;
mod shapes;

use serde_json::{Value, json};

use super::wire::Call;
use super::workspace::{Refusal, Workspace};

/// Carries out one call.
pub(crate) fn answer(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match (call.method, path.as_slice()) {
        ("GET", ["me"]) => me(workspace),
        ("GET", ["admins"]) => Ok(admins(workspace)),
        ("GET", ["admins", id]) => one_admin(workspace, id),

        ("GET", ["contacts"]) => contacts::list(workspace, call),
        ("POST", ["contacts"]) => contacts::create(workspace, call),
        ("POST", ["contacts", "search"]) => contacts::search(workspace, call),
        ("POST", ["contacts", "merge"]) => contacts::merge(workspace, call),
        ("GET", ["contacts", "find_by_external_id", id]) => contacts::find(workspace, call, id),
        ("GET", ["contacts", id]) => contacts::get(workspace, call, id),
        ("PUT", ["contacts", id]) => contacts::update(workspace, call, id),
        ("DELETE", ["contacts", id]) => contacts::delete(workspace, call, id),
        ("POST", ["contacts", id, "archive"]) => contacts::archive(workspace, call, id),
        ("POST", ["contacts", id, "unarchive"]) => contacts::unarchive(workspace, call, id),
        ("POST", ["contacts", id, "block"]) => contacts::block(workspace, call, id),
        ("GET", ["contacts", id, "merge_history"]) if call.version.has_merge_history() => {
            contacts::merge_history(workspace, id)
        }

        ("GET", ["contacts", id, "tags"]) => labels::tags_of(workspace, id),
        ("POST", ["contacts", id, "tags"]) => labels::attach_tag(workspace, call, id),
        ("DELETE", ["contacts", id, "tags", tag]) => labels::detach_tag(workspace, call, id, tag),
        ("GET", ["contacts", id, "notes"]) => labels::notes_of(workspace, id),
        ("POST", ["contacts", id, "notes"]) => labels::add_note(workspace, call, id),
        ("GET", ["contacts", id, "subscriptions"]) => labels::subscriptions_of(workspace, id),
        ("POST", ["contacts", id, "subscriptions"]) => labels::attach_subscription(workspace, call, id),
        ("DELETE", ["contacts", id, "subscriptions", kind]) => labels::detach_subscription(workspace, call, id, kind),
        ("GET", ["contacts", id, "segments"]) => labels::segments_of(workspace, id),
        ("GET", ["contacts", id, "companies"]) => companies::of_contact(workspace, id),
        ("POST", ["contacts", id, "companies"]) => companies::attach(workspace, call, id),
        ("DELETE", ["contacts", id, "companies", company]) => companies::detach(workspace, call, id, company),

        ("GET", ["tags"]) => Ok(labels::tags(workspace)),
        ("POST", ["tags"]) => labels::save_tag(workspace, call),
        ("GET", ["tags", id]) => Ok(shapes::tag(workspace.tags.find(id)?)),
        ("DELETE", ["tags", id]) => labels::delete_tag(workspace, call, id),
        ("GET", ["notes", id]) => Ok(shapes::note(workspace, workspace.notes.get(id)?)),
        ("GET", ["segments"]) => Ok(json!({ "type": "segment.list", "segments": [] })),
        ("GET", ["subscription_types"]) => Ok(labels::subscription_types(workspace)),

        ("POST", ["companies"]) => companies::save(workspace, call),
        ("GET", ["companies"]) => companies::list_or_find(workspace, call),
        ("POST", ["companies", "list"]) => companies::list(workspace, call),
        ("GET", ["companies", id]) => Ok(shapes::company(workspace, workspace.companies.find(id)?)),
        ("DELETE", ["companies", id]) => companies::delete(workspace, call, id),
        ("GET", ["companies", id, "contacts"]) => companies::members(workspace, call, id),

        ("GET", ["data_attributes"]) => attributes::list(workspace, call),
        ("POST", ["data_attributes"]) => attributes::create(workspace, call),
        ("PUT", ["data_attributes", id]) => attributes::update(workspace, call, id),

        ("GET", ["conversations"]) => conversations::list(workspace, call),
        ("POST", ["conversations", "search"]) => conversations::search(workspace, call),
        ("GET", ["conversations", id]) => conversations::get(workspace, id),
        ("POST", ["conversations", id, "customers"]) => conversations::join(workspace, call, id),
        ("DELETE", ["conversations", id, "customers", contact]) => conversations::leave(workspace, call, id, contact),

        _ => Err(Refusal::new(404, "not_found", "The requested resource was not found")),
    }
}

fn me(workspace: &Workspace) -> Result<Value, Refusal> {
    let admin = workspace.token_admin().ok_or_else(Refusal::resource_not_found)?;
    let identity = &workspace.identity;
    Ok(json!({
        "type": "admin",
        "id": admin.id.to_string(),
        "email": admin.email,
        "name": admin.name,
        "email_verified": true,
        "app": {
            "type": "app",
            "id_code": identity.id_code,
            "name": identity.name,
            "created_at": identity.created_at,
            "secure": false,
            "identity_verification": false,
            "timezone": identity.timezone,
            "region": identity.region,
        },
        "avatar": { "type": "avatar", "image_url": null },
        "has_inbox_seat": true,
    }))
}

fn admins(workspace: &Workspace) -> Value {
    let seated = |admin| {
        let mut shape = shapes::admin(admin);
        shape["has_inbox_seat"] = json!(true);
        shape["team_ids"] = json!([]);
        shape
    };
    json!({ "type": "admin.list", "admins": workspace.admins.iter().map(seated).collect::<Vec<_>>() })
}

fn one_admin(workspace: &Workspace, id: &str) -> Result<Value, Refusal> {
    let admin = id.parse().ok().and_then(|id| workspace.admin(id));
    let admin = admin.ok_or_else(|| Refusal::new(404, "admin_not_found", "Admin Not Found"))?;
    Ok(shapes::admin(admin))
}
