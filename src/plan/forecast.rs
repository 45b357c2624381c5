//! What carrying a plan out will cost and cause. What it costs is counted by [`Calls`].

use serde::{Deserialize, Serialize};

use super::calls::Calls;
use super::{Action, ActionBody, Attribute, AttributeValue, NeededAttribute, StandardAttribute};
use crate::contact::Records;

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
    for action in actions {
        counting.add(action);
    }
    let Calls { reads, writes } = Calls::of(actions, attributes, records);
    Forecast {
        reads,
        writes,
        window_limit,
        seconds: ((reads + writes) * 10).div_ceil(u64::from(window_limit)),
        side_effects: counting.side_effects(attributes),
    }
}

#[derive(Default)]
struct Counting {
    created: u64,
    promoted: u64,
    merged: u64,
    archived: u64,
    deleted: u64,
    unsubscribed: u64,
}

impl Counting {
    fn add(&mut self, action: &Action) {
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
            ActionBody::Merge { .. } => self.merged += 1,
            ActionBody::Archive { .. } => self.archived += 1,
            ActionBody::Delete { .. } => self.deleted += 1,
            ActionBody::Attach { .. } => {}
        }
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
