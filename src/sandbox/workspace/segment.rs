//! Segments: named groups of people. Intercom fills them by rules; here `POST /__sandbox/segment` says who is in one.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::contact::{Contact, Role};
use super::refusal::Refusal;
use super::state::Workspace;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created_at: i64,
    pub(crate) members: BTreeSet<String>,
}

impl Workspace {
    /// Makes a segment of some contacts.
    pub(crate) fn add_segment(&mut self, name: &str, members: BTreeSet<String>, now: i64) -> Result<Segment, Refusal> {
        for member in &members {
            self.active(member)?;
        }
        let id = format!("{:024x}", 0x5e_9d_00_00_u64 + self.segments.len() as u64 + 1);
        let segment = Segment { id, name: name.to_owned(), created_at: now, members };
        self.segments.push(segment.clone());
        Ok(segment)
    }

    pub(crate) fn segment(&self, id: &str) -> Result<&Segment, Refusal> {
        let found = self.segments.iter().find(|segment| segment.id == id);
        found.ok_or_else(|| Refusal::new(404, "not_found", "Segment Not Found"))
    }

    /// Segments a contact is in.
    pub(crate) fn segments_of(&self, contact: &str) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(|segment| segment.members.contains(contact))
    }

    /// Active members of a segment, of one role or of both.
    pub(crate) fn members_of_segment(&self, segment: &Segment, role: Option<Role>) -> Vec<&Arc<Contact>> {
        let members = segment.members.iter().filter_map(|id| self.active(id).ok());
        members.filter(|contact| role.is_none_or(|role| contact.role == role)).collect()
    }
}
