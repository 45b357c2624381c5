//! What records are found by: the hashes of their keys.
//!
//! Every key is scoped so that its blocks stay small as the list grows. A hash is all that is left of a key: two keys of one
//! hash make some pairs more to compare and nothing else. Keys are put together from the hashes of values and their
//! beginnings, each made once; all follow from texts, so that not even a chance meeting of two depends on the order of rows.

use std::hash::{Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::FxHasher;

use crate::link::BlockingKey;
use crate::link::features::{EmailValue, Features, Interner, NONE, NameValue, row_id};

/// How much agreeing on a key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// Every pair is compared.
    Strong,
    /// Pairs that contradict one another at first sight are not.
    Weak,
}

use Strength::{Strong, Weak};

fn hash(parts: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// A word of a name.
#[derive(Clone, Copy, Debug)]
struct Word {
    /// However it is spelt.
    whole: u64,
    /// Its first three letters.
    three: u64,
    /// Its first four letters.
    four: u64,
}

/// The hashes of values, by their ids.
#[derive(Debug)]
pub(super) struct Keys<'f> {
    features: &'f Features,
    words: Vec<Word>,
    emails: Vec<u64>,
    domains: Vec<u64>,
    places: Vec<u64>,
    companies: Vec<u64>,
    company_starts: Vec<u64>,
}

impl<'f> Keys<'f> {
    pub(super) fn new(features: &'f Features) -> Self {
        let all = |values: &Interner, hash: &(dyn Fn(&str) -> u64 + Sync)| {
            (0..row_id(values.len())).into_par_iter().map(|id| hash(values.text(id))).collect::<Vec<u64>>()
        };
        let whole: &(dyn Fn(&str) -> u64 + Sync) = &|text| hash(text);
        let word = |token: u32| {
            let spelling = features.tokens.spelling(token);
            Word { whole: hash(spelling), three: hash(prefix(spelling, 3)), four: hash(prefix(spelling, 4)) }
        };
        let domains = all(&features.domains, whole);
        let email = |email: &EmailValue| hash((features.locals.text(email.local), domains[email.domain as usize]));
        Self {
            features,
            words: (0..row_id(features.tokens.len())).into_par_iter().map(word).collect(),
            emails: features.emails.par_iter().map(email).collect(),
            domains,
            places: all(&features.places, whole),
            companies: all(&features.companies, whole),
            company_starts: all(&features.companies, &|text| hash(prefix(text, 5))),
        }
    }

    fn word(&self, token: u32) -> Word {
        self.words[token as usize]
    }

    /// Hands on the hashes of all keys of one record. A key is weak when what it finds has to agree on more than the key:
    /// see [`super::promise`].
    pub(super) fn of(&self, row: u32, emit: &mut impl FnMut(BlockingKey, u64, Strength)) {
        let features = self.features;
        features.emails_of(row).iter().for_each(|email| emit(BlockingKey::Email, self.emails[*email as usize], Strong));
        for phone in features.phones_of(row) {
            emit(BlockingKey::Phone, hash(last_digits(features.digits.text(*phone))), Strong);
        }
        if features.row(row).external_id != NONE {
            let id = features.external_ids.text(features.row(row).external_id);
            emit(BlockingKey::ExternalId, hash(id), Strong);
        }
        for id in features.identifier.of(row) {
            emit(BlockingKey::Identifier, hash(features.identifiers.text(*id)), Strong);
        }
        self.local_part(row, emit);
        match features.name_of(row) {
            Some(name) => {
                let words: Vec<Word> = name.tokens().map(|token| self.word(token)).collect();
                self.words(row, &words, emit);
                self.name(row, &words, emit);
            }
            None => self.nameless(row, emit),
        }
        self.name_and_birthday(row, emit);
        self.street(row, emit);
    }

    /// A word of the name, or of what the address may be made of, at a company or in a place.
    fn words(&self, row: u32, words: &[Word], emit: &mut impl FnMut(BlockingKey, u64, Strength)) {
        let features = self.features;
        for Word { whole, .. } in words {
            for company in features.companies_of(row) {
                emit(BlockingKey::NameCompany, hash((whole, self.company_starts[*company as usize], 'w')), Weak);
            }
            for domain in features.company_domains_of(row) {
                emit(BlockingKey::NameCompany, hash((whole, self.domains[*domain as usize], 'd')), Weak);
            }
            for place in self.places_of(row) {
                emit(BlockingKey::NamePlace, hash((whole, place)), Weak);
            }
        }
    }

    /// The whole name, and its beginnings.
    fn name(&self, row: u32, words: &[Word], emit: &mut impl FnMut(BlockingKey, u64, Strength)) {
        let sorted = |part: fn(&Word) -> u64| {
            let mut parts: Vec<u64> = words.iter().map(part).collect();
            parts.sort_unstable();
            parts
        };
        let starts = sorted(|word| word.three);
        for place in self.places_of(row) {
            emit(BlockingKey::NamePlace, hash((&starts, place, 's')), Weak);
        }
        if words.len() > 1 {
            emit(BlockingKey::FullName, hash(sorted(|word| word.whole)), Strong);
            emit(BlockingKey::FullName, hash((sorted(|word| word.four), 's')), Weak);
        }
    }

    /// What stands for the name of a record without one: the words its address may be made of, and its company.
    fn nameless(&self, row: u32, emit: &mut impl FnMut(BlockingKey, u64, Strength)) {
        let features = self.features;
        let mut words = Vec::new();
        features.words_of_address(row, &mut |word| words.push(self.word(word)), &mut |one, other| {
            let mut pair = [self.word(one).whole, self.word(other).whole];
            pair.sort_unstable();
            emit(BlockingKey::FullName, hash(pair.as_slice()), Strong);
        });
        self.words(row, &words, emit);
        for company in features.companies_of(row) {
            let street = Some(features.row(row).street).filter(|street| *street != NONE);
            let street = street.map(|street| hash((features.street_texts.text(street), 'a')));
            let words = features.companies.text(*company).split(' ').filter(|word| word.len() > 2);
            for word in words.map(|word| hash(prefix(word, 5))) {
                for place in self.places_of(row).chain(street) {
                    emit(BlockingKey::CompanyPlace, hash((word, place)), Weak);
                }
            }
            emit(BlockingKey::CompanyPlace, hash((self.companies[*company as usize], 'c')), Weak);
        }
    }

    /// City and postcode.
    fn places_of(&self, row: u32) -> impl Iterator<Item = u64> {
        let row = self.features.row(row);
        [row.city, row.postcode].into_iter().filter_map(|place| self.places.get(place as usize).copied())
    }

    fn name_and_birthday(&self, row: u32, emit: &mut impl FnMut(BlockingKey, u64, Strength)) {
        let features = self.features;
        let Some((year, month, day)) = features.row(row).birthday() else { return };
        let mut emit = |hash: u64| emit(BlockingKey::NameBirthday, hash, Strong);
        let parts = (year, month.min(day), month.max(day));
        emit(hash(parts));
        for token in features.name_of(row).into_iter().flat_map(NameValue::tokens) {
            let start = self.word(token).four;
            emit(hash((start, year, parts.1)));
            emit(hash((start, year, parts.2, 'd')));
            emit(hash((start, parts.1, parts.2, 'm')));
        }
    }

    fn street(&self, row: u32, emit: &mut impl FnMut(BlockingKey, u64, Strength)) {
        let features = self.features;
        let Some(street) = features.streets.get(features.row(row).street as usize) else { return };
        let mut emit = |hash: u64| emit(BlockingKey::Street, hash, Strong);
        emit(hash(features.street_texts.text(features.row(row).street)));
        let words = || features.name_of(row).into_iter().flat_map(NameValue::tokens).map(|token| self.word(token));
        if let Some(number) = &street.number {
            emit(hash((number, prefix(&street.word, 4))));
            words().for_each(|word| emit(hash((number, word.three))));
        }
        words().for_each(|word| emit(hash((prefix(&street.word, 6), word.whole))));
    }

    /// Keys of an address that survive a slip on one side of it.
    fn local_part(&self, row: u32, emit: &mut impl FnMut(BlockingKey, u64, Strength)) {
        let features = self.features;
        for email in features.emails_of(row) {
            let email = features.emails[*email as usize];
            if email.role {
                continue;
            }
            let mut emit = |hash: u64, strength: Strength| emit(BlockingKey::LocalPart, hash, strength);
            let (local, domain) = (features.locals.text(email.local), self.domains[email.domain as usize]);
            let length = if email.company_domain == NONE { 6 } else { 4 };
            emit(hash((prefix(local, length), domain)), Weak);
            emit(hash((suffix(local, length), domain, 's')), Weak);
            if local.len() >= 5 {
                emit(hash((local, prefix(features.domains.text(email.domain), 3))), Strong);
                emit(hash((local, 'l')), Strong);
            }
        }
    }
}

/// The last seven digits, which national and international notation share.
fn last_digits(digits: &str) -> &str {
    digits.get(digits.len().saturating_sub(7)..).unwrap_or(digits)
}

/// The first characters of a word.
fn prefix(word: &str, characters: usize) -> &str {
    word.char_indices().nth(characters).and_then(|(end, _)| word.get(..end)).unwrap_or(word)
}

/// The last characters of a word.
fn suffix(word: &str, characters: usize) -> &str {
    let start = word.char_indices().rev().nth(characters.saturating_sub(1)).map_or(0, |(start, _)| start);
    word.get(start..).unwrap_or(word)
}
