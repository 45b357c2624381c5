//! Phase 2: records → groups of one person each, with the evidence.
//!
//! Is given all records of a run, existing and incoming alike, and hands on a [`Linkage`]. Pure: no I/O, no clock, no
//! `Result`; options are validated types. The result depends on the records' content alone, not on their order or the
//! number of threads.
//!
//! The way: `features` (records → columns of interned values) → `shared` (values several people use) → `block` (candidate
//! pairs) → `estimate` (m, u and prior learned from them) → `compare` with `names`, `similarity`, `levels` and `weights` →
//! `score` → `cluster` (from the strongest pair down, with vetoes) → `golden` (survivor and merged fields).

mod block;
mod cluster;
mod compare;
mod estimate;
pub mod evaluation;
mod features;
mod golden;
mod levels;
mod linkage;
mod model;
mod names;
mod score;
mod shared;
mod similarity;
mod survive;
#[cfg(test)]
mod tests;
mod weights;

pub use linkage::{
    Band, BlockingKey, BlockingReport, Comparison, Group, Linkage, MatchWeight, RecordIndex, ScoredPair, Term, Veto,
    VetoReason,
};
pub use model::{LevelWeight, Model};
pub use survive::{Alternative, Golden, GoldenField, SurvivorOrder, SurvivorRule};

use rayon::prelude::*;

use crate::contact::Record;
use cluster::{Cluster, Clusters};
use compare::Comparer;
use features::{Features, NONE, row_id};
use score::Scored;
use weights::Bits;

/// How to link.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Groups whose weakest accepted join weighs at least this are planned.
    pub auto_weight: MatchWeight,
    /// Groups whose weakest accepted join weighs at least this, but less than `auto_weight`, go to review.
    pub review_weight: MatchWeight,
    /// Larger groups are never `auto`.
    pub largest_auto_group: usize,
    /// How the survivor of a group is chosen.
    pub survivor: SurvivorOrder,
}

impl Default for Options {
    /// Planned at odds of 64 to 1 for the weakest join, reviewed from even odds.
    fn default() -> Self {
        Self {
            auto_weight: MatchWeight(6.0),
            review_weight: MatchWeight(0.0),
            largest_auto_group: 50,
            survivor: SurvivorOrder::default(),
        }
    }
}

/// How far below the review threshold a pair is still kept as doubtful, in bits.
const DOUBT: f64 = 2.0;

/// Links records.
#[must_use]
pub fn link(records: &[Record], options: &Options) -> Linkage {
    let features = Features::new(records);
    let mut comparer = Comparer::new(&features);
    let (candidates, blocking) = block::candidates(&features);
    estimate::learn(&mut comparer, &candidates);
    let comparer = comparer;
    let review = Bits::new(options.review_weight.0);
    let scored = comparer.score(&candidates, Bits::new(options.review_weight.0 - DOUBT));
    drop(candidates);
    let found = cluster::cluster(records.len(), scored.clone(), &features.rank, review, &comparer);
    let groups = groups(records, options, &comparer, &found, &scored);
    let pairs: Vec<ScoredPair> = scored.par_iter().map(|pair| comparer.evidence(pair)).collect();
    let vetoes = found.refusals.iter().map(|refusal| Veto {
        left: RecordIndex(refusal.pair.left),
        right: RecordIndex(refusal.pair.right),
        weight: refusal.pair.weight.into(),
        reason: refusal.reason,
        between: (RecordIndex(refusal.between.0), RecordIndex(refusal.between.1)),
    });
    let model = Model {
        prior: comparer.weights.prior.into(),
        auto_weight: options.auto_weight,
        review_weight: options.review_weight,
        levels: comparer.weights.levels(),
    };
    Linkage { groups, pairs, vetoes: vetoes.collect(), model, blocking }
}

/// Groups with band and golden record.
fn groups(
    records: &[Record],
    options: &Options,
    comparer: &Comparer<'_>,
    found: &Clusters,
    scored: &[Scored],
) -> Vec<Group> {
    let held = held_by_shared_mailbox(comparer, found, scored, Bits::new(options.auto_weight.0));
    let group = |(at, cluster): (usize, &Cluster)| {
        let (band, review_reason) = band(options, cluster, held[at]);
        Group {
            id: row_id(at + 1),
            members: cluster.members.iter().map(|row| RecordIndex(*row)).collect(),
            band,
            weight: cluster.weakest.map(MatchWeight::from),
            review_reason,
            golden: golden::merge(records, &cluster.members, &options.survivor),
        }
    };
    found.groups.par_iter().enumerate().map(group).collect()
}

/// For each cluster, whether it falls apart without the pairs that agree on a shared mailbox only.
fn held_by_shared_mailbox(comparer: &Comparer<'_>, found: &Clusters, scored: &[Scored], auto: Bits) -> Vec<bool> {
    let features = comparer.features;
    let uses_shared = |row: u32| {
        let named = features.name[row as usize] != NONE;
        let shared = |email: &u32| {
            let several = comparer.shared_email.of(*email).is_shared();
            several || (named && features.emails[*email as usize].role)
        };
        features.email.of(row).iter().any(shared)
    };
    let mut suspect: Vec<bool> = found
        .groups
        .par_iter()
        .map(|cluster| cluster.members.len() > 1 && cluster.members.iter().filter(|row| uses_shared(**row)).count() > 1)
        .collect();
    // Union-find over the pairs that stand without the shared mailbox's weight.
    let mut root: Vec<u32> = (0..row_id(features.len)).collect();
    let find = |root: &mut Vec<u32>, mut row: u32| {
        while root[row as usize] != row {
            let parent = root[row as usize];
            root[row as usize] = root[parent as usize];
            row = parent;
        }
        row
    };
    for pair in scored {
        let cluster = found.of_row[pair.left as usize];
        if cluster != found.of_row[pair.right as usize] || !suspect[cluster as usize] {
            continue;
        }
        let levels = comparer.compare(pair.left, pair.right);
        let mailbox: i32 =
            levels.as_slice().iter().filter(|(level, _)| cluster::is_shared(*level)).map(|(_, bits)| bits.0).sum();
        // One person who writes from the mailbox again gives the same name again.
        let named = levels.as_slice().iter().any(|(level, _)| cluster::is_same_name(*level));
        if named || pair.weight.0 - mailbox.max(0) >= auto.0 {
            let (one, other) = (find(&mut root, pair.left), find(&mut root, pair.right));
            root[one.max(other) as usize] = one.min(other);
        }
    }
    for (at, cluster) in found.groups.iter().enumerate() {
        if suspect[at] {
            let first = cluster.members.first().map_or(NONE, |row| find(&mut root, *row));
            suspect[at] = cluster.members.iter().any(|row| find(&mut root, *row) != first);
        }
    }
    suspect
}

/// Band of a cluster, and why an otherwise certain one goes to review.
fn band(options: &Options, cluster: &Cluster, shared_mailbox: bool) -> (Band, Option<String>) {
    let Some(weakest) = cluster.weakest else { return (Band::Single, None) };
    if weakest < Bits::new(options.auto_weight.0) {
        return (Band::Review, Some("the weakest link is not certain".to_owned()));
    }
    if cluster.members.len() > options.largest_auto_group {
        return (
            Band::Review,
            Some(format!("{} members are more than {}", cluster.members.len(), options.largest_auto_group)),
        );
    }
    if shared_mailbox {
        return (Band::Review, Some("only a shared mailbox holds it together".to_owned()));
    }
    (Band::Auto, None)
}
