//! Who is meant: every contact that an id, external id, e-mail address or phone number leads to.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::args::FindArgs;
use super::session::Session;
use super::{Noun, show};
use crate::cli::Outcome;
use crate::cli::exit::{self, Exit};
use crate::contact::{Email, IntercomId, Phone};
use crate::intercom::{Contact, Error, ReadWorkspace, SearchFilter, SearchOperator, SearchQuery};
use crate::report::visible;

/// Digits a phone number has at least, so that external ids such as 1942 are not searched for among them.
const SHORTEST_PHONE: usize = 7;
/// Matches whose tags and companies are named; the names cost requests of their own.
const NAMED: usize = 20;

/// What WHO led to.
#[derive(Debug, Default)]
pub(super) struct Matches {
    /// Each contact once, the surest match first.
    pub(super) contacts: Vec<Contact>,
    /// WHO was the id of a contact that was merged into this one.
    pub(super) merged_into: Option<IntercomId>,
}

impl Matches {
    fn add(&mut self, found: impl IntoIterator<Item = Contact>) {
        for contact in found {
            if !self.contacts.iter().any(|known| known.id == contact.id) {
                self.contacts.push(contact);
            }
        }
    }
}

/// Asks for everything `who` can mean. Lookups by key come first: they do not lag behind writes as searches do.
pub(super) async fn matches<R: ReadWorkspace>(reader: &R, who: &str) -> Result<Matches, Error> {
    let who = who.trim();
    let mut matches = Matches::default();
    if looks_like_id(who) {
        match reader.contact(&IntercomId(who.to_lowercase().as_str().into())).await {
            Ok(contact) => matches.add([contact]),
            Err(Error::Gone { canonical: Some(canonical), .. }) => {
                matches.add([reader.contact(&canonical).await?]);
                matches.merged_into = Some(canonical);
            }
            Err(Error::NotFound { .. } | Error::Gone { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    match reader.contact_by_external_id(who).await {
        Ok(contact) => matches.add([contact]),
        Err(Error::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    for (field, spellings) in searches(who) {
        let filter = match spellings.as_slice() {
            [single] => SearchFilter {
                field: field.to_owned(),
                operator: SearchOperator::Equals,
                value: Value::String(single.clone()),
            },
            several => SearchFilter { field: field.to_owned(), operator: SearchOperator::In, value: json!(several) },
        };
        matches.add(all_pages(reader, &SearchQuery { all_of: vec![filter] }).await?);
    }
    Ok(matches)
}

/// Every contact a search finds.
pub(super) async fn all_pages<R: ReadWorkspace>(reader: &R, query: &SearchQuery) -> Result<Vec<Contact>, Error> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = reader.search(query, cursor.as_ref()).await?;
        found.extend(page.contacts);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(found),
        }
    }
}

/// Intercom's ids are 24 hexadecimal digits.
pub(super) fn looks_like_id(who: &str) -> bool {
    who.len() == 24 && who.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Fields to search, each with the spellings to look for.
fn searches(who: &str) -> Vec<(&'static str, Vec<String>)> {
    // Leads are not found by the lookup of external ids
    let mut searches = vec![("external_id", vec![who.to_owned()])];
    if let Ok(email) = Email::parse(who) {
        let spellings = BTreeSet::from([who.to_owned(), who.to_lowercase(), email.address().to_owned()]);
        searches.push(("email", spellings.into_iter().collect()));
    } else if who.contains('@') {
        searches.push(("email", vec![who.to_owned()]));
    }
    let written_as_phone = who.chars().all(|c| c.is_ascii_digit() || "+ ()-./".contains(c));
    if written_as_phone && let Some(phone) = Phone::parse(who, None).filter(|p| p.digits().len() >= SHORTEST_PHONE) {
        let sent = phone.to_send();
        let bare: String = who.chars().filter(char::is_ascii_digit).collect();
        let spellings = [who.to_owned(), sent.to_owned(), format!("+{bare}"), bare];
        searches.push(("phone", BTreeSet::from(spellings).into_iter().collect()));
    }
    searches
}

/// The one contact of this kind that is meant, as it is now. None, several or one of the other kind is an error that
/// says what to do.
pub(super) async fn one(session: &Session<'_>, noun: Noun, who: &str) -> anyhow::Result<Contact> {
    let matches = matches(&session.client, who).await?;
    if let Some(into) = &matches.merged_into {
        session.printer.say(&format!("note: {} was merged into {}", visible(who), into.0));
    }
    let (mut right, mut others) = (Vec::new(), Vec::new());
    for contact in matches.contacts {
        if contact.role == noun.role() { right.push(contact) } else { others.push(contact) }
    }
    match right.as_slice() {
        // A search can lag behind, so what will be written to is read by its id
        [contact] => Ok(session.client.contact(&contact.id).await?),
        [] => match others.first() {
            None => Err(NotFound { noun, who: visible(who).into_owned() }.into()),
            Some(other) => {
                let is = Noun::of(other.role);
                Err(exit::usage(format!("'{}' is a {is}, not a {noun}: see leadfold {is}", visible(who))))
            }
        },
        several => {
            for contact in several {
                session.printer.error(&show::line(contact));
            }
            let count = several.len();
            Err(exit::usage(format!("{count} {noun}s match '{}'; name the one you mean by its id", visible(who))))
        }
    }
}

/// Nobody matches.
#[derive(Debug, thiserror::Error)]
#[error(
    "no {noun} matches '{who}' (asked by id, external id, e-mail address and phone number); search can lag minutes behind"
)]
struct NotFound {
    noun: Noun,
    who: String,
}

/// Runs `find`.
pub(super) async fn run(session: &Session<'_>, noun: Noun, arguments: &FindArgs) -> Outcome {
    let Some(who) = &arguments.who else { return list(session, noun).await };
    let matches = matches(&session.client, who).await?;
    if let Some(into) = &matches.merged_into {
        session.printer.say(&format!("note: {} was merged into {}", visible(who), into.0));
    }
    let (found, others): (Vec<Contact>, Vec<Contact>) =
        matches.contacts.into_iter().partition(|contact| contact.role == noun.role());
    if let Some(other) = others.first() {
        let is = Noun::of(other.role);
        let (count, who) = (others.len(), visible(who));
        session.printer.say(&format!("note: {count} of the other kind: leadfold {is} find {who}"));
    }
    if found.is_empty() && !session.json {
        return Err(NotFound { noun, who: visible(who).into_owned() }.into());
    }
    show::contacts(session, &found, found.len() <= NAMED).await?;
    Ok(if found.is_empty() { Exit::Failure } else { Exit::Done })
}

/// All contacts of the kind, from the list, which does not lag.
async fn list(session: &Session<'_>, noun: Noun) -> Outcome {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = session.client.list(cursor.as_ref()).await?;
        found.extend(page.contacts.into_iter().filter(|contact| contact.role == noun.role()));
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    show::contacts(session, &found, false).await?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(who: &str) -> Vec<&'static str> {
        searches(who).into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn each_way_of_naming_somebody_is_searched_where_it_can_be() {
        assert_eq!(fields("1942"), ["external_id"]);
        assert_eq!(fields("al@oran.example"), ["external_id", "email"]);
        assert_eq!(fields("+44 1632 960123"), ["external_id", "phone"]);
        assert_eq!(fields("1774da8e-92d5-4afd-9f56-161dc006cab2"), ["external_id"]);
    }

    #[test]
    fn an_address_and_a_number_are_looked_for_in_every_spelling_intercom_may_keep() {
        let spellings = |who: &str| searches(who).pop().unwrap().1;
        assert_eq!(spellings("Al@Oran.example"), ["Al@Oran.example", "al@oran.example"]);
        assert_eq!(spellings("+44 (1632) 960123"), ["+44 (1632) 960123", "+441632960123", "441632960123"]);
    }

    #[test]
    fn an_id_is_24_hexadecimal_digits() {
        assert!(looks_like_id("5747f814d4e317f14f000cb3"));
        assert!(!looks_like_id("5747f814d4e317f14f000cb") && !looks_like_id("1774da8e-92d5-4afd-9f56"));
    }
}
