//! Conversations: found by who takes part, and moved from one contact to another by joining and leaving.

use serde_json::{Value, json};

use super::shapes;
use crate::sandbox::wire::{Call, id_text};
use crate::sandbox::workspace::conversation::Conversation;
use crate::sandbox::workspace::page::{Cursor, Page, page_size};
use crate::sandbox::workspace::{Refusal, Workspace};

const LIST_PAGE: usize = 20;

fn listed(workspace: &Workspace, found: &[&Conversation], cursor: Cursor, per_page: usize) -> Value {
    let rest: Vec<&Conversation> = found.iter().filter(|one| one.id > cursor.after).copied().collect();
    let shown = rest.iter().take(per_page);
    let next = (rest.len() > per_page).then(|| shown.clone().next_back()).flatten();
    let next = next.map(|last| Cursor { after: last.id, page: cursor.page + 1 });
    let data: Vec<Value> = shown.map(|one| shapes::conversation(workspace, one)).collect();
    let page: Page<()> = Page { items: Vec::new(), number: cursor.page, per_page, total: found.len(), next };
    let envelope = shapes::page(std::iter::empty(), &page);
    json!({
        "type": "conversation.list",
        "pages": envelope["pages"],
        "total_count": found.len(),
        "conversations": data,
    })
}

pub(super) fn list(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let (cursor, per_page) = super::contacts::paging(call, LIST_PAGE)?;
    Ok(listed(workspace, &workspace.conversations.all().collect::<Vec<_>>(), cursor, per_page))
}

pub(super) fn search(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.object()?;
    let query = body.get("query").ok_or_else(|| Refusal::missing("query not specified"))?;
    let paging = body.get("pagination");
    let cursor = paging.and_then(|paging| paging.get("starting_after"));
    let cursor = Cursor::read_optional(cursor.and_then(Value::as_str))?;
    let per_page = page_size(paging.and_then(|paging| paging.get("per_page")), LIST_PAGE)?;
    let mut found = Vec::new();
    for conversation in workspace.conversations.all() {
        if matches(query, conversation)? {
            found.push(conversation);
        }
    }
    // An empty workspace must refuse a wrong query all the same.
    matches(query, &Conversation::blank())?;
    Ok(listed(workspace, &found, cursor, per_page))
}

/// Filters on the fields below, alone or in groups; the rest is refused.
fn matches(query: &Value, conversation: &Conversation) -> Result<bool, Refusal> {
    let operator = query.get("operator").and_then(Value::as_str).unwrap_or_default();
    let value = query.get("value").ok_or_else(|| Refusal::invalid("query", "value not specified"))?;
    if let ("AND" | "OR", Value::Array(members)) = (operator, value) {
        let answers: Result<Vec<bool>, Refusal> = members.iter().map(|member| matches(member, conversation)).collect();
        let mut answers = answers?.into_iter();
        return Ok(if operator == "AND" { answers.all(|yes| yes) } else { answers.any(|yes| yes) });
    }
    let field = query.get("field").and_then(Value::as_str).unwrap_or_default();
    let held: Vec<String> = match field {
        "contact_ids" => conversation.contacts.clone(),
        "id" => vec![conversation.id.to_string()],
        "open" => vec![conversation.open.to_string()],
        "state" => vec![conversation.state().to_owned()],
        "read" => vec![conversation.read.to_string()],
        "admin_assignee_id" | "team_assignee_id" => vec![conversation.assignee.unwrap_or(0).to_string()],
        "created_at" => return stamp(operator, conversation.created_at, value),
        "updated_at" => return stamp(operator, conversation.updated_at, value),
        _ => return Err(Refusal::invalid("field", format!("'{field}' is not a field that can be searched"))),
    };
    let wanted: Vec<String> = match value {
        Value::Array(values) => values.iter().filter_map(id_text).collect(),
        Value::Bool(value) => vec![value.to_string()],
        value => id_text(value).into_iter().collect(),
    };
    let meets = held.iter().any(|one| wanted.contains(one));
    match operator {
        "=" | "IN" => Ok(meets),
        "!=" | "NIN" => Ok(!meets),
        _ => Err(Refusal::invalid("operator", format!("operator '{operator}' is not supported for '{field}'"))),
    }
}

fn stamp(operator: &str, held: i64, wanted: &Value) -> Result<bool, Refusal> {
    let wanted = id_text(wanted).and_then(|text| text.parse::<i64>().ok());
    let wanted = wanted.ok_or_else(|| Refusal::invalid("value", "a time is a number of seconds"))?;
    match operator {
        ">" => Ok(held > wanted),
        "<" => Ok(held < wanted),
        "=" => Ok(held == wanted),
        _ => Err(Refusal::invalid("operator", format!("operator '{operator}' is not supported for times"))),
    }
}

/// Somebody writes in.
pub(super) fn start(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.object()?;
    let from = body.get("from").and_then(|from| from.get("id")).and_then(id_text);
    let from = from.ok_or_else(|| Refusal::missing("from not specified"))?;
    let text = body.get("body").and_then(Value::as_str).ok_or_else(|| Refusal::missing("body not specified"))?;
    let started = workspace.receive_message(call.now, &from, text)?;
    Ok(json!({
        "type": "user_message", "id": started.id.to_string(), "conversation_id": started.id.to_string(),
        "created_at": started.created_at, "body": started.body, "message_type": "inapp",
    }))
}

pub(super) fn get(workspace: &Workspace, id: &str) -> Result<Value, Refusal> {
    Ok(shapes::conversation(workspace, workspace.conversations.get(id)?))
}

pub(super) fn join(workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    check_admin(workspace, call)?;
    let customer = call.object()?.get("customer");
    let contact = customer.and_then(|customer| customer.get("intercom_user_id")).and_then(id_text);
    let contact = contact.ok_or_else(|| Refusal::missing("customer not specified"))?;
    let conversation = workspace.join_conversation(call.now, id, &contact)?;
    Ok(shapes::conversation(workspace, &conversation))
}

pub(super) fn leave(workspace: &mut Workspace, call: &Call<'_>, id: &str, contact: &str) -> Result<Value, Refusal> {
    check_admin(workspace, call)?;
    let conversation = workspace.leave_conversation(call.now, id, contact)?;
    Ok(shapes::conversation(workspace, &conversation))
}

/// Both moves must name the teammate who makes them.
fn check_admin(workspace: &Workspace, call: &Call<'_>) -> Result<(), Refusal> {
    let id = call.body_id("admin_id")?.ok_or_else(|| Refusal::missing("admin_id not specified"))?;
    let known = id.parse().is_ok_and(|id| workspace.admin(id).is_some());
    if known { Ok(()) } else { Err(Refusal::new(404, "admin_not_found", "Admin Not Found")) }
}
