//! What carrying a plan out will cost and cause.
//!
//! Reads: two to begin (the token, the attributes); one for the before-image of each contact touched, and three more
//! (tags, companies, notes) for each that disappears; the notes of a contact before one is added. Writes: one for each
//! create, update, merge, archive and delete; one for each tag and company that must exist, once a run, and one for
//! each attachment. What is attached to a contact that is copied is estimated from its row.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::{Action, ActionBody, Attachment, Attribute, AttributeValue, NeededAttribute, StandardAttribute, Target};
use crate::contact::{IntercomId, Records};

/// Requests an app may send in ten seconds when the workspace says nothing else: 10,000 a minute, in windows of ten
/// seconds (Intercom's documentation on rate limiting).
pub const DEFAULT_WINDOW_LIMIT: u32 = 1_666;

/// Something a plan causes beyond its own writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideEffect {
    /// One sentence for the report.
    pub message: String,
    /// Contacts concerned; attributes, where it speaks of those.
    pub contacts: u64,
    /// Whether it cannot be taken back or reaches people outside. Plans that do not say are taken to mean it.
    #[serde(default = "yes")]
    pub grave: bool,
}

fn yes() -> bool {
    true
}

/// What carrying a plan out will cost and cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// Requests that read (freshness checks and before-images).
    pub reads: u64,
    /// Requests that write.
    pub writes: u64,
    /// Requests a 10-second window allows, as assumed.
    pub window_limit: u32,
    /// Seconds at that limit.
    pub seconds: u64,
    /// What else happens.
    pub side_effects: Vec<SideEffect>,
}

/// Adds up what the actions cost and cause.
pub(super) fn forecast(
    actions: &[Action],
    attributes: &[NeededAttribute],
    records: &dyn Records,
    window_limit: Option<u32>,
) -> Forecast {
    let window_limit = window_limit.filter(|limit| *limit > 0).unwrap_or(DEFAULT_WINDOW_LIMIT);
    let mut counting = Counting::default();
    let mut attached: FxHashMap<&IntercomId, u64> = actions
        .iter()
        .filter_map(|action| match &action.body {
            ActionBody::Attach { what: Attachment::EverythingOf { contact } } => Some((contact, 0)),
            _ => None,
        })
        .collect();
    for at in 0..if attached.is_empty() { 0 } else { records.count() } {
        let head = records.head(at).and_then(|record| record.id.clone());
        if let Some(things) = head.and_then(|id| attached.get_mut(&id))
            && let Some(record) = records.look(at)
        {
            *things = (record.tags.len() + record.companies.len() + record.notes.len()) as u64;
        }
    }
    for action in actions {
        counting.add(action, &attached);
    }
    let to_begin = if actions.is_empty() { 0 } else { 2 };
    let touched = counting.touched.len() as u64 + 3 * counting.gone.len() as u64;
    let reads = to_begin + touched + counting.note_reads + counting.copy_reads;
    let writes = counting.writes + (counting.tags.len() + counting.companies.len()) as u64;
    Forecast {
        reads,
        writes,
        window_limit,
        seconds: ((reads + writes) * 10).div_ceil(u64::from(window_limit)),
        side_effects: counting.side_effects(attributes),
    }
}

#[derive(Default)]
struct Counting<'a> {
    writes: u64,
    note_reads: u64,
    copy_reads: u64,
    touched: FxHashSet<&'a IntercomId>,
    gone: FxHashSet<&'a IntercomId>,
    tags: FxHashSet<&'a str>,
    companies: FxHashSet<&'a str>,
    created: u64,
    promoted: u64,
    merged: u64,
    archived: u64,
    deleted: u64,
    unsubscribed: u64,
}

impl<'a> Counting<'a> {
    fn add(&mut self, action: &'a Action, attached: &FxHashMap<&IntercomId, u64>) {
        if let Target::Existing(id) = &action.target {
            self.touched.insert(id);
        }
        let mut writes = 1;
        match &action.body {
            ActionBody::Create { .. } => self.created += 1,
            ActionBody::Update { changes } => {
                for change in changes.unpacked() {
                    match (&change.attribute, &change.after) {
                        (Attribute::Standard(StandardAttribute::Role), _) => self.promoted += 1,
                        (
                            Attribute::Standard(StandardAttribute::UnsubscribedFromEmails),
                            AttributeValue::Flag(true),
                        ) => self.unsubscribed += 1,
                        _ => {}
                    }
                }
            }
            ActionBody::Merge { from } => {
                self.touched.insert(from);
                self.gone.insert(from);
                self.merged += 1;
            }
            ActionBody::Archive { .. } | ActionBody::Delete { .. } => {
                if let Target::Existing(id) = &action.target {
                    self.gone.insert(id);
                }
                match action.body {
                    ActionBody::Delete { .. } => self.deleted += 1,
                    _ => self.archived += 1,
                }
            }
            ActionBody::Attach { what } => match what {
                Attachment::Tag { name } => {
                    self.tags.insert(name);
                }
                Attachment::Company { company_id, .. } => {
                    self.companies.insert(company_id);
                }
                Attachment::Note { .. } => {
                    self.note_reads += u64::from(matches!(action.target, Target::Existing(_)));
                }
                Attachment::EverythingOf { contact } => {
                    self.touched.insert(contact);
                    self.copy_reads += 1;
                    writes = attached.get(contact).copied().unwrap_or(0);
                }
            },
        }
        self.writes += writes;
    }

    fn side_effects(&self, attributes: &[NeededAttribute]) -> Vec<SideEffect> {
        let attributes = attributes.len() as u64;
        let (grave, mild) = (true, false);
        [
            (self.merged, grave, "merged leads disappear for good: Intercom cannot undo a merge"),
            (self.deleted, grave, "contacts are deleted for good, with their conversations"),
            (
                self.promoted,
                grave,
                "leads become users: they count as users for billing and match messages and rules for users",
            ),
            (
                self.created,
                grave,
                "new contacts are made: one that matches a live message or series is sent it at once",
            ),
            (
                self.unsubscribed,
                mild,
                "contacts are unsubscribed from e-mails, because a row of the same person opted out or cannot be reached",
            ),
            (
                self.archived,
                mild,
                "archived contacts leave lists and reports, with the closed conversations they have; `undo` brings them back",
            ),
            (attributes, mild, "custom attributes are written and must exist in the workspace before"),
        ]
        .into_iter()
        .filter(|(contacts, _, _)| *contacts > 0)
        .map(|(contacts, grave, message)| SideEffect { message: message.to_owned(), contacts, grave })
        .collect()
    }
}
