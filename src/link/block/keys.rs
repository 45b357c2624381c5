//! What records are found by: the hashes of their keys.
//!
//! Every key is scoped so that its blocks stay small as the list grows. A hash is all that is left of a key: two keys of one
//! hash make some pairs more to compare and nothing else.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::link::BlockingKey;
use crate::link::features::{Features, NONE, NameValue};

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

/// The hashes of one key for one record. A key is weak when what it finds has to agree on more than the key: see
/// [`super::promise`].
pub(super) fn keys(features: &Features, key: BlockingKey, row: u32, emit: &mut impl FnMut(u64, Strength)) {
    let name = features.name_of(row);
    match key {
        BlockingKey::Email => features.emails_of(row).iter().for_each(|email| emit(u64::from(*email), Strong)),
        BlockingKey::Phone => {
            features
                .phones_of(row)
                .iter()
                .for_each(|phone| emit(u64::from(features.phones[*phone as usize].tail), Strong));
        }
        BlockingKey::ExternalId if features.row(row).external_id != NONE => {
            emit(u64::from(features.row(row).external_id), Strong);
        }
        BlockingKey::Identifier => features.identifier.of(row).iter().for_each(|id| emit(u64::from(*id), Strong)),
        BlockingKey::NameCompany => {
            for word in name_words(features, row).iter().map(|token| features.tokens.spelling(*token)) {
                features.companies_of(row).iter().for_each(|company| emit(hash((word, *company, 'c')), Weak));
                for company in features.companies_of(row) {
                    emit(hash((word, prefix(features.companies.text(*company), 5), 'w')), Weak);
                }
                features.company_domains_of(row).iter().for_each(|domain| emit(hash((word, *domain, 'd')), Weak));
            }
        }
        BlockingKey::LocalPart => local_part(features, row, emit),
        BlockingKey::NamePlace => {
            let words = name_words(features, row);
            for place in [features.row(row).city, features.row(row).postcode].into_iter().filter(|place| *place != NONE)
            {
                for token in &words {
                    emit(hash((features.tokens.spelling(*token), place)), Weak);
                }
                let Some(name) = name else { continue };
                let starts = name.tokens().map(|token| prefix(features.tokens.spelling(token), 3));
                let mut starts: Vec<&str> = starts.collect();
                starts.sort_unstable();
                emit(hash((starts, place)), Weak);
            }
        }
        BlockingKey::NameBirthday => {
            let Some((year, month, day)) = features.row(row).birthday() else { return };
            let parts = (year, month.min(day), month.max(day));
            emit(hash(parts), Strong);
            for token in name.into_iter().flat_map(NameValue::tokens) {
                let start = prefix(features.tokens.spelling(token), 4);
                emit(hash((start, year, parts.1)), Strong);
                emit(hash((start, year, parts.2, 'd')), Strong);
                emit(hash((start, parts.1, parts.2, 'm')), Strong);
            }
        }
        BlockingKey::Street => {
            let Some(street) = features.streets.get(features.row(row).street as usize) else { return };
            emit(hash(features.row(row).street), Strong);
            if let Some(number) = &street.number {
                emit(hash((number, prefix(&street.word, 4))), Strong);
                for token in name.into_iter().flat_map(NameValue::tokens) {
                    emit(hash((number, prefix(features.tokens.spelling(token), 3))), Strong);
                }
            }
            for token in name.into_iter().flat_map(NameValue::tokens) {
                emit(hash((prefix(&street.word, 6), features.tokens.spelling(token))), Strong);
            }
        }
        BlockingKey::FullName => {
            let Some(name) = name else {
                features.words_of_address(row, &mut |_| (), &mut |one, other| {
                    let mut words = [one, other].map(|token| features.tokens.spelling(token));
                    words.sort_unstable();
                    emit(hash(words.as_slice()), Strong);
                });
                return;
            };
            let mut tokens: Vec<&str> = name.tokens().map(|token| features.tokens.spelling(token)).collect();
            if tokens.len() > 1 {
                tokens.sort_unstable();
                emit(hash(tokens.as_slice()), Strong);
                let mut starts: Vec<&str> = tokens.iter().map(|token| prefix(token, 4)).collect();
                starts.sort_unstable();
                emit(hash((starts, 's')), Strong);
            }
        }
        BlockingKey::CompanyPlace if name.is_none() => {
            for company in features.companies_of(row) {
                let words = features.companies.text(*company).split(' ').filter(|word| word.len() > 2);
                for word in words {
                    let places = [features.row(row).city, features.row(row).postcode, features.row(row).street];
                    for place in places.into_iter().filter(|place| *place != NONE) {
                        emit(hash((prefix(word, 5), place)), Weak);
                    }
                }
                emit(hash((features.companies.text(*company), 'c')), Weak);
            }
        }
        _ => {}
    }
}

/// Words of a record's name, or those its address may be made of.
fn name_words(features: &Features, row: u32) -> Vec<u32> {
    if let Some(name) = features.name_of(row) {
        return name.tokens().collect();
    }
    let mut words = Vec::new();
    features.words_of_address(row, &mut |word| words.push(word), &mut |_, _| ());
    words
}

/// Keys of an address that survive a slip on one side of it.
fn local_part(features: &Features, row: u32, emit: &mut impl FnMut(u64, Strength)) {
    for email in features.emails_of(row) {
        let email = features.emails[*email as usize];
        if email.role {
            continue;
        }
        let local = features.locals.text(email.local);
        let length = if email.company_domain == NONE { 6 } else { 4 };
        emit(hash((prefix(local, length), email.domain)), Weak);
        emit(hash((suffix(local, length), email.domain, 's')), Weak);
        if local.len() >= 5 {
            emit(hash((local, prefix(features.domains.text(email.domain), 3))), Strong);
            emit(hash((local, 'l')), Strong);
        }
    }
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
