//! Webhooks, which this dialect calls subscriptions.

use serde_json::{Value, json};

use crate::sandbox::wire::Call;
use crate::sandbox::workspace::hook::Hook;
use crate::sandbox::workspace::{Refusal, Workspace};

fn shape(workspace: &Workspace, hook: &Hook) -> Value {
    json!({
        "type": "notification_subscription",
        "id": hook.id,
        "service_type": "web",
        "app_id": workspace.identity.id_code,
        "url": hook.url,
        "topics": hook.topics,
        "active": true,
        "created_at": hook.created_at,
        "updated_at": hook.created_at,
    })
}

pub(super) fn create(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.object()?;
    let url = body.get("url").and_then(Value::as_str).filter(|url| !url.is_empty());
    let url = url.ok_or_else(|| Refusal::missing("url not specified"))?;
    let topics = body.get("topics").and_then(Value::as_array).into_iter().flatten();
    let topics: Vec<String> = topics.filter_map(|topic| topic.as_str().map(str::to_owned)).collect();
    if topics.is_empty() {
        return Err(Refusal::missing("topics not specified"));
    }
    let hook = workspace.hooks.add(url, topics, call.now.seconds());
    Ok(shape(workspace, &hook))
}

pub(super) fn list(workspace: &Workspace) -> Value {
    let items: Vec<Value> = workspace.hooks.all().map(|hook| shape(workspace, hook)).collect();
    json!({ "type": "notification_subscription.list", "items": items, "pages": {} })
}

pub(super) fn get(workspace: &Workspace, id: &str) -> Result<Value, Refusal> {
    Ok(shape(workspace, workspace.hooks.get(id)?))
}

pub(super) fn delete(workspace: &mut Workspace, id: &str) -> Result<Value, Refusal> {
    let hook = workspace.hooks.remove(id)?;
    Ok(shape(workspace, &hook))
}
