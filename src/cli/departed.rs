//! Which contacts went away from a large workspace, found with few requests.
//!
//! The server says how many contacts there are, and no call lists those that were archived, merged or deleted. But a contact
//! never changes the day it was created on. So the contacts of a span of days are counted, the span is halved where the
//! server has fewer than the mirror holds, and its contacts are listed once they fit on a page. Searches compare whole days
//! of the workspace's zone, or seconds in newer versions of the API; the bounds asked for mean the same to both.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use jiff::tz::TimeZone;

use crate::contact::IntercomId;
use crate::intercom::{Error, Me, ReadWorkspace, SearchFilter, SearchOperator, SearchQuery};

/// Contacts on one page of a search.
pub(super) const PAGE: u64 = 150;

/// One day of the workspace.
struct Day {
    /// Its first second.
    begins: i64,
    /// The first second of the next one.
    ends: i64,
    created: Vec<IntercomId>,
}

/// The contacts by the day they were created; `None` where that is not known of every one.
fn days(contacts: Vec<(IntercomId, Option<i64>)>, zone: &TimeZone) -> Option<Vec<Day>> {
    let mut days: BTreeMap<i64, Day> = BTreeMap::new();
    for (id, created_at) in contacts {
        let at = jiff::Timestamp::from_second(created_at?).ok()?.to_zoned(zone.clone());
        let begins = at.start_of_day().ok()?.timestamp().as_second();
        let ends = at.tomorrow().ok()?.start_of_day().ok()?.timestamp().as_second();
        days.entry(begins).or_insert_with(|| Day { begins, ends, created: Vec::new() }).created.push(id);
    }
    Some(days.into_values().collect())
}

fn known(days: &[Day]) -> u64 {
    days.iter().map(|day| day.created.len() as u64).sum()
}

/// Contacts created on these days.
fn created_on(days: &[Day]) -> Option<SearchQuery> {
    let filter = |operator, value: i64| SearchFilter { field: "created_at".to_owned(), operator, value: value.into() };
    let (first, last) = (days.first()?, days.last()?);
    let since = filter(SearchOperator::GreaterThan, first.begins.saturating_sub(1));
    Some(SearchQuery { all_of: vec![since, filter(SearchOperator::LessThan, last.ends)] })
}

/// The place that divides the contacts of a span into halves, a whole day on each side at least.
fn middle(days: &[Day], span: &Range<usize>) -> usize {
    let half = known(days.get(span.clone()).unwrap_or_default()) / 2;
    let mut before = 0;
    let place = days.get(span.clone()).unwrap_or_default().iter().position(|day| {
        before += day.created.len() as u64;
        before >= half
    });
    (span.start + place.unwrap_or(0) + 1).clamp(span.start + 1, span.end.saturating_sub(1).max(span.start + 1))
}

/// Those of the mirror's `contacts`, with the time each was created, that the server has no more. `too_many` is how many
/// fewer it counts. `None` when `most` requests do not tell.
pub(super) async fn missing<R: ReadWorkspace>(
    client: &R,
    me: &Me,
    contacts: Vec<(IntercomId, Option<i64>)>,
    too_many: u64,
    most: u64,
) -> Result<Option<Vec<IntercomId>>, Error> {
    let zone = TimeZone::get(&me.timezone).unwrap_or(TimeZone::UTC);
    let Some(days) = days(contacts, &zone) else { return Ok(None) };
    let mut spans = vec![(0..days.len(), too_many)];
    let (mut requests, mut missing) = (0, Vec::new());
    while let Some((span, fewer)) = spans.pop() {
        let here = days.get(span.clone()).unwrap_or_default();
        if known(here).saturating_sub(fewer) <= PAGE || span.len() == 1 {
            let Some(query) = created_on(here) else { continue };
            if requests + known(here).saturating_sub(fewer) / PAGE >= most {
                return Ok(None);
            }
            let (mut there, mut cursor) = (HashSet::new(), None);
            loop {
                requests += 1;
                if requests > most {
                    return Ok(None);
                }
                let page = client.search(&query, cursor.as_ref()).await?;
                there.extend(page.contacts.into_iter().map(|contact| contact.id));
                match page.next {
                    Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
                    _ => break,
                }
            }
            missing.extend(here.iter().flat_map(|day| &day.created).filter(|id| !there.contains(id)).cloned());
            continue;
        }
        let middle = middle(&days, &span);
        let left = days.get(span.start..middle).unwrap_or_default();
        let Some(query) = created_on(left) else { continue };
        requests += 1;
        if requests > most {
            return Ok(None);
        }
        let Some(counted) = client.search(&query, None).await?.total_count else { return Ok(None) };
        let fewer_left = known(left).saturating_sub(counted);
        let fewer_right = fewer.saturating_sub(fewer_left);
        for (span, fewer) in [(span.start..middle, fewer_left), (middle..span.end, fewer_right)] {
            if fewer > 0 {
                spans.push((span, fewer));
            }
        }
    }
    Ok(Some(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(begins: i64, contacts: usize) -> Day {
        let created = (0..contacts).map(|number| IntercomId(format!("{begins}-{number}").into())).collect();
        Day { begins, ends: begins + 86_400, created }
    }

    #[test]
    fn a_span_is_divided_between_days_so_that_both_halves_are_smaller() {
        for sizes in [vec![1, 1], vec![500, 1], vec![1, 500], vec![3, 3, 3, 300, 1], vec![1, 1, 1, 1, 1, 900]] {
            let days: Vec<Day> = (0_i64..).zip(&sizes).map(|(at, size)| day(at * 86_400, *size)).collect();
            let middle = middle(&days, &(0..days.len()));
            assert!(middle > 0 && middle < days.len(), "{sizes:?}: {middle}");
        }
    }

    #[test]
    fn days_are_those_of_the_workspace() {
        let zone = TimeZone::get("America/New_York").unwrap();
        // 2026-03-08T04:30Z is the evening before there; that day has 23 hours
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
        let of = |id: &str, text: &str| (IntercomId(id.into()), Some(at(text)));
        let contacts =
            vec![of("a", "2026-03-08T04:30:00Z"), of("b", "2026-03-08T05:30:00Z"), of("c", "2026-03-09T03:59:00Z")];
        let found = days(contacts, &zone).unwrap();
        let sizes: Vec<(usize, i64)> =
            found.iter().map(|day| (day.created.len(), (day.ends - day.begins) / 3_600)).collect();
        assert_eq!(sizes, [(1, 24), (2, 23)]);
        assert!(days(vec![(IntercomId("d".into()), None)], &zone).is_none());
    }
}
