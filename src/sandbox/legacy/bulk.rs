//! Bulk jobs: users saved and archived many at a time, and what came of it.

use serde_json::{Value, json};

use super::{body, users};
use crate::sandbox::wire::{Call, id_text};
use crate::sandbox::workspace::bulk::BulkJob;
use crate::sandbox::workspace::{Refusal, Workspace};

/// Items a call may hold (a hundred, as users of the API report).
const ITEM_LIMIT: usize = 100;

/// `{"items": [{"method": "post" | "delete", "data_type": "user", "data": {…}}], "job": {"id": …}}`.
pub(super) fn submit(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let items = call.object()?.get("items").and_then(Value::as_array).filter(|items| !items.is_empty());
    let items = items.ok_or_else(|| Refusal::missing("items not specified"))?;
    if items.len() > ITEM_LIMIT {
        return Err(Refusal::bad_request(format!("a job takes at most {ITEM_LIMIT} items a call")));
    }
    let named = body::part(call, "job")?.and_then(|job| job.get("id")).and_then(id_text);
    let id = workspace.bulk_jobs.open(named.as_deref(), call.now.seconds())?;
    let mut errors = Vec::new();
    for item in items {
        if let Err(refusal) = carry_out(workspace, call, item) {
            let mut failed = item.clone();
            failed["error"] = json!({ "code": refusal.code, "message": refusal.message });
            errors.push(failed);
        }
    }
    workspace.bulk_jobs.note(&id, items.len(), errors, call.now.seconds());
    show(workspace, call, &id)
}

/// One item is a call of its own.
fn carry_out(workspace: &mut Workspace, call: &Call<'_>, item: &Value) -> Result<(), Refusal> {
    let wrong = || Refusal::bad_request("an item needs a method, the data_type user, and data");
    let data = item.get("data").and_then(Value::as_object).ok_or_else(wrong)?;
    if item.get("data_type").and_then(Value::as_str) != Some("user") {
        return Err(wrong());
    }
    match item.get("method").and_then(Value::as_str) {
        Some("post") => {
            let of_item = Call {
                method: "POST",
                path: vec!["users".to_owned()],
                query: Vec::new(),
                version: call.version,
                preview: false,
                origin: call.origin.clone(),
                body: Some(Value::Object(data.clone())),
                now: call.now,
            };
            users::upsert(workspace, &of_item, None).map(drop)
        }
        Some("delete") => {
            let user = workspace.find_user(&body::key(data))?.ok_or_else(Refusal::contact_not_found)?.id.clone();
            workspace.archive(call.now, &user).map(drop)
        }
        _ => Err(wrong()),
    }
}

pub(super) fn show(workspace: &Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    let job = workspace.bulk_jobs.get(id)?;
    let tasks: Vec<Value> = job
        .tasks
        .iter()
        .map(|task| {
            json!({
                "id": task.id, "item_count": task.items, "created_at": task.created_at,
                "started_at": task.created_at, "completed_at": task.created_at, "state": state(task.failed),
            })
        })
        .collect();
    let own = format!("{}/jobs/{id}", call.origin);
    Ok(json!({
        "app_id": workspace.identity.id_code,
        "id": job.id,
        "name": null,
        "state": state(job.errors.len()),
        "created_at": job.created_at,
        "updated_at": job.updated_at(),
        "completed_at": job.updated_at(),
        "closing_at": job.closing_at(),
        "links": { "self": own, "error": format!("{own}/error") },
        "tasks": tasks,
    }))
}

fn state(failed: usize) -> &'static str {
    if failed == 0 { "completed" } else { "completed_with_errors" }
}

pub(super) fn errors(workspace: &Workspace, id: &str) -> Result<Value, Refusal> {
    let BulkJob { id, errors, .. } = workspace.bulk_jobs.get(id)?;
    Ok(json!({ "app_id": workspace.identity.id_code, "job_id": id, "pages": {}, "items": errors }))
}
