//! Bulk jobs of the preview version: taken in at once, carried out a little later, asked after by id.

use serde_json::{Map, Value, json};

use crate::sandbox::clock::Moment;
use crate::sandbox::wire::{Call, id_text};
use crate::sandbox::workspace::job::{Job, Verb};
use crate::sandbox::workspace::{Refusal, Workspace};

/// Most contacts of one request.
const ITEM_LIMIT: usize = 100;

pub(super) fn create(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    take_in(workspace, call, Verb::Create)
}

pub(super) fn update(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    take_in(workspace, call, Verb::Update)
}

pub(super) fn delete(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    take_in(workspace, call, Verb::Delete)
}

pub(super) fn show(workspace: &Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    Ok(shape(workspace.jobs.get(id)?, call))
}

fn take_in(workspace: &mut Workspace, call: &Call<'_>, verb: Verb) -> Result<Value, Refusal> {
    let items = items(call, verb)?;
    let job = call.object()?.get("job").and_then(|job| job.get("id")).and_then(id_text);
    let job = workspace.enqueue(call.now, verb, items, job.as_deref())?;
    Ok(shape(&job, call))
}

fn items(call: &Call<'_>, verb: Verb) -> Result<Vec<Map<String, Value>>, Refusal> {
    let refused = |code, message: &str| Refusal::new(422, code, message);
    let given = call.object()?.get("contacts");
    let given = given.ok_or_else(|| refused("field_not_found", "contacts field must be supplied"))?;
    let given = given.as_array().ok_or_else(|| refused("type_mismatch", "contacts must be an array"))?;
    if given.len() > ITEM_LIMIT {
        return Err(refused("parameter_invalid", "maximum number of contacts per request is 100"));
    }
    let mut items = Vec::with_capacity(given.len());
    for item in given {
        let item = item.as_object().ok_or_else(|| refused("type_mismatch", "each contact must be an object"))?;
        if verb != Verb::Create && item.get("id").and_then(id_text).is_none() {
            return Err(refused("field_not_found", "contacts must be identified by id"));
        }
        items.push(item.clone());
    }
    Ok(items)
}

fn shape(job: &Job, call: &Call<'_>) -> Value {
    let now: Moment = call.now;
    let tasks = job.tasks.iter().map(|task| {
        json!({
            "id": format!("task_v2_{}", task.id),
            "item_count": task.items.len(),
            "state": task.state(now),
            "created_at": task.created_at(),
            "started_at": task.started_at(now),
            "completed_at": task.completed_at(),
        })
    });
    let last = job.tasks.iter().filter_map(|task| task.completed_at().or(task.started_at(now))).max();
    json!({
        "id": format!("job_v2_{}", job.id),
        "type": "contacts.bulk.job",
        "state": job.state(now),
        "created_at": job.created_at,
        "updated_at": last.unwrap_or(job.created_at),
        "completed_at": job.completed_at(),
        "tasks": tasks.collect::<Vec<_>>(),
        "url": format!("{}/contacts/bulk/job_v2_{}", call.origin, job.id),
    })
}
