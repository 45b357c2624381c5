//! What is said and done in a conversation.

use serde_json::{Map, Value, json};

use crate::sandbox::wire::{Call, id_text};
use crate::sandbox::workspace::contact::Role;
use crate::sandbox::workspace::conversation::Conversation;
use crate::sandbox::workspace::reply::{Author, Deed, Reply};
use crate::sandbox::workspace::upsert::Key;
use crate::sandbox::workspace::{Refusal, Workspace};

/// Adds a part to a conversation; `last` is the latest one of the person that is named.
pub(super) fn reply(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Conversation, Refusal> {
    let body = call.object()?;
    let reply = Reply {
        author: author(workspace, body)?,
        deed: deed(body)?,
        body: body.get("body").and_then(Value::as_str).map(str::to_owned),
        attachments: body
            .get("attachment_urls")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|url| url.as_str().map(str::to_owned))
            .collect(),
    };
    let id = if id == "last" { last_of(workspace, body)? } else { id.to_owned() };
    workspace.reply(call.now, &id, reply)
}

/// `{"read": true}`.
pub(super) fn read(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Conversation, Refusal> {
    let read = call.object()?.get("read").and_then(Value::as_bool);
    let read = read.ok_or_else(|| Refusal::missing("read not specified"))?;
    workspace.mark_read(call.now, id, read)
}

fn person(body: &Map<String, Value>) -> Key {
    let text = |name: &str| body.get(name).and_then(id_text);
    Key { id: text("intercom_user_id"), user_id: text("user_id"), email: text("email") }
}

fn last_of(workspace: &Workspace, body: &Map<String, Value>) -> Result<String, Refusal> {
    let person = workspace.find_person(&person(body))?;
    let last = workspace.conversations.of(&person.id).max_by_key(|one| (one.updated_at, one.id));
    last.map(|one| one.id.to_string()).ok_or_else(Refusal::resource_not_found)
}

fn author(workspace: &Workspace, body: &Map<String, Value>) -> Result<Author, Refusal> {
    match body.get("type").and_then(Value::as_str) {
        Some("admin") => {
            let id =
                body.get("admin_id").and_then(id_text).ok_or_else(|| Refusal::missing("admin_id not specified"))?;
            let admin = id.parse().ok().and_then(|id| workspace.admin(id));
            let admin = admin.ok_or_else(|| Refusal::new(404, "admin_not_found", "Admin Not Found"))?;
            Ok(Author::Admin(admin.id))
        }
        Some("user") => Ok(Author::Contact(workspace.find_person(&person(body))?.id.clone())),
        _ => Err(Refusal::invalid("type", "type must be either user or admin")),
    }
}

fn deed(body: &Map<String, Value>) -> Result<Deed, Refusal> {
    let number = |name: &str| {
        let number = body.get(name).and_then(id_text).and_then(|text| text.parse::<u64>().ok());
        number.ok_or_else(|| Refusal::missing(format!("{name} not specified")))
    };
    Ok(match body.get("message_type").and_then(Value::as_str) {
        Some("comment") => Deed::Comment,
        Some("note") => Deed::Note,
        Some("open") => Deed::Open,
        Some("close") => Deed::Close,
        Some("snoozed") => Deed::Snooze(i64::try_from(number("snoozed_until")?).unwrap_or(i64::MAX)),
        Some("assignment") => Deed::Assign(number("assignee_id")?),
        _ => {
            let message = "message_type must be comment, note, open, close, snoozed or assignment";
            return Err(Refusal::invalid("message_type", message));
        }
    })
}

/// `conversation_parts`, the same in both dialects.
pub(in crate::sandbox) fn parts(workspace: &Workspace, conversation: &Conversation) -> Value {
    let shapes = conversation.parts.iter().map(|part| {
        let author = match &part.author {
            Author::Admin(id) => json!({ "type": "admin", "id": id.to_string() }),
            Author::Contact(id) => {
                let role = workspace.contact(id).map_or(Role::User, |contact| contact.role);
                json!({ "type": role.as_str(), "id": id })
            }
        };
        let attachments: Vec<Value> = part
            .attachments
            .iter()
            .map(|url| json!({ "type": "upload", "url": url, "name": url.rsplit('/').next() }))
            .collect();
        json!({
            "type": "conversation_part",
            "id": part.id.to_string(),
            "part_type": part.kind,
            "body": part.body,
            "created_at": part.created_at,
            "updated_at": part.created_at,
            "notified_at": part.created_at,
            "author": author,
            "attachments": attachments,
        })
    });
    let shapes: Vec<Value> = shapes.collect();
    json!({ "type": "conversation_part.list", "total_count": shapes.len(), "conversation_parts": shapes })
}
