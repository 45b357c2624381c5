//! Records → candidate pairs, by several keys at once.
//!
//! Every key is scoped so that its blocks stay small as the list grows; a block that is still too large is divided by
//! further keys, and only what remains too large after that is walked as a sorted neighbourhood. A key that says little
//! hands on only pairs whose names or addresses agree as well. Pairs left out by either are counted, never dropped
//! silently. Each pair is handed on once, with the first key that found it.

mod keys;
mod promise;

use rayon::prelude::*;

use super::ablation::Idea;
use super::features::{Features, NONE, row_id};
use super::{BlockingKey, BlockingReport, KeyReport};
use keys::{Keys, Strength};
use promise::is_promising;

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

/// What one key found.
#[derive(Debug, Default)]
struct Found {
    /// Rows of each pair, the left one in the upper half; sorted and without repeats in the end.
    pairs: Vec<u64>,
    /// Pairs of blocks that were too large.
    left_out: u64,
    /// Pairs that contradict one another.
    contradicted: u64,
}

/// Finds candidate pairs.
pub(super) fn candidates(features: &Features) -> (Candidates, BlockingReport) {
    let mut entries = entries(features);
    let of_key =
        |(key, entries): (&BlockingKey, &mut Vec<Divided>)| pairs_of_key(features, *key, &std::mem::take(entries));
    let found: Vec<Found> = KEYS.iter().zip(&mut entries).map(of_key).collect();
    merge(&found)
}

/// All pairs with the first key that found each, and what the keys found.
fn merge(found: &[Found]) -> (Candidates, BlockingReport) {
    let mut rest: Vec<&[u64]> = found.iter().map(|found| found.pairs.as_slice()).collect();
    let mut all = Candidates::default();
    let mut first = vec![0_u64; found.len()];
    let mut alone = vec![0_u64; found.len()];
    while let Some(pair) = rest.iter().filter_map(|pairs| pairs.first().copied()).min() {
        let mut keys = 0;
        let mut first_key = 0;
        for (at, pairs) in rest.iter_mut().enumerate() {
            if let Some((next, others)) = pairs.split_first()
                && *next == pair
            {
                *pairs = others;
                first_key = if keys == 0 { at } else { first_key };
                keys += 1;
            }
        }
        first[first_key] += 1;
        alone[first_key] += u64::from(keys == 1);
        all.pairs.push(pair);
        all.keys.push(u8::try_from(first_key).unwrap_or(u8::MAX));
    }
    let key = |(at, key): (usize, &BlockingKey)| KeyReport {
        key: *key,
        pairs: found[at].pairs.len() as u64,
        new: first[at],
        alone: alone[at],
    };
    let report = BlockingReport {
        keys: KEYS.iter().enumerate().map(key).collect(),
        candidates: all.pairs.len() as u64,
        left_out: found.iter().map(|found| found.left_out).sum(),
        contradicted: found.iter().map(|found| found.contradicted).sum(),
    };
    (all, report)
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

/// Parts that the hashes of one key are divided into, each small enough to be sorted in the cache.
const PARTS: usize = 256;

/// What one key found some records by, in parts of the hashes: in each entry the rest of the hash, whether the key is weak,
/// and the row.
#[derive(Debug)]
struct Divided {
    entries: Vec<u64>,
    /// End of each part.
    ends: Vec<u32>,
}

impl Divided {
    fn new(hashed: &[(u64, u32)]) -> Self {
        // Fibonacci hashing (Knuth 1973): the upper bits depend on all bits of the hash.
        let mixed = |hash: u64| (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let part = |hash: u64| usize::from(mixed(hash).to_be_bytes()[0]);
        let mut ends = vec![0_u32; PARTS];
        for (hash, _) in hashed {
            ends[part(hash >> 1)] += 1;
        }
        let mut end = 0;
        for count in &mut ends {
            // For now where the part begins.
            end += std::mem::replace(count, end);
        }
        let mut entries = vec![0; hashed.len()];
        for (hash, row) in hashed {
            let place = &mut ends[part(hash >> 1)];
            let rest = (mixed(hash >> 1) << 8) & !0x1_ffff_ffff;
            entries[*place as usize] = rest | (hash & 1) << 32 | u64::from(*row);
            *place += 1;
        }
        Self { entries, ends }
    }

    fn part(&self, part: usize) -> &[u64] {
        let end = |part: usize| self.ends.get(part).map_or(0, |end| *end as usize);
        self.entries.get(part.checked_sub(1).map_or(0, end)..end(part)).unwrap_or_default()
    }
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
        hashed.iter().map(|hashed| Divided::new(hashed)).collect::<Vec<Divided>>()
    };
    let chunks: Vec<Vec<Divided>> = (0..features.len.div_ceil(ROWS_AT_A_TIME)).into_par_iter().map(chunk).collect();
    let mut by_key: Vec<Vec<Divided>> = KEYS.iter().map(|_| Vec::with_capacity(chunks.len())).collect();
    for chunk in chunks {
        by_key.iter_mut().zip(chunk).for_each(|(all, divided)| all.push(divided));
    }
    by_key
}

/// Distinct pairs one key finds, sorted.
fn pairs_of_key(features: &Features, key: BlockingKey, entries: &[Divided]) -> Found {
    let part = |part: usize| {
        let mut found = Found::default();
        let mut entries: Vec<u64> = entries.iter().flat_map(|divided| divided.part(part)).copied().collect();
        entries.sort_unstable();
        entries.dedup();
        let mut rows: Vec<u32> = Vec::new();
        for block in entries.chunk_by(|left, right| left >> 32 == right >> 32).filter(|block| block.len() > 1) {
            rows.clear();
            rows.extend(block.iter().copied().map(low));
            if rows.len() > LARGEST_BLOCK {
                // In the order of content, which decides who are neighbours.
                rows.sort_unstable_by_key(|row| features.rank[*row as usize]);
            }
            let weak = block.first().is_some_and(|entry| entry >> 32 & 1 == 1).then_some(key);
            emit(features, &rows, weak, 0, &mut found);
        }
        found
    };
    let parts: Vec<Found> = (0..PARTS).into_par_iter().map(part).collect();
    let mut found = Found::default();
    found.pairs.reserve_exact(parts.iter().map(|part| part.pairs.len()).sum());
    for part in parts {
        found.pairs.extend(part.pairs);
        found.left_out += part.left_out;
        found.contradicted += part.contradicted;
    }
    found.pairs.par_sort_unstable();
    found.pairs.dedup();
    found.pairs.shrink_to_fit();
    found
}

/// Emits the pairs of a block, dividing it while it is too large. Of a weak key only the promising ones.
fn emit(features: &Features, rows: &[u32], weak: Option<BlockingKey>, refinement: usize, found: &mut Found) {
    if rows.len() < 2 {
        return;
    }
    let mut pair = |one: u32, other: u32| {
        if weak.is_none_or(|key| is_promising(features, key, one, other)) {
            found.pairs.push(u64::from(one.min(other)) << 32 | u64::from(one.max(other)));
        } else {
            found.contradicted += 1;
        }
    };
    if rows.len() <= LARGEST_BLOCK {
        for (at, one) in rows.iter().enumerate() {
            rows[at + 1..].iter().for_each(|other| pair(*one, *other));
        }
        return;
    }
    if refinement == REFINEMENTS {
        for (at, one) in rows.iter().enumerate() {
            rows[at + 1..].iter().take(NEIGHBOURS).for_each(|other| pair(*one, *other));
        }
        let size = rows.len() as u64;
        let walked: u64 = (0..rows.len()).map(|at| (rows.len() - at - 1).min(NEIGHBOURS) as u64).sum();
        found.left_out += size * (size - 1) / 2 - walked;
        return;
    }
    let mut divided: Vec<(u32, u32)> = rows.iter().map(|row| (refine(features, *row, refinement), *row)).collect();
    // Stable, so that the order of content survives within each part.
    divided.sort_by_key(|(value, _)| *value);
    for part in divided.chunk_by(|left, right| left.0 == right.0) {
        let rows: Vec<u32> = part.iter().map(|(_, row)| *row).collect();
        emit(features, &rows, weak, refinement + 1, found);
    }
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
