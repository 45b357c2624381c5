//! Numbers that look random and are the same in every run: `SplitMix64` (Steele, Lea & Flood 2014).

/// A stream of numbers.
pub(crate) struct Chance(u64);

impl Chance {
    /// The stream of one thing of a seed.
    pub(crate) fn new(seed: u64, thing: u64) -> Self {
        let mut chance = Self(seed ^ thing.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        chance.next();
        chance
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// True so many times out of a hundred.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap_or_default()]
    }

    /// A rank below `end` where low ranks are common, as names and companies are: the density falls with 1 / rank.
    pub(crate) fn rank(&mut self, end: u64) -> u64 {
        let bits = u64::from(64 - end.max(2).leading_zeros());
        let scale = 1u64 << self.below(bits + 1);
        self.below(scale).min(end.saturating_sub(1))
    }
}
