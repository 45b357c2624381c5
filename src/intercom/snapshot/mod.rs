//! A whole workspace, read once.
//!
//! [`Snapshot::pull`] is given the reading half of a workspace and hands on every contact, ordered by id, with the names
//! of its tags and companies; notes are read for chosen contacts only, since each costs a request. `rows` turns it into
//! raw rows, so that imported rows and existing contacts are normalised by the same code; `csv` writes it to a file
//! that can be read back. Decides nothing about the contacts.
//!
//! Cost for n contacts: n/150 requests for the list, one for the tags, a few for the companies, and one for each
//! contact that has more than ten tags or companies.

mod changes;
mod csv;
mod names;
mod rows;
mod side_by_side;
#[cfg(test)]
mod tests;

pub use changes::{Delta, each_page, news};
pub use csv::CsvWriter;
pub use names::Names;
pub(crate) use rows::is_read;

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::wire::Malformed;
use super::{Contact, Error, Note, ReadWorkspace};
use crate::contact::IntercomId;

/// Requests under way at once where a contact needs one of its own. The pace is kept by the client; this only bridges
/// the time answers travel.
const SIDE_BY_SIDE: usize = 16;

/// The contacts of a workspace at one time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Every contact once, ordered by id.
    pub members: Vec<Member>,
    /// Contacts the server counted when the reading began, and when it ended.
    pub counted: Option<Counted>,
}

/// A contact of a snapshot. [`Contact::raw`] is `null` here: a whole workspace of it would not fit into memory, and
/// `apply` reads each contact again before it writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The contact.
    pub contact: Contact,
    /// Names of all its tags, sorted.
    pub tags: Vec<String>,
    /// Names of all its companies, in Intercom's order.
    pub companies: Vec<String>,
    /// Its notes, where [`Snapshot::fill_notes`] has read them; `None` where not.
    pub notes: Option<Vec<Note>>,
}

/// How many contacts the server said there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// On the first page.
    pub at_first: u64,
    /// On the last page.
    pub at_last: u64,
}

impl Snapshot {
    /// Reads every contact. `progress` is told how many there are so far, and how many the server counts.
    ///
    /// Contacts that move between pages while they are read are kept once, as they were read last. A list that goes
    /// round in a circle is an error; a count that does not match is not, see [`Self::drift`].
    pub async fn pull<R: ReadWorkspace>(reader: &R, mut progress: impl FnMut(u64, Option<u64>)) -> Result<Self, Error> {
        let mut contacts = BTreeMap::new();
        let mut cursors = HashSet::new();
        let mut counted: Option<Counted> = None;
        let mut cursor = None;
        loop {
            let page = reader.list(cursor.as_ref()).await?;
            for mut contact in page.contacts {
                contact.raw = serde_json::Value::Null;
                contacts.insert(contact.id.clone(), contact);
            }
            if let Some(total) = page.total_count {
                counted = Some(Counted { at_first: counted.map_or(total, |counted| counted.at_first), at_last: total });
            }
            progress(contacts.len() as u64, page.total_count);
            match page.next {
                None => break,
                Some(next) if !cursors.insert(next.clone()) => {
                    return Err(circle());
                }
                Some(next) => cursor = Some(next),
            }
        }
        let contacts = contacts.into_values().collect();
        Ok(Self { members: Names::default().add(reader, contacts).await?, counted })
    }

    /// How many contacts were read more (or, negative, fewer) than the server counted at the end: others created,
    /// archived or merged contacts meanwhile. 0 when the server does not count.
    #[must_use]
    pub fn drift(&self) -> i64 {
        let read = i64::try_from(self.members.len()).unwrap_or(i64::MAX);
        self.counted.map_or(0, |counted| read.saturating_sub_unsigned(counted.at_last))
    }

    /// Reads the notes of these contacts. Contacts without notes cost no request; ids that are not in the snapshot are
    /// passed over, and so is a contact that is gone since.
    pub async fn fill_notes<R: ReadWorkspace>(&mut self, reader: &R, ids: &[IntercomId]) -> Result<(), Error> {
        let wanted: HashSet<&IntercomId> = ids.iter().collect();
        let mut asked = Vec::new();
        for (position, member) in self.members.iter_mut().enumerate() {
            if !wanted.contains(&member.contact.id) {
                continue;
            }
            if member.contact.notes.total == 0 {
                member.notes = Some(Vec::new());
            } else {
                asked.push((position, member.contact.id.clone()));
            }
        }
        let read = side_by_side::each(SIDE_BY_SIDE, asked, |(position, id)| async move {
            let notes = names::or_gone(reader.notes(&id).await)?;
            Ok::<_, Error>((position, notes.unwrap_or_default()))
        });
        for (position, notes) in read.await? {
            if let Some(member) = self.members.get_mut(position) {
                member.notes = Some(notes);
            }
        }
        Ok(())
    }

    /// The contact with this id.
    #[must_use]
    pub fn member(&self, id: &IntercomId) -> Option<&Member> {
        let position = self.members.binary_search_by(|member| member.contact.id.cmp(id)).ok()?;
        self.members.get(position)
    }
}

/// A list whose pages go round in a circle.
fn circle() -> Error {
    let message = Malformed("end: the list of contacts gives the same cursor twice").to_string();
    Error::Server { status: 200, code: None, message, request_id: None }
}
