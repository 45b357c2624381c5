//! The answer to a create was lost: was the contact made?
//!
//! Search lags behind writes, by minutes at worst, so "not found" is believed only when the patience is over. What is
//! found counts only if it has every value that was sent, is not older than the request, and is known from nowhere else.

use std::time::Duration;

use serde_json::Value;

use super::create::Wanted;
use super::freshness::has_all;
use super::group::{GroupRun, Job, Setback};
use super::scribe::{Claim, Claimed};
use super::session::Trouble;
use super::value::{current, role_name, same};
use crate::contact::{IntercomId, Timestamp};
use crate::intercom::{Contact, SearchFilter, SearchOperator, SearchQuery, WriteWorkspace};
use crate::plan::{Attribute, StandardAttribute};

/// What looking brought to light.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The contact was made.
    Made(IntercomId),
    /// It was not.
    Nothing,
}

/// The server's clock may be this far behind ours.
const CLOCK_TOLERANCE_SECONDS: i64 = 60;

/// Searches by date go by whole days in the workspace's time zone, so they begin two days early and the time is checked
/// here.
const DAYS_EARLIER_SECONDS: i64 = 2 * 86_400;

/// Pages of 150 contacts looked through before the search is given up as too wide.
const MOST_PAGES: usize = 20;

/// The narrowest search that must find the contact.
pub(super) fn query(wanted: &Wanted, since: Timestamp) -> SearchQuery {
    let filter = |field: &str, operator, value: Value| SearchFilter { field: field.to_owned(), operator, value };
    let key = [StandardAttribute::Email, StandardAttribute::Phone, StandardAttribute::Name]
        .into_iter()
        .find_map(|attribute| Some(filter(attribute.name(), SearchOperator::Equals, wanted.value(attribute)?.clone())));
    let mut all_of = vec![
        filter("role", SearchOperator::Equals, role_name(wanted.role).into()),
        filter("created_at", SearchOperator::GreaterThan, (since.0 - DAYS_EARLIER_SECONDS).into()),
    ];
    all_of.extend(key);
    SearchQuery { all_of }
}

/// The search by the mark of the row, which no other contact has.
fn query_by_mark((name, mark): (&str, &Value)) -> SearchQuery {
    let field = format!("custom_attributes.{name}");
    SearchQuery { all_of: vec![SearchFilter { field, operator: SearchOperator::Equals, value: mark.clone() }] }
}

/// Whether a contact is of the kind that was made, and not older than the request.
fn is_new(contact: &Contact, wanted: &Wanted, since: Timestamp) -> bool {
    contact.role == wanted.role
        && contact.created_at.is_some_and(|created_at| created_at >= since.0 - CLOCK_TOLERANCE_SECONDS)
}

/// Whether a contact can be the one a create sent at `since` made.
pub(super) fn fits(contact: &Contact, wanted: &Wanted, since: Timestamp) -> bool {
    is_new(contact, wanted, since) && has_all(contact, &wanted.values)
}

/// How long to wait before the next look: 2, 4, 8, 15, 15… s, but not beyond the end of the patience.
fn next_look(looks: u32, left: Duration) -> Duration {
    Duration::from_secs(2 << looks.min(3)).min(Duration::from_secs(15)).min(left.max(Duration::from_secs(1)))
}

impl<W: WriteWorkspace> GroupRun<'_, '_, W> {
    /// Looks for the contact the unsettled attempts of a create may have made, with patience, while others work.
    pub(super) async fn search_for_created(
        &mut self,
        job: &Job,
        wanted: &Wanted,
        values: &str,
    ) -> Result<Found, Setback> {
        let now = self.session.now();
        let since = job.begun_at.unwrap_or(now);
        let asked_last = job.unsettled.iter().map(|doubt| doubt.last_sign).max().unwrap_or(now);
        let patience = i64::try_from(self.session.options.search_patience.as_secs()).unwrap_or(i64::MAX);
        let deadline = Timestamp(asked_last.0.saturating_add(patience));
        let mut looks = 0;
        loop {
            // Whether the patience is over is asked before the search, so that the last search began after it
            let patience_is_over = self.session.now() >= deadline;
            match self.look(wanted, since).await {
                // A contact that another create of the same values is just making may be among them: look again
                Ok(_) if self.session.equals.counts(values).under_way > 0 => {}
                Ok(contacts) => {
                    let at_most = self.session.equals.counts(values).in_doubt;
                    let claim = Claim { action: job.action, contacts, at_most };
                    match self.session.scribe.claim(claim).await? {
                        Claimed::Took(contact) => return Ok(Found::Made(contact)),
                        Claimed::Nothing if patience_is_over => return Ok(Found::Nothing),
                        Claimed::Nothing => {}
                        Claimed::TooMany(several) => return Err(too_many(&several)),
                    }
                }
                Err(Setback::Failed(message)) if patience_is_over => {
                    return Err(Setback::Unknown(format!(
                        "the answer to the create was lost, and the workspace cannot be searched for it ({message}); \
                         apply again later"
                    )));
                }
                Err(Setback::Failed(_)) => {}
                Err(setback) => return Err(setback),
            }
            let left = deadline.0.saturating_sub(self.session.now().0);
            let wait = next_look(looks, Duration::from_secs(u64::try_from(left).unwrap_or(0)));
            looks += 1;
            let session = self.session;
            self.aside(session.sleep(wait)).await??;
        }
    }

    /// The contacts that fit, oldest first: by the mark of the row, where it has one and the workspace can search for it,
    /// whatever else the contact has by now; else by all its values.
    async fn look(&self, wanted: &Wanted, since: Timestamp) -> Result<Vec<IntercomId>, Setback> {
        if let Some(mark) = wanted.mark(self.session.mark) {
            let attribute = Attribute::Custom(mark.0.to_owned());
            let marked = |contact: &Contact| same(&attribute, current(contact, &attribute).as_ref(), Some(mark.1));
            match self.search(&query_by_mark(mark), marked).await {
                Ok(found) => match found.iter().find(|contact| !is_new(contact, wanted, since)) {
                    Some(other) => return Err(went_into(&other.id)),
                    None => return Ok(found.into_iter().map(|contact| contact.id).collect()),
                },
                // The legacy dialect searches for no custom attribute
                Err(Setback::Failed(_)) => {}
                Err(setback) => return Err(setback),
            }
        }
        let found = self.search(&query(wanted, since), |contact| fits(contact, wanted, since)).await?;
        Ok(found.into_iter().map(|contact| contact.id).collect())
    }

    /// One search through all its pages: the contacts wanted, oldest first.
    async fn search(&self, query: &SearchQuery, wanted: impl Fn(&Contact) -> bool) -> Result<Vec<Contact>, Setback> {
        let session = self.session;
        let workspace = session.workspace;
        let mut found: Vec<Contact> = Vec::new();
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let page =
                session.read(|| workspace.search(query, cursor.as_ref())).await.map_err(|trouble| match trouble {
                    Trouble::Halted => Setback::Halted,
                    Trouble::Absent { message, .. }
                    | Trouble::Conflict { message, .. }
                    | Trouble::Refused(message)
                    | Trouble::InDoubt { message, .. } => Setback::Failed(message),
                })?;
            found.extend(page.contacts.into_iter().filter(|contact| wanted(contact)));
            match page.next {
                Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
                _ => {
                    found.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
                    found.dedup_by(|one, other| one.id == other.id);
                    return Ok(found);
                }
            }
        }
        Err(Setback::Failed("too many contacts to look through".to_owned()))
    }
}

/// The row's mark is on a contact that is older than the create: somebody merged the new one into it.
fn went_into(contact: &IntercomId) -> Setback {
    let id = &contact.0;
    Setback::Unknown(format!(
        "the answer to the create was lost, and the row's mark is on {id}, which is older: somebody merged the new contact \
         into it; nothing is left to do if that was right"
    ))
}

fn too_many(contacts: &[IntercomId]) -> Setback {
    let ids = contacts.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(", ");
    Setback::Unknown(format!("the answer to the create was lost, and several contacts fit: {ids}; keep one of them"))
}
