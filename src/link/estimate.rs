//! m, u and the prior learned from the list itself.
//!
//! u, the share of non-matches at a level, is counted on random pairs; m, the share of matches, is found by
//! expectation–maximisation over a sample of the candidates, starting from the shipped defaults (Fellegi & Sunter 1969;
//! Winkler 1988). The defaults count as a number of observed pairs, so that a small list stays close to them, and where
//! too few matches are expected nothing is learned at all. What is learned is checked: expectation–maximisation finds two
//! classes of pairs, and nothing but the check says that one of them is the matches. Both samples and all sums depend on
//! content only, never on row order.

use rayon::prelude::*;

use super::block::{CandidatePair, Candidates};
use super::compare::{Comparer, Findings};
use super::features::row_id;
use super::levels::Level;
use super::model::Fallback;
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

/// Bits by which levels may contradict their order before the list is not believed at all.
const MOST_DISORDER: f64 = 8.0;
/// How far, in bits, matches may exceed one per record: a person has so many records at most, on average.
const MOST_MATCHES: f64 = 5.0;

/// Learns the weights of `comparer` from the records it compares. Where what is learned cannot be, the defaults stay and
/// the reason is given.
pub(super) fn learn(comparer: &mut Comparer<'_>, candidates: &Candidates<'_>) -> Option<Fallback> {
    match learned(comparer, candidates) {
        Ok(weights) => {
            comparer.weights = weights;
            None
        }
        Err(reason) => Some(reason),
    }
}

fn learned(comparer: &Comparer<'_>, candidates: &Candidates<'_>) -> Result<Weights, Fallback> {
    let sample = sample(comparer, candidates);
    let share = f64::from(row_id(sample.len())) / f64::from(row_id(candidates.len().max(1)));
    let starting = &comparer.weights;
    let anchors: Vec<bool> = sample.iter().map(|found| is_anchored(found, starting.size)).collect();
    let seen = seen(&sample, &anchors, &random_pairs(comparer));
    let mut weights = starting.clone();
    let mut disorder = 0.0;
    let mut per_record = 0.0;
    let mut matching = Vec::new();
    for _ in 0..ROUNDS {
        let probability = |found: &Findings| {
            let moved = found
                .as_slice()
                .iter()
                .fold(weights.prior, |sum, (level, bits)| sum + weights.moved(*level, *bits, starting));
            Share::new(1.0 / (1.0 + (-moved.value()).exp2()))
        };
        matching = sample.par_iter().map(probability).collect();
        let expected = matching.iter().copied().sum::<Share>().value();
        if expected < FEWEST_MATCHES {
            return Err(Fallback::FewMatches);
        }
        let mut matches = vec![Share::default(); seen.matches.len()];
        for (found, probability) in sample.iter().zip(&matching) {
            for (level, _) in found.as_slice() {
                matches[*level as usize] += *probability;
            }
        }
        let learned = Learned { matches: matches.into_iter().map(Share::value).collect(), ..seen.clone() };
        per_record = (expected / share).log2() - starting.size + 1.0;
        let prior = Bits::new(-starting.size + per_record.clamp(-PRIOR_RANGE, PRIOR_RANGE));
        (weights, disorder) = Weights::learned(starting, &learned, DEFAULTS_COUNT_AS, prior);
    }
    let anchored = || matching.iter().zip(&anchors).filter(|(_, anchor)| **anchor).map(|(share, _)| *share);
    let (found, all) = (anchored().sum::<Share>().value(), f64::from(row_id(anchored().count())));
    if per_record > MOST_MATCHES {
        return Err(Fallback::ManyMatches);
    }
    if all >= FEWEST_MATCHES && found < 0.5 * all {
        return Err(Fallback::AnchorsApart);
    }
    if disorder > MOST_DISORDER {
        return Err(Fallback::Disordered);
    }
    Ok(weights)
}

/// A probability, or a sum of probabilities, in units of 2⁻³²: sums are exact, so that they do not depend on the order of
/// the rows, which decides the order of the pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Share(u64);

impl Share {
    fn new(probability: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a probability is from 0 to 1")]
        Self((probability * 2f64.powi(32)).round() as u64)
    }

    fn value(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "the sum of a sample is below 2⁵²")]
        let units = self.0 as f64;
        units / 2f64.powi(32)
    }
}

impl std::ops::AddAssign for Share {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl std::iter::Sum for Share {
    fn sum<I: Iterator<Item = Self>>(shares: I) -> Self {
        Self(shares.map(|share| share.0).sum())
    }
}

/// Counts that no round changes: levels of anchored pairs and of random ones.
fn seen(sample: &[Findings], anchors: &[bool], random: &[Findings]) -> Learned {
    let mut seen = Learned::default();
    for found in random {
        found.as_slice().iter().for_each(|(level, _)| seen.others[*level as usize] += 1.0);
    }
    for (found, _) in sample.iter().zip(anchors).filter(|(_, anchor)| **anchor) {
        found.as_slice().iter().for_each(|(level, _)| seen.anchored[*level as usize] += 1.0);
    }
    seen
}

/// A share of the candidates, chosen by their content.
fn sample(comparer: &Comparer<'_>, candidates: &Candidates<'_>) -> Vec<Findings> {
    let every = u64::try_from(candidates.len() / SAMPLE + 1).unwrap_or(1);
    let rank = &comparer.features.rank;
    let chosen = |pair: &CandidatePair| {
        let (one, other) = (rank[pair.left as usize], rank[pair.right as usize]);
        let mixed = (u64::from(one.min(other)) << 32 | u64::from(one.max(other))).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) % every == 0
    };
    let findings = |part: usize| {
        let chosen = candidates.part(part).into_iter().filter(chosen);
        chosen.map(|pair| comparer.compare(pair.left, pair.right)).collect::<Vec<Findings>>()
    };
    let parts: Vec<Vec<Findings>> = (0..candidates.parts()).into_par_iter().map(findings).collect();
    parts.concat()
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
