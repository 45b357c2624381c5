//! A workspace page by page, and what changed in it since.
//!
//! Both hand each page on as soon as it is named, so that memory does not grow with the workspace. Neither knows where the
//! pages go: [`news`] only asks whether what it found was known already.

use std::collections::HashSet;

use super::{Counted, Member, Names, circle};
use crate::intercom::{Contact, Error, ReadWorkspace};

/// Seconds a change may take to show up in a search; contacts changed that long before the last reading are looked at
/// again (Intercom: "can take a few minutes").
pub(super) const SEARCH_LAG: i64 = 15 * 60;
/// Pages in a row without anything new, within the lag, after which the rest is taken to be known.
const QUIET_PAGES: usize = 4;

/// What [`news`] found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// Contacts that are new or have changed.
    pub changed: u64,
    /// Contacts looked at.
    pub seen: u64,
}

/// Reads every contact, in the order of the list; `take` gets each page and the server's count.
pub async fn each_page<R: ReadWorkspace, E: From<Error>>(
    reader: &R,
    names: &mut Names,
    mut take: impl FnMut(Vec<Member>, Option<u64>) -> Result<(), E>,
) -> Result<Option<Counted>, E> {
    let mut cursors = HashSet::new();
    let mut counted: Option<Counted> = None;
    let mut cursor = None;
    loop {
        let page = reader.list(cursor.as_ref()).await?;
        if let Some(total) = page.total_count {
            counted = Some(Counted { at_first: counted.map_or(total, |counted| counted.at_first), at_last: total });
        }
        take(names.add(reader, lean(page.contacts)).await?, page.total_count)?;
        match page.next {
            None => return Ok(counted),
            Some(next) if !cursors.insert(next.clone()) => return Err(circle().into()),
            Some(next) => cursor = Some(next),
        }
    }
}

/// Reads contacts that changed at `since` (Unix seconds) or later, newest first, and a little before, because searches
/// lag. `is_known` says whether a contact is known as it is; `take` gets those that are not.
pub async fn news<R: ReadWorkspace, E: From<Error>>(
    reader: &R,
    names: &mut Names,
    since: i64,
    is_known: impl Fn(&Contact) -> Result<bool, E>,
    mut take: impl FnMut(Vec<Member>) -> Result<(), E>,
) -> Result<Delta, E> {
    let from = since.saturating_sub(SEARCH_LAG);
    let mut delta = Delta::default();
    let (mut cursor, mut quiet, mut cursors) = (None, 0, HashSet::new());
    // A server that does not sort is read to the end
    let (mut sorted, mut latest) = (true, i64::MAX);
    loop {
        let page = reader.changed_since(from, cursor.as_ref()).await?;
        let mut fresh = Vec::new();
        for contact in lean(page.contacts) {
            let updated = contact.updated_at.unwrap_or(i64::MAX);
            sorted &= updated <= latest;
            latest = updated;
            delta.seen += 1;
            if updated >= from && !is_known(&contact)? {
                fresh.push(contact);
            }
        }
        quiet = if fresh.is_empty() { quiet + 1 } else { 0 };
        delta.changed += fresh.len() as u64;
        if !fresh.is_empty() {
            take(names.add(reader, fresh).await?)?;
        }
        let past = latest < from || (latest <= since && quiet >= QUIET_PAGES);
        match page.next {
            None => return Ok(delta),
            Some(_) if sorted && past => return Ok(delta),
            Some(next) if !cursors.insert(next.clone()) => return Err(circle().into()),
            Some(next) => cursor = Some(next),
        }
    }
}

/// Without the answer as it came, which is several times as large as what is read from it.
fn lean(mut contacts: Vec<Contact>) -> Vec<Contact> {
    for contact in &mut contacts {
        contact.raw = serde_json::Value::Null;
    }
    contacts
}
