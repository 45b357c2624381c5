//! Scrolling: everything of one kind, a hundred at a time, one scroll per workspace.
//!
//! Rules as documented for users, leads and companies: only one scroll can be open; it ends when it is not used for a
//! minute or has handed out an empty page; what it has handed out it does not repeat. It shows what was there when it
//! began, less what has gone since. The same parameter serves for the whole scroll.

use std::sync::Arc;

use super::anonymous;
use super::company::Company;
use super::contact::{Contact, Role};
use super::people::Age;
use super::refusal::Refusal;
use super::state::Workspace;
use crate::sandbox::clock::Moment;

/// Things in one answer.
const SCROLL_PAGE: usize = 100;
/// How long a scroll waits for its next request.
const LIFE_MILLIS: i64 = 60_000;

/// What is scrolled over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scrolled {
    People(Role),
    Companies,
}

/// The open scroll.
#[derive(Debug, Clone)]
pub(crate) struct Scroll {
    parameter: String,
    over: Scrolled,
    /// Where the last page ended.
    after: Age,
    /// What was made later than this is left out.
    last_ordinal: u64,
    used_millis: i64,
}

impl Workspace {
    /// The next leads or users, and the parameter for those after them.
    pub(crate) fn scroll_people(
        &mut self,
        now: Moment,
        role: Role,
        parameter: Option<&str>,
    ) -> Result<(String, Vec<Arc<Contact>>), Refusal> {
        let last_ordinal = self.people.all().next_back().map_or(0, |contact| contact.ordinal);
        let scroll = self.take_scroll(now, Scrolled::People(role), parameter, last_ordinal)?;
        let ages = self.people.by_age(role);
        let rest = ages.range((std::ops::Bound::Excluded(scroll.after), std::ops::Bound::Unbounded));
        let page: Vec<Age> =
            rest.filter(|(_, ordinal)| *ordinal <= scroll.last_ordinal).take(SCROLL_PAGE).copied().collect();
        let contacts = page.iter().filter_map(|(_, ordinal)| self.people.at(*ordinal)).map(Arc::clone).collect();
        Ok((self.keep_scroll(scroll, page.last().copied()), contacts))
    }

    /// The next companies, and the parameter for those after them.
    pub(crate) fn scroll_companies(
        &mut self,
        now: Moment,
        parameter: Option<&str>,
    ) -> Result<(String, Vec<Company>), Refusal> {
        let scroll = self.take_scroll(now, Scrolled::Companies, parameter, self.companies.last_ordinal())?;
        let rest = self.companies.after(scroll.after.1);
        let page: Vec<(u64, Company)> = rest
            .filter(|(ordinal, _)| *ordinal <= scroll.last_ordinal)
            .take(SCROLL_PAGE)
            .map(|(ordinal, company)| (ordinal, company.clone()))
            .collect();
        let end = page.last().map(|(ordinal, _)| (0, *ordinal));
        Ok((self.keep_scroll(scroll, end), page.into_iter().map(|(_, company)| company).collect()))
    }

    /// Opens a scroll, or goes on with the one that is named.
    fn take_scroll(
        &mut self,
        now: Moment,
        over: Scrolled,
        parameter: Option<&str>,
        last_ordinal: u64,
    ) -> Result<Scroll, Refusal> {
        let open = self.scroll.take_if(|open| now.millis.saturating_sub(open.used_millis) >= LIFE_MILLIS);
        drop(open);
        match (parameter.filter(|parameter| !parameter.is_empty()), &self.scroll) {
            (None, Some(_)) => Err(Refusal::new(400, "scroll_exists", "scroll already exists for this app")),
            (None, None) => {
                let parameter = anonymous::user_id(&self.new_id(now));
                Ok(Scroll { parameter, over, after: (i64::MIN, 0), last_ordinal, used_millis: now.millis })
            }
            (Some(wanted), Some(open)) if open.parameter == wanted && open.over == over => {
                Ok(Scroll { used_millis: now.millis, ..open.clone() })
            }
            (Some(_), _) => Err(Refusal::new(404, "not_found", "scroll parameter not found")),
        }
    }

    /// Remembers where a page ended; an empty one closes the scroll.
    fn keep_scroll(&mut self, scroll: Scroll, end: Option<Age>) -> String {
        let parameter = scroll.parameter.clone();
        self.scroll = end.map(|after| Scroll { after, ..scroll });
        parameter
    }
}
