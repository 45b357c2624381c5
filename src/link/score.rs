//! Candidate pairs → weights, in parallel; and the evidence of a pair in words.

use rayon::prelude::*;

use super::block::Candidates;
use super::compare::Comparer;
use super::weights::Bits;
use super::{BlockingKey, RecordIndex, ScoredPair, Term};

/// A candidate with its weight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scored {
    pub(super) left: u32,
    pub(super) right: u32,
    pub(super) weight: Bits,
    pub(super) key: BlockingKey,
}

impl Comparer<'_> {
    /// Weight of a pair: the prior and every comparison.
    pub(super) fn weight(&self, left: u32, right: u32) -> Bits {
        self.weights.prior + self.compare(left, right).sum()
    }

    /// Scores all candidates and keeps those of at least `least`.
    pub(super) fn score(&self, candidates: &Candidates, least: Bits) -> Vec<Scored> {
        candidates
            .par_iter()
            .map(|pair| Scored {
                left: pair.left,
                right: pair.right,
                weight: self.weight(pair.left, pair.right),
                key: pair.key,
            })
            .filter(|scored| scored.weight >= least)
            .collect()
    }

    /// The evidence of a pair: prior, one term per comparison, and their exact sum.
    pub(super) fn evidence(&self, scored: &Scored) -> ScoredPair {
        let found = self.compare(scored.left, scored.right);
        let term = |(level, bits): &(super::levels::Level, Bits)| Term {
            comparison: level.comparison(),
            level: level.words().into(),
            weight: (*bits).into(),
        };
        ScoredPair {
            left: RecordIndex(scored.left),
            right: RecordIndex(scored.right),
            prior: self.weights.prior.into(),
            terms: found.as_slice().iter().map(term).collect(),
            weight: scored.weight.into(),
            found_by: scored.key,
        }
    }
}
