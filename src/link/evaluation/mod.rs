//! How right the groups are: against a truth that is known, or by a sample of pairs that a person judged.
//!
//! Is given a finished [`Linkage`](super::Linkage) and either who each record is ([`Evaluation`]) or answers to pairs it
//! drew itself ([`Frame`]). Linking knows nothing of this room and never sees a truth. Pure and deterministic: a sample
//! is drawn from a seed.
//!
//! Pairwise: a pair of records is found when both are in one group, wanted when both are one person; precision is the
//! share of found pairs that are wanted, recall the share of wanted pairs that are found. B-cubed (Bagga & Baldwin 1998):
//! the same for each record's own group, averaged over records, so that one huge group does not drown the others. No
//! found pair: precision 1; no wanted pair: recall 1. All counts come from groups × people, never from listing pairs.

mod estimate;
mod frame;
mod interval;
mod tally;
mod truth;

#[cfg(test)]
mod tests;

pub use estimate::{Answer, PairEstimate, Sampled, StratumAnswers};
pub use frame::{Frame, SampledPair, Stratum};
pub use interval::{Estimate, wilson};
pub use tally::{Rates, Scores};
pub use truth::{CurvePoint, Evaluation, KeyTruth, WrongMerge};
