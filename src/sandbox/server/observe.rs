//! `/__sandbox/…`: looking at the world and meddling with it, without a token and outside every limit.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Method, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::record::Recorder;
use super::state;
use super::world::{Server, World};
use crate::sandbox::clock::Moment;
use crate::sandbox::faults::{Faults, Injector};
use crate::sandbox::wire::{Answer, id_text, query_pairs};
use crate::sandbox::workspace::change::OwnerForm;
use crate::sandbox::workspace::{Channel, MergeCheck, Refusal, Workspace};

/// Log entries shown unless the caller says how many.
const LOG_SHOWN: usize = 100;

pub(super) fn answer(server: &Server, method: &Method, path: &str, query: Option<&str>, body: &[u8]) -> Response<Body> {
    let now = server.now();
    let mut world = server.world();
    let done = match (method.as_str(), path) {
        ("GET", "state") => Ok(state::of(&world.workspace)),
        ("GET", "stats") => Ok(stats(server, &world)),
        ("GET", "log") => Ok(log(&world, query)),
        ("POST", "faults") => set_faults(&mut world, body),
        ("POST", "limit") => set_limit(&mut world, body),
        ("POST", "edit") => read(body).and_then(|order| edit(&mut world.workspace, now, &order)),
        ("POST", "visitor") => read(body).and_then(|order| visit(&mut world.workspace, now, &order)),
        ("POST", "segment") => read(body).and_then(|order| group(&mut world.workspace, now, &order)),
        ("POST", "conversation") => read(body).and_then(|order| converse(&mut world.workspace, now, &order)),
        _ => Err(Refusal::resource_not_found()),
    };
    let answer = done.map_or_else(|refusal| Answer::refused(&refusal, ""), Answer::ok);
    let mut response = Response::new(Body::from(answer.body.to_string()));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Requests by route, the use of each window, what was thrown at the client.
pub(super) fn stats(server: &Server, world: &World) -> Value {
    let windows = world.windows.history().iter().map(|window| {
        json!({
            "start": window.start, "limit": window.limit, "used": window.used, "throttled": window.throttled
        })
    });
    let mut totals = world.ledger.totals();
    totals["limit_per_window"] = json!(world.windows.limit());
    totals["max_in_window"] = json!(world.windows.history().iter().map(|window| window.used).max().unwrap_or(0));
    totals["faults"] = json!(world.injector.fired());
    totals["windows"] = windows.collect();
    if let Some(failure) = server.recorder.as_ref().and_then(Recorder::failure) {
        totals["record_failure"] = json!(failure);
    }
    totals
}

fn log(world: &World, query: Option<&str>) -> Value {
    let pairs = query_pairs(query.unwrap_or_default());
    let last = pairs.iter().find(|(name, _)| name == "last").and_then(|(_, value)| value.parse().ok());
    world.ledger.log(last.unwrap_or(LOG_SHOWN))
}

fn read(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::bad_request(format!("not a JSON object: {error}")))
}

fn set_faults(world: &mut World, body: &[u8]) -> Result<Value, Refusal> {
    let faults: Faults = serde_json::from_slice(body).map_err(|error| Refusal::bad_request(error.to_string()))?;
    let shown = json!(faults);
    world.injector = Injector::new(faults);
    Ok(shown)
}

fn set_limit(world: &mut World, body: &[u8]) -> Result<Value, Refusal> {
    let limit = read(body)?.get("limit").and_then(Value::as_u64);
    let limit = limit.ok_or_else(|| Refusal::bad_request("limit must be a number of requests per window"))?;
    world.windows.set_limit(limit);
    Ok(json!({ "limit": limit }))
}

/// Acts as another teammate: changes, archives, restores, merges or deletes a contact.
fn edit(workspace: &mut Workspace, now: Moment, order: &Map<String, Value>) -> Result<Value, Refusal> {
    let text = |name: &str| order.get(name).and_then(id_text);
    let id = text("contact").ok_or_else(|| Refusal::bad_request("contact must be an id"))?;
    if let Some(Value::Object(fields)) = order.get("set") {
        let change = workspace.read_change(fields, OwnerForm::Number)?;
        workspace.update(now, &id, change)?;
    }
    if let Some(channel) = text("channel") {
        let channel = Channel::read(&channel);
        let channel =
            channel.ok_or_else(|| Refusal::bad_request("channel must be facebook, mailing_list or whatsapp"))?;
        workspace.come_by(now, &id, channel)?;
    }
    match text("action").as_deref() {
        None => {}
        Some("archive") => drop(workspace.archive(now, &id)?),
        Some("unarchive") => drop(workspace.unarchive(now, &id)?),
        Some("block") => drop(workspace.block(now, &id)?),
        Some("delete") => drop(workspace.delete(now, &id)?),
        Some("merge") => {
            let into = text("into").ok_or_else(|| Refusal::bad_request("into must be an id"))?;
            workspace.merge(now, &id, &into, MergeCheck::RolesOnly)?;
        }
        Some(_) => {
            return Err(Refusal::bad_request("action must be archive, unarchive, block, delete or merge"));
        }
    }
    Ok(json!({ "contact": id }))
}

/// Somebody opens the website: the only way to make a visitor, as with the Messenger.
fn visit(workspace: &mut Workspace, now: Moment, order: &Map<String, Value>) -> Result<Value, Refusal> {
    let change = workspace.read_change(order, OwnerForm::Number)?;
    let visitor = workspace.add_visitor(now, order.get("user_id").and_then(id_text))?;
    let visitor = workspace.change_visitor(now, &visitor.id, change)?;
    Ok(json!({ "id": visitor.id, "user_id": visitor.user_id }))
}

/// Makes a segment of some contacts, as a rule of Intercom would.
fn group(workspace: &mut Workspace, now: Moment, order: &Map<String, Value>) -> Result<Value, Refusal> {
    let name = order.get("name").and_then(Value::as_str).unwrap_or("Active");
    let members = order.get("contacts").and_then(Value::as_array).into_iter().flatten().filter_map(id_text);
    let segment = workspace.add_segment(name, members.collect(), now.seconds())?;
    Ok(json!({ "id": segment.id, "name": segment.name }))
}

/// Starts a conversation with some contacts, as a message from them would.
fn converse(workspace: &mut Workspace, now: Moment, order: &Map<String, Value>) -> Result<Value, Refusal> {
    let contacts = order.get("contacts").and_then(Value::as_array).into_iter().flatten().filter_map(id_text);
    let contacts: Vec<String> = contacts.collect();
    let body = order.get("body").and_then(Value::as_str).unwrap_or("Hello");
    let open = order.get("open").and_then(Value::as_bool).unwrap_or(true);
    let conversation = workspace.add_conversation(now, &contacts, body, open)?;
    Ok(json!({ "id": conversation.id.to_string(), "contacts": conversation.contacts }))
}
