//! The pretend workspace: every rule about contacts and what hangs on them, with no HTTP in sight.
//!
//! It is given checked values or JSON bodies and the moment they arrive, and answers with the new state or a
//! `Refusal`. Both dialects translate to the same calls. It must not know about requests, limits or faults.

pub(crate) mod anonymous;
mod attach;
pub(crate) mod attribute;
pub(crate) mod bulk;
pub(crate) mod change;
pub(crate) mod company;
pub(crate) mod contact;
pub(crate) mod conversation;
mod converse;
pub(crate) mod convert;
pub(crate) mod event;
pub(crate) mod forecast;
pub(crate) mod hook;
pub(crate) mod job;
mod lifecycle;
mod merge;
pub(crate) mod message;
pub(crate) mod note;
mod ordinals;
pub(crate) mod page;
mod people;
mod refusal;
pub(crate) mod reply;
pub(crate) mod roster;
pub(crate) mod scroll;
pub(crate) mod search;
pub(crate) mod seed;
pub(crate) mod segment;
mod state;
pub(crate) mod subscription;
pub(crate) mod tag;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub(crate) mod upsert;
pub(crate) mod visitor;

pub(crate) use merge::{Channel, MergeCheck};
pub(crate) use refusal::Refusal;
pub(crate) use state::{Admin, Identity, Team, Workspace};
