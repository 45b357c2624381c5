//! The pretend workspace: every rule about contacts and what hangs on them, with no HTTP in sight.
//!
//! It is given checked values or JSON bodies and the moment they arrive, and answers with the new state or a
//! `Refusal`. Both dialects translate to the same calls. It must not know about requests, limits or faults.

mod attach;
pub(crate) mod attribute;
pub(crate) mod change;
pub(crate) mod company;
pub(crate) mod contact;
pub(crate) mod conversation;
mod converse;
mod lifecycle;
mod merge;
pub(crate) mod note;
pub(crate) mod page;
mod people;
mod refusal;
pub(crate) mod search;
pub(crate) mod seed;
mod state;
pub(crate) mod subscription;
pub(crate) mod tag;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub(crate) use merge::MergeCheck;
pub(crate) use refusal::Refusal;
pub(crate) use state::{Admin, Identity, Workspace};
