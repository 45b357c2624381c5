//! Events of a user, told and listed.

use serde_json::{Value, json};

use crate::sandbox::wire::{Call, id_text};
use crate::sandbox::workspace::upsert::Key;
use crate::sandbox::workspace::{Refusal, Workspace};

/// Events shown unless the caller says how many.
const PAGE: usize = 50;

/// Takes an event of the user named by `id`, `user_id` or `email`.
pub(super) fn tell(workspace: &mut Workspace, call: &Call<'_>) -> Result<(), Refusal> {
    let body = call.object()?;
    let text = |name: &str| body.get(name).and_then(id_text);
    let name = text("event_name").ok_or_else(|| Refusal::missing("event_name not specified"))?;
    let at = body.get("created_at").and_then(Value::as_i64);
    let at = at.ok_or_else(|| Refusal::missing("created_at not specified"))?;
    let metadata = match body.get("metadata") {
        None | Some(Value::Null) => serde_json::Map::new(),
        Some(Value::Object(metadata)) => metadata.clone(),
        Some(_) => return Err(Refusal::invalid("metadata", "metadata must be an object")),
    };
    let key = Key { id: text("id"), user_id: text("user_id"), email: text("email") };
    let person = workspace.find_person(&key)?.id.clone();
    workspace.events.add(&person, &name, at, metadata);
    Ok(())
}

/// `?type=user` and one of `intercom_user_id`, `user_id`, `email`; newest first.
pub(super) fn list(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    if call.query_value("type") != Some("user") {
        return Err(Refusal::missing("type must be user"));
    }
    let text = |name: &str| call.query_value(name).filter(|value| !value.is_empty()).map(str::to_owned);
    let key = Key { id: text("intercom_user_id"), user_id: text("user_id"), email: text("email") };
    let person = workspace.find_person(&key)?;
    let number = |name: &str| call.query_value(name).and_then(|value| value.parse::<usize>().ok());
    let (page, per_page) = (number("page").unwrap_or(1).max(1), number("per_page").unwrap_or(PAGE).clamp(1, PAGE));
    let all = workspace.events.of(&person.id);
    let shown = all.iter().skip((page - 1) * per_page).take(per_page).map(|event| {
        json!({
            "type": "event",
            "id": format!("event-{}", event.number),
            "event_name": event.name,
            "created_at": event.created_at,
            "intercom_user_id": person.id,
            "user_id": person.external_id,
            "email": person.email,
            "metadata": event.metadata,
        })
    });
    let next = (page * per_page < all.len()).then(|| {
        let who = &person.id;
        format!("{}/events?type=user&intercom_user_id={who}&per_page={per_page}&page={}", call.origin, page + 1)
    });
    Ok(json!({
        "type": "event.list",
        "events": shown.collect::<Vec<_>>(),
        "pages": { "next": next },
        "intercom_user_id": person.id,
        "user_id": person.external_id,
        "email": person.email,
    }))
}
