//! Clusters → bands: which members of a group are certain of one another, and which wait for a person.
//!
//! One doubtful member must not keep certain ones waiting, nor come along with them. The joins of at least the `auto`
//! weight divide a cluster into parts; the largest part is its core and is planned, the members of all other parts are
//! loose. To be certain takes an address or identifier, or two independent facts: neither a telephone number alone nor a
//! name and a town are enough. Nothing in a core may contradict, and a mailbox that several people use connects nobody by
//! itself.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::cluster::{Cluster, Clusters, Join};
use super::compare::Comparer;
use super::features::NONE;
use super::weights::Bits;
use super::{Band, MatchWeight, certain};

/// Members of larger clusters are not compared with one another once more; such a cluster is reviewed whole anyway.
const LARGEST_CHECKED: usize = 200;

/// Share of the groups that a person can be asked to look at.
const QUEUE: f64 = 0.048;
/// Joins of at least this weight, in bits, are shown however long the queue gets.
const NOT_WORTH_ASKING: f64 = 2.5;

/// Half of what a list may get wrong at 99.5 %: a wrong join in a larger group makes several wrong pairs.
const ONE_WRONG_IN: f64 = 400.0;
/// Even where hardly any join is in doubt, none is planned below odds of 11 to 1.
const LEAST: f64 = 3.5;
/// Where most are in doubt, and on lists too short to tell, those of 64 to 1 are planned nevertheless.
const MOST: f64 = 6.0;

/// A cluster's band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Banded {
    pub(super) band: Band,
    /// Weight of the weakest join of the core; `None` for a row alone.
    pub(super) weight: Option<Bits>,
    /// Rows outside the core in input order, with the weight that connects them with it.
    pub(super) loose: Vec<(u32, Bits)>,
    /// Why something waits for a person.
    pub(super) reason: Option<String>,
}

/// The weight from which on joins are planned, when nobody said: the lowest at which, by the model's own probabilities, at
/// most one planned join in [`ONE_WRONG_IN`] joins two people, but never below [`LEAST`] nor above [`MOST`].
pub(super) fn auto_weight(joins: &[Join]) -> Bits {
    let mut weights: Vec<Bits> = joins.iter().map(|join| join.weight).collect();
    weights.sort_unstable_by_key(|weight| std::cmp::Reverse(*weight));
    let (mut wrong, mut joins) = (0.0, 0.0);
    let mut lowest = Bits::new(MOST);
    for equal in weights.chunk_by(|one, other| one == other) {
        let Some(weight) = equal.first() else { continue };
        let count = f64::from(super::row_id(equal.len()));
        wrong += count * (1.0 - MatchWeight::from(*weight).probability());
        joins += count;
        if *weight < lowest && wrong * ONE_WRONG_IN <= joins {
            lowest = *weight;
        }
    }
    lowest.max(Bits::new(LEAST))
}

/// A higher threshold of the review band, when the queue is longer than [`QUEUE`] of the groups and leaving out joins of
/// less than [`NOT_WORTH_ASKING`] makes it short enough. A list that is doubtful all over keeps its queue.
pub(super) fn review_weight(banded: &[Banded]) -> Option<Bits> {
    let groups = banded.iter().filter(|group| group.band != Band::Single).count();
    let loosest = |group: &Banded| match group.band {
        Band::Review => group.weight,
        _ => group.loose.iter().map(|(_, weight)| *weight).min(),
    };
    let mut queue: Vec<Bits> = banded.iter().filter_map(loosest).collect();
    queue.sort_unstable();
    let longest = f64::from(super::row_id(groups)) * QUEUE;
    let too_long = (0..).zip(&queue).find(|(place, _)| f64::from(super::row_id(queue.len() - place)) <= longest);
    let (place, weight) = too_long?;
    (place > 0 && *weight <= Bits::new(NOT_WORTH_ASKING)).then_some(*weight)
}

/// Bands of all clusters, in their order.
pub(super) fn divide(comparer: &Comparer<'_>, found: &Clusters, auto: Bits, largest: usize) -> Vec<Banded> {
    let standing = certain::standing_pairs(comparer, found, auto);
    let rules = Rules {
        rank: &comparer.features.rank,
        auto,
        largest,
        contradict: &|left, right| certain::contradict(comparer, left, right),
        thin: &|join| certain::is_thin(comparer, join),
    };
    let mut said: FxHashMap<u32, Vec<Join>> = FxHashMap::default();
    for join in &found.said {
        said.entry(found.of_row[join.left as usize]).or_default().push(*join);
    }
    let banded = |at: usize| {
        let group = super::row_id(at);
        let said = said.get(&group).map_or(&[] as &[Join], Vec::as_slice);
        banded(found.group(at), said, standing.get(&group).map(Vec::as_slice), &rules)
    };
    (0..found.len()).into_par_iter().map(banded).collect()
}

/// What makes members certain of one another.
struct Rules<'r> {
    rank: &'r [u32],
    auto: Bits,
    largest: usize,
    /// Whether a fact speaks against two rows, whatever they weigh together.
    contradict: &'r (dyn Fn(u32, u32) -> bool + Sync),
    /// Whether a join hangs on a single fact, however rare.
    thin: &'r (dyn Fn(&Join) -> bool + Sync),
}

/// Divides one cluster. `said` are the joins a person made, which nothing more is asked of; `standing` are the pairs that may connect members of a cluster around a shared mailbox.
fn banded(cluster: Cluster<'_>, said: &[Join], standing: Option<&[Join]>, rules: &Rules<'_>) -> Banded {
    let Rules { rank, auto, largest, contradict, thin } = *rules;
    if cluster.members.len() < 2 {
        return Banded { band: Band::Single, weight: None, loose: Vec::new(), reason: None };
    }
    let mut parts = Parts::new(cluster.members);
    let certain = |parts: &Parts<'_>, join: &Join| {
        let checked =
            cluster.members.len() > LARGEST_CHECKED || !parts.between(join).any(|(one, other)| contradict(one, other));
        checked && !thin(join)
    };
    for join in said {
        parts.join(join);
    }
    for join in cluster.joins.iter().filter(|join| join.weight >= auto) {
        if certain(&parts, join) {
            parts.join(join);
        }
    }
    let by_mailbox = standing.is_some();
    // A pair that stands without the mailbox may weigh less than the join that made its two one person.
    let mut joined_by = None;
    if let Some(pairs) = standing {
        let joined = std::mem::replace(&mut parts, Parts::new(cluster.members));
        for join in said {
            parts.join(join);
        }
        let together = |pair: &&Join| joined.of(pair.left) == joined.of(pair.right);
        pairs.iter().filter(together).for_each(|pair| parts.join(pair));
        joined_by = Some(joined);
    }
    let core = parts.largest(rank);
    let (size, mut weakest) = parts.size_and_weakest(core);
    if let Some(joined) = joined_by {
        let first = cluster.members.iter().copied().find(|row| parts.of(*row) == core);
        weakest = first.and_then(|row| joined.size_and_weakest(joined.of(row)).1);
    }
    if size == cluster.members.len() && size <= largest {
        return Banded { band: Band::Auto, weight: weakest, loose: Vec::new(), reason: None };
    }
    let weakest_of_all = cluster.joins.iter().chain(said).map(|join| join.weight).min();
    if size < 2 || size > largest {
        let reason = if size > largest {
            format!("{size} members are more than {largest}")
        } else if by_mailbox && weakest_of_all >= Some(auto) {
            "only a shared mailbox holds it together".to_owned()
        } else {
            "the weakest link is not certain".to_owned()
        };
        return Banded { band: Band::Review, weight: weakest_of_all, loose: Vec::new(), reason: Some(reason) };
    }
    let in_core: Vec<u32> = cluster.members.iter().copied().filter(|row| parts.of(*row) == core).collect();
    let loose = parts.connect(core, cluster.joins);
    let loose: Vec<(u32, Bits)> =
        cluster.members.iter().filter(|row| !in_core.contains(row)).map(|row| (*row, loose[row])).collect();
    let reason = match (loose.len(), by_mailbox && loose.iter().all(|(_, weight)| *weight >= auto)) {
        (1, true) => "only a shared mailbox connects one member with the others".to_owned(),
        (count, true) => format!("only a shared mailbox connects {count} members with the others"),
        (1, false) => "one member is not certain".to_owned(),
        (count, false) => format!("{count} members are not certain"),
    };
    Banded { band: Band::Auto, weight: weakest, loose, reason: Some(reason) }
}

/// A division of the members of one cluster (union–find).
struct Parts<'c> {
    members: &'c [u32],
    /// Part of each member, by its place.
    part: Vec<u32>,
    /// Weakest join inside each part, by number of the part.
    weakest: Vec<Option<Bits>>,
}

impl<'c> Parts<'c> {
    fn new(members: &'c [u32]) -> Self {
        Self { members, part: (0..super::row_id(members.len())).collect(), weakest: vec![None; members.len()] }
    }

    fn of(&self, row: u32) -> u32 {
        // Members are in input order.
        self.members.binary_search(&row).map_or(NONE, |place| self.part[place])
    }

    /// The pairs of members that a join would bring together.
    fn between(&self, join: &Join) -> impl Iterator<Item = (u32, u32)> {
        let of = |part: u32| {
            let rows = self.members.iter().zip(&self.part).filter(move |(_, of)| **of == part);
            rows.map(|(row, _)| *row)
        };
        let (one, other) = (self.of(join.left), self.of(join.right));
        of(one).flat_map(move |left| of(other).map(move |right| (left, right)))
    }

    fn join(&mut self, join: &Join) {
        let (one, other) = (self.of(join.left), self.of(join.right));
        if one == other || one == NONE || other == NONE {
            return;
        }
        for part in self.part.iter_mut().filter(|part| **part == other) {
            *part = one;
        }
        let weakest = [self.weakest[one as usize], self.weakest[other as usize], Some(join.weight)];
        self.weakest[one as usize] = weakest.into_iter().flatten().min();
    }

    /// The part with most members; of equals the one held together best, then the first by content.
    fn largest(&self, rank: &[u32]) -> u32 {
        let first = |part: u32| {
            let rows = self.members.iter().zip(&self.part).filter(|(_, of)| **of == part);
            rows.map(|(row, _)| rank[*row as usize]).min()
        };
        let key = |part: &u32| {
            let (size, weakest) = self.size_and_weakest(*part);
            (size, weakest, std::cmp::Reverse(first(*part)))
        };
        self.part.iter().copied().max_by_key(key).unwrap_or(NONE)
    }

    fn size_and_weakest(&self, part: u32) -> (usize, Option<Bits>) {
        let size = self.part.iter().filter(|of| **of == part).count();
        (size, self.weakest.get(part as usize).copied().flatten())
    }

    /// For each row outside the core, the weight of the join that connects it with the core, strongest joins first.
    fn connect(mut self, core: u32, joins: &[Join]) -> FxHashMap<u32, Bits> {
        let mut loose = FxHashMap::default();
        let mut joins: Vec<&Join> = joins.iter().collect();
        joins.sort_by_key(|join| std::cmp::Reverse(join.weight));
        for join in joins {
            let (one, other) = (self.of(join.left), self.of(join.right));
            let added = if one == core { other } else { one };
            if one != other && (one == core || other == core) {
                let rows = self.members.iter().zip(&self.part).filter(|(_, of)| **of == added);
                loose.extend(rows.map(|(row, _)| (*row, join.weight)));
            }
            // The core keeps its number.
            let (into, from) = if other == core { (join.right, join.left) } else { (join.left, join.right) };
            self.join(&Join { left: into, right: from, weight: join.weight });
        }
        loose
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(left: u32, right: u32, bits: f64) -> Join {
        Join { left, right, weight: Bits::new(bits) }
    }

    /// Divides rows 0 to 9 joined as given; planned from 6 bits, at most five members.
    fn divided(joins: &[Join], standing: Option<&[Join]>, contradict: &(dyn Fn(u32, u32) -> bool + Sync)) -> Banded {
        let mut members: Vec<u32> = joins.iter().flat_map(|join| [join.left, join.right]).collect();
        members.sort_unstable();
        members.dedup();
        let cluster = Cluster { members: &members, joins };
        let rank: Vec<u32> = (0..10).collect();
        // A weight of 13 bits marks a join that hangs on one fact.
        let thin = |join: &Join| join.weight == Bits::new(13.0);
        banded(
            cluster,
            &[],
            standing,
            &Rules { rank: &rank, auto: Bits::new(6.0), largest: 5, contradict, thin: &thin },
        )
    }

    fn nobody(_: u32, _: u32) -> bool {
        false
    }

    fn bits(of: f64) -> Bits {
        Bits::new(of)
    }

    #[test]
    fn members_joined_for_certain_are_planned() {
        let found = divided(&[join(0, 1, 12.0), join(1, 2, 7.0)], None, &nobody);
        let weight = Some(bits(7.0));
        assert_eq!(found, Banded { band: Band::Auto, weight, loose: Vec::new(), reason: None });
    }

    #[test]
    fn a_doubtful_member_waits_and_the_others_are_planned() {
        let found = divided(&[join(0, 1, 12.0), join(1, 2, 2.0), join(2, 3, 1.0)], None, &nobody);
        assert_eq!((found.band, found.weight), (Band::Auto, Some(bits(12.0))));
        assert_eq!(found.loose, [(2, bits(2.0)), (3, bits(1.0))]);
        assert_eq!(found.reason.as_deref(), Some("2 members are not certain"));
    }

    #[test]
    fn a_group_without_two_certain_members_waits_whole() {
        let found = divided(&[join(0, 1, 5.0), join(1, 2, 4.0)], None, &nobody);
        assert_eq!((found.band, found.weight, found.loose.len()), (Band::Review, Some(bits(4.0)), 0));
    }

    #[test]
    fn of_two_certain_parts_the_larger_is_the_core_then_the_surer_then_the_first() {
        let larger = divided(&[join(0, 1, 30.0), join(2, 3, 9.0), join(3, 4, 9.0), join(1, 2, 2.0)], None, &nobody);
        assert_eq!(larger.loose, [(0, bits(2.0)), (1, bits(2.0))]);
        let surer = divided(&[join(0, 1, 9.0), join(2, 3, 30.0), join(1, 2, 2.0)], None, &nobody);
        assert_eq!(surer.loose, [(0, bits(2.0)), (1, bits(2.0))]);
        let first = divided(&[join(2, 3, 9.0), join(0, 1, 9.0), join(1, 2, 2.0)], None, &nobody);
        assert_eq!(first.loose, [(2, bits(2.0)), (3, bits(2.0))]);
    }

    #[test]
    fn no_core_holds_two_members_that_contradict() {
        let contradict = |one: u32, other: u32| (one.min(other), one.max(other)) == (0, 2);
        let found = divided(&[join(0, 1, 12.0), join(1, 2, 9.0)], None, &contradict);
        assert_eq!((found.band, found.loose), (Band::Auto, vec![(2, bits(9.0))]));
    }

    #[test]
    fn a_join_on_a_single_fact_is_not_certain_however_rare_the_fact() {
        let found = divided(&[join(0, 1, 13.0), join(1, 2, 12.0)], None, &nobody);
        assert_eq!((found.band, found.loose), (Band::Auto, vec![(0, bits(13.0))]));
    }

    #[test]
    fn a_shared_mailbox_connects_nobody_by_itself() {
        let joins = [join(0, 1, 12.0), join(1, 2, 9.0)];
        let found = divided(&joins, Some(&[join(0, 1, 12.0)]), &nobody);
        assert_eq!(found.loose, [(2, bits(9.0))]);
        assert_eq!(found.reason.as_deref(), Some("only a shared mailbox connects one member with the others"));
        assert_eq!(divided(&joins, Some(&[]), &nobody).band, Band::Review);
    }

    #[test]
    fn a_core_weighs_what_its_joins_weigh_and_not_a_pair_that_stands_without_the_mailbox() {
        let found = divided(&[join(0, 1, 12.0)], Some(&[join(0, 1, -2.0)]), &nobody);
        assert_eq!((found.band, found.weight), (Band::Auto, Some(bits(12.0))));
    }

    #[test]
    fn a_core_that_is_too_large_waits_whole() {
        let joins: Vec<Join> = (0..5).map(|row| join(row, row + 1, 20.0)).collect();
        let found = divided(&joins, None, &nobody);
        assert_eq!((found.band, found.reason.as_deref()), (Band::Review, Some("6 members are more than 5")));
    }

    #[test]
    fn a_queue_that_a_higher_threshold_makes_short_enough_is_shortened() {
        let group = |band, weight: f64| Banded { band, weight: Some(bits(weight)), loose: Vec::new(), reason: None };
        let list = |doubtful: &[f64]| {
            let sure = std::iter::repeat_with(|| group(Band::Auto, 9.0)).take(100 - doubtful.len());
            sure.chain(doubtful.iter().map(|weight| group(Band::Review, *weight))).collect::<Vec<Banded>>()
        };
        let short = [0.5, 1.0, 1.5, 2.0];
        assert_eq!(review_weight(&list(&short)), None, "four of a hundred can be looked at");
        let long = [0.5, 1.0, 1.5, 2.0, 2.2, 3.0, 3.2];
        assert_eq!(review_weight(&list(&long)), Some(bits(2.0)), "the last four of them");
        let hopeless = [0.5, 2.6, 2.7, 2.8, 2.9, 3.0, 3.1, 3.2];
        assert_eq!(review_weight(&list(&hopeless)), None, "they would still be more than four");
    }

    #[test]
    fn the_threshold_follows_from_how_sure_the_joins_are() {
        let found = |weights: &[f64]| {
            let joins: Vec<Join> = weights.iter().map(|weight| join(0, 1, *weight)).collect();
            auto_weight(&joins).value()
        };
        let sure: Vec<f64> = std::iter::repeat_n(20.0, 1_000).chain([1.0, 5.0]).collect();
        assert!((found(&sure) - 3.5).abs() < 0.01, "one join of 1 bit is far less than one wrong in 400");
        let doubtful: Vec<f64> = std::iter::repeat_n(9.0, 50).chain(std::iter::repeat_n(4.0, 50)).collect();
        assert!((found(&doubtful) - 6.0).abs() < 0.01, "joins of 4 bits are wrong once in 17 times");
        assert!((found(&[]) - 6.0).abs() < 0.01);
    }
}
