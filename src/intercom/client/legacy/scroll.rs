//! Walking over everybody in the 1.x dialect.
//!
//! Lists end at 10,000 records, so everybody is read by scrolling: users first, leads next, a hundred at a time. A workspace
//! has one scroll; another one is waited for, since an unused one dies after a minute. A scroll cannot be resumed: when an
//! answer is lost the next one would begin a page too late, so nothing is sent twice and the scroll begins again. Whoever
//! reads the pages keeps each person once, by id.

use std::time::Duration;

use serde_json::Value;

use super::read::{PER_PAGE, WALL};
use crate::contact::Role;
use crate::intercom::client::Client;
use crate::intercom::client::read::unreadable;
use crate::intercom::client::send::Call;
use crate::intercom::dialect::legacy::resource;
use crate::intercom::retry::Repeat;
use crate::intercom::wire::{self, Malformed};
use crate::intercom::{Contact, ContactPage, Cursor, Error};

/// Times a scroll is begun again before it is given up.
const RESTARTS: u32 = 5;
/// How often, and how many times, it is asked whether another scroll has ended; together more than its minute.
const PAUSE: Duration = Duration::from_secs(10);
const PAUSES: u32 = 8;

/// Where a scroll stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Spot {
    role: Role,
    /// Pages read; makes every cursor different, since the parameter stays the same.
    page: u32,
    restarts: u32,
    /// Empty at the beginning.
    parameter: String,
}

impl Spot {
    fn beginning(role: Role) -> Self {
        Self { role, page: 0, restarts: 0, parameter: String::new() }
    }

    fn cursor(&self) -> Cursor {
        let role = if self.role == Role::Lead { "lead" } else { "user" };
        Cursor(format!("{role}:{}:{}:{}", self.page, self.restarts, self.parameter))
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, ':');
        let role = match parts.next()? {
            "lead" => Role::Lead,
            "user" => Role::User,
            _ => return None,
        };
        let (page, restarts) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(Self { role, page, restarts, parameter: parts.next()?.to_owned() })
    }
}

fn no_cursor() -> Error {
    unreadable(Malformed("place that this cursor names"))
}

impl Client {
    /// A page of everybody: users by scroll, then leads by scroll. The first and the last page count.
    pub(in crate::intercom::client) async fn legacy_list(&self, cursor: Option<&Cursor>) -> Result<ContactPage, Error> {
        let spot = match cursor {
            None => Spot::beginning(Role::User),
            Some(cursor) => Spot::read(&cursor.0).ok_or_else(no_cursor)?,
        };
        let role = spot.role;
        let (contacts, next) = self.scroll(spot).await?;
        let next = next.or_else(|| (role == Role::User).then(|| Spot::beginning(Role::Lead)));
        let counts = cursor.is_none() || next.is_none();
        let total_count = if counts { self.legacy_total().await? } else { None };
        Ok(ContactPage { contacts, total_count, next: next.map(|spot| spot.cursor()) })
    }

    /// A page of those who changed: leads cannot be sorted, so all of them come first; then users, newest change first,
    /// until they are too old. Behind the wall of the list users are scrolled over as well.
    pub(in crate::intercom::client) async fn legacy_changed_since(
        &self,
        seconds: i64,
        cursor: Option<&Cursor>,
    ) -> Result<ContactPage, Error> {
        let sorted = |page: u32| Cursor(format!("sorted:{page}"));
        let start = match cursor {
            None if self.legacy_count(Role::Lead).await? == Some(0) => sorted(1),
            None => Spot::beginning(Role::Lead).cursor(),
            Some(cursor) => cursor.clone(),
        };
        let Some(page) = start.0.strip_prefix("sorted:") else {
            let spot = Spot::read(&start.0).ok_or_else(no_cursor)?;
            let role = spot.role;
            let (contacts, next) = self.scroll(spot).await?;
            let next = next.map(|spot| spot.cursor()).or_else(|| (role == Role::Lead).then(|| sorted(1)));
            return Ok(ContactPage { contacts, total_count: None, next });
        };
        let page: u32 = page.parse().map_err(|_| no_cursor())?;
        if page.saturating_mul(PER_PAGE) > WALL {
            let next = Some(Spot::beginning(Role::User).cursor());
            return Ok(ContactPage { contacts: Vec::new(), total_count: None, next });
        }
        let newest_change = [("sort", "updated_at"), ("order", "desc")];
        let (contacts, more) = self.legacy_page(Role::User, &newest_change, page).await?;
        let older = contacts.last().is_none_or(|last| last.updated_at.is_some_and(|updated| updated < seconds));
        let next = (more && !older).then(|| sorted(page + 1));
        Ok(ContactPage { contacts, total_count: None, next })
    }

    /// The next page of a scroll, and where it goes on; nowhere at its end.
    async fn scroll(&self, mut spot: Spot) -> Result<(Vec<Contact>, Option<Spot>), Error> {
        let mut pauses = 0;
        let path = [resource(spot.role), "scroll"];
        let answer = loop {
            let mut call = Call { repeat: Repeat::Unsafe, ..Call::get(&path) };
            if !spot.parameter.is_empty() {
                call.query.push(("scroll_param", spot.parameter.clone()));
            }
            match self.send(call).await {
                Ok(answer) => break answer,
                Err(error) if is_taken(&error) && pauses < PAUSES => {
                    pauses += 1;
                    tracing::info!("another scroll is open in the workspace; waiting for its end");
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) if is_lost(&error, &spot) && spot.restarts < RESTARTS => {
                    tracing::info!("the scroll was lost and begins again: {error}");
                    spot = Spot { restarts: spot.restarts + 1, parameter: String::new(), ..spot };
                }
                Err(error) => return Err(error),
            }
        };
        let parameter = answer.get("scroll_param").and_then(Value::as_str).unwrap_or_default().to_owned();
        let people = wire::list(answer, resource(spot.role)).map_err(unreadable)?.items;
        let contacts = people.into_iter().map(|person| self.person(person)).collect::<Result<Vec<_>, _>>()?;
        let goes_on = !contacts.is_empty() && !parameter.is_empty();
        Ok((contacts, goes_on.then(|| Spot { page: spot.page + 1, parameter, ..spot })))
    }
}

/// Another scroll is open.
fn is_taken(error: &Error) -> bool {
    match error {
        Error::Refused { code, .. } | Error::Conflict { code, .. } => code == "scroll_exists",
        _ => false,
    }
}

/// The scroll has died, or moved on without us.
fn is_lost(error: &Error, spot: &Spot) -> bool {
    match error {
        Error::NotFound { .. } => !spot.parameter.is_empty(),
        Error::Server { .. } | Error::NoAnswer { .. } => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_spot_and_differs_from_page_to_page() {
        let spot = Spot { role: Role::Lead, page: 3, restarts: 1, parameter: "25b649f7-4d33:x".to_owned() };
        assert_eq!(Spot::read(&spot.cursor().0), Some(spot.clone()));
        assert_ne!(Spot { page: 4, ..spot.clone() }.cursor(), spot.cursor());
        assert_eq!(Spot::read(&Spot::beginning(Role::User).cursor().0), Some(Spot::beginning(Role::User)));
        assert_eq!(Spot::read("sorted:1"), None);
    }
}
