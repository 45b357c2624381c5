//! Answers of a person → precision and recall with intervals.

use std::collections::BTreeMap;

use serde::Serialize;

use super::frame::{Frame, Stratum};
use super::interval::{Estimate, weighted, wilson};
use super::tally::float;
use crate::link::RecordIndex;

/// What a person said about a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// One record.
    pub left: RecordIndex,
    /// The other one, in either order.
    pub right: RecordIndex,
    /// Whether they are one person.
    pub is_match: bool,
}

/// The answers of one stratum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct StratumAnswers {
    /// Which.
    pub stratum: Stratum,
    /// Pairs it has.
    pub pairs: u64,
    /// Of these, answered.
    pub answered: u64,
    /// Of these, one person.
    pub matches: u64,
    /// Share of its pairs that are one person.
    pub share: Estimate,
}

/// Precision and recall of pairs, as far as they can be told. `None` where a stratum that matters has no answer yet.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PairEstimate {
    /// Share of the joined pairs that are one person.
    pub precision: Option<Estimate>,
    /// Share of the pairs of one person that were joined. Pairs that never came close are not in the frame, so this is
    /// at most too high, by what blocking missed.
    pub recall: Option<Estimate>,
}

/// What a sample says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sampled {
    /// Pairs answered that are in the frame, each once.
    pub answered: u64,
    /// Pairs answered that never came close and are in no stratum.
    pub outside: u64,
    /// Of these, one person: missed for certain.
    pub outside_matches: u64,
    /// Groups of both bands.
    pub all: PairEstimate,
    /// Groups of the `auto` band alone.
    pub auto: PairEstimate,
    /// Each stratum by itself.
    pub strata: Vec<StratumAnswers>,
}

impl Sampled {
    /// Estimates from answers. A pair answered twice counts by its last answer. Answers are taken for a random sample of
    /// their stratum, which those to a [`Frame::draw`] are.
    #[must_use]
    pub fn new(frame: &Frame<'_>, answers: &[Answer]) -> Self {
        let mut last: BTreeMap<(RecordIndex, RecordIndex), bool> = BTreeMap::new();
        for answer in answers.iter().filter(|answer| answer.left != answer.right) {
            last.insert((answer.left.min(answer.right), answer.left.max(answer.right)), answer.is_match);
        }
        let mut counts: BTreeMap<Stratum, (u64, u64)> = BTreeMap::new();
        let (mut outside, mut outside_matches) = (0, 0);
        for ((left, right), is_match) in &last {
            let Some(stratum) = frame.stratum(*left, *right) else {
                outside += 1;
                outside_matches += u64::from(*is_match);
                continue;
            };
            let (answered, matches) = counts.entry(stratum).or_default();
            *answered += 1;
            *matches += u64::from(*is_match);
        }
        let strata = Stratum::ALL.map(|stratum| {
            let (answered, matches) = counts.get(&stratum).copied().unwrap_or_default();
            let pairs = frame.pairs(stratum);
            let known = answered > 0 && answered >= pairs;
            let share = wilson(matches, answered);
            let share = if known { Estimate::exactly(share.value) } else { share };
            StratumAnswers { stratum, pairs, answered, matches, share }
        });
        let of = |wanted: &[Stratum]| -> Vec<StratumAnswers> {
            strata.iter().filter(|part| wanted.contains(&part.stratum)).copied().collect()
        };
        let auto = of(&[Stratum::Certain, Stratum::NearAuto]);
        let review = of(&[Stratum::Review]);
        let apart = of(&[Stratum::Apart]);
        let joined = [auto.clone(), review.clone()].concat();
        Self {
            answered: strata.iter().map(|part| part.answered).sum(),
            outside,
            outside_matches,
            all: PairEstimate { precision: precision(&joined), recall: recall(&joined, &apart) },
            auto: PairEstimate { precision: precision(&auto), recall: recall(&auto, &[review, apart].concat()) },
            strata: strata.to_vec(),
        }
    }
}

/// Share of matches over several strata. 1 when they have no pair.
fn precision(parts: &[StratumAnswers]) -> Option<Estimate> {
    let all: u64 = parts.iter().map(|part| part.pairs).sum();
    if all == 0 {
        return Some(Estimate::exactly(1.0));
    }
    let filled = parts.iter().filter(|part| part.pairs > 0);
    let weighed: Option<Vec<(f64, Estimate)>> =
        filled.map(|part| (part.answered > 0).then(|| (float(part.pairs) / float(all), part.share))).collect();
    weighed.map(|parts| weighted(&parts))
}

/// Matches among `found` over matches among both. The ends pair the worst of one with the best of the other, which is
/// wider than needed and never too narrow.
fn recall(found: &[StratumAnswers], missed: &[StratumAnswers]) -> Option<Estimate> {
    let matches = |parts: &[StratumAnswers]| -> Option<Estimate> {
        let all = float(parts.iter().map(|part| part.pairs).sum());
        if all == 0.0 {
            return Some(Estimate::exactly(0.0));
        }
        precision(parts).map(|share| Estimate {
            value: share.value * all,
            low: share.low * all,
            high: share.high * all,
        })
    };
    let (found, missed) = (matches(found)?, matches(missed)?);
    let ratio = |found: f64, missed: f64| if found + missed > 0.0 { found / (found + missed) } else { 1.0 };
    let value = ratio(found.value, missed.value);
    Some(Estimate {
        value,
        low: ratio(found.low, missed.high).min(value),
        high: ratio(found.high, missed.low).max(value),
    })
}
