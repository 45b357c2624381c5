//! The state itself: who the workspace is, what it keeps, how contacts are listed and searched.
//!
//! What may be done to it is in the files beside this one, each an `impl Workspace` of its own.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::attribute::Attributes;
use super::bulk::BulkJobs;
use super::change::{Change, OwnerForm};
use super::company::Companies;
use super::contact::Contact;
use super::conversation::Conversations;
use super::event::Events;
use super::hook::Hooks;
use super::job::Jobs;
use super::message::Message;
use super::note::Notes;
use super::page::{Cursor, Page};
use super::people::People;
use super::refusal::Refusal;
use super::roster::Arranged;
use super::scroll::Scroll;
use super::search::{Fields, Query, SearchIndex, Sort, Stamps};
use super::segment::Segment;
use super::subscription::{self, SubscriptionType};
use super::tag::Tags;
use super::visitor::Visitors;
use crate::sandbox::clock::Moment;

/// A teammate of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Admin {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) email: String,
}

/// Teammates who share an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Team {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) admins: Vec<u64>,
}

/// Who the workspace is.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) id_code: String,
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) timezone: String,
    pub(crate) created_at: i64,
}

/// Everything a pretend Intercom remembers.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) identity: Identity,
    pub(crate) admins: Vec<Admin>,
    pub(crate) attributes: Attributes,
    pub(crate) tags: Tags,
    pub(crate) companies: Companies,
    pub(crate) notes: Notes,
    pub(crate) subscription_types: Vec<SubscriptionType>,
    pub(crate) conversations: Conversations,
    pub(crate) visitors: Visitors,
    pub(crate) jobs: Jobs,
    pub(crate) bulk_jobs: BulkJobs,
    pub(crate) events: Events,
    pub(crate) segments: Vec<Segment>,
    pub(crate) hooks: Hooks,
    /// Messages from teammates, in order.
    pub(crate) messages: Vec<Message>,
    pub(crate) teams: Vec<Team>,
    /// Ids of contacts deleted for good, in order.
    pub(crate) deleted: Vec<String>,
    zone: TimeZone,
    pub(super) people: People,
    pub(super) search: SearchIndex,
    pub(super) scroll: Option<Scroll>,
    pub(super) arranged: Option<Arranged>,
    /// Requests for deletion of the 1.x dialect so far.
    pub(super) deletions_requested: u64,
    objects_made: u64,
}

impl Workspace {
    pub(crate) fn new(identity: Identity, zone: TimeZone, search_lag_millis: i64) -> Self {
        let admin = |id, first: &str| Admin {
            id,
            name: format!("{first} Sandbox"),
            email: format!("{}@sandbox.example", first.to_lowercase()),
        };
        Self {
            identity,
            admins: vec![admin(991_267_001, "Ada"), admin(991_267_002, "Grace"), admin(991_267_003, "Edsger")],
            attributes: Attributes::default(),
            tags: Tags::default(),
            companies: Companies::default(),
            notes: Notes::default(),
            subscription_types: subscription::shipped(),
            conversations: Conversations::default(),
            visitors: Visitors::default(),
            jobs: Jobs::default(),
            bulk_jobs: BulkJobs::default(),
            events: Events::default(),
            segments: Vec::new(),
            hooks: Hooks::default(),
            messages: Vec::new(),
            teams: vec![
                Team { id: 814_860, name: "Support", admins: vec![991_267_001, 991_267_002] },
                Team { id: 814_865, name: "Sales", admins: vec![991_267_003] },
            ],
            deleted: Vec::new(),
            zone,
            people: People::default(),
            search: SearchIndex::with_lag(search_lag_millis),
            scroll: None,
            arranged: None,
            deletions_requested: 0,
            objects_made: 0,
        }
    }

    /// A new 24-hex id: creation time, this workspace, a counter, as in Intercom's ids.
    pub(super) fn new_id(&mut self, now: Moment) -> String {
        loop {
            self.objects_made += 1;
            let seconds = u32::try_from(now.seconds()).unwrap_or(0);
            let id = format!("{seconds:08x}{:010x}{:06x}", 0x5a_5d_b0_0c_01_u64, self.objects_made & 0x00ff_ffff);
            if !self.people.knows(&id) {
                return id;
            }
        }
    }

    pub(crate) fn admin(&self, id: u64) -> Option<&Admin> {
        self.admins.iter().find(|admin| admin.id == id)
    }

    /// The teammate whose token is used: the first one.
    pub(crate) fn token_admin(&self) -> Option<&Admin> {
        self.admins.first()
    }

    /// Reads a create or update body of either dialect, already in modern field names.
    pub(crate) fn read_change(&self, body: &Map<String, Value>, form: OwnerForm) -> Result<Change, Refusal> {
        Change::read(body, &self.attributes, form, |id| self.admin(id).is_some())
    }

    /// Every contact ever kept, archived and merged ones included.
    pub(crate) fn contacts(&self) -> impl Iterator<Item = &Arc<Contact>> {
        self.people.all()
    }

    pub(crate) fn contact(&self, id: &str) -> Option<&Arc<Contact>> {
        self.people.get(id)
    }

    /// A contact that can be worked on: neither archived, blocked, merged nor unknown.
    pub(crate) fn active(&self, id: &str) -> Result<&Arc<Contact>, Refusal> {
        self.people.get(id).filter(|contact| contact.is_active()).ok_or_else(Refusal::contact_not_found)
    }

    pub(crate) fn user_by_external_id(&self, external_id: &str) -> Option<&Arc<Contact>> {
        self.people.user_by_external_id(external_id).filter(|contact| contact.is_active())
    }

    /// One page of all active contacts, oldest first.
    pub(crate) fn list(&self, cursor: Cursor, per_page: usize) -> Page<Arc<Contact>> {
        let mut items: Vec<Arc<Contact>> =
            self.people.active_after(cursor.after).take(per_page + 1).map(Arc::clone).collect();
        let more = items.len() > per_page;
        items.truncate(per_page);
        let next = items.last().filter(|_| more).map(|last| Cursor { after: last.ordinal, page: cursor.page + 1 });
        Page { items, number: cursor.page, per_page, total: self.people.active_count(), next }
    }

    /// One page of what search can see at this moment.
    pub(crate) fn search(
        &mut self,
        now: Moment,
        query: &Value,
        stamps: Stamps,
        sort: Option<&Value>,
        cursor: Cursor,
        per_page: usize,
    ) -> Result<Page<Arc<Contact>>, Refusal> {
        let fields = Fields { attributes: &self.attributes, zone: &self.zone, stamps };
        let query = Query::read(query, &fields)?;
        let sort = Sort::read(sort)?;
        let found = self.search.find(now, &query, &sort, &fields);
        let start = if cursor.after == 0 {
            0
        } else {
            // Usually the page number says where the cursor is. A contact that left the result since is skipped by page
            // arithmetic, as well as can be.
            let expected = cursor.page.saturating_sub(1).saturating_mul(per_page);
            if expected.checked_sub(1).and_then(|place| found.get(place)) == Some(&cursor.after) {
                expected
            } else {
                let seen = found.iter().position(|ordinal| *ordinal == cursor.after);
                seen.map_or_else(|| found.len().min(expected), |place| place + 1)
            }
        };
        let page: Vec<u64> = found.iter().skip(start).take(per_page).copied().collect();
        let next = page
            .last()
            .filter(|_| start + page.len() < found.len())
            .map(|last| Cursor { after: *last, page: cursor.page + 1 });
        let items = page.iter().filter_map(|ordinal| self.search.image(*ordinal)).map(Arc::clone).collect();
        Ok(Page { items, number: cursor.page, per_page, total: found.len(), next })
    }

    /// Changes a contact, stamps it and lets search know. `None` when there is no such contact.
    pub(super) fn touch(&mut self, now: Moment, id: &str, edit: impl FnOnce(&mut Contact)) -> Option<Arc<Contact>> {
        let changed = self.people.change(id, |contact| {
            edit(contact);
            contact.updated_at = contact.updated_at.max(now.seconds());
        })?;
        self.search.offer(now, &changed);
        Some(changed)
    }
}
