//! Events: what people did in the customer's product, told by its server. Kept in order of arrival, told twice is there twice.

use std::collections::HashMap;

use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) number: u64,
    pub(crate) name: String,
    /// When it happened, in Unix seconds, as told.
    pub(crate) created_at: i64,
    pub(crate) metadata: Map<String, Value>,
}

#[derive(Debug, Default)]
pub(crate) struct Events {
    by_contact: HashMap<String, Vec<Event>>,
    last_number: u64,
}

impl Events {
    pub(crate) fn add(&mut self, contact: &str, name: &str, created_at: i64, metadata: Map<String, Value>) {
        self.last_number += 1;
        let event = Event { number: self.last_number, name: name.to_owned(), created_at, metadata };
        self.by_contact.entry(contact.to_owned()).or_default().push(event);
    }

    /// Newest first.
    pub(crate) fn of(&self, contact: &str) -> Vec<&Event> {
        let mut events: Vec<&Event> = self.by_contact.get(contact).into_iter().flatten().collect();
        events.sort_by_key(|event| std::cmp::Reverse((event.created_at, event.number)));
        events
    }
}
