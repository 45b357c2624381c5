//! Candidate pairs → weights, in parallel.
//!
//! What a pair that weighs enough was found to agree on is kept, four bytes a comparison: clustering, the bands and the
//! evidence ask for the same pairs again, and reading the levels back costs a tenth of comparing the records once more.

use rayon::prelude::*;

use super::BlockingKey;
use super::block::{CandidatePair, Candidates};
use super::compare::{Comparer, Findings};
use super::features::row_id;
use super::levels::{Level, TABLE};
use super::weights::Bits;

/// A candidate with its weight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scored {
    pub(super) left: u32,
    pub(super) right: u32,
    pub(super) weight: Bits,
    pub(super) key: BlockingKey,
}

/// A level and its weight: the level in the lowest byte, the weight above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Packed(i32);

impl Packed {
    fn new((level, bits): (Level, Bits)) -> Self {
        // A single weight is within ±1000 bits, which fits into 24 bits of 2⁻¹⁰.
        Self(bits.0 << 8 | i32::from(level as u8))
    }

    pub(super) fn read(self) -> (Level, Bits) {
        let level = TABLE.get(usize::from(self.0.to_le_bytes()[0])).map_or(Level::TextDifferent, |row| row.0);
        (level, Bits(self.0 >> 8))
    }
}

/// The pairs that weigh enough to be looked at again, by left, then right row, with the levels they reached.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pairs: Vec<Scored>,
    /// End of each pair's terms.
    ends: Vec<usize>,
    terms: Vec<Packed>,
    /// Where the pairs of each left row begin.
    starts: Vec<u32>,
}

impl Kept {
    /// All pairs.
    pub(super) fn pairs(&self) -> &[Scored] {
        &self.pairs
    }

    /// All pairs with the levels they reached.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Scored, Findings)> {
        self.pairs.iter().enumerate().map(|(at, pair)| (pair, self.findings(at)))
    }

    /// The levels two rows reached, if they were kept.
    pub(super) fn find(&self, left: u32, right: u32) -> Option<Findings> {
        let (left, right) = (left.min(right), left.max(right));
        let row = left as usize;
        let (start, end) = (*self.starts.get(row)? as usize, *self.starts.get(row + 1)? as usize);
        let at = self.pairs.get(start..end)?.binary_search_by_key(&right, |pair| pair.right).ok()?;
        Some(self.findings(start + at))
    }

    /// What the comparisons of the pair at a place said.
    pub(super) fn terms(&self, at: usize) -> &[Packed] {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.terms.get(start..*end)).unwrap_or_default()
    }

    fn findings(&self, at: usize) -> Findings {
        self.terms(at).iter().map(|term| term.read()).collect()
    }

    fn add(&mut self, pair: CandidatePair, weight: Bits, found: &Findings) {
        self.pairs.push(Scored { left: pair.left, right: pair.right, weight, key: pair.key });
        self.terms.extend(found.as_slice().iter().copied().map(Packed::new));
        self.ends.push(self.terms.len());
    }

    /// One after the other, for so many rows.
    fn concat(parts: Vec<Self>, rows: usize) -> Self {
        let mut all = Self::default();
        all.pairs.reserve_exact(parts.iter().map(|part| part.pairs.len()).sum());
        all.ends.reserve_exact(all.pairs.capacity());
        all.terms.reserve_exact(parts.iter().map(|part| part.terms.len()).sum());
        for part in parts {
            let before = all.terms.len();
            all.pairs.extend(part.pairs);
            all.terms.extend(part.terms);
            all.ends.extend(part.ends.iter().map(|end| before + end));
        }
        all.starts = Vec::with_capacity(rows + 1);
        let mut start = 0;
        for row in 0..=row_id(rows) {
            while all.pairs.get(start).is_some_and(|pair| pair.left < row) {
                start += 1;
            }
            all.starts.push(row_id(start));
        }
        all
    }
}

/// Pairs whose records are fetched together.
const PAIRS_TO_FETCH: usize = 32;

impl Comparer<'_> {
    /// Weight of a pair: the prior and every comparison.
    pub(super) fn weight(&self, left: u32, right: u32) -> Bits {
        self.weights.prior + self.findings(left, right).sum()
    }

    /// What two records agree on, looked up where it is known.
    pub(super) fn findings(&self, left: u32, right: u32) -> Findings {
        self.kept.find(left, right).unwrap_or_else(|| self.compare(left, right))
    }

    /// Scores all candidates and keeps those of at least `least`.
    pub(super) fn score(&self, candidates: &Candidates<'_>, least: Bits) -> Kept {
        let score = |part: usize| {
            let mut kept = Kept::default();
            for near in candidates.part(part).chunks(PAIRS_TO_FETCH) {
                self.features.fetch(near.iter().map(|pair| pair.right));
                for pair in near {
                    let found = self.compare(pair.left, pair.right);
                    let weight = self.weights.prior + found.sum();
                    if weight >= least {
                        kept.add(*pair, weight, &found);
                    }
                }
            }
            kept
        };
        let parts: Vec<Kept> = (0..candidates.parts()).into_par_iter().map(score).collect();
        Kept::concat(parts, self.features.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_findings() -> impl Strategy<Value = Findings> {
        let term = (0..TABLE.len(), -1_024_000..=1_024_000_i32);
        let read = |terms: Vec<(usize, i32)>| terms.into_iter().map(|(at, bits)| (TABLE[at].0, Bits(bits))).collect();
        prop::collection::vec(term, 0..14).prop_map(read)
    }

    proptest! {
        #[test]
        fn what_is_kept_is_found_again_and_nothing_else(
            pairs in prop::collection::btree_map((0..12_u32, 1..6_u32), any_findings(), 0..40),
            parts in 1..9_usize,
        ) {
            let pairs: Vec<((u32, u32), Findings)> =
                pairs.into_iter().map(|((left, apart), found)| ((left, left + apart), found)).collect();
            let part = |pairs: &[((u32, u32), Findings)]| {
                let mut kept = Kept::default();
                for ((left, right), found) in pairs {
                    let pair = CandidatePair { left: *left, right: *right, key: BlockingKey::Email };
                    kept.add(pair, found.sum(), found);
                }
                kept
            };
            let kept = Kept::concat(pairs.chunks(parts).map(part).collect(), 18);
            for left in 0..18 {
                for right in left + 1..20 {
                    let known = pairs.iter().find(|(pair, _)| *pair == (left, right)).map(|(_, found)| found.as_slice());
                    let found = kept.find(right, left);
                    prop_assert_eq!(found.as_ref().map(Findings::as_slice), known);
                }
            }
            let all: Vec<(u32, u32)> = kept.iter().map(|(pair, _)| (pair.left, pair.right)).collect();
            prop_assert_eq!(all, pairs.iter().map(|(pair, _)| *pair).collect::<Vec<_>>());
        }
    }
}
