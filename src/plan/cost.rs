//! What actions cost and cause, counted group by group, so that nobody has to hold the actions of all groups to know it.
//!
//! No contact is touched by two groups, so what groups cost adds up; only tags, companies and attributes are shared, and each
//! of them is counted by its name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::calls::{Calls, touched};
use super::guard::changed;
use super::{
    Action, ActionBody, ActionKind, Attribute, AttributeValue, DEFAULT_WINDOW_LIMIT, Forecast, NeededAttribute,
    SideEffect, StandardAttribute,
};
use crate::contact::{IntercomId, Record, Records, Side};

/// What the actions of one group, or of many, cost and cause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    /// Actions of each kind, in the order of [`ActionKind::ALL`].
    kinds: [u64; ActionKind::ALL.len()],
    promoted: u64,
    unsubscribed: u64,
    calls: Calls,
    /// Actions that write each custom attribute.
    attributes: BTreeMap<String, u64>,
    /// Contacts made, written to or removed.
    pub(super) contacts: u64,
}

impl Cost {
    /// Counts one group. `contact` gives the first row of a contact, where there is one.
    pub(super) fn of_group<'r>(actions: &[Action], contact: &dyn Fn(&IntercomId) -> Option<Cow<'r, Record>>) -> Self {
        let mut cost = Self { calls: Calls::of_group(actions, contact), ..Self::default() };
        for action in actions {
            if let Some(kind) = cost.kinds.iter_mut().zip(ActionKind::ALL).find(|(_, kind)| *kind == action.kind()) {
                *kind.0 += 1;
            }
            cost.add_changes(&action.body);
        }
        cost.contacts = changed(actions);
        cost
    }

    /// Counts the groups of a whole plan.
    pub(super) fn of_plan(actions: &[Action], records: &dyn Records) -> Self {
        let mut rows: FxHashMap<&IntercomId, u32> = actions.iter().flat_map(touched).map(|id| (id, u32::MAX)).collect();
        for at in 0..if rows.is_empty() { 0 } else { records.count() } {
            let Some(head) = records.head(at).filter(|head| head.side == Side::Existing) else { continue };
            if let (Some(slot), Ok(row)) = (head.id.as_ref().and_then(|id| rows.get_mut(id)), u32::try_from(at)) {
                *slot = (*slot).min(row);
            }
        }
        let contact = |id: &IntercomId| rows.get(id).and_then(|row| records.look(usize::try_from(*row).ok()?));
        let mut cost = Self::default();
        for group in actions.chunk_by(|one, other| one.group == other.group) {
            cost.add(Self::of_group(group, &contact));
        }
        cost
    }

    /// Adds what other groups cost.
    pub(super) fn add(&mut self, other: Self) {
        let Self { kinds, promoted, unsubscribed, calls, attributes, contacts } = other;
        self.kinds.iter_mut().zip(kinds).for_each(|(own, other)| *own += other);
        self.promoted += promoted;
        self.unsubscribed += unsubscribed;
        self.calls.reads += calls.reads;
        self.calls.writes += calls.writes;
        self.calls.names.extend(calls.names);
        for (name, actions) in attributes {
            *self.attributes.entry(name).or_default() += actions;
        }
        self.contacts += contacts;
    }

    /// Actions of a kind.
    pub(super) fn of_kind(&self, kind: ActionKind) -> u64 {
        self.kinds.iter().zip(ActionKind::ALL).find(|(_, known)| *known == kind).map_or(0, |(count, _)| *count)
    }

    /// Actions of all kinds.
    pub(super) fn actions(&self) -> u64 {
        self.kinds.iter().sum()
    }

    /// The custom attributes that are written, by name.
    pub(super) fn needed(&self) -> Vec<NeededAttribute> {
        let needed = self.attributes.iter();
        needed.map(|(name, actions)| NeededAttribute { name: name.clone(), actions: *actions }).collect()
    }

    /// What carrying it out will cost and cause.
    pub(super) fn forecast(&self, window_limit: Option<u32>) -> Forecast {
        let window_limit = window_limit.filter(|limit| *limit > 0).unwrap_or(DEFAULT_WINDOW_LIMIT);
        // To begin: the token and, where custom attributes are written, their list
        let once = if self.actions() == 0 { 0 } else { 1 + u64::from(!self.attributes.is_empty()) };
        let (reads, writes) = (once + self.calls.reads, self.calls.writes + self.calls.names.len() as u64);
        Forecast {
            reads,
            writes,
            window_limit,
            seconds: ((reads + writes) * 10).div_ceil(u64::from(window_limit)),
            side_effects: self.side_effects(),
        }
    }

    fn add_changes(&mut self, body: &ActionBody) {
        let changes = match body {
            ActionBody::Create { values, .. } => values,
            ActionBody::Update { changes } => changes,
            _ => return,
        };
        let is_update = matches!(body, ActionBody::Update { .. });
        for change in changes.unpacked() {
            match (change.attribute, change.after) {
                (Attribute::Custom(name), _) => *self.attributes.entry(name).or_default() += 1,
                (Attribute::Standard(StandardAttribute::Role), _) if is_update => self.promoted += 1,
                (Attribute::Standard(StandardAttribute::UnsubscribedFromEmails), AttributeValue::Flag(true))
                    if is_update =>
                {
                    self.unsubscribed += 1;
                }
                _ => {}
            }
        }
    }

    fn side_effects(&self) -> Vec<SideEffect> {
        let (grave, mild) = (true, false);
        [
            (
                self.of_kind(ActionKind::Merge),
                grave,
                "merged leads disappear for good: Intercom cannot undo a merge",
            ),
            (
                self.of_kind(ActionKind::Delete),
                grave,
                "contacts are deleted for good, with their conversations",
            ),
            (
                self.promoted,
                grave,
                "leads become users: they count as users for billing and match messages and rules for users",
            ),
            (
                self.of_kind(ActionKind::Create),
                grave,
                "new contacts are made: one that matches a live message or series is sent it at once",
            ),
            (
                self.unsubscribed,
                mild,
                "contacts are unsubscribed from e-mails, because a row of the same person opted out or cannot be reached",
            ),
            (
                self.of_kind(ActionKind::Archive),
                mild,
                "archived contacts leave lists and reports, with the closed conversations they have; `undo` brings them back",
            ),
            (
                self.attributes.len() as u64,
                mild,
                "custom attributes are written and must exist in the workspace before",
            ),
        ]
        .into_iter()
        .filter(|(contacts, _, _)| *contacts > 0)
        .map(|(contacts, grave, message)| SideEffect { message: message.to_owned(), contacts, grave })
        .collect()
    }
}
