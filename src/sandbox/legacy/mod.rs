//! The 1.x dialect: users and leads apart, leads called contacts, visitors, pages by number, scrolling.
//!
//! Which call leads to which rule, and how the answer is written. It stands over the same workspace as `modern`: a lead
//! made here is a contact there. Sources: Intercom's pages for 1.0 to 1.4 and its Ruby, Node and Python clients of that
//! time; what those leave open is decided in `docs/sandbox.md`.

mod attributes;
mod body;
mod bulk;
mod companies;
mod conversations;
mod counts;
mod hooks;
mod leads;
mod notes;
mod paging;
mod search;
mod shapes;
mod tags;
mod users;
mod visitors;

use serde_json::{Value, json};

use super::both;
use super::wire::{Answer, Call};
use super::workspace::contact::Role;
use super::workspace::{Refusal, Workspace};

/// How a visitor is written down, which is the same in both dialects.
pub(super) use shapes::visitor as visitor_shape;

/// What a visitor is to become, as `type` says in both dialects.
pub(super) fn conversion_role(call: &Call<'_>) -> Result<Role, Refusal> {
    match call.object()?.get("type").and_then(Value::as_str) {
        Some("user") => Ok(Role::User),
        Some("lead" | "contact") => Ok(Role::Lead),
        Some(_) => Err(Refusal::invalid("type", "type must be either user or lead")),
        None => Err(Refusal::missing("type not specified")),
    }
}

/// Carries out one call.
pub(crate) fn answer(workspace: &mut Workspace, call: &Call<'_>) -> Result<Answer, Refusal> {
    let done = route(workspace, call);
    let done = done.unwrap_or_else(|| both::answer(workspace, call, shapes::conversation));
    done.map_err(|refusal| match refusal.code {
        "conflict" | "unique_user_constraint" => Refusal { status: call.version.conflict_status(), ..refusal },
        _ => refusal,
    })
}

/// `None` where this dialect has no rule of its own.
fn route(workspace: &mut Workspace, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let done = match (call.method, path.as_slice()) {
        ("POST", ["users"]) => users::upsert(workspace, call, None),
        ("PUT", ["users", id]) => users::upsert(workspace, call, Some(id)),
        ("GET", ["users"]) => users::find_or_list(workspace, call),
        ("GET", ["users", "scroll"]) => users::scroll(workspace, call),
        ("GET", ["users", id]) => users::get(workspace, id),
        ("DELETE", ["users"]) => users::archive_by_key(workspace, call),
        ("DELETE", ["users", id]) => users::archive(workspace, call, id),
        ("POST", ["user_delete_requests"]) => users::request_deletion(workspace, call),

        ("POST", ["contacts"]) => leads::save(workspace, call),
        ("PUT", ["contacts", id]) => leads::update(workspace, call, id),
        ("GET", ["contacts"]) => leads::find_or_list(workspace, call),
        ("GET", ["contacts", "scroll"]) => leads::scroll(workspace, call),
        ("POST", ["contacts", "convert"]) => leads::convert(workspace, call),
        ("GET", ["contacts", id]) => leads::get(workspace, id),
        ("DELETE", ["contacts"]) => leads::archive_by_key(workspace, call),
        ("DELETE", ["contacts", id]) => leads::archive(workspace, call, id),
        ("POST", ["customers", "search"]) => search::customers(workspace, call),

        ("GET", ["visitors"]) => visitors::find(workspace, call),
        ("POST" | "PUT", ["visitors"]) => visitors::update(workspace, call, None),
        ("POST", ["visitors", "convert"]) => visitors::convert(workspace, call),
        ("GET", ["visitors", id]) => visitors::get(workspace, id),
        ("PUT", ["visitors", id]) => visitors::update(workspace, call, Some(id)),
        ("DELETE", ["visitors", id]) => visitors::delete(workspace, id),

        ("GET", ["tags"]) => Ok(tags::list(workspace)),
        ("POST", ["tags"]) => tags::save(workspace, call),
        ("GET", ["tags", id]) => workspace.tags.find(id).map(shapes::tag),
        ("DELETE", ["tags", id]) => workspace.delete_tag(call.now, id).map(|()| json!({})),

        ("POST", ["notes"]) => notes::create(workspace, call),
        ("GET", ["notes"]) => notes::list(workspace, call),
        ("GET", ["notes", id]) => workspace.notes.get(id).map(|note| shapes::note(workspace, note)),

        ("POST", ["companies"]) => companies::save(workspace, call, None),
        ("GET", ["companies"]) => companies::find_or_list(workspace, call),
        ("GET", ["companies", "scroll"]) => companies::scroll(workspace, call),
        ("GET", ["companies", id]) => companies::get(workspace, id),
        ("PUT", ["companies", id]) => companies::save(workspace, call, Some(id)),
        ("DELETE", ["companies", id]) => companies::delete(workspace, call, id),
        ("GET", ["companies", id, "users"]) => companies::users(workspace, call, id),

        ("GET", ["conversations"]) => conversations::list(workspace, call),
        ("GET", ["conversations", id]) => conversations::get(workspace, id),
        ("POST", ["conversations", id, "customers"]) => conversations::join(workspace, call, id),
        ("DELETE", ["conversations", id, "customers", who]) => conversations::leave(workspace, call, id, who),

        ("GET", ["counts"]) => counts::counts(workspace, call),
        ("GET", ["data_attributes", model]) => attributes::list(workspace, model),

        ("POST", ["subscriptions"]) => hooks::create(workspace, call),
        ("GET", ["subscriptions"]) => Ok(hooks::list(workspace)),
        ("GET", ["subscriptions", id]) => hooks::get(workspace, id),
        ("DELETE", ["subscriptions", id]) => hooks::delete(workspace, id),

        ("POST", ["bulk", "users"]) => return Some(bulk::submit(workspace, call).map(Answer::accepted)),
        ("GET", ["jobs", id]) => bulk::show(workspace, call, id),
        ("GET", ["jobs", id, "error"]) => bulk::errors(workspace, id),

        _ => return None,
    };
    Some(done.map(Answer::ok))
}
