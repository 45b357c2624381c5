//! Phase 2: records → groups of one person each, with the evidence.
//!
//! Is given all records of a run, existing and incoming alike, and hands on a [`Linkage`]. Pure: no I/O, no clock, no
//! `Result`; options are validated types. The result depends on the records' content alone, not on their order or the
//! number of threads.
//!
//! The way: `features` (records → columns of interned values) → `shared` (values several people use) → `block` (candidate
//! pairs) → `estimate` (m, u and prior learned from them) → `compare` with `names`, `similarity`, `levels` and `weights` →
//! `score` → `cluster` (from the strongest pair down, with vetoes) → `bands` with `certain` (what is planned) → `linked`, from which groups are made with `golden` (survivor and merged fields).

#[doc(hidden)]
pub mod ablation;
mod bands;
mod block;
mod certain;
mod cluster;
mod compare;
mod decided;
mod estimate;
pub mod evaluation;
mod features;
mod golden;
pub mod kernels;
mod levels;
mod linkage;
mod linked;
mod memo;
mod model;
mod monotone;
mod names;
mod near;
mod score;
mod shared;
mod similarity;
#[doc(hidden)]
pub mod steps;
mod survive;
#[cfg(test)]
mod tests;
mod weights;

pub use decided::{Decided, Placed};
pub use golden::merged_fields;
pub(crate) use linkage::HELD;
pub use linkage::{
    Band, BlockingKey, BlockingReport, Comparison, Group, KeyReport, Linkage, Loose, MatchWeight, RecordIndex,
    ScoredPair, Term, Veto, VetoReason,
};
pub use linked::{Groups, Linked, Pairs, TermId};
pub use model::{Fallback, LevelWeight, MODEL_SCHEMA, Model, ModelError, Scale};
pub use near::Near;
pub use survive::{Alternative, FieldRule, Golden, GoldenField, SurvivorOrder, SurvivorRule};

use std::sync::Arc;

use crate::contact::{Records, Scratch};
use block::Room;
use cluster::Clusters;
use compare::Comparer;
use features::{Features, row_id};
use weights::{Bits, Weights};

/// How to link.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Members whose joins weigh at least this are planned; `None` lets the list decide, see [`Model::auto_weight`].
    pub auto_weight: Option<MatchWeight>,
    /// Joins that weigh at least this, but less than `auto_weight`, go to review; `None` lets the list decide, see
    /// [`Model::review_weight`].
    pub review_weight: Option<MatchWeight>,
    /// Larger groups are never `auto`.
    pub largest_auto_group: usize,
    /// How the survivor of a group is chosen.
    pub survivor: SurvivorOrder,
    /// What people said before about these records: never joined, or always.
    pub decided: Decided,
    /// Where keys and pairs may go that memory has no room for. Changes no result.
    pub scratch: Option<Arc<dyn Scratch>>,
    /// Ideas that a measurement switches off; none otherwise.
    #[doc(hidden)]
    pub without: ablation::Without,
}

impl Default for Options {
    /// Planned where the list itself leaves hardly a doubt, reviewed from nearly even odds.
    fn default() -> Self {
        Self {
            auto_weight: None,
            review_weight: None,
            largest_auto_group: 50,
            survivor: SurvivorOrder::default(),
            decided: Decided::default(),
            scratch: None,
            without: ablation::Without::default(),
        }
    }
}

/// Where the review band begins unless somebody, a model or the length of the queue says otherwise: nearly even odds, since
/// with hardly a wrong join among the stronger ones, the best balance of precision and recall lies below one half (Lipton,
/// Elkan & Naryanaswamy 2014).
const NEARLY_EVEN: f64 = -0.3;

/// How far below the review threshold a pair is still kept as doubtful, in bits.
const DOUBT: f64 = 2.0;

/// Links records with weights learned from them.
#[must_use]
pub fn link(records: &(impl Records + ?Sized), options: &Options) -> Linkage {
    link_with(records, options, None)
}

/// Links records with the weights of a model, or with weights learned from the records when there is none. Where the
/// options leave the `auto` threshold open, it is the model's too.
///
/// With a model, a record that shares no value and no word with any other changes no group but its own: frequencies and
/// odds are shares of the list the model was made for. How many records carry a value, and which values several people
/// share, is always read from the records.
#[must_use]
pub fn link_with(records: &(impl Records + ?Sized), options: &Options, model: Option<&Model>) -> Linkage {
    link_watched(records, options, model, &mut |_| ()).whole(records)
}

/// [`link_with`], telling `watch` the name of each step as it ends: `features`, `shared`, `block`, `learn`, `score`,
/// `cluster`, `bands`. Merged records and evidence are made when they are asked for.
#[must_use]
pub fn link_watched(
    records: &(impl Records + ?Sized),
    options: &Options,
    model: Option<&Model>,
    watch: &mut dyn FnMut(&'static str),
) -> Linked {
    linked(&records, options, model, watch)
}

fn linked(
    records: &dyn Records,
    options: &Options,
    model: Option<&Model>,
    watch: &mut dyn FnMut(&'static str),
) -> Linked {
    let mut features = Features::new(records, options.without);
    if let Some(model) = model {
        features.organisations = model.scale.organisations;
    }
    watch("features");
    let mut comparer = Comparer::new(&features);
    watch("shared");
    let (candidates, blocking) = block::candidates(&features, Room::new(features.len, options.scratch.as_deref()));
    watch("block");
    let fallback = match model {
        Some(model) => {
            comparer.weights = Weights::of(model);
            model.fallback
        }
        None if options.without.lacks(ablation::Idea::Learning) => None,
        None => estimate::learn(&mut comparer, &candidates),
    };
    watch("learn");
    comparer.decided = Some(&options.decided);
    let joined = options.decided.joins(&comparer);
    let bits = |weight: MatchWeight| Bits::new(weight.0);
    let asked_review = options.review_weight.or(model.map(|model| model.review_weight)).map(bits);
    let mut review = asked_review.unwrap_or(Bits::new(NEARLY_EVEN));
    comparer.kept = comparer.score(&candidates, review + Bits::new(-DOUBT));
    let comparer = comparer;
    drop(candidates);
    watch("score");
    let strongest_first = cluster::strongest_first(comparer.kept.pairs(), &features.rank);
    let cluster = |least| cluster::cluster(records.count(), &joined, &strongest_first, least, &comparer);
    let mut found = cluster(review);
    watch("cluster");
    let asked_auto = options.auto_weight.or(model.map(|model| model.auto_weight)).map(bits);
    let auto = asked_auto.unwrap_or_else(|| bands::auto_weight(found.joins()));
    let divide = |found: &Clusters| bands::divide(&comparer, found, auto, options.largest_auto_group);
    let mut banded = divide(&found);
    if let (None, Some(higher)) = (asked_review, bands::review_weight(&banded)) {
        review = higher;
        found = cluster(review);
        banded = divide(&found);
    }
    watch("bands");
    let veto = |refusal: &cluster::Refusal| Veto {
        left: RecordIndex(refusal.pair.left),
        right: RecordIndex(refusal.pair.right),
        weight: refusal.pair.weight.into(),
        reason: refusal.reason,
        between: (RecordIndex(refusal.between.0), RecordIndex(refusal.between.1)),
    };
    let vetoes = found.refusals.iter().map(veto).collect();
    let model = Model {
        prior: comparer.weights.prior.into(),
        auto_weight: auto.into(),
        review_weight: review.into(),
        scale: comparer.weights.scale,
        fallback,
        levels: comparer.weights.levels(),
    };
    let pairs = Pairs::new(comparer.kept, comparer.weights.prior);
    Linked { groups: Groups::new(found, banded, options.survivor.clone()), pairs, vetoes, model, blocking }
}
