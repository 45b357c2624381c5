//! The match model: prior, thresholds, m and u of every comparison level, and the list they were made for.
//!
//! It holds everything the weights of a linkage need beside the records, so that [`super::link_with`] can use it again on
//! another day: nothing in it is a contact's value. `document` reads one from a file that a person may have edited.

mod document;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Comparison, MatchWeight};

pub use document::ModelError;

/// `schema` of a model as a JSON document.
pub const MODEL_SCHEMA: &str = "leadfold.model/1";

/// One comparison level of the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelWeight {
    /// What is compared.
    pub comparison: Comparison,
    /// The level, in the words of [`super::Term::level`].
    pub level: String,
    /// Probability of the level among matches, above 0 and at most 1.
    pub m: f64,
    /// Probability of the level among non-matches, above 0 and at most 1.
    pub u: f64,
    /// log2(m / u). Where a value's own frequency takes the place of u, pairs weigh more or less than this.
    pub weight: MatchWeight,
    /// Whether the list decided m more than the shipped default did.
    #[serde(default)]
    pub learned: bool,
}

/// The list a model was made for: frequencies of values and odds are shares of it, so that a model means the same however
/// many rows it is used on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// Records.
    pub records: u32,
    /// Distinct person names.
    pub names: u32,
    /// Distinct companies.
    pub companies: u32,
    /// Whether hardly any record names a person, so that the company is the name.
    pub organisations: bool,
}

/// Why a model has the shipped defaults instead of weights learned from the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// Too few matches were expected among the candidates to learn from.
    FewMatches,
    /// More matches than people have records: what was found is a class of colleagues or relatives.
    ManyMatches,
    /// Pairs that share a value only one person uses were not among the matches that were found.
    AnchorsApart,
    /// The list contradicts the order of a comparison's levels: better agreement was far less telling than worse.
    Disordered,
}

impl fmt::Display for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FewMatches => "the list has too few matches to learn from",
            Self::ManyMatches => "learning took more pairs for matches than people have records",
            Self::AnchorsApart => "learning did not take pairs with one unique address or id for matches",
            Self::Disordered => "learning found better agreement less telling than worse",
        })
    }
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
    /// The list it was made for.
    #[serde(default)]
    pub scale: Scale,
    /// Why nothing was learned; `None` when the weights were learned.
    #[serde(default)]
    pub fallback: Option<Fallback>,
    /// All levels, in the order of the comparisons, within one from the strongest to the weakest.
    pub levels: Vec<LevelWeight>,
}
