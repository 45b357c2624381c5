//! Conversations: listed by who takes part and whose they are, joined and left.

use serde_json::Value;

use super::paging::Place;
use super::{body, shapes};
use crate::sandbox::wire::{Call, id_text};
use crate::sandbox::workspace::conversation::Conversation;
use crate::sandbox::workspace::{Refusal, Workspace};

/// All of them, or with `type=user` those of a person named by `intercom_user_id`, `user_id` or `email`, or with
/// `type=admin` those assigned to the teammate `id`; narrowed by `open`, `unread` and `before`.
pub(super) fn list(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let place = Place::read(call)?.before_the_wall()?;
    let person = match call.query_value("type") {
        Some("user") => {
            let mut key = body::query_key(call);
            key.id = call.query_value("intercom_user_id").map(str::to_owned);
            Some(workspace.find_person(&key)?.id.clone())
        }
        _ => None,
    };
    let admin = match (call.query_value("type"), call.query_value("id")) {
        (Some("admin"), Some(id)) => {
            let found = id.parse().ok().and_then(|id| workspace.admin(id));
            Some(found.ok_or_else(|| Refusal::new(404, "admin_not_found", "Admin Not Found"))?.id)
        }
        (Some("admin"), None) => return Err(Refusal::missing("id not specified")),
        _ => None,
    };
    let unread = call.query_value("unread").map(|unread| unread == "true");
    let before = match call.query_value("before").map(str::parse::<i64>) {
        None => None,
        Some(Ok(before)) => Some(before),
        Some(Err(_)) => return Err(Refusal::invalid("before", "before must be a time in seconds")),
    };
    let open = match call.query_value("open") {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => return Err(Refusal::invalid("open", "open must be true or false")),
    };
    let found: Vec<&Conversation> = match &person {
        Some(id) => workspace.conversations.of(id).collect(),
        None => workspace.conversations.all().collect(),
    };
    let wanted = |one: &&Conversation| {
        open.is_none_or(|open| one.open == open)
            && admin.is_none_or(|admin| one.assignee == Some(admin))
            // `unread=false` asks for all of them
            && (unread != Some(true) || !one.read)
            && before.is_none_or(|before| one.updated_at < before)
    };
    let found: Vec<&Conversation> = found.into_iter().filter(wanted).collect();
    let shown = found.iter().skip(place.skipped()).take(place.per_page);
    let data = shown.map(|one| shapes::conversation(workspace, one)).collect();
    Ok(place.list(call, "conversation", "conversations", data, found.len()))
}

pub(super) fn get(workspace: &Workspace, id: &str) -> Result<Value, Refusal> {
    Ok(shapes::conversation(workspace, workspace.conversations.get(id)?))
}

pub(super) fn join(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    let customer = body::part(call, "customer")?.ok_or_else(|| Refusal::missing("customer not specified"))?;
    let mut key = body::key(customer);
    key.id = customer.get("intercom_user_id").and_then(id_text);
    let person = workspace.find_person(&key)?.id.clone();
    let conversation = workspace.join_conversation(call.now, id, &person)?;
    Ok(shapes::conversation(workspace, &conversation))
}

pub(super) fn leave(workspace: &mut Workspace, call: &Call<'_>, id: &str, person: &str) -> Result<Value, Refusal> {
    let conversation = workspace.leave_conversation(call.now, id, person)?;
    Ok(shapes::conversation(workspace, &conversation))
}
