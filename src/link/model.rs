//! The match model: m and u probabilities per comparison level, the prior, the thresholds.

use serde::{Deserialize, Serialize};

use super::{Comparison, MatchWeight};

/// One comparison level of the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelWeight {
    /// What is compared.
    pub comparison: Comparison,
    /// The level, in the words of [`super::Term::level`].
    pub level: String,
    /// Probability of the level among matches.
    pub m: f64,
    /// Probability of the level among non-matches.
    pub u: f64,
    /// log2(m / u).
    pub weight: MatchWeight,
}

/// The model a linkage used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Weight before anything is compared.
    pub prior: MatchWeight,
    /// Threshold of the `auto` band: as the options say, or else the lowest at which the model expects at most one planned
    /// join in 400 to be wrong.
    pub auto_weight: MatchWeight,
    /// Threshold of the `review` band.
    pub review_weight: MatchWeight,
    /// All levels.
    pub levels: Vec<LevelWeight>,
}
