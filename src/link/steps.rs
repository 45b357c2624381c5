//! The steps of linking one by one, for `benches/kernels.rs` only: whoever links calls [`super::link`].

use super::ablation::Without;
use super::block::{self, Candidates, Room};
use super::cluster;
use super::compare::Comparer;
use super::estimate;
use super::features::Features;
use super::score::Kept;
use super::weights::Bits;
use super::{DOUBT, NEARLY_EVEN};
use crate::contact::Records;

/// Records as columns.
#[derive(Debug)]
pub struct Columns(Features);

/// Candidate pairs.
#[derive(Debug)]
pub struct Pairs(Candidates<'static>);

/// What a comparison needs to know, with weights.
#[derive(Debug)]
pub struct Weighed<'c>(Comparer<'c>);

/// Pairs with their weights.
#[derive(Debug)]
pub struct Scores(Kept);

impl Columns {
    /// Records to columns.
    #[must_use]
    pub fn of(records: &(impl Records + ?Sized)) -> Self {
        Self(Features::new(records, Without::default()))
    }

    /// Columns to candidate pairs.
    #[must_use]
    pub fn block(&self) -> Pairs {
        Pairs(block::candidates(&self.0, Room::new(self.0.len, None)).0)
    }

    /// Values several people use, and the shipped weights.
    #[must_use]
    pub fn shared(&self) -> Weighed<'_> {
        Weighed(Comparer::new(&self.0))
    }
}

impl Weighed<'_> {
    /// Weights from the list itself. Returns whether anything was learned.
    pub fn learn(&mut self, pairs: &Pairs) -> bool {
        estimate::learn(&mut self.0, &pairs.0).is_none()
    }

    /// Weights of all candidates.
    #[must_use]
    pub fn score(&self, pairs: &Pairs) -> Scores {
        Scores(self.0.score(&pairs.0, Bits::new(NEARLY_EVEN - DOUBT)))
    }

    /// Groups from the strongest pair down. Returns how many.
    #[must_use]
    pub fn cluster(&self, scores: &Scores) -> usize {
        let features = self.0.features;
        let pairs = cluster::strongest_first(scores.0.pairs(), &features.rank);
        cluster::cluster(features.len, &[], &pairs, Bits::new(NEARLY_EVEN), &self.0).len()
    }
}
