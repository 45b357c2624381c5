//! Records → candidate pairs, by several keys at once.
//!
//! Every key is scoped so that its blocks stay small as the list grows; a block that is still too large is divided by
//! further keys, and only what remains too large after that is walked as a sorted neighbourhood. A key that says little
//! hands on only pairs whose names or addresses agree as well. Pairs left out by either are counted, never dropped
//! silently. Each pair is handed on once, with the first key that found it.

mod divided;
mod keys;
mod meetings;
mod promise;

use rayon::prelude::*;

use super::ablation::Idea;
use super::features::{Features, NONE, row_id};
use super::{BlockingKey, BlockingReport, KeyReport};
use divided::{Divided, sorted};
use keys::{Keys, Strength};
use meetings::{Block, LeftOut, Meeters, Meeting, ROWS_IN_A_PART};

/// A pair to compare: rows in input order, and the key that found it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CandidatePair {
    pub(super) left: u32,
    pub(super) right: u32,
    pub(super) key: BlockingKey,
}

/// All candidate pairs, by left, then right row: nine bytes each.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// The left row in the upper half, the right one in the lower.
    pairs: Vec<u64>,
    /// Place of the first key in [`KEYS`].
    keys: Vec<u8>,
}

impl Candidates {
    pub(super) fn len(&self) -> usize {
        self.pairs.len()
    }

    pub(super) fn par_iter(&self) -> impl IndexedParallelIterator<Item = CandidatePair> + '_ {
        self.pairs.par_iter().zip(&self.keys).map(read)
    }

    /// So many pairs from a place on, or as many as there are.
    pub(super) fn range(&self, from: usize, count: usize) -> impl Iterator<Item = CandidatePair> {
        self.pairs.iter().zip(&self.keys).skip(from).take(count).map(read)
    }
}

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
pub(super) fn candidates(features: &Features) -> (Candidates, BlockingReport) {
    let (met, left_out) = meetings(features);
    let distinct = |part: usize| Distinct::new(part, &sorted(&met, part));
    let parts: Vec<Distinct> = (0..features.len.div_ceil(ROWS_IN_A_PART)).into_par_iter().map(distinct).collect();
    drop(met);
    let mut all = Candidates::default();
    all.pairs.reserve_exact(parts.iter().map(|part| part.found.pairs.len()).sum());
    all.keys.reserve_exact(all.pairs.capacity());
    let mut counted = [Counted::default(); KEYS.len()];
    for part in parts {
        all.pairs.extend(part.found.pairs);
        all.keys.extend(part.found.keys);
        counted.iter_mut().zip(part.counted).for_each(|(all, part)| all.add(part));
    }
    let key = |(key, counted): (&BlockingKey, &Counted)| KeyReport {
        key: *key,
        pairs: counted.pairs,
        new: counted.first,
        alone: counted.alone,
    };
    let report = BlockingReport {
        keys: KEYS.iter().zip(&counted).map(key).collect(),
        candidates: all.pairs.len() as u64,
        left_out: left_out.apart,
        contradicted: left_out.contradicted,
    };
    (all, report)
}

/// What one key found.
#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    /// Distinct pairs.
    pairs: u64,
    /// Pairs no key before it found.
    first: u64,
    /// Pairs no other key found.
    alone: u64,
}

impl Counted {
    fn add(&mut self, other: Self) {
        self.pairs += other.pairs;
        self.first += other.first;
        self.alone += other.alone;
    }
}

/// The pairs of some left rows, each once.
#[derive(Debug, Default)]
struct Distinct {
    found: Candidates,
    counted: [Counted; KEYS.len()],
}

impl Distinct {
    /// The pairs of a part; their meetings come sorted.
    fn new(part: usize, meetings: &[u64]) -> Self {
        let mut distinct = Self::default();
        let before = (part * ROWS_IN_A_PART) as u64;
        let meetings = meetings.iter().map(|number| Meeting::read(*number));
        let mut last = None;
        let mut keys = 0_u16;
        for met in meetings {
            if last.is_some_and(|pair| pair != met.pair()) {
                distinct.end(keys);
                keys = 0;
            }
            if keys == 0 {
                distinct.found.pairs.push((before << 32) + met.pair());
            }
            keys |= 1 << met.key();
            last = Some(met.pair());
        }
        if keys != 0 {
            distinct.end(keys);
        }
        distinct
    }

    /// Counts the last pair by the keys that found it.
    fn end(&mut self, keys: u16) {
        let first = keys.trailing_zeros() as usize;
        for (at, counted) in self.counted.iter_mut().enumerate().filter(|(at, _)| keys & 1 << at != 0) {
            counted.pairs += 1;
            counted.first += u64::from(at == first);
            counted.alone += u64::from(keys.is_power_of_two());
        }
        self.found.keys.push(u8::try_from(first).unwrap_or(u8::MAX));
    }
}

fn read((pair, key): (&u64, &u8)) -> CandidatePair {
    let key = KEYS.get(usize::from(*key)).copied().unwrap_or(BlockingKey::FullName);
    CandidatePair { left: high(*pair), right: low(*pair), key }
}

fn high(pair: u64) -> u32 {
    u32::try_from(pair >> 32).unwrap_or(NONE)
}

fn low(pair: u64) -> u32 {
    u32::try_from(pair & u64::from(u32::MAX)).unwrap_or(NONE)
}

/// Rows that are hashed at a time.
const ROWS_AT_A_TIME: usize = 1 << 13;

/// Parts that the hashes of one key are divided into.
const PARTS: usize = 256;

/// Divides the hashes of a key, each with its row: in each entry the rest of the hash, whether the key is weak, and the row.
fn divide(hashed: &[(u64, u32)]) -> Divided {
    // Fibonacci hashing (Knuth 1973): the upper bits depend on all bits of the hash.
    let mixed = |hash: u64| (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let part = |(hash, _): (u64, u32)| usize::from(mixed(hash >> 1).to_be_bytes()[0]);
    let entry = |(hash, row): (u64, u32)| {
        let rest = (mixed(hash >> 1) << 8) & !0x1_ffff_ffff;
        rest | (hash & 1) << 32 | u64::from(row)
    };
    Divided::new(hashed, PARTS, part, entry)
}

/// The hashes of all keys, key by key in the order of [`KEYS`].
fn entries(features: &Features) -> Vec<Vec<Divided>> {
    let keys = Keys::new(features);
    let place = |key: BlockingKey| KEYS.iter().position(|known| *known == key);
    let chunk = |chunk: usize| {
        let rows = chunk * ROWS_AT_A_TIME..((chunk + 1) * ROWS_AT_A_TIME).min(features.len);
        let mut hashed: Vec<Vec<(u64, u32)>> = KEYS.iter().map(|_| Vec::new()).collect();
        for row in rows.map(row_id) {
            keys.of(row, &mut |key, hash, strength| {
                let off = key > BlockingKey::Identifier && features.without.lacks(Idea::ManyKeys);
                if let Some(hashed) = place(key).filter(|_| !off).and_then(|place| hashed.get_mut(place)) {
                    // The lowest bit says how much the key does.
                    hashed.push((hash << 1 | u64::from(strength == Strength::Weak), row));
                }
            });
        }
        hashed.iter().map(|hashed| divide(hashed)).collect::<Vec<Divided>>()
    };
    let chunks: Vec<Vec<Divided>> = (0..features.len.div_ceil(ROWS_AT_A_TIME)).into_par_iter().map(chunk).collect();
    let mut by_key: Vec<Vec<Divided>> = KEYS.iter().map(|_| Vec::with_capacity(chunks.len())).collect();
    for chunk in chunks {
        by_key.iter_mut().zip(chunk).for_each(|(all, divided)| all.push(divided));
    }
    by_key
}

/// All meetings, and what was left out.
fn meetings(features: &Features) -> (Vec<Divided>, LeftOut) {
    let mut entries = entries(features);
    let mut all = Vec::with_capacity(KEYS.len() * PARTS);
    let mut left_out = LeftOut::default();
    for (key, entries) in KEYS.iter().copied().enumerate().zip(&mut entries) {
        let entries = std::mem::take(entries);
        let part = |part: usize| {
            let mut entries = sorted(&entries, part);
            entries.dedup();
            let blocks = entries.chunk_by(|left, right| left >> 32 == right >> 32).filter(|block| block.len() > 1);
            let is_weak = |entries: &[u64]| entries.first().is_some_and(|entry| entry >> 32 & 1 == 1);
            let strength = |weak: bool| if weak { Strength::Weak } else { Strength::Strong };
            let block = |entries| Block { entries, strength: strength(is_weak(entries)) };
            let mut meeters = Meeters::new(features, key);
            meeters.blocks(&blocks.map(block).collect::<Vec<Block<'_>>>());
            meeters.finish()
        };
        let found: Vec<(Divided, LeftOut)> = (0..PARTS).into_par_iter().map(part).collect();
        for (met, left) in found {
            left_out.apart += left.apart;
            left_out.contradicted += left.contradicted;
            all.push(met);
        }
    }
    (all, left_out)
}
