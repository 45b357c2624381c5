//! m, u and the prior learned from the list itself.
//!
//! u, the share of non-matches at a level, is counted on random pairs; m, the share of matches, is found by
//! expectation–maximisation over a sample of the candidates, starting from the shipped defaults (Fellegi & Sunter 1969;
//! Winkler 1988). The defaults count as a number of observed pairs, so that a small list stays close to them, and where
//! too few matches are expected nothing is learned at all. Both samples depend on content only, never on row order.

use rayon::prelude::*;

use super::block::CandidatePair;
use super::compare::{Comparer, Findings};
use super::features::row_id;
use super::levels::Level;
use super::weights::{Bits, Learned, Weights};

/// Candidates looked at.
const SAMPLE: usize = 40_000;
/// Random pairs looked at.
const RANDOM_PAIRS: usize = 60_000;
/// Rounds of expectation and maximisation; the weights move by less than a tenth of a bit after these.
const ROUNDS: usize = 6;
/// Observed pairs the default m and u of a comparison count as.
const DEFAULTS_COUNT_AS: f64 = 40.0;
/// Expected matches in the sample below which the defaults stay.
const FEWEST_MATCHES: f64 = 20.0;
/// How far the prior may move from one match per record, in bits.
const PRIOR_RANGE: f64 = 2.5;

/// Learns the weights of `comparer` from the records it compares.
pub(super) fn learn(comparer: &mut Comparer<'_>, candidates: &[CandidatePair]) {
    let sample = sample(comparer, candidates);
    let share = f64::from(row_id(sample.len())) / f64::from(row_id(candidates.len().max(1)));
    let random = random_pairs(comparer);
    let starting = comparer.weights.clone();
    let mut anchored = Learned::default();
    for found in &random {
        for (level, _) in found.as_slice() {
            anchored.others[*level as usize] += 1.0;
        }
    }
    for found in sample.iter().filter(|found| is_anchored(found, starting.size)) {
        for (level, _) in found.as_slice() {
            anchored.anchored[*level as usize] += 1.0;
        }
    }
    let mut weights = starting.clone();
    for _ in 0..ROUNDS {
        let probability = |found: &Findings| {
            let moved = found
                .as_slice()
                .iter()
                .fold(weights.prior, |sum, (level, bits)| sum + weights.moved(*level, *bits, &starting));
            1.0 / (1.0 + (-moved.value()).exp2())
        };
        let matching: Vec<f64> = sample.par_iter().map(probability).collect();
        let expected: f64 = matching.iter().sum();
        if expected < FEWEST_MATCHES {
            return;
        }
        let mut learned = anchored.clone();
        for (found, probability) in sample.iter().zip(&matching) {
            for (level, _) in found.as_slice() {
                learned.matches[*level as usize] += probability;
            }
        }
        let rows = starting.size;
        let per_record = (expected / share).log2() - rows;
        let prior = Bits::new(-rows + (per_record + 1.0).clamp(-PRIOR_RANGE, PRIOR_RANGE));
        weights = Weights::learned(&starting, &learned, DEFAULTS_COUNT_AS, prior);
    }
    comparer.weights = weights;
}

/// A share of the candidates, chosen by their content.
fn sample(comparer: &Comparer<'_>, candidates: &[CandidatePair]) -> Vec<Findings> {
    let every = u64::try_from(candidates.len() / SAMPLE + 1).unwrap_or(1);
    let rank = &comparer.features.rank;
    let chosen = |pair: &&CandidatePair| {
        let (one, other) = (rank[pair.left as usize], rank[pair.right as usize]);
        let mixed = (u64::from(one.min(other)) << 32 | u64::from(one.max(other))).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) % every == 0
    };
    candidates.par_iter().filter(chosen).map(|pair| comparer.compare(pair.left, pair.right)).collect()
}

/// Pairs of records that have nothing to do with each other: the order of content is as good as shuffled, and records
/// half a list apart in it do not have the same content.
fn random_pairs(comparer: &Comparer<'_>) -> Vec<Findings> {
    let rows = comparer.features.len;
    let mut order = vec![0; rows];
    for (row, rank) in comparer.features.rank.iter().enumerate() {
        order[*rank as usize] = row_id(row);
    }
    if rows < 8 {
        return Vec::new();
    }
    let rounds = (RANDOM_PAIRS / rows).clamp(1, rows / 4);
    let starts: Vec<(usize, usize)> = (0..rounds)
        .flat_map(|round| (0..rows.min(RANDOM_PAIRS)).map(move |at| (at, (at + rows / 3 + round) % rows)))
        .collect();
    starts.par_iter().map(|(one, other)| comparer.compare(order[*one], order[*other])).collect()
}

/// Whether a pair agrees on a value that identifies a person by itself, whatever else differs. A value shared by some
/// counts when most of its carriers are one person all the same: then the others may be slips.
fn is_anchored(found: &Findings, size: f64) -> bool {
    let mostly_one = Bits::new(size - 0.6);
    let identified = |(level, bits): &(Level, Bits)| match level {
        Level::EmailSame | Level::IdentifierSame | Level::ExternalIdSame => true,
        Level::EmailShared => *bits >= mostly_one,
        _ => false,
    };
    found.as_slice().iter().any(identified)
}
