//! Notes on contacts. A note cannot be changed; it moves with a merge.

use std::collections::{BTreeMap, HashMap};

use super::refusal::Refusal;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) id: u64,
    pub(crate) contact: String,
    pub(crate) admin: Option<u64>,
    pub(crate) created_at: i64,
    /// HTML, as Intercom hands notes back.
    pub(crate) body: String,
}

#[derive(Debug, Default)]
pub(crate) struct Notes {
    by_id: BTreeMap<u64, Note>,
    by_contact: HashMap<String, Vec<u64>>,
    last_id: u64,
}

impl Notes {
    pub(crate) fn get(&self, id: &str) -> Result<&Note, Refusal> {
        id.parse().ok().and_then(|id: u64| self.by_id.get(&id)).ok_or_else(Refusal::resource_not_found)
    }

    /// Newest first.
    pub(crate) fn of(&self, contact: &str) -> impl DoubleEndedIterator<Item = &Note> {
        self.by_contact.get(contact).into_iter().flatten().rev().filter_map(|id| self.by_id.get(id))
    }

    pub(crate) fn add(&mut self, contact: &str, admin: Option<u64>, text: &str, now: i64) -> Note {
        self.last_id += 1;
        let note = Note { id: self.last_id, contact: contact.to_owned(), admin, created_at: now, body: as_html(text) };
        self.by_id.insert(note.id, note.clone());
        self.by_contact.entry(contact.to_owned()).or_default().push(note.id);
        note
    }

    pub(crate) fn move_all(&mut self, from: &str, into: &str) {
        let moved = self.by_contact.remove(from).unwrap_or_default();
        for id in &moved {
            if let Some(note) = self.by_id.get_mut(id) {
                into.clone_into(&mut note.contact);
            }
        }
        let held = self.by_contact.entry(into.to_owned()).or_default();
        held.extend(moved);
        held.sort_unstable();
    }

    pub(crate) fn remove_all_of(&mut self, contact: &str) {
        for id in self.by_contact.remove(contact).unwrap_or_default() {
            self.by_id.remove(&id);
        }
    }
}

/// Plain text becomes paragraphs; what is already HTML stays as it is.
pub(super) fn as_html(text: &str) -> String {
    let text = text.trim();
    if text.starts_with('<') {
        return text.to_owned();
    }
    let paragraphs = text.split("\n\n").map(|part| format!("<p>{}</p>", part.trim().replace('\n', "<br>")));
    paragraphs.collect()
}
