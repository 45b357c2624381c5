//! What a comparison level weighs: m, u and the prior of one linkage, behind [`super::Model`].
//!
//! Turns a level, with the share of records that carry the agreeing value, into a weight, and learned counts into m and u.
//! Weights are whole multiples of 2⁻¹⁰ bit, so that their sums are exact and do not depend on the order of addition; m and
//! u have nine digits, so that a text holds them exactly.

use super::levels::{BOUNDS, Level, ODDS, ORDERS, Row, TABLE, is_anchored, is_fixed};
use super::model::Scale;
use super::{LevelWeight, MatchWeight, Model, monotone};

/// A weight in units of 2⁻¹⁰ bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Bits(pub(super) i32);

impl Bits {
    /// The nearest representable weight.
    pub(super) fn new(bits: f64) -> Self {
        let scaled = bits.clamp(-1000.0, 1000.0) * 1024.0;
        // Rounds half away from zero as `round` does, without a call: what is added is the largest number below a half.
        let rounded = scaled + 0.499_999_999_999_999_94_f64.copysign(scaled);
        #[expect(clippy::cast_possible_truncation, reason = "clamped to a range far inside i32")]
        Self(rounded as i32)
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
    /// log2(m / u) of every level.
    plain: Vec<Bits>,
    /// Whether the list decided m more than the default did.
    learned: Vec<bool>,
    /// Weight before anything is compared.
    pub(super) prior: Bits,
    /// The list the weights are made for.
    pub(super) scale: Scale,
    /// log2 of the number of its records: what a value carried by one person only is worth at most.
    pub(super) size: f64,
    /// The least share a value can have: half a record's.
    least_share: f64,
    /// A value's frequency takes the place of u.
    pub(super) frequencies: bool,
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
    pub(super) fn new(scale: Scale) -> Self {
        let size = f64::from(scale.records.max(4)).log2();
        let mut weights = Self {
            m: TABLE.iter().map(|row| row.3).collect(),
            u: TABLE.iter().map(|row| row.4).collect(),
            plain: Vec::new(),
            learned: vec![false; TABLE.len()],
            prior: Bits::new(-size),
            scale,
            size,
            least_share: (-size - 1.0).exp2(),
            frequencies: true,
        };
        for (level, odds) in ODDS {
            weights.u[*level as usize] = weights.m[*level as usize] / (size + odds).exp2();
        }
        let counts = weights.m.clone();
        weights.put_in_order(&counts);
        weights.shorten();
        weights
    }

    /// The weights of a model. A level the model does not have keeps its default.
    pub(super) fn of(model: &Model) -> Self {
        let mut weights = Self::new(model.scale);
        weights.prior = Bits::new(model.prior.0);
        for level in &model.levels {
            let at = TABLE.iter().position(|row| row.1 == level.comparison && row.2 == level.level);
            let Some(at) = at else { continue };
            (weights.m[at], weights.u[at], weights.learned[at]) = (level.m, level.u, level.learned);
        }
        weights.weigh();
        weights
    }

    /// Lets no level weigh less than a worse one of its comparison, and returns by how many bits a level had to move at
    /// most; levels seen less than `counts` of 1 are not asked.
    fn put_in_order(&mut self, counts: &[f64]) -> f64 {
        let mut furthest: f64 = 0.0;
        for order in ORDERS {
            let weights: Vec<f64> = order.iter().map(|level| self.ratio(*level).log2()).collect();
            let seen: Vec<f64> = order.iter().map(|level| counts[*level as usize]).collect();
            let fitted = monotone::falling(&weights, &seen);
            for (level, (weight, fitted)) in order.iter().zip(weights.iter().zip(&fitted)) {
                if weight.to_bits() != fitted.to_bits() {
                    self.set(*level, Bits::new(*fitted));
                }
            }
            let moved = weights.iter().zip(&fitted).zip(&seen).filter(|(_, seen)| **seen >= 1.0);
            furthest = moved.fold(furthest, |most, ((weight, fitted), _)| most.max((weight - fitted).abs()));
        }
        furthest
    }

    /// Gives a level a weight: by its m, and by its u as well where m would be more than certain.
    fn set(&mut self, level: Level, weight: Bits) {
        let at = level as usize;
        self.u[at] = self.u[at].min((-weight.value()).exp2());
        self.m[at] = (self.u[at] * weight.value().exp2()).min(1.0);
    }

    /// Keeps nine digits of m and u, and weighs all levels.
    fn shorten(&mut self) {
        for value in self.m.iter_mut().chain(&mut self.u) {
            *value = format!("{value:.8e}").parse().unwrap_or(*value);
        }
        self.weigh();
    }

    fn weigh(&mut self) {
        self.plain = TABLE.iter().map(|row| Bits::new(self.ratio(row.0).log2())).collect();
    }

    /// Weights learned from counts, with `starting` as many observed pairs; and by how many bits a level contradicted the
    /// order of its comparison at most.
    pub(super) fn learned(starting: &Self, learned: &Learned, starting_pairs: f64, prior: Bits) -> (Self, f64) {
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
                weights.learned[at] = compared >= starting_pairs;
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
        let disorder = weights.put_in_order(&learned.matches);
        weights.shorten();
        (weights, disorder)
    }

    fn ratio(&self, level: Level) -> f64 {
        self.m[level as usize] / self.u[level as usize]
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
        self.plain[level as usize]
    }

    /// Weight of a level at which two records agree on a value that a `share` of all records carries (0 to 1).
    pub(super) fn agreeing(&self, level: Level, share: f64) -> Bits {
        if !self.frequencies {
            return self.plain(level);
        }
        Bits::new((self.m[level as usize] / share.clamp(self.least_share, 1.0)).log2())
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
            learned: self.learned[row.0 as usize],
        };
        TABLE.iter().map(level).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sized(records: u32) -> Weights {
        Weights::new(Scale { records, ..Scale::default() })
    }

    /// Whether no level of an order weighs less than the next one.
    fn in_order(weights: &Weights) -> bool {
        let falls = |order: &&[Level]| order.windows(2).all(|two| weights.plain(two[0]) >= weights.plain(two[1]));
        ORDERS.iter().all(falls)
    }

    #[test]
    fn the_defaults_are_in_order_at_every_size() {
        for records in [4, 50, 1_000, 100_000, 10_000_000] {
            assert!(in_order(&sized(records)), "{records} records");
        }
    }

    #[test]
    fn what_is_learned_from_a_disordered_list_is_in_order_all_the_same() {
        let starting = sized(5_000);
        let mut learned = Learned::default();
        for row in TABLE {
            let at = row.0 as usize;
            // The worse the level the more matches have it.
            learned.matches[at] = 10.0 * f64::from(row.0 as u8);
            learned.anchored[at] = learned.matches[at];
            learned.others[at] = 100.0;
        }
        let (weights, disorder) = Weights::learned(&starting, &learned, 40.0, starting.prior);
        assert!(in_order(&weights));
        assert!(disorder > 1.0, "{disorder}");
    }

    #[test]
    fn bounds_keep_the_order() {
        for order in ORDERS {
            let bounds = order.iter().filter_map(|level| BOUNDS.iter().find(|bound| bound.0 == *level));
            let bounds: Vec<(f64, f64)> = bounds.map(|(_, least, most)| (*least, *most)).collect();
            assert!(bounds.is_sorted_by(|one, next| one.0 >= next.0 && one.1 >= next.1), "{order:?}: {bounds:?}");
        }
    }

    #[test]
    fn a_unique_address_outweighs_the_prior_at_every_size() {
        for records in [50, 10_000, 10_000_000] {
            let weights = sized(records);
            assert!((weights.prior + weights.plain(Level::EmailSame)).value() > 4.0);
        }
    }

    #[test]
    fn a_weight_is_the_nearest_one() {
        for quarter in -9_000..9_000 {
            let bits = f64::from(quarter) / 4096.0;
            assert_eq!(f64::from(Bits::new(bits).0).to_bits(), ((bits * 1024.0).round() + 0.0).to_bits(), "{bits}");
        }
    }

    #[test]
    fn sums_of_weights_are_exact() {
        let weights = sized(12_345);
        let terms = [Level::NameTypo, Level::PhoneDifferent, Level::PlaceCity].map(|level| weights.plain(level));
        let sum = terms.iter().fold(weights.prior, |sum, term| sum + *term);
        let bits: f64 = terms.iter().map(|term| term.value()).sum();
        assert!((weights.prior.value() + bits).to_bits() == sum.value().to_bits());
    }
}
