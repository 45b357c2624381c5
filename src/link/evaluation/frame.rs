//! The pairs a sample is drawn from, in strata around the thresholds.
//!
//! Most pairs are easy, and an even sample would spend a person's time on them. So the pairs are put into four strata and
//! each gets the same share of the questions; the estimate weighs them back. Pairs inside groups are counted and drawn
//! by rank, without listing them.

use rustc_hash::FxHashSet;
use serde::Serialize;

use super::tally::pairs;
use crate::link::{Band, Group, Linkage, RecordIndex};

/// How far above the `auto` threshold a group still counts as near to it, in bits.
const NEAR: f64 = 4.0;

/// Where a pair stands to the thresholds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stratum {
    /// In one group of the `auto` band, well above the threshold.
    Certain,
    /// In one group of the `auto` band, within four bits of the threshold.
    NearAuto,
    /// In one group of the `review` band, or a loose member with another one.
    Review,
    /// Kept apart, though the evidence made it worth keeping: doubtful, or the join was refused.
    Apart,
}

impl Stratum {
    /// All of them, in the order of their questions.
    pub const ALL: [Self; 4] = [Self::NearAuto, Self::Review, Self::Apart, Self::Certain];

    fn at(self) -> usize {
        match self {
            Self::NearAuto => 0,
            Self::Review => 1,
            Self::Apart => 2,
            Self::Certain => 3,
        }
    }
}

/// A pair to ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct SampledPair {
    /// The record that comes first in the input.
    pub left: RecordIndex,
    /// The other one.
    pub right: RecordIndex,
    /// Where it stands.
    pub stratum: Stratum,
}

/// All pairs that a sample can be drawn from.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    linkage: &'a Linkage,
    group_of: Vec<u32>,
    /// For each stratum of joined pairs: its groups, and the pairs up to and including each.
    joined: [Vec<Block>; 4],
    /// Positions of scored pairs that were not joined.
    apart: Vec<u32>,
}

/// The pairs of one group that belong to one stratum.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// Position of the group.
    group: u32,
    /// Number of the first pair, in the order of [`unranked`].
    first: u64,
    /// Pairs up to and including this block's.
    up_to: u64,
}

/// No group.
const NOWHERE: u32 = u32::MAX;

/// Position of each record's group; [`NOWHERE`] for a record a damaged plan lost.
pub(super) fn group_of(linkage: &Linkage, records: usize) -> Vec<u32> {
    let mut group_of = vec![NOWHERE; records];
    for (at, group) in (0_u32..).zip(&linkage.groups) {
        for member in &group.members {
            if let Some(slot) = group_of.get_mut(member.0 as usize) {
                *slot = at;
            }
        }
    }
    group_of
}

pub(super) fn same_group(group_of: &[u32], left: RecordIndex, right: RecordIndex) -> bool {
    let group = |index: RecordIndex| group_of.get(index.0 as usize).copied().filter(|group| *group != NOWHERE);
    group(left).is_some_and(|found| group(right) == Some(found))
}

impl<'a> Frame<'a> {
    /// The frame of a linkage over that many records.
    #[must_use]
    pub fn new(linkage: &'a Linkage, records: usize) -> Self {
        let group_of = group_of(linkage, records);
        let mut joined: [Vec<Block>; 4] = Default::default();
        for (at, group) in (0_u32..).zip(&linkage.groups) {
            let (core, all) = (pairs(group.core().count() as u64), pairs(group.members.len() as u64));
            let strata = [(stratum_of_core(linkage, group), 0, core), (Some(Stratum::Review), core, all - core)];
            for (stratum, first, count) in strata {
                let (Some(stratum), true) = (stratum, count > 0) else { continue };
                let list = &mut joined[stratum.at()];
                let before = list.last().map_or(0, |block| block.up_to);
                list.push(Block { group: at, first, up_to: before + count });
            }
        }
        let is_apart = |pair: &crate::link::ScoredPair| !same_group(&group_of, pair.left, pair.right);
        let apart = (0_u32..).zip(&linkage.pairs).filter(|(_, pair)| is_apart(pair)).map(|(at, _)| at).collect();
        Self { linkage, group_of, joined, apart }
    }

    /// Pairs of a stratum.
    #[must_use]
    pub fn pairs(&self, stratum: Stratum) -> u64 {
        match stratum {
            Stratum::Apart => self.apart.len() as u64,
            joined => self.joined[joined.at()].last().map_or(0, |block| block.up_to),
        }
    }

    /// Where two records stand; `None` for two that were never close.
    #[must_use]
    pub fn stratum(&self, left: RecordIndex, right: RecordIndex) -> Option<Stratum> {
        if left == right {
            return None;
        }
        if same_group(&self.group_of, left, right) {
            let at = *self.group_of.get(left.0 as usize)? as usize;
            let group = self.linkage.groups.get(at)?;
            let is_loose = |record| group.loose_weight(record).is_some();
            return if is_loose(left) || is_loose(right) {
                Some(Stratum::Review)
            } else {
                stratum_of_core(self.linkage, group)
            };
        }
        let wanted = (left.min(right), left.max(right));
        let found = self.linkage.pairs.binary_search_by_key(&wanted, |pair| (pair.left, pair.right));
        found.is_ok().then_some(Stratum::Apart)
    }

    /// Draws `count` pairs, as evenly from the strata as their sizes allow, in turns, so that stopping early leaves a fair
    /// sample. The same seed on the same linkage draws the same pairs.
    #[must_use]
    pub fn draw(&self, count: usize, seed: u64) -> Vec<SampledPair> {
        let mut drawn: Vec<Vec<SampledPair>> = Vec::new();
        for (stratum, wanted) in Stratum::ALL.into_iter().zip(self.shares(count)) {
            let ranks = ranks(self.pairs(stratum), wanted, seed.wrapping_add(stratum.at() as u64));
            drawn.push(ranks.into_iter().filter_map(|rank| self.pair(stratum, rank)).collect());
        }
        let longest = drawn.iter().map(Vec::len).max().unwrap_or(0);
        let in_turns = (0..longest).flat_map(|turn| drawn.iter().filter_map(move |list| list.get(turn).copied()));
        in_turns.collect()
    }

    /// How many pairs each stratum gives.
    fn shares(&self, count: usize) -> [u64; 4] {
        let sizes = Stratum::ALL.map(|stratum| self.pairs(stratum));
        let mut shares = [0; 4];
        let mut left = count as u64;
        while left > 0 {
            let open: Vec<usize> = (0..4).filter(|at| shares[*at] < sizes[*at]).collect();
            if open.is_empty() {
                break;
            }
            let each = (left / open.len() as u64).max(1);
            for at in open {
                let more = each.min(sizes[at] - shares[at]).min(left);
                shares[at] += more;
                left -= more;
            }
        }
        shares
    }

    /// The pair of that rank in a stratum.
    fn pair(&self, stratum: Stratum, rank: u64) -> Option<SampledPair> {
        if stratum == Stratum::Apart {
            let pair = self.linkage.pairs.get(*self.apart.get(usize::try_from(rank).ok()?)? as usize)?;
            return Some(SampledPair { left: pair.left, right: pair.right, stratum });
        }
        let blocks = &self.joined[stratum.at()];
        let at = blocks.partition_point(|block| block.up_to <= rank);
        let before = at.checked_sub(1).and_then(|at| blocks.get(at)).map_or(0, |block| block.up_to);
        let block = blocks.get(at)?;
        let group = self.linkage.groups.get(block.group as usize)?;
        let members: Vec<RecordIndex> = group.core().chain(group.loose.iter().map(|loose| loose.record)).collect();
        let (one, other) = unranked(block.first + rank - before);
        let member = |at: u64| members.get(usize::try_from(at).ok()?).copied();
        let (one, other) = (member(one)?, member(other)?);
        Some(SampledPair { left: one.min(other), right: one.max(other), stratum })
    }
}

fn stratum_of_core(linkage: &Linkage, group: &Group) -> Option<Stratum> {
    match group.band {
        Band::Single => None,
        Band::Review => Some(Stratum::Review),
        Band::Auto => {
            let near = group.weight.is_some_and(|weight| weight.0 < linkage.model.auto_weight.0 + NEAR);
            Some(if near { Stratum::NearAuto } else { Stratum::Certain })
        }
    }
}

/// The `rank`-th pair of several things, in the order (0,1) (0,2) (1,2) (0,3) …: those among the first things come first.
fn unranked(mut rank: u64) -> (u64, u64) {
    let mut second = 1;
    while rank >= second {
        rank -= second;
        second += 1;
    }
    (rank, second)
}

/// `wanted` different numbers below `size`, in random order.
fn ranks(size: u64, wanted: u64, seed: u64) -> Vec<u64> {
    let mut random = Random(seed);
    if wanted.saturating_mul(2) >= size {
        // Fisher and Yates; the list is at most twice as long as what is asked for.
        let mut all: Vec<u64> = (0..size).collect();
        for at in (1..all.len()).rev() {
            all.swap(at, usize::try_from(random.below(at as u64 + 1)).unwrap_or(at));
        }
        all.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        return all;
    }
    let mut taken = FxHashSet::default();
    let mut found = Vec::new();
    while (found.len() as u64) < wanted {
        let rank = random.below(size);
        if taken.insert(rank) {
            found.push(rank);
        }
    }
    found
}

/// `SplitMix64` (Steele, Lea & Flood 2014): small, and the same everywhere.
struct Random(u64);

impl Random {
    /// A number below `limit`, which is not 0. The bias of the remainder is below 2^-32 for any number of pairs.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}
