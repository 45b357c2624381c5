//! Notes on users and leads.

use serde_json::{Value, json};

use super::{body, shapes};
use crate::sandbox::wire::Call;
use crate::sandbox::workspace::{Refusal, Workspace};

/// The person is named in `user`, or beside the text as the Ruby client does.
pub(super) fn create(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let object = call.object()?;
    let key = body::key(body::part(call, "user")?.or(body::part(call, "contact")?).unwrap_or(object));
    let person = workspace.find_person(&key)?.id.clone();
    let text = object.get("body").and_then(Value::as_str).ok_or_else(|| Refusal::missing("body not specified"))?;
    let admin = match call.body_id("admin_id")? {
        Some(id) => Some(id.parse().map_err(|_| Refusal::resource_not_found())?),
        None => None,
    };
    let note = workspace.add_note(call.now, &person, admin, text)?;
    Ok(shapes::note(workspace, &note))
}

/// All notes of one person, newest first.
pub(super) fn list(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let person = workspace.find_person(&body::query_key(call))?;
    let notes: Vec<Value> = workspace.notes.of(&person.id).map(|note| shapes::note(workspace, note)).collect();
    Ok(json!({ "type": "note.list", "notes": notes, "pages": {} }))
}
