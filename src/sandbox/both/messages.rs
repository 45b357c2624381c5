//! Messages: a teammate writes to a person, or a person writes in.

use serde_json::{Map, Value, json};

use super::staff;
use crate::sandbox::wire::{Call, id_text};
use crate::sandbox::workspace::upsert::Key;
use crate::sandbox::workspace::{Refusal, Workspace};

/// `from` a teammate it needs `to`; from a user, lead or contact it starts a conversation.
pub(super) fn send(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.object()?;
    let text = body.get("body").and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| Refusal::missing("body not specified"))?;
    let from = part(body, "from")?;
    if from.get("type").and_then(Value::as_str) != Some("admin") {
        let person = person(workspace, from)?;
        let started = workspace.receive_message(call.now, &person, text)?;
        return Ok(json!({
            "type": "user_message", "id": started.id.to_string(), "conversation_id": started.id.to_string(),
            "created_at": started.created_at, "body": started.body, "message_type": "inapp",
        }));
    }
    let admin = from.get("id").and_then(id_text).and_then(|id| id.parse().ok());
    let admin = admin.and_then(|id| workspace.admin(id)).map(|admin| admin.id);
    let admin = admin.ok_or_else(|| Refusal::new(404, "admin_not_found", "Admin Not Found"))?;
    let kind = match body.get("message_type").and_then(Value::as_str) {
        None | Some("inapp" | "in_app") => "inapp",
        Some("email") => "email",
        Some(_) => return Err(Refusal::invalid("message_type", "message_type must be inapp or email")),
    };
    let subject = body.get("subject").and_then(Value::as_str).map(str::to_owned);
    if kind == "email" && subject.is_none() {
        return Err(Refusal::missing("subject not specified"));
    }
    let to = person(workspace, part(body, "to")?)?;
    let sent = workspace.send_message(call.now, admin, &to, (kind, subject, text))?;
    Ok(json!({
        "type": "admin_message",
        "id": sent.id.to_string(),
        "created_at": sent.created_at,
        "owner": workspace.admin(sent.from).map(staff::shape),
        "subject": sent.subject,
        "body": sent.body,
        "message_type": sent.kind,
        "template": body.get("template"),
    }))
}

fn part<'a>(body: &'a Map<String, Value>, name: &str) -> Result<&'a Map<String, Value>, Refusal> {
    body.get(name).and_then(Value::as_object).ok_or_else(|| Refusal::missing(format!("{name} not specified")))
}

fn person(workspace: &Workspace, named: &Map<String, Value>) -> Result<String, Refusal> {
    let text = |name: &str| named.get(name).and_then(id_text);
    let key = Key { id: text("id"), user_id: text("user_id"), email: text("email") };
    Ok(workspace.find_person(&key)?.id.clone())
}
