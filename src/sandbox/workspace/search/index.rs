//! What search can see: images of the contacts as they were some time ago.
//!
//! Intercom says that a new contact may take minutes to appear in search; changes lag as well. Each change is offered
//! with the moment it becomes visible. An image is shared with the workspace until the contact changes.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use super::query::{Comparable, Fields, Operator, Query};
use super::sort::Sort;
use crate::sandbox::clock::Moment;
use crate::sandbox::workspace::contact::{Contact, email_key};

#[derive(Debug)]
struct Pending {
    due_millis: i64,
    ordinal: u64,
    image: Option<Arc<Contact>>,
}

/// The lagging index.
#[derive(Debug, Default)]
pub(crate) struct SearchIndex {
    lag_millis: i64,
    pending: VecDeque<Pending>,
    images: BTreeMap<u64, Arc<Contact>>,
    by_id: HashMap<String, u64>,
    by_email: HashMap<String, BTreeSet<u64>>,
    by_external_id: HashMap<String, BTreeSet<u64>>,
    /// Counts changes of what is visible, so that an answer can be kept while nothing changes.
    generation: u64,
    latest: Option<Answer>,
}

#[derive(Debug)]
struct Answer {
    generation: u64,
    query: Query,
    sort: Sort,
    ordinals: Arc<Vec<u64>>,
}

impl SearchIndex {
    pub(crate) fn with_lag(lag_millis: i64) -> Self {
        Self { lag_millis: lag_millis.max(0), ..Self::default() }
    }

    /// Announces the contact's new state, to be seen after the lag.
    pub(crate) fn offer(&mut self, now: Moment, contact: &Arc<Contact>) {
        let image = contact.is_active().then(|| Arc::clone(contact));
        self.schedule(now, contact.ordinal, image);
    }

    /// Announces that the contact is gone.
    pub(crate) fn offer_removal(&mut self, now: Moment, ordinal: u64) {
        self.schedule(now, ordinal, None);
    }

    fn schedule(&mut self, now: Moment, ordinal: u64, image: Option<Arc<Contact>>) {
        let due_millis = now.millis.saturating_add(self.lag_millis);
        self.pending.push_back(Pending { due_millis, ordinal, image });
        // Without a lag nothing waits for the next search, so an idle workspace holds no second copies.
        if self.lag_millis == 0 {
            self.settle(now);
        }
    }

    /// Makes visible what is due.
    fn settle(&mut self, now: Moment) {
        while self.pending.front().is_some_and(|change| change.due_millis <= now.millis) {
            if let Some(change) = self.pending.pop_front() {
                self.show(change.ordinal, change.image);
            }
        }
    }

    /// Makes one state visible at once, as for contacts that have been there all along.
    pub(crate) fn show(&mut self, ordinal: u64, image: Option<Arc<Contact>>) {
        self.generation += 1;
        if let Some(old) = self.images.remove(&ordinal) {
            self.by_id.remove(&old.id);
            for (index, key) in [
                (&mut self.by_email, old.email.as_deref().map(email_key)),
                (&mut self.by_external_id, old.external_id.as_deref().map(str::to_lowercase)),
            ] {
                if let Some(key) = key
                    && let Some(ordinals) = index.get_mut(&key)
                {
                    ordinals.remove(&ordinal);
                    if ordinals.is_empty() {
                        index.remove(&key);
                    }
                }
            }
        }
        if let Some(new) = image {
            self.by_id.insert(new.id.clone(), ordinal);
            if let Some(email) = &new.email {
                self.by_email.entry(email_key(email)).or_default().insert(ordinal);
            }
            if let Some(external_id) = &new.external_id {
                self.by_external_id.entry(external_id.to_lowercase()).or_default().insert(ordinal);
            }
            self.images.insert(ordinal, new);
        }
    }

    /// The ordinals of all matching contacts, sorted.
    pub(crate) fn find(&mut self, now: Moment, query: &Query, sort: &Sort, fields: &Fields<'_>) -> Arc<Vec<u64>> {
        self.settle(now);
        if let Some(answer) = &self.latest
            && answer.generation == self.generation
            && answer.query == *query
            && answer.sort == *sort
        {
            return Arc::clone(&answer.ordinals);
        }
        let mut found: Vec<&Arc<Contact>> = match self.candidates(query) {
            Some(ordinals) => ordinals
                .iter()
                .filter_map(|ordinal| self.images.get(ordinal))
                .filter(|contact| query.matches(contact, fields))
                .collect(),
            None => self.images.values().filter(|contact| query.matches(contact, fields)).collect(),
        };
        sort.arrange(&mut found, fields);
        let ordinals: Arc<Vec<u64>> = Arc::new(found.iter().map(|contact| contact.ordinal).collect());
        let kept = Arc::clone(&ordinals);
        self.latest = Some(Answer { generation: self.generation, query: query.clone(), sort: sort.clone(), ordinals });
        kept
    }

    pub(crate) fn image(&self, ordinal: u64) -> Option<&Arc<Contact>> {
        self.images.get(&ordinal)
    }

    /// A superset of the answer taken from an index; `None` when only a scan can tell.
    fn candidates(&self, query: &Query) -> Option<BTreeSet<u64>> {
        match query {
            Query::One(filter) => {
                if !matches!(filter.operator, Operator::Equal | Operator::In) {
                    return None;
                }
                let mut found = BTreeSet::new();
                for value in &filter.values {
                    let Some(Comparable::Text(key)) = value else { return None };
                    match filter.field.as_str() {
                        "id" => found.extend(self.by_id.get(key)),
                        "email" => found.extend(self.by_email.get(key).into_iter().flatten()),
                        "external_id" => found.extend(self.by_external_id.get(key).into_iter().flatten()),
                        _ => return None,
                    }
                }
                Some(found)
            }
            Query::All(members) => {
                members.iter().filter_map(|member| self.candidates(member)).min_by_key(BTreeSet::len)
            }
            Query::Any(members) => members.iter().try_fold(BTreeSet::new(), |mut found, member| {
                found.extend(self.candidates(member)?);
                Some(found)
            }),
        }
    }
}
