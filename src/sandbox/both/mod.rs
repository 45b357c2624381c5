//! What both dialects serve in the same way: teammates, teams, segments, events, messages, and what is done in a
//! conversation. A dialect asks here for calls it has no rule of its own for; what differs between the two is only how a
//! conversation is written down, which each says itself.

mod events;
mod messages;
mod segments;
pub(super) mod staff;
mod talk;

use serde_json::Value;

use super::wire::{Answer, Call};
use super::workspace::conversation::Conversation;
use super::workspace::{Refusal, Workspace};

pub(super) use segments::shape as segment_shape;
pub(super) use talk::parts as conversation_parts;

/// How a dialect writes a conversation down.
pub(super) type ConversationShape = fn(&Workspace, &Conversation) -> Value;

/// Carries out one call.
pub(super) fn answer(
    workspace: &mut Workspace,
    call: &Call<'_>,
    conversation: ConversationShape,
) -> Result<Answer, Refusal> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let done = match (call.method, path.as_slice()) {
        ("GET", ["me"]) => staff::me(workspace),
        ("GET", ["admins"]) => Ok(staff::admins(workspace)),
        ("GET", ["admins", id]) => staff::admin(workspace, id),
        ("GET", ["teams"]) => Ok(staff::teams(workspace)),
        ("GET", ["teams", id]) => staff::team(workspace, id),

        ("GET", ["segments"]) => Ok(segments::list(workspace, call)),
        ("GET", ["segments", id]) => workspace.segment(id).map(|segment| segments::shape(workspace, segment, true)),

        ("POST", ["events"]) => {
            return events::tell(workspace, call).map(|()| Answer::accepted(Value::Null));
        }
        ("GET", ["events"]) => events::list(workspace, call),

        ("POST", ["messages"]) => messages::send(workspace, call),
        ("POST", ["conversations", id, "reply" | "parts"]) => {
            talk::reply(workspace, call, id).map(|one| conversation(workspace, &one))
        }
        ("PUT", ["conversations", id]) => talk::read(workspace, call, id).map(|one| conversation(workspace, &one)),

        _ => Err(Refusal::new(404, "not_found", "The requested resource was not found")),
    };
    done.map(Answer::ok)
}
