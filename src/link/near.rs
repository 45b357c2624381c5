//! Which of many existing contacts could be somebody on a list at all.
//!
//! Bringing ten thousand rows to a workspace of five million needs the few contacts that come near one of them, not the
//! duplicates among the others. Is given the rows, tells of each contact whether it shares one of the facts with them that
//! blocking looks for, and keeps only hashes. Narrower than blocking where that divides its blocks anyway: a given name in
//! one city brings nobody near, a surname with an initial does.

use std::hash::{Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::{FxHashSet, FxHasher};

use crate::contact::{Company, Email, MailboxKind, NameKind, PersonName, Record, Records, spelling_key};

/// What is near some records.
#[derive(Clone, Debug, Default)]
pub struct Near {
    facts: FxHashSet<u64>,
}

impl Near {
    /// Gathers the facts of these records.
    #[must_use]
    pub fn to(records: &(impl Records + ?Sized)) -> Self {
        let facts = (0..records.count()).into_par_iter().filter_map(|at| records.look(at)).flat_map_iter(|record| {
            let mut facts = Vec::new();
            visit(&record, &mut |fact| {
                facts.push(fact);
                false
            });
            facts
        });
        Self { facts: facts.collect::<Vec<u64>>().into_iter().collect() }
    }

    /// Whether a record shares a fact with one of them.
    #[must_use]
    pub fn holds(&self, record: &Record) -> bool {
        visit(record, &mut |fact| self.facts.contains(&fact))
    }
}

fn hash(fact: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    fact.hash(&mut hasher);
    hasher.finish()
}

/// Shows the facts of a record until `stop` says that it has seen enough; whether it did.
fn visit(record: &Record, stop: &mut dyn FnMut(u64) -> bool) -> bool {
    let name = record.name.as_ref().filter(|name| name.kind() == NameKind::Person);
    let words = name.map_or_else(|| Words::of_address(record), Words::of);
    let phones = record.phones.iter().filter(|phone| !phone.is_placeholder());
    let named = name.is_some();
    let id = record.external_id.as_ref().map(|id| id.0.trim()).filter(|id| !id.is_empty());
    id.is_some_and(|id| stop(hash(('x', id))))
        || record.emails.iter().any(|email| address(email, &words, stop))
        || phones.into_iter().any(|phone| stop(hash(('p', last(phone.digits(), 7)))))
        || record.identifiers.iter().any(|(_, value)| stop(hash(('i', plain(value)))))
        || company(record, &words, named, stop)
        || place(record, &words, stop)
        || whole_name(record, &words, stop)
}

/// The words of a name, as they sound when they are spelled in one of several ways.
#[derive(Default)]
struct Words {
    /// Surnames; given names where there is none.
    family: Vec<String>,
    /// First letter of the given name.
    initial: Option<u8>,
    all: Vec<String>,
}

impl Words {
    /// What the address of a record without a name may be made of: `neha.mishra@…`, or `nmishra@…`.
    fn of_address(record: &Record) -> Self {
        let personal = |email: &&Email| !matches!(email.kind(), MailboxKind::Placeholder | MailboxKind::Role);
        let Some(email) = record.emails.iter().find(personal) else { return Self::default() };
        let local = email.local_without_tag();
        let parts = local.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|part| part.len() > 2);
        let mut all: Vec<String> = parts.map(spelling_key).collect();
        let initial = local.bytes().next().filter(u8::is_ascii_alphabetic);
        let family = match all.as_slice() {
            [] => return Self::default(),
            [only] => [Some(only.as_str()), only.get(1..)].into_iter().flatten().map(str::to_owned).collect(),
            [_, family @ ..] => family.to_vec(),
        };
        all.sort_unstable();
        Self { family, initial, all }
    }

    fn of(name: &PersonName) -> Self {
        let spelled = |words: &[Box<str>]| words.iter().map(|word| spelling_key(word)).collect::<Vec<String>>();
        let (given, mut family) = (spelled(name.given()), spelled(name.family()));
        let mut all = [given.clone(), family.clone()].concat();
        all.sort_unstable();
        let initial = given.first().and_then(|word| word.bytes().next());
        if family.is_empty() {
            family = given;
        }
        Self { family, initial, all }
    }
}

/// The same mailbox, its name elsewhere, or nearly its name at the same provider.
fn address(email: &Email, words: &Words, stop: &mut dyn FnMut(u64) -> bool) -> bool {
    if email.kind() == MailboxKind::Placeholder {
        return false;
    }
    let (local, domain) = (email.local_without_tag(), email.domain());
    if stop(hash(('e', local, domain))) {
        return true;
    }
    if email.kind() == MailboxKind::Role {
        return false;
    }
    let length = if email.company_domain().is_none() { 6 } else { 4 };
    let (start, end) = (first(local, length), last(local, length));
    local.len() >= 5 && stop(hash(('l', local)))
        || words
            .family
            .iter()
            .any(|word| stop(hash(('s', start, domain, word))) || stop(hash(('t', end, domain, word))))
}

/// A name at a company, or the company itself where nobody is named.
fn company(record: &Record, words: &Words, named: bool, stop: &mut dyn FnMut(u64) -> bool) -> bool {
    let keys = record.companies.iter().filter(|company| !company.is_placeholder()).map(Company::key);
    let domains = record.emails.iter().filter_map(Email::company_domain);
    keys.clone().any(|key| !named && stop(hash(('c', key))))
        || words.family.iter().any(|word| keys.clone().any(|key| stop(hash(('n', first(key, 5), word)))))
        || words.all.iter().any(|word| {
            keys.clone().any(|key| stop(hash(('m', key, word))))
                || domains.clone().any(|domain| stop(hash(('d', domain, word))))
        })
}

/// The surname with an initial in a place; a street; a name with a birthday.
fn place(record: &Record, words: &Words, stop: &mut dyn FnMut(u64) -> bool) -> bool {
    let street = record.street.as_deref().map(plain).filter(|street| !street.is_empty());
    if street.is_some_and(|street| stop(hash(('a', street)))) {
        return true;
    }
    let places = [record.city.as_deref(), record.postcode.as_deref()];
    let day = record.birthday.map(|day| (day.year, day.month.min(day.day), day.month.max(day.day)));
    places
        .into_iter()
        .flatten()
        .map(plain)
        .filter(|place| !place.is_empty())
        .any(|place| words.family.iter().any(|word| stop(hash(('o', &place, word, words.initial)))))
        || day.is_some_and(|day| words.all.iter().any(|word| stop(hash(('b', day, first(word, 4))))))
}

/// The whole name, whatever the order of its words.
fn whole_name(record: &Record, words: &Words, stop: &mut dyn FnMut(u64) -> bool) -> bool {
    if words.all.len() > 1 {
        // However they go on: "Christine" and "Christina", "Wright" and "Wrihgt".
        let starts: Vec<&str> = words.all.iter().map(|word| first(word, 4)).collect();
        return stop(hash(('w', starts)));
    }
    // A record that says nothing but one word is near those who say the same.
    let alone = record.emails.is_empty() && record.phones.is_empty() && record.companies.is_empty();
    alone && words.all.first().is_some_and(|word| stop(hash(('1', word))))
}

/// Letters and digits without case.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The first characters of a word.
fn first(word: &str, characters: usize) -> &str {
    word.char_indices().nth(characters).and_then(|(end, _)| word.get(..end)).unwrap_or(word)
}

/// The last characters of a word.
fn last(word: &str, characters: usize) -> &str {
    let start = word.char_indices().rev().nth(characters.saturating_sub(1)).map_or(0, |(start, _)| start);
    word.get(start..).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::RecordBuilder;

    fn near(row: RecordBuilder, contact: RecordBuilder) -> bool {
        Near::to(&[row.build()]).holds(&contact.build())
    }

    fn lead() -> RecordBuilder {
        RecordBuilder::lead()
    }

    #[test]
    fn who_shares_a_fact_is_near() {
        for (row, contact) in [
            (lead().email("Ann.Lee@gmail.com"), lead().email("annlee+fair@googlemail.com")),
            (lead().email("annalee@hillside.example"), lead().email("annalee@brook.example")),
            (
                lead().name("Ann Lee").email("annale@hillside.example"),
                lead().name("A. Lee").email("annaleee@hillside.example"),
            ),
            (lead().phone_in("0113 959 5348", "UK"), lead().phone_in("+44 113 9595348", "US")),
            (lead().external_id("u-1"), lead().external_id("u-1")),
            (lead().identifier("member", "AB-42"), lead().identifier("member", "ab42")),
            (lead().name("Hans Müller").company("Hillside GmbH"), lead().name("J. Mueller").company("Hillside AG")),
            (lead().name("Ann Lee").city("Leeds"), lead().name("Anna Lee").city("LEEDS")),
            (lead().name("Lee, Ann"), lead().name("Ann Lee")),
            (lead().name("Christina Wrihgt"), lead().name("Christine Wright")),
            (lead().email("ann.lee@hillside.example"), lead().name("Ann Lee")),
            (lead().email("nmishra@hillside.example").city("Leeds"), lead().name("Neha Mishra").city("Leeds")),
            (lead().name("Ann Lee").birthday(1980, 3, 4), lead().name("Anna Lee").birthday(1980, 4, 3)),
            (lead().company("Hillside GmbH"), lead().company("Hillside")),
        ] {
            assert!(near(row, contact));
        }
    }

    #[test]
    fn who_shares_none_is_not() {
        for (row, contact) in [
            (lead().email("ann@hillside.example"), lead().email("bob@hillside.example")),
            (lead().email("info@hillside.example"), lead().email("info@brook.example")),
            (lead().name("Ann Lee").city("Leeds"), lead().name("Ann Woods").city("Leeds")),
            (lead().name("Ann Lee").company("Hillside"), lead().name("Bob Woods").company("Hillside")),
            (lead().phone_in("0000000", "UK"), lead().phone_in("0000000", "UK")),
        ] {
            assert!(!near(row, contact));
        }
    }
}
