//! Candidate pairs in parts of some left rows each, by left, then right row: eight bytes a pair, in memory or set aside.

use super::divided::Numbers;
use super::meetings::Meeting;
use super::{KEYS, Room};
use crate::contact::Scratch;
use crate::link::BlockingKey;

/// A pair to compare: rows in input order, and the key that found it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::link) struct CandidatePair {
    pub(in crate::link) left: u32,
    pub(in crate::link) right: u32,
    pub(in crate::link) key: BlockingKey,
}

/// All candidate pairs.
#[derive(Debug)]
pub(in crate::link) struct Candidates<'s> {
    /// The first meeting of each pair.
    parts: Vec<Numbers>,
    room: Room<'s>,
    len: usize,
}

impl<'s> Candidates<'s> {
    pub(super) fn new(parts: Vec<Numbers>, room: Room<'s>) -> Self {
        let len = parts.iter().map(Numbers::len).sum();
        Self { parts, room, len }
    }

    /// How many there are.
    pub(in crate::link) fn len(&self) -> usize {
        self.len
    }

    /// In how many parts they are.
    pub(in crate::link) fn parts(&self) -> usize {
        self.parts.len()
    }

    /// The pairs of one part; all parts one after the other are all pairs in order.
    pub(in crate::link) fn part(&self, at: usize) -> Vec<CandidatePair> {
        let Some(part) = self.parts.get(at) else { return Vec::new() };
        let mut numbers = Vec::with_capacity(part.len());
        part.read(0, part.len(), self.room.scratch, &mut numbers);
        let pair = |number: u64| {
            let met = Meeting::read(number);
            let key = KEYS.get(met.key()).copied().unwrap_or(BlockingKey::FullName);
            CandidatePair { left: self.room.row(at, met.left()), right: met.right(), key }
        };
        numbers.into_iter().map(pair).collect()
    }
}

/// What one key found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counted {
    /// Distinct pairs.
    pub(super) pairs: u64,
    /// Pairs no key before it found.
    pub(super) first: u64,
    /// Pairs no other key found.
    pub(super) alone: u64,
}

impl Counted {
    pub(super) fn add(&mut self, other: Self) {
        self.pairs += other.pairs;
        self.first += other.first;
        self.alone += other.alone;
    }
}

/// The pairs of one part, each once.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    pub(super) found: Numbers,
    pub(super) counted: [Counted; KEYS.len()],
}

impl Distinct {
    /// The pairs of these meetings, which come sorted.
    pub(super) fn new(mut meetings: Vec<u64>, scratch: Option<&dyn Scratch>) -> Self {
        let mut counted = [Counted::default(); KEYS.len()];
        for pair in meetings.chunk_by(|one, next| Meeting::read(*one).pair() == Meeting::read(*next).pair()) {
            let keys = pair.iter().fold(0_u16, |keys, number| keys | 1 << Meeting::read(*number).key());
            let first = keys.trailing_zeros() as usize;
            for (at, counted) in counted.iter_mut().enumerate().filter(|(at, _)| keys & 1 << at != 0) {
                counted.pairs += 1;
                counted.first += u64::from(at == first);
                counted.alone += u64::from(keys.is_power_of_two());
            }
        }
        meetings.dedup_by_key(|number| Meeting::read(*number).pair());
        meetings.shrink_to_fit();
        Self { found: Numbers::new(meetings, scratch), counted }
    }
}
