//! Records → candidate pairs, by several keys at once.
//!
//! Every key is scoped so that its blocks stay small as the list grows; a block that is still too large is divided by
//! further keys, and only what remains too large after that is walked as a sorted neighbourhood. Pairs left out there are
//! counted, never dropped silently. Each pair is handed on once, with the first key that found it.

use std::hash::{Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::FxHasher;

use super::ablation::Idea;
use super::features::{Features, NONE, NameValue, row_id};
use super::{BlockingKey, BlockingReport, KeyReport};

/// A pair to compare: rows in input order, and the key that found it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CandidatePair {
    pub(super) left: u32,
    pub(super) right: u32,
    pub(super) key: BlockingKey,
}

/// Blocks up to this size are compared completely.
const LARGEST_BLOCK: usize = 60;

/// In a block that no further key divides, each record meets this many neighbours in the order of content.
const NEIGHBOURS: usize = 20;

/// Keys in the order in which they are asked.
const KEYS: [BlockingKey; 11] = [
    BlockingKey::Email,
    BlockingKey::Phone,
    BlockingKey::ExternalId,
    BlockingKey::Identifier,
    BlockingKey::NameCompany,
    BlockingKey::LocalPart,
    BlockingKey::NamePlace,
    BlockingKey::NameBirthday,
    BlockingKey::Street,
    BlockingKey::FullName,
    BlockingKey::CompanyPlace,
];

/// Finds candidate pairs.
pub(super) fn candidates(features: &Features) -> (Vec<CandidatePair>, BlockingReport) {
    let found: Vec<(Vec<u64>, u64)> = KEYS
        .par_iter()
        .map(|key| match key {
            key if *key > BlockingKey::Identifier && features.without.lacks(Idea::ManyKeys) => (Vec::new(), 0),
            key => pairs_of_key(features, *key),
        })
        .collect();
    let mut all: Vec<(u64, u8)> = Vec::with_capacity(found.iter().map(|(pairs, _)| pairs.len()).sum());
    for (at, (pairs, _)) in (0u8..).zip(&found) {
        all.extend(pairs.iter().map(|pair| (*pair, at)));
    }
    all.par_sort_unstable();
    let mut alone = [0u64; KEYS.len()];
    for found in all.chunk_by(|left, right| left.0 == right.0) {
        if let [(_, key)] = found {
            alone[usize::from(*key)] += 1;
        }
    }
    all.dedup_by_key(|(pair, _)| *pair);
    let mut report = BlockingReport { candidates: all.len() as u64, ..BlockingReport::default() };
    for (at, (pairs, left_out)) in (0u8..).zip(&found) {
        let first = all.par_iter().filter(|(_, key)| *key == at).count();
        report.keys.push(KeyReport {
            key: KEYS[usize::from(at)],
            pairs: pairs.len() as u64,
            new: first as u64,
            alone: alone[usize::from(at)],
        });
        report.left_out += left_out;
    }
    let pair =
        |(pair, key): (u64, u8)| CandidatePair { left: high(pair), right: low(pair), key: KEYS[usize::from(key)] };
    (all.into_iter().map(pair).collect(), report)
}

fn high(pair: u64) -> u32 {
    u32::try_from(pair >> 32).unwrap_or(NONE)
}

fn low(pair: u64) -> u32 {
    u32::try_from(pair & u64::from(u32::MAX)).unwrap_or(NONE)
}

/// Distinct pairs one key finds, sorted, and the number it leaves out.
fn pairs_of_key(features: &Features, key: BlockingKey) -> (Vec<u64>, u64) {
    let mut entries: Vec<(u64, u32)> = Vec::new();
    for row in 0..row_id(features.len) {
        keys(features, key, row, &mut |hash| entries.push((hash, row)));
    }
    entries.par_sort_unstable_by_key(|(hash, row)| (*hash, features.rank[*row as usize]));
    entries.dedup();
    let mut pairs = Vec::new();
    let mut left_out = 0;
    for block in entries.chunk_by(|left, right| left.0 == right.0) {
        let rows: Vec<u32> = block.iter().map(|(_, row)| *row).collect();
        left_out += emit(features, &rows, 0, &mut pairs);
    }
    pairs.par_sort_unstable();
    pairs.dedup();
    (pairs, left_out)
}

/// Emits the pairs of a block, dividing it while it is too large. Returns the number of pairs left out.
fn emit(features: &Features, rows: &[u32], refinement: usize, pairs: &mut Vec<u64>) -> u64 {
    if rows.len() < 2 {
        return 0;
    }
    let pair = |one: u32, other: u32| u64::from(one.min(other)) << 32 | u64::from(one.max(other));
    if rows.len() <= LARGEST_BLOCK {
        for (at, one) in rows.iter().enumerate() {
            pairs.extend(rows[at + 1..].iter().map(|other| pair(*one, *other)));
        }
        return 0;
    }
    if refinement == REFINEMENTS {
        for (at, one) in rows.iter().enumerate() {
            pairs.extend(rows[at + 1..].iter().take(NEIGHBOURS).map(|other| pair(*one, *other)));
        }
        let size = rows.len() as u64;
        let walked: u64 = (0..rows.len()).map(|at| (rows.len() - at - 1).min(NEIGHBOURS) as u64).sum();
        return size * (size - 1) / 2 - walked;
    }
    let mut divided: Vec<(u32, u32)> = rows.iter().map(|row| (refine(features, *row, refinement), *row)).collect();
    // Stable, so that the order of content survives within each part.
    divided.sort_by_key(|(value, _)| *value);
    let mut left_out = 0;
    for part in divided.chunk_by(|left, right| left.0 == right.0) {
        let rows: Vec<u32> = part.iter().map(|(_, row)| *row).collect();
        left_out += emit(features, &rows, refinement + 1, pairs);
    }
    left_out
}

/// Number of further keys a block can be divided by.
const REFINEMENTS: usize = 6;

/// The value a record has for a further key.
fn refine(features: &Features, row: u32, refinement: usize) -> u32 {
    match refinement {
        0 => features.name_of(row).map_or(NONE, |name| name.family.first().copied().unwrap_or(NONE)),
        1 => features.emails_of(row).first().copied().unwrap_or(NONE),
        2 => features.phones_of(row).first().map_or(NONE, |phone| features.phones[*phone as usize].tail),
        3 => features.companies_of(row).first().copied().unwrap_or(NONE),
        4 => features.row(row).city,
        _ => features.row(row).name,
    }
}

fn hash(parts: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// The hashes of one key for one record.
fn keys(features: &Features, key: BlockingKey, row: u32, emit: &mut impl FnMut(u64)) {
    let name = features.name_of(row);
    match key {
        BlockingKey::Email => features.emails_of(row).iter().for_each(|email| emit(u64::from(*email))),
        BlockingKey::Phone => {
            features.phones_of(row).iter().for_each(|phone| emit(u64::from(features.phones[*phone as usize].tail)));
        }
        BlockingKey::ExternalId if features.row(row).external_id != NONE => {
            emit(u64::from(features.row(row).external_id))
        }
        BlockingKey::Identifier => features.identifier.of(row).iter().for_each(|id| emit(u64::from(*id))),
        BlockingKey::NameCompany => {
            for word in name_words(features, row).iter().map(|token| features.tokens.spelling(*token)) {
                features.companies_of(row).iter().for_each(|company| emit(hash((word, *company, 'c'))));
                for company in features.companies_of(row) {
                    emit(hash((word, prefix(features.companies.text(*company), 5), 'w')));
                }
                features.company_domains_of(row).iter().for_each(|domain| emit(hash((word, *domain, 'd'))));
            }
        }
        BlockingKey::LocalPart => local_part(features, row, emit),
        BlockingKey::NamePlace => {
            let words = name_words(features, row);
            for place in [features.row(row).city, features.row(row).postcode].into_iter().filter(|place| *place != NONE)
            {
                for token in &words {
                    emit(hash((features.tokens.spelling(*token), place)));
                }
                let Some(name) = name else { continue };
                let starts = name.tokens().map(|token| prefix(features.tokens.spelling(token), 3));
                let mut starts: Vec<&str> = starts.collect();
                starts.sort_unstable();
                emit(hash((starts, place)));
            }
        }
        BlockingKey::NameBirthday => {
            let Some((year, month, day)) = features.row(row).birthday() else { return };
            let parts = (year, month.min(day), month.max(day));
            emit(hash(parts));
            for token in name.into_iter().flat_map(NameValue::tokens) {
                let start = prefix(features.tokens.spelling(token), 4);
                emit(hash((start, year, parts.1)));
                emit(hash((start, year, parts.2, 'd')));
                emit(hash((start, parts.1, parts.2, 'm')));
            }
        }
        BlockingKey::Street => {
            let Some(street) = features.streets.get(features.row(row).street as usize) else { return };
            emit(hash(features.row(row).street));
            if let Some(number) = &street.number {
                emit(hash((number, prefix(&street.word, 4))));
                for token in name.into_iter().flat_map(NameValue::tokens) {
                    emit(hash((number, prefix(features.tokens.spelling(token), 3))));
                }
            }
            for token in name.into_iter().flat_map(NameValue::tokens) {
                emit(hash((prefix(&street.word, 6), features.tokens.spelling(token))));
            }
        }
        BlockingKey::FullName => {
            let Some(name) = name else {
                features.words_of_address(row, &mut |_| (), &mut |one, other| {
                    let mut words = [one, other].map(|token| features.tokens.spelling(token));
                    words.sort_unstable();
                    emit(hash(words.as_slice()));
                });
                return;
            };
            let mut tokens: Vec<&str> = name.tokens().map(|token| features.tokens.spelling(token)).collect();
            if tokens.len() > 1 {
                tokens.sort_unstable();
                emit(hash(tokens.as_slice()));
                let mut starts: Vec<&str> = tokens.iter().map(|token| prefix(token, 4)).collect();
                starts.sort_unstable();
                emit(hash((starts, 's')));
            }
        }
        BlockingKey::CompanyPlace if name.is_none() => {
            for company in features.companies_of(row) {
                let words = features.companies.text(*company).split(' ').filter(|word| word.len() > 2);
                for word in words {
                    let places = [features.row(row).city, features.row(row).postcode, features.row(row).street];
                    for place in places.into_iter().filter(|place| *place != NONE) {
                        emit(hash((prefix(word, 5), place)));
                    }
                }
                emit(hash((features.companies.text(*company), 'c')));
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
fn local_part(features: &Features, row: u32, emit: &mut impl FnMut(u64)) {
    for email in features.emails_of(row) {
        let email = features.emails[*email as usize];
        if email.role {
            continue;
        }
        let local = features.locals.text(email.local);
        let length = if email.company_domain == NONE { 6 } else { 4 };
        emit(hash((prefix(local, length), email.domain)));
        emit(hash((suffix(local, length), email.domain, 's')));
        if local.len() >= 5 {
            emit(hash((local, prefix(features.domains.text(email.domain), 3))));
            emit(hash((local, 'l')));
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
