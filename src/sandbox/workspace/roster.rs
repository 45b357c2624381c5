//! Lists of the 1.x dialect: one role, page by page, newest first unless asked otherwise.
//!
//! The plain list comes straight from an index; its pages end at 10,000 contacts, so skipping to one is bounded. Other
//! orders and filters are arranged once and kept until a contact changes.

use std::sync::Arc;

use super::contact::{Contact, Role};
use super::state::Workspace;

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum RosterSort {
    #[default]
    Created,
    LastRequest,
    SignedUp,
    Updated,
}

/// Who is in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Among {
    Everybody,
    /// Created at this second or later.
    CreatedSince(i64),
    Wearing(u64),
    /// In the segment with this id.
    Segment(String),
    /// Members of the company with this Intercom id.
    Company(String),
}

/// One list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Roster {
    pub(crate) role: Role,
    pub(crate) among: Among,
    pub(crate) sort: RosterSort,
    pub(crate) ascending: bool,
}

/// The list asked for last, with the count of changes it is good for.
#[derive(Debug)]
pub(crate) struct Arranged {
    roster: Roster,
    changes: u64,
    ordinals: Arc<Vec<u64>>,
}

impl Workspace {
    /// How many active contacts have a role.
    pub(crate) fn count_of(&self, role: Role) -> usize {
        self.people.by_age(role).len()
    }

    /// How many active contacts of a role wear a tag.
    pub(crate) fn wearers_of(&self, tag: u64, role: Role) -> usize {
        self.people.wearers(tag).filter(|contact| contact.is_active() && contact.role == role).count()
    }

    /// One page of a list and the length of the whole. Pages begin at 1.
    pub(crate) fn roster(&mut self, roster: &Roster, page: usize, per_page: usize) -> (Vec<Arc<Contact>>, usize) {
        let skipped = page.saturating_sub(1).saturating_mul(per_page);
        let found = |ordinal: &u64| self.people.at(*ordinal).map(Arc::clone);
        if roster.among == Among::Everybody && roster.sort == RosterSort::Created {
            let ages = self.people.by_age(roster.role);
            let ordinals: Vec<u64> = if roster.ascending {
                ages.iter().skip(skipped).take(per_page).map(|(_, ordinal)| *ordinal).collect()
            } else {
                ages.iter().rev().skip(skipped).take(per_page).map(|(_, ordinal)| *ordinal).collect()
            };
            return (ordinals.iter().filter_map(found).collect(), ages.len());
        }
        let changes = self.people.changes();
        let kept = self.arranged.as_ref().filter(|kept| kept.changes == changes && kept.roster == *roster);
        let ordinals = match kept {
            Some(kept) => Arc::clone(&kept.ordinals),
            None => Arc::new(self.arrange(roster)),
        };
        let shown = ordinals.iter().skip(skipped).take(per_page).filter_map(found).collect();
        let total = ordinals.len();
        self.arranged = Some(Arranged { roster: roster.clone(), changes, ordinals });
        (shown, total)
    }

    fn arrange(&self, roster: &Roster) -> Vec<u64> {
        let ages = self.people.by_age(roster.role);
        let mut contacts: Vec<&Arc<Contact>> = match &roster.among {
            Among::Everybody => ages.iter().filter_map(|(_, ordinal)| self.people.at(*ordinal)).collect(),
            Among::CreatedSince(seconds) => {
                ages.range((*seconds, 0)..).filter_map(|(_, ordinal)| self.people.at(*ordinal)).collect()
            }
            Among::Wearing(tag) => self.people.wearers(*tag).collect(),
            Among::Segment(id) => {
                self.segment(id).map(|segment| self.members_of_segment(segment, Some(roster.role))).unwrap_or_default()
            }
            Among::Company(id) => {
                self.people.members(id).iter().filter_map(|ordinal| self.people.at(*ordinal)).collect()
            }
        };
        contacts.retain(|contact| contact.is_active() && contact.role == roster.role);
        // Without a value a contact comes first in ascending order, last in descending order.
        contacts.sort_by_key(|contact| {
            let stamp = match roster.sort {
                RosterSort::Created => Some(contact.created_at),
                RosterSort::LastRequest => contact.last_seen_at,
                RosterSort::SignedUp => contact.signed_up_at,
                RosterSort::Updated => Some(contact.updated_at),
            };
            (stamp, contact.ordinal)
        });
        if !roster.ascending {
            contacts.reverse();
        }
        contacts.iter().map(|contact| contact.ordinal).collect()
    }
}
