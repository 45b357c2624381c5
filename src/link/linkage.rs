//! What linking hands on.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Golden, Model};

/// Position of a record in the slice that was linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordIndex(pub u32);

/// A log2 Bayes factor in bits; positive speaks for a match. The sum over comparisons and the prior is a pair's weight,
/// and 0 means even odds (Fellegi & Sunter 1969).
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MatchWeight(pub f64);

impl MatchWeight {
    /// The probability that the pair is a match: 2^w / (1 + 2^w).
    #[must_use]
    pub fn probability(self) -> f64 {
        1.0 / (1.0 + (-self.0).exp2())
    }
}

/// How sure a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Certain: planned.
    Auto,
    /// Uncertain: waits for a person.
    Review,
    /// A contact alone.
    Single,
}

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Comparison {
    /// E-mail addresses.
    Email,
    /// Person names.
    Name,
    /// Phone numbers.
    Phone,
    /// Companies.
    Company,
    /// Job titles.
    JobTitle,
    /// Web sites and company domains.
    Website,
    /// Street addresses.
    Street,
    /// City, region and postcode together.
    Place,
    /// Country.
    Country,
    /// Dates of birth.
    Birthday,
    /// External ids.
    ExternalId,
    /// Columns declared identifiers.
    Identifier,
    /// Columns declared text.
    Text,
}

/// One comparison's contribution to a pair's weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// What was compared.
    pub comparison: Comparison,
    /// The level reached, in words a person reads: "same address", "nickname", "different surname".
    pub level: Cow<'static, str>,
    /// Its weight.
    pub weight: MatchWeight,
}

/// A pair and why it weighs what it does: `prior` plus the terms' weights is `weight`, exactly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoredPair {
    /// The record that comes first in the input.
    pub left: RecordIndex,
    /// The other one.
    pub right: RecordIndex,
    /// Weight before anything is compared.
    pub prior: MatchWeight,
    /// One term per comparison with two values; missing values say nothing and have none.
    pub terms: Vec<Term>,
    /// The sum.
    pub weight: MatchWeight,
    /// The blocking key that found the pair first.
    pub found_by: BlockingKey,
}

/// A rule that makes candidate pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BlockingKey {
    /// Same canonical e-mail address.
    Email,
    /// Same phone digits.
    Phone,
    /// Same external id.
    ExternalId,
    /// Same declared identifier.
    Identifier,
    /// Name and company or company domain.
    NameCompany,
    /// E-mail local part and name or company.
    LocalPart,
    /// Name and place.
    NamePlace,
    /// Name and birthday.
    NameBirthday,
    /// Street and name or postcode.
    Street,
    /// Whole name.
    FullName,
    /// Company and phone or place, for records without a person's name.
    CompanyPlace,
}

/// Why two records, or the groups they are in, may not be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum VetoReason {
    /// Names that cannot be one person.
    IncompatibleNames,
    /// Two dates of birth.
    TwoBirthdays,
    /// Two external ids.
    TwoExternalIds,
    /// Two values of a declared identifier.
    TwoIdentifiers,
    /// Father and son, by the suffix of the name.
    Generation,
    /// The evidence of the other members speaks against it, on average.
    Contradicted,
    /// A person rejected the pair.
    RejectedByPerson,
}

/// A join that was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Veto {
    /// The pair whose weight asked for the join.
    pub left: RecordIndex,
    /// Its other half.
    pub right: RecordIndex,
    /// Its weight.
    pub weight: MatchWeight,
    /// Why it was refused.
    pub reason: VetoReason,
    /// The two members that contradict each other; may be others than the pair.
    pub between: (RecordIndex, RecordIndex),
}

/// How the reason begins of a group that is certain and waits for a person all the same.
pub(crate) const HELD: &str = "held back for a person: ";

/// Records believed to be one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Number of the group, starting at 1, in the order of its first member. Every record is in exactly one group.
    pub id: u32,
    /// Members in input order, loose ones included.
    pub members: Vec<RecordIndex>,
    /// Members that probably belong to an `auto` group, but wait for a person, in input order. The others are its core,
    /// at least two, and are planned without them.
    pub loose: Vec<Loose>,
    /// How sure its core is.
    pub band: Band,
    /// Weight of the weakest join that was needed to build its core; `None` for a contact alone.
    pub weight: Option<MatchWeight>,
    /// Why an otherwise certain group, or its loose members, go to review, in words.
    pub review_reason: Option<String>,
    /// The merged record of the core and its survivor.
    pub golden: Golden,
}

/// A member that is not certain.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loose {
    /// The member.
    pub record: RecordIndex,
    /// Weight of the join that connects it with the core.
    pub weight: MatchWeight,
}

impl Group {
    /// The members that are certain of one another: all but the loose ones, in input order.
    pub fn core(&self) -> impl Iterator<Item = RecordIndex> + '_ {
        self.members.iter().copied().filter(|member| self.loose_weight(*member).is_none())
    }

    /// The weight that connects a loose member with the core; `None` for any other record.
    #[must_use]
    pub fn loose_weight(&self, record: RecordIndex) -> Option<MatchWeight> {
        self.loose.iter().find(|loose| loose.record == record).map(|loose| loose.weight)
    }

    /// How sure it is that this member belongs to the group.
    #[must_use]
    pub fn band_of(&self, record: RecordIndex) -> Band {
        if self.loose_weight(record).is_some() { Band::Review } else { self.band }
    }

    /// Whether a person has something to decide: on the whole group, or on its loose members.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.band == Band::Review || !self.loose.is_empty() || self.is_held()
    }

    /// The members that wait for a person, in input order.
    pub fn waiting(&self) -> impl Iterator<Item = RecordIndex> + '_ {
        self.members.iter().copied().filter(|member| self.is_held() || self.band_of(*member) == Band::Review)
    }

    /// Lets a certain group wait for a person all the same. Its band still says what matching found.
    pub fn hold(&mut self, why: &str) {
        if !self.is_held() {
            let also = self.review_reason.take().map_or(String::new(), |reason| format!("; {reason}"));
            self.review_reason = Some(format!("{HELD}{why}{also}"));
        }
    }

    /// Whether it is certain and waits for a person all the same.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.band == Band::Auto && self.review_reason.as_ref().is_some_and(|reason| reason.starts_with(HELD))
    }
}

/// What one blocking key found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyReport {
    /// The key.
    pub key: BlockingKey,
    /// Pairs it found.
    pub pairs: u64,
    /// Those no earlier key found.
    pub new: u64,
    /// Those no other key found.
    pub alone: u64,
}

/// How candidate pairs were found and what was left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BlockingReport {
    /// Distinct candidate pairs scored.
    pub candidates: u64,
    /// What each key found, in the order in which they are asked.
    pub keys: Vec<KeyReport>,
    /// Pairs left out because a block was larger than the limit and could not be refined.
    pub left_out: u64,
    /// Pairs that agree on a key that says little by itself while names and addresses contradict each other: not compared
    /// unless another key found them.
    #[serde(default)]
    pub contradicted: u64,
}

/// Everything linking found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Linkage {
    /// All groups, those of one member included, in order of their first member.
    pub groups: Vec<Group>,
    /// Pairs inside groups, and pairs that were doubtful or vetoed; by left, then right.
    pub pairs: Vec<ScoredPair>,
    /// Joins refused.
    pub vetoes: Vec<Veto>,
    /// Weights used.
    pub model: Model,
    /// Blocking statistics.
    pub blocking: BlockingReport,
}
