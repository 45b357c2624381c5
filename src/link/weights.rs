//! What a comparison level weighs: m, u and the prior of one linkage, behind [`super::Model`].
//!
//! Turns a level, with the share of records that carry the agreeing value, into a weight, and learned counts into m and u. Weights are whole multiples of 2⁻¹⁰ bit, so that their sums are exact and do not
//! depend on the order of addition.

use super::levels::{BOUNDS, Level, ODDS, Row, TABLE, is_anchored, is_fixed};
use super::{LevelWeight, MatchWeight};

/// A weight in units of 2⁻¹⁰ bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Bits(pub(super) i32);

impl Bits {
    /// The nearest representable weight.
    pub(super) fn new(bits: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "clamped to a range far inside i32")]
        Self((bits.clamp(-1000.0, 1000.0) * 1024.0).round() as i32)
    }

    /// As a number of bits; exact.
    pub(super) fn value(self) -> f64 {
        f64::from(self.0) / 1024.0
    }
}

impl std::ops::Add for Bits {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl From<Bits> for MatchWeight {
    fn from(bits: Bits) -> Self {
        Self(bits.value())
    }
}

/// m and u of every level for one linkage, and the prior.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    m: Vec<f64>,
    u: Vec<f64>,
    /// Weight before anything is compared.
    pub(super) prior: Bits,
    /// log2 of the number of records: what a value carried by one person only is worth at most.
    pub(super) size: f64,
}

/// How often each level was seen.
#[derive(Clone, Debug)]
pub(super) struct Learned {
    /// Expected matches at each level.
    pub(super) matches: Vec<f64>,
    /// Random pairs at each level.
    pub(super) others: Vec<f64>,
    /// Anchored pairs at each level: pairs that agree on a value which identifies a person.
    pub(super) anchored: Vec<f64>,
}

impl Default for Learned {
    fn default() -> Self {
        let zero = || vec![0.0; TABLE.len()];
        Self { matches: zero(), others: zero(), anchored: zero() }
    }
}

impl Weights {
    /// The default model for a number of records.
    ///
    /// The prior is one match per record: of N records' pairs about one in N is a match. Values that identify a person
    /// weigh log2 N plus fixed odds, because the chance that two people share one shrinks with the list: an address is as
    /// good among a million people as among a thousand.
    pub(super) fn new(records: usize) -> Self {
        let records = u32::try_from(records.max(4)).unwrap_or(u32::MAX);
        let size = f64::from(records).log2();
        let mut weights = Self {
            m: TABLE.iter().map(|row| row.3).collect(),
            u: TABLE.iter().map(|row| row.4).collect(),
            prior: Bits::new(-size),
            size,
        };
        for (level, odds) in ODDS {
            weights.u[*level as usize] = weights.m[*level as usize] / (size + odds).exp2();
        }
        weights
    }

    /// Weights learned from counts, with `starting` as many observed pairs.
    pub(super) fn learned(starting: &Self, learned: &Learned, starting_pairs: f64, prior: Bits) -> Self {
        let mut weights = starting.clone();
        weights.prior = prior;
        for rows in TABLE.chunk_by(|one, other| one.1 == other.1) {
            let counted = |counts: &[f64]| rows.iter().map(|row| counts[row.0 as usize]).sum::<f64>();
            let (matches, others) = (counted(&learned.matches), counted(&learned.others));
            let anchors = counted(&learned.anchored);
            let defaults = |table: &[f64]| rows.iter().map(|row| table[row.0 as usize]).sum::<f64>();
            let (all_m, all_u) = (defaults(&starting.m), defaults(&starting.u));
            for row in rows {
                let at = row.0 as usize;
                if is_fixed(row.0) {
                    continue;
                }
                let (seen, compared) =
                    if is_anchored(row.0) { (learned.anchored[at], anchors) } else { (learned.matches[at], matches) };
                weights.m[at] = (seen + starting_pairs * starting.m[at] / all_m) / (compared + starting_pairs);
                // Where records agree the value's own frequency takes the place of u; where they do not, u is counted.
                if BOUNDS.iter().any(|(level, ..)| *level == row.0) && !is_anchored(row.0) {
                    let u = starting.u[at] / all_u;
                    weights.u[at] = (learned.others[at] + starting_pairs * u) / (others + starting_pairs);
                }
            }
        }
        for (level, least, most) in BOUNDS {
            let at = *level as usize;
            weights.m[at] = weights.m[at].clamp(weights.u[at] * least.exp2(), weights.u[at] * most.exp2());
        }
        weights
    }

    /// A weight found with `starting`, as these weights would have it: the frequency of the value stays.
    pub(super) fn moved(&self, level: Level, bits: Bits, starting: &Self) -> Bits {
        let at = level as usize;
        if is_fixed(level) {
            return bits;
        }
        bits + Bits::new((self.m[at] / starting.m[at] * starting.u[at] / self.u[at]).log2())
    }

    /// u of a level.
    pub(super) fn u(&self, level: Level) -> f64 {
        self.u[level as usize]
    }

    /// Weight of a level whose value's frequency says nothing.
    pub(super) fn plain(&self, level: Level) -> Bits {
        Bits::new((self.m[level as usize] / self.u[level as usize]).log2())
    }

    /// Weight of a level at which two records agree on a value that a `share` of all records carries (0 to 1).
    pub(super) fn agreeing(&self, level: Level, share: f64) -> Bits {
        let floor = (-self.size - 1.0).exp2();
        Bits::new((self.m[level as usize] / share.clamp(floor, 1.0)).log2())
    }

    /// Weight of sharing a value when a `same` share of the pairs that carry it are one person (0 to 1): before anything
    /// else is compared the pair then has exactly these odds.
    pub(super) fn odds(&self, same: f64) -> Bits {
        let same = same.clamp(1e-3, 0.999);
        Bits::new(self.size + (same / (1.0 - same)).log2())
    }

    /// All levels for the report.
    pub(super) fn levels(&self) -> Vec<LevelWeight> {
        let level = |row: &Row| LevelWeight {
            comparison: row.1,
            level: row.2.to_owned(),
            m: self.m[row.0 as usize],
            u: self.u[row.0 as usize],
            weight: self.plain(row.0).into(),
        };
        TABLE.iter().map(level).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unique_address_outweighs_the_prior_at_every_size() {
        for records in [50, 10_000, 10_000_000] {
            let weights = Weights::new(records);
            assert!((weights.prior + weights.plain(Level::EmailSame)).value() > 4.0);
        }
    }

    #[test]
    fn sums_of_weights_are_exact() {
        let weights = Weights::new(12_345);
        let terms = [Level::NameTypo, Level::PhoneDifferent, Level::PlaceCity].map(|level| weights.plain(level));
        let sum = terms.iter().fold(weights.prior, |sum, term| sum + *term);
        let bits: f64 = terms.iter().map(|term| term.value()).sum();
        assert!((weights.prior.value() + bits).to_bits() == sum.value().to_bits());
    }
}
