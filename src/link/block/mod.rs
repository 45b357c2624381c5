//! Records → candidate pairs, by several keys at once.
//!
//! Every key is scoped so that its blocks stay small as the list grows; a block that is still too large is divided by
//! further keys, and only what remains too large after that is walked as a sorted neighbourhood. A key that says little
//! hands on only pairs whose names or addresses agree as well. Pairs left out by either are counted, never dropped
//! silently. Each pair is handed on once, with the first key that found it.
//!
//! Keys, meetings and candidates go through a scratch where there is one, and come back a part at a time, so that hardly any
//! of them is in memory however long the list is.

mod candidates;
mod divided;
mod keys;
mod meetings;
mod promise;

use rayon::prelude::*;

use super::ablation::Idea;
use super::features::{Features, NONE, row_id};
use super::{BlockingKey, BlockingReport, KeyReport};
use crate::contact::Scratch;
pub(super) use candidates::{CandidatePair, Candidates};
use candidates::{Counted, Distinct};
use divided::{Divided, sorted};
use keys::{Keys, Strength};
use meetings::{Block, LeftOut, Meeters};

/// Where and in what portions pairs are found. Changes no result.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room<'s> {
    scratch: Option<&'s dyn Scratch>,
    /// Rows that are hashed at a time.
    rows_hashed: usize,
    /// Left rows whose pairs stand in one part.
    rows_in_a_part: usize,
}

/// Left rows in one part at least, and parts at most.
const PART: (usize, usize) = (1 << 11, 1 << 9);

impl<'s> Room<'s> {
    /// For a list of so many rows.
    pub(super) fn new(rows: usize, scratch: Option<&'s dyn Scratch>) -> Self {
        // What is read back in small pieces takes long: with a scratch the portions are larger.
        let rows_hashed = if scratch.is_some() { 1 << 16 } else { 1 << 13 };
        Self { scratch, rows_hashed, rows_in_a_part: rows.div_ceil(PART.1).max(PART.0) }
    }

    /// Portions so small that a short list makes several.
    #[cfg(test)]
    pub(super) fn tiny(scratch: Option<&'s dyn Scratch>) -> Self {
        Self { scratch, rows_hashed: 3, rows_in_a_part: 2 }
    }

    /// The part of a left row, and its place there.
    fn part(&self, row: u32) -> (usize, u32) {
        let (part, within) = (row as usize / self.rows_in_a_part, row as usize % self.rows_in_a_part);
        (part, row_id(within))
    }

    /// The row at a place of a part.
    fn row(&self, part: usize, within: u32) -> u32 {
        row_id(part * self.rows_in_a_part).saturating_add(within)
    }

    /// How many parts so many rows make.
    fn parts(&self, rows: usize) -> usize {
        rows.div_ceil(self.rows_in_a_part)
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
pub(super) fn candidates<'s>(features: &Features, room: Room<'s>) -> (Candidates<'s>, BlockingReport) {
    let (met, left_out) = meetings(features, room);
    let distinct = |part: usize| Distinct::new(sorted(&met, part, room.scratch), room.scratch);
    let parts: Vec<Distinct> = (0..room.parts(features.len)).into_par_iter().map(distinct).collect();
    drop(met);
    let mut counted = [Counted::default(); KEYS.len()];
    for part in &parts {
        counted.iter_mut().zip(part.counted).for_each(|(all, part)| all.add(part));
    }
    let all = Candidates::new(parts.into_iter().map(|part| part.found).collect(), room);
    let key = |(key, counted): (&BlockingKey, &Counted)| KeyReport {
        key: *key,
        pairs: counted.pairs,
        new: counted.first,
        alone: counted.alone,
    };
    let report = BlockingReport {
        keys: KEYS.iter().zip(&counted).map(key).collect(),
        candidates: all.len() as u64,
        left_out: left_out.apart,
        contradicted: left_out.contradicted,
    };
    (all, report)
}

/// The row of an entry.
fn low(entry: u64) -> u32 {
    u32::try_from(entry & u64::from(u32::MAX)).unwrap_or(NONE)
}

/// Parts that the hashes of one key are divided into.
const PARTS: usize = 256;

/// Divides the hashes of a key, each with its row: in each entry the rest of the hash, whether the key is weak, and the row.
fn divide(hashed: &[(u64, u32)], room: Room<'_>) -> Divided {
    // Fibonacci hashing (Knuth 1973): the upper bits depend on all bits of the hash.
    let mixed = |hash: u64| (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let part = |(hash, _): (u64, u32)| usize::from(mixed(hash >> 1).to_be_bytes()[0]);
    let entry = |(hash, row): (u64, u32)| {
        let rest = (mixed(hash >> 1) << 8) & !0x1_ffff_ffff;
        rest | (hash & 1) << 32 | u64::from(row)
    };
    Divided::new(hashed, PARTS, part, entry, room.scratch)
}

/// The hashes of all keys, key by key in the order of [`KEYS`].
fn entries(features: &Features, room: Room<'_>) -> Vec<Vec<Divided>> {
    let keys = Keys::new(features);
    let place = |key: BlockingKey| KEYS.iter().position(|known| *known == key);
    let chunk = |chunk: usize| {
        let rows = chunk * room.rows_hashed..((chunk + 1) * room.rows_hashed).min(features.len);
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
        hashed.iter().map(|hashed| divide(hashed, room)).collect::<Vec<Divided>>()
    };
    let chunks: Vec<Vec<Divided>> = (0..features.len.div_ceil(room.rows_hashed)).into_par_iter().map(chunk).collect();
    let mut by_key: Vec<Vec<Divided>> = KEYS.iter().map(|_| Vec::with_capacity(chunks.len())).collect();
    for chunk in chunks {
        by_key.iter_mut().zip(chunk).for_each(|(all, divided)| all.push(divided));
    }
    by_key
}

/// All meetings, and what was left out.
fn meetings(features: &Features, room: Room<'_>) -> (Vec<Divided>, LeftOut) {
    let mut entries = entries(features, room);
    let mut all = Vec::with_capacity(KEYS.len() * PARTS);
    let mut left_out = LeftOut::default();
    for (key, entries) in KEYS.iter().copied().enumerate().zip(&mut entries) {
        let entries = std::mem::take(entries);
        let part = |part: usize| {
            let mut entries = sorted(&entries, part, room.scratch);
            entries.dedup();
            let blocks = entries.chunk_by(|left, right| left >> 32 == right >> 32).filter(|block| block.len() > 1);
            let is_weak = |entries: &[u64]| entries.first().is_some_and(|entry| entry >> 32 & 1 == 1);
            let strength = |weak: bool| if weak { Strength::Weak } else { Strength::Strong };
            let block = |entries| Block { entries, strength: strength(is_weak(entries)) };
            let mut meeters = Meeters::new(features, key, room);
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
