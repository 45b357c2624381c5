//! Blocks → meetings: two rows that have a key in common, the key, and how much it says.
//!
//! Whether rows with a weak key in common are worth comparing is judged within the block, where what they are judged by is
//! in the cache. Rows that have several keys in common meet several times. Meetings are divided by their left row, so that
//! all of a pair end up side by side, however many keys found it.

use smallvec::SmallVec;

use super::divided::Divided;
use super::keys::Strength;
use super::promise::{Guest, is_promising};
use super::{Room, low};
use crate::link::BlockingKey;
use crate::link::features::{Features, NONE, row_id};

/// Blocks up to this size are compared completely.
const LARGEST_BLOCK: usize = 60;

/// In a block that no further key divides, each record meets this many neighbours in the order of content.
const NEIGHBOURS: usize = 20;

/// Bits of the place of a key.
const KEY: u32 = 4;

/// Two rows that have a key in common: the left one within its part, the right one, and the place of the key. Sorted, all
/// meetings of a pair stand together, the keys in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Meeting(u64);

impl Meeting {
    fn new(within: u32, right: u32, key: usize) -> Self {
        Self((u64::from(within) << 32 | u64::from(right)) << KEY | key as u64)
    }

    pub(super) fn read(number: u64) -> Self {
        Self(number)
    }

    /// The two rows as one number, the left one counted within its part.
    pub(super) fn pair(self) -> u64 {
        self.0 >> KEY
    }

    /// Place of the left row within its part.
    pub(super) fn left(self) -> u32 {
        u32::try_from(self.pair() >> 32).unwrap_or(NONE)
    }

    pub(super) fn right(self) -> u32 {
        low(self.pair())
    }

    /// Place of the key among all keys.
    pub(super) fn key(self) -> usize {
        usize::from(self.0.to_le_bytes()[0] & 15)
    }
}

/// Rows that have a key in common, and how much it says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'e> {
    /// The rows, in the lower half of each number.
    pub(super) entries: &'e [u64],
    pub(super) strength: Strength,
}

impl Block<'_> {
    fn rows(&self) -> impl Iterator<Item = u32> + Clone {
        self.entries.iter().copied().map(low)
    }
}

/// What the blocks of one key have found so far.
#[derive(Debug)]
pub(super) struct Meeters<'f> {
    features: &'f Features,
    room: Room<'f>,
    /// Place of the key.
    at: usize,
    key: BlockingKey,
    /// By the part of the left row.
    met: Vec<(u32, Meeting)>,
    pub(super) counted: LeftOut,
}

/// Pairs of rows with a key in common that do not meet.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LeftOut {
    /// Their blocks were too large.
    pub(super) apart: u64,
    /// They contradict one another.
    pub(super) contradicted: u64,
}

/// Rows that are fetched together.
const ROWS_TO_FETCH: usize = 64;

impl<'f> Meeters<'f> {
    pub(super) fn new(features: &'f Features, (at, key): (usize, BlockingKey), room: Room<'f>) -> Self {
        Self { features, room, at, key, met: Vec::new(), counted: LeftOut::default() }
    }

    /// Lets the rows of all blocks meet, each block for itself. What they are judged by is fetched for several blocks at
    /// once, and stays in the cache while every row of a block meets every other.
    pub(super) fn blocks(&mut self, blocks: &[Block<'_>]) {
        let mut rest = blocks;
        let mut rows = Vec::new();
        while !rest.is_empty() {
            let mut fetched = 0;
            let more = |block: &Block<'_>| {
                fetched += block.entries.len();
                fetched > ROWS_TO_FETCH
            };
            let (now, later) = rest.split_at(rest.iter().position(more).map_or(rest.len(), |last| last + 1));
            rest = later;
            let weak = now.iter().filter(|block| block.strength == Strength::Weak);
            self.features.fetch(weak.flat_map(Block::rows));
            for block in now {
                rows.clear();
                rows.extend(block.rows());
                if rows.len() > LARGEST_BLOCK {
                    // In the order of content, which decides who are neighbours.
                    rows.sort_unstable_by_key(|row| self.features.rank[*row as usize]);
                }
                self.divide(&rows, block.strength, 0);
            }
        }
    }

    /// Lets rows meet, dividing them while they are too many.
    fn divide(&mut self, rows: &[u32], strength: Strength, refinement: usize) {
        if rows.len() <= LARGEST_BLOCK {
            return self.meet(rows, strength, rows.len());
        }
        if refinement == REFINEMENTS {
            let size = rows.len() as u64;
            let walked: u64 = (0..rows.len()).map(|at| (rows.len() - at - 1).min(NEIGHBOURS) as u64).sum();
            self.counted.apart += size * (size - 1) / 2 - walked;
            return self.meet(rows, strength, NEIGHBOURS);
        }
        let value = |row: &u32| (refine(self.features, *row, refinement), *row);
        let mut divided: Vec<(u32, u32)> = rows.iter().map(value).collect();
        // Stable, so that the order of content survives within each part.
        divided.sort_by_key(|(value, _)| *value);
        for part in divided.chunk_by(|left, right| left.0 == right.0) {
            let rows: Vec<u32> = part.iter().map(|(_, row)| *row).collect();
            self.divide(&rows, strength, refinement + 1);
        }
    }

    /// Lets each row meet so many of those after it; by a weak key only where that is promising.
    fn meet(&mut self, rows: &[u32], strength: Strength, neighbours: usize) {
        let mut add = |one: u32, other: u32| {
            let (part, left) = self.room.part(one.min(other));
            self.met.push((row_id(part), Meeting::new(left, one.max(other), self.at)));
        };
        if strength == Strength::Strong {
            for (at, one) in rows.iter().enumerate() {
                rows[at + 1..].iter().take(neighbours).for_each(|other| add(*one, *other));
            }
            return;
        }
        let guests: SmallVec<[Guest<'_>; 8]> = rows.iter().map(|row| Guest::new(self.features, *row)).collect();
        for (at, one) in guests.iter().enumerate() {
            for other in guests[at + 1..].iter().take(neighbours) {
                if is_promising(self.features, self.key, one, other) {
                    add(one.row, other.row);
                } else {
                    self.counted.contradicted += 1;
                }
            }
        }
    }

    /// All meetings by their left rows, and what was left out.
    pub(super) fn finish(self) -> (Divided, LeftOut) {
        let parts = self.room.parts(self.features.len);
        let part = |(part, _): (u32, Meeting)| part as usize;
        (Divided::new(&self.met, parts, part, |(_, meeting)| meeting.0, self.room.scratch), self.counted)
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
