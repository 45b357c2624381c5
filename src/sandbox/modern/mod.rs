//! The 2.x dialect: which call leads to which rule, and how the answer is written.
//!
//! Given the workspace and one call, it returns the body of a 200 answer or a refusal. It knows nothing of
//! connections, tokens, limits or faults. The 1.x dialect stands beside it in `legacy`, over the same workspace.

mod attributes;
mod bulk;
mod companies;
mod contacts;
mod conversations;
mod labels;
mod merges;
mod shapes;
mod visitors;

use serde_json::Value;

use super::both;
use super::wire::{Answer, Call};
use super::workspace::{Refusal, Workspace};

/// Carries out one call.
pub(crate) fn answer(workspace: &mut Workspace, call: &Call<'_>) -> Result<Answer, Refusal> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    if let ["contacts", "bulk", ..] | ["contacts", "merge", "preview"] = path.as_slice()
        && call.preview
    {
        return match (call.method, path.as_slice()) {
            ("POST", ["contacts", "merge", "preview"]) => merges::preview(workspace, call).map(Answer::ok),
            ("POST", ["contacts", "bulk"]) => bulk::create(workspace, call).map(Answer::accepted),
            ("PUT", ["contacts", "bulk"]) => bulk::update(workspace, call).map(Answer::accepted),
            ("POST", ["contacts", "bulk", "delete"]) => bulk::delete(workspace, call).map(Answer::accepted),
            ("GET", ["contacts", "bulk", job]) => bulk::show(workspace, call, job).map(Answer::ok),
            _ => Err(no_such_thing()),
        };
    }
    if !call.version.finds_by_external_id_and_blocks()
        && let ["contacts", "find_by_external_id", _] | ["contacts", _, "block"] = path.as_slice()
    {
        let message = "The requested version does not have this endpoint";
        return Err(Refusal::new(400, "intercom_version_invalid", message));
    }
    match route(workspace, call, &path) {
        Some(done) => done.map(Answer::ok),
        None => both::answer(workspace, call, shapes::conversation),
    }
}

fn no_such_thing() -> Refusal {
    Refusal::new(404, "not_found", "The requested resource was not found")
}

/// `None` where this dialect has no rule of its own.
fn route(workspace: &mut Workspace, call: &Call<'_>, path: &[&str]) -> Option<Result<Value, Refusal>> {
    Some(match (call.method, path) {
        ("GET", ["contacts"]) => contacts::list(workspace, call),
        ("POST", ["contacts"]) => contacts::create(workspace, call),
        ("POST", ["contacts", "search"]) => contacts::search(workspace, call),
        ("POST", ["contacts", "merge"]) => merges::merge(workspace, call),
        ("GET", ["contacts", "find_by_external_id", id]) => contacts::find(workspace, call, id),
        ("GET", ["contacts", id]) => contacts::get(workspace, call, id),
        ("PUT", ["contacts", id]) => contacts::update(workspace, call, id),
        ("DELETE", ["contacts", id]) => contacts::delete(workspace, call, id),
        ("POST", ["contacts", id, "archive"]) => contacts::archive(workspace, call, id),
        ("POST", ["contacts", id, "unarchive"]) => contacts::unarchive(workspace, call, id),
        ("POST", ["contacts", id, "block"]) => contacts::block(workspace, call, id),
        ("GET", ["contacts", id, "merge_history"]) if call.version.has_merge_history() => {
            merges::history(workspace, call, id)
        }

        ("GET", ["contacts", id, "tags"]) => labels::tags_of(workspace, id),
        ("POST", ["contacts", id, "tags"]) => labels::attach_tag(workspace, call, id),
        ("DELETE", ["contacts", id, "tags", tag]) => labels::detach_tag(workspace, call, id, tag),
        ("GET", ["contacts", id, "notes"]) => labels::notes_of(workspace, call, id),
        ("POST", ["contacts", id, "notes"]) => labels::add_note(workspace, call, id),
        ("GET", ["contacts", id, "subscriptions"]) => labels::subscriptions_of(workspace, id),
        ("POST", ["contacts", id, "subscriptions"]) => labels::attach_subscription(workspace, call, id),
        ("DELETE", ["contacts", id, "subscriptions", kind]) => labels::detach_subscription(workspace, call, id, kind),
        ("GET", ["contacts", id, "segments"]) => labels::segments_of(workspace, id),
        ("GET", ["contacts", id, "companies"]) => companies::of_contact(workspace, call, id),
        ("POST", ["contacts", id, "companies"]) => companies::attach(workspace, call, id),
        ("DELETE", ["contacts", id, "companies", company]) => companies::detach(workspace, call, id, company),

        ("GET", ["tags"]) => Ok(labels::tags(workspace)),
        ("POST", ["tags"]) => labels::save_tag(workspace, call),
        ("GET", ["tags", id]) => workspace.tags.find(id).map(shapes::tag),
        ("DELETE", ["tags", id]) => labels::delete_tag(workspace, call, id),
        ("GET", ["notes", id]) => workspace.notes.get(id).map(|note| shapes::note(workspace, note)),
        ("GET", ["subscription_types"]) => Ok(labels::subscription_types(workspace)),

        ("POST", ["companies"]) => companies::save(workspace, call),
        ("GET", ["companies"]) => companies::list_or_find(workspace, call),
        ("POST", ["companies", "list"]) => companies::list(workspace, call),
        ("GET", ["companies", "scroll"]) => companies::scroll(workspace, call),
        ("PUT", ["companies", id]) => companies::update(workspace, call, id),
        ("GET", ["companies", id]) => workspace.companies.find(id).map(|one| shapes::company(workspace, one)),
        ("DELETE", ["companies", id]) => companies::delete(workspace, call, id),
        ("GET", ["companies", id, "contacts"]) => companies::members(workspace, call, id),

        ("GET", ["visitors"]) => visitors::find(workspace, call),
        ("PUT", ["visitors"]) => visitors::update(workspace, call),
        ("POST", ["visitors", "convert"]) => visitors::convert(workspace, call),

        ("GET", ["data_attributes"]) => attributes::list(workspace, call),
        ("POST", ["data_attributes"]) => attributes::create(workspace, call),
        ("PUT", ["data_attributes", id]) => attributes::update(workspace, call, id),

        ("POST", ["conversations"]) => conversations::start(workspace, call),
        ("GET", ["conversations"]) => conversations::list(workspace, call),
        ("POST", ["conversations", "search"]) => conversations::search(workspace, call),
        ("GET", ["conversations", id]) => conversations::get(workspace, id),
        ("POST", ["conversations", id, "customers"]) => conversations::join(workspace, call, id),
        ("DELETE", ["conversations", id, "customers", contact]) => conversations::leave(workspace, call, id, contact),

        _ => return None,
    })
}
