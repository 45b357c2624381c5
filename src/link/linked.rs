//! What linking found, as it was found: groups without their merged records, pairs as the levels they reached.
//!
//! Words and merged records take many times the room of the numbers they are made from. Whoever writes a plan goes through
//! groups and pairs once and asks for each as its turn comes; who needs all of them together takes the whole [`Linkage`].

use rayon::prelude::*;

use super::bands::Banded;
use super::cluster::Clusters;
use super::features::row_id;
use super::levels::Level;
use super::score::{Kept, Packed};
use super::weights::Bits;
use super::{
    Band, BlockingReport, Group, Linkage, Loose, MatchWeight, Model, RecordIndex, ScoredPair, SurvivorOrder, Term,
    Veto, golden,
};
use crate::contact::Records;

/// Everything linking found; a [`Linkage`] in little room.
#[derive(Debug)]
pub struct Linked {
    /// All groups, in order of their first member.
    pub groups: Groups,
    /// Pairs inside groups, and pairs that were doubtful or vetoed; by left, then right.
    pub pairs: Pairs,
    /// Joins refused.
    pub vetoes: Vec<Veto>,
    /// Weights used.
    pub model: Model,
    /// Blocking statistics.
    pub blocking: BlockingReport,
}

impl Linked {
    /// All of it at once. `records` are those that were linked.
    #[must_use]
    pub fn whole(&self, records: &(impl Records + ?Sized)) -> Linkage {
        let Self { groups, pairs, vetoes, model, blocking } = self;
        let groups = (0..groups.len()).into_par_iter().filter_map(|at| groups.group(at, &records)).collect();
        let pairs = (0..pairs.len()).into_par_iter().filter_map(|at| pairs.pair(at)).collect();
        Linkage { groups, pairs, vetoes: vetoes.clone(), model: model.clone(), blocking: blocking.clone() }
    }
}

/// Groups: who is in them, and how sure that is.
#[derive(Debug)]
pub struct Groups {
    /// Rows, group by group.
    members: Vec<u32>,
    /// End of each group's members.
    ends: Vec<u32>,
    /// What there is to say about groups of several rows, with their places.
    several: Vec<(u32, Banded)>,
    survivor: SurvivorOrder,
}

impl Groups {
    pub(super) fn new(clusters: Clusters, banded: Vec<Banded>, survivor: SurvivorOrder) -> Self {
        let (members, ends) = clusters.into_members();
        let several = (0..).zip(banded).filter(|(_, banded)| banded.band != Band::Single).collect();
        Self { members, ends, several, survivor }
    }

    /// How many groups there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn rows(&self, at: usize) -> &[u32] {
        let end = |at: usize| self.ends.get(at).map_or(0, |end| *end as usize);
        self.members.get(at.checked_sub(1).map_or(0, end)..end(at)).unwrap_or_default()
    }

    fn banded(&self, at: usize) -> Option<&Banded> {
        let place = self.several.binary_search_by_key(&row_id(at), |(group, _)| *group).ok()?;
        self.several.get(place).map(|(_, banded)| banded)
    }

    /// The members of the group at a place, in input order, loose ones included.
    pub fn members(&self, at: usize) -> impl ExactSizeIterator<Item = RecordIndex> + '_ {
        self.rows(at).iter().copied().map(RecordIndex)
    }

    /// The record that is a group of its own, if the one at that place is.
    #[must_use]
    pub fn alone(&self, at: usize) -> Option<RecordIndex> {
        match self.rows(at) {
            [only] => Some(RecordIndex(*only)),
            _ => None,
        }
    }

    /// The members of the group at a place that wait for a person while the others are planned.
    pub fn loose(&self, at: usize) -> impl Iterator<Item = RecordIndex> + '_ {
        self.banded(at).into_iter().flat_map(|banded| &banded.loose).map(|(row, _)| RecordIndex(*row))
    }

    /// The group at a place, with its merged record. Of `records` only its members are looked at.
    #[must_use]
    pub fn group(&self, at: usize, records: &dyn Records) -> Option<Group> {
        let rows = self.rows(at);
        let single = Banded { band: Band::Single, weight: None, loose: Vec::new(), reason: None };
        let Banded { band, weight, loose, reason } = self.banded(at).unwrap_or(&single);
        let is_loose = |row: &u32| loose.iter().any(|(loose, _)| loose == row);
        let core: Vec<u32> = rows.iter().copied().filter(|row| !is_loose(row)).collect();
        let waiting = |(row, weight): &(u32, Bits)| Loose { record: RecordIndex(*row), weight: (*weight).into() };
        (!rows.is_empty()).then(|| Group {
            id: row_id(at + 1),
            members: rows.iter().copied().map(RecordIndex).collect(),
            loose: loose.iter().map(waiting).collect(),
            band: *band,
            weight: weight.map(MatchWeight::from),
            review_reason: reason.clone(),
            golden: golden::merge(records, &core, &self.survivor),
        })
    }
}

/// Pairs with what they agree on.
#[derive(Debug)]
pub struct Pairs {
    kept: Kept,
    prior: Bits,
}

/// What a comparison said about a pair; many pairs share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermId(Packed);

impl TermId {
    /// The comparison, the level it reached and what that weighs.
    #[must_use]
    pub fn term(self) -> Term {
        let (level, bits): (Level, Bits) = self.0.read();
        Term { comparison: level.comparison(), level: level.words().into(), weight: bits.into() }
    }
}

impl Pairs {
    pub(super) fn new(kept: Kept, prior: Bits) -> Self {
        Self { kept, prior }
    }

    /// How many pairs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.pairs().len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.pairs().is_empty()
    }

    /// What the comparisons said about the pair at a place, in order.
    pub fn terms(&self, at: usize) -> impl Iterator<Item = TermId> + '_ {
        self.kept.terms(at).iter().copied().map(TermId)
    }

    /// The pair at a place without its terms.
    #[must_use]
    pub fn weighed(&self, at: usize) -> Option<ScoredPair> {
        self.kept.pairs().get(at).map(|pair| ScoredPair {
            left: RecordIndex(pair.left),
            right: RecordIndex(pair.right),
            prior: self.prior.into(),
            terms: Vec::new(),
            weight: pair.weight.into(),
            found_by: pair.key,
        })
    }

    /// The pair at a place: prior, one term per comparison, and their exact sum.
    #[must_use]
    pub fn pair(&self, at: usize) -> Option<ScoredPair> {
        let pair = self.weighed(at)?;
        Some(ScoredPair { terms: self.terms(at).map(TermId::term).collect(), ..pair })
    }
}
