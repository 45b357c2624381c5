//! The 1.x dialect over HTTP: the same two traits, by other calls.
//!
//! `read` looks people up, `scroll` walks over all of them, `write` changes them. Users and leads have paths of their own, so
//! the client remembers the role of people it has met, and the names of tags and companies, which this dialect's calls
//! take instead of ids. All of it is only a short cut: what is not remembered is asked for.

mod read;
mod scroll;
#[cfg(test)]
mod tests;
mod write;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::Client;
use super::read::unreadable;
use crate::contact::{IntercomId, Role};
use crate::intercom::dialect::legacy;
use crate::intercom::{Contact, Error};

/// The most that is remembered of each kind, so that memory does not grow with the workspace.
const MOST_REMEMBERED: usize = 20_000;

/// What the client has learnt on the way.
#[derive(Debug, Default)]
pub(super) struct Memory {
    roles: Mutex<HashMap<IntercomId, Role>>,
    /// Names by id.
    tags: Mutex<HashMap<String, String>>,
    /// The customer's ids by Intercom's.
    companies: Mutex<HashMap<String, String>>,
}

fn open<T>(memory: &Mutex<T>) -> MutexGuard<'_, T> {
    // A short cut is a valid one whatever a panicking thread left
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

fn remember<K: Hash + Eq, V>(memory: &Mutex<HashMap<K, V>>, key: K, value: V) {
    let mut memory = open(memory);
    if memory.len() >= MOST_REMEMBERED {
        memory.clear();
    }
    memory.insert(key, value);
}

impl Client {
    /// Reads a person and remembers what helps with later calls.
    pub(super) fn person(&self, answer: Value) -> Result<Contact, Error> {
        let contact = legacy::contact(answer).map_err(unreadable)?;
        remember(&self.memory.roles, contact.id.clone(), contact.role);
        for (list, key, name, memory) in [
            ("tags", "tags", "name", &self.memory.tags),
            ("companies", "companies", "company_id", &self.memory.companies),
        ] {
            let items = contact.raw.get(list).and_then(|list| list.get(key)?.as_array());
            for item in items.into_iter().flatten() {
                if let (Some(id), Some(name)) = (text(item, "id"), text(item, name)) {
                    remember(memory, id, name);
                }
            }
        }
        Ok(contact)
    }
}

fn text(item: &Value, key: &str) -> Option<String> {
    match item.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What this version of the API has no call for.
pub(super) fn not_in_this_version(what: &str) -> Error {
    Error::Refused {
        status: 400,
        code: "not_in_this_version".to_owned(),
        message: format!("version 1.4 of the API cannot {what}"),
        field: None,
        request_id: None,
    }
}
