//! Groups against who each record really is.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::tally::{People, Scores, Taken, Tally};
use crate::link::{Band, BlockingKey, Group, Linkage, MatchWeight, RecordIndex};

/// Members of a wrong merge that are named.
const EXAMPLES: usize = 4;
/// People of a wrong merge whose records are counted.
const PARTS: usize = 5;
/// Points of the threshold curve at most.
const POINTS: usize = 48;

/// A group of several people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WrongMerge {
    /// Its number.
    pub group: u32,
    /// Its band.
    pub band: Band,
    /// Its weight.
    pub weight: Option<MatchWeight>,
    /// Labelled records in it.
    pub rows: u64,
    /// People in it.
    pub people: u64,
    /// Pairs of different people.
    pub false_pairs: u64,
    /// Records of its largest people, largest first, at most five.
    pub largest_parts: Vec<u64>,
    /// One member of each of its first people, at most four.
    pub examples: Vec<RecordIndex>,
}

/// What the groups would be worth if only those of at least this weight were made, and the records of all others stayed
/// alone: what moving `match.auto_weight` does, the other reasons for a review set aside.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    /// The threshold.
    pub weight: MatchWeight,
    /// The model's own probability of a pair of that weight.
    pub probability: f64,
    /// Groups of several records at or above it.
    pub groups: u64,
    /// Their scores.
    pub scores: Scores,
}

/// Pairs that a blocking key was the first to find, among those the plan keeps: pairs inside groups, doubtful ones, and
/// refused ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct KeyTruth {
    /// The key.
    pub key: BlockingKey,
    /// Pairs kept, both records labelled.
    pub pairs: u64,
    /// Of these, one person.
    pub right: u64,
    /// Of these, one person and in one group.
    pub right_and_joined: u64,
    /// Of the pairs kept, two people in one group.
    pub wrong_and_joined: u64,
}

/// How right a linkage is. Records without a truth count nowhere.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Records with a truth.
    pub rows: u64,
    /// Records without one.
    pub rows_without_truth: u64,
    /// People.
    pub people: u64,
    /// Groups with at least one labelled record.
    pub groups: u64,
    /// Groups of both bands, as they are.
    pub all: Scores,
    /// Groups of the `auto` band without their loose members; those and the records of `review` groups are taken apart:
    /// what is done without a person.
    pub auto: Scores,
    /// Groups of several records.
    pub groups_of_several: u64,
    /// Of these, with something to decide: in review, or with loose members.
    pub groups_to_review: u64,
    /// Labelled records that wait for it.
    pub rows_to_review: u64,
    /// Groups of more than one person.
    pub wrong_groups: u64,
    /// The largest of them, by false pairs.
    pub wrong_merges: Vec<WrongMerge>,
    /// From the lowest threshold up.
    pub curve: Vec<CurvePoint>,
    /// By blocking key, those with most pairs first.
    pub keys: Vec<KeyTruth>,
}

impl Evaluation {
    /// Evaluates. `truth` tells for every record in order who it is (equal numbers are one person), `None` where nobody
    /// knows. At most `largest` wrong merges are listed.
    #[must_use]
    pub fn new(linkage: &Linkage, truth: &[Option<u32>], largest: usize) -> Self {
        let known = numbered(truth);
        let person = |index: &RecordIndex| known.get(index.0 as usize).copied().flatten();
        let groups: Vec<&Group> = linkage.groups.iter().collect();
        let tallies: Vec<Tally> =
            groups.iter().map(|group| Tally::new(group.members.iter().filter_map(person).collect())).collect();
        let people = People::new(&tallies);
        let rows: u64 = tallies.iter().map(|tally| tally.rows).sum();
        // As if only these members of each group were joined, and all others alone.
        let scores = |is_joined: &dyn Fn(&Group, RecordIndex) -> bool| {
            let divided = groups.iter().map(|group| {
                let (joined, alone): (Vec<_>, Vec<_>) =
                    group.members.iter().partition(|member| is_joined(group, **member));
                let tally = |members: Vec<&RecordIndex>| Tally::new(members.into_iter().filter_map(person).collect());
                [(tally(joined), Taken::Joined), (tally(alone), Taken::Apart)]
            });
            people.scores(&divided.flatten().collect::<Vec<(Tally, Taken)>>())
        };
        let is_several = |group: &&&Group| group.members.len() > 1;
        // What matching was unsure of; a plan may hold certain groups back as well
        let unsure = |group: &Group| group.band == Band::Review || !group.loose.is_empty();
        let waiting = groups
            .iter()
            .flat_map(|group| group.members.iter().filter(|member| group.band_of(**member) == Band::Review));
        Self {
            rows,
            rows_without_truth: (truth.len() as u64).saturating_sub(rows),
            people: people.count(),
            groups: tallies.iter().map(|tally| u64::from(tally.rows > 0)).sum(),
            all: scores(&|_, _| true),
            auto: scores(&|group, member| group.band_of(member) == Band::Auto),
            groups_of_several: groups.iter().filter(is_several).count() as u64,
            groups_to_review: groups.iter().filter(|group| unsure(group)).count() as u64,
            rows_to_review: waiting.filter(|member| person(member).is_some()).count() as u64,
            wrong_groups: tallies.iter().filter(|tally| tally.parts.len() > 1).count() as u64,
            wrong_merges: wrong_merges(&groups, &tallies, &person, largest),
            curve: thresholds(linkage)
                .into_iter()
                .map(|weight| {
                    let is_made = |group: &Group| group.weight.is_some_and(|reached| reached.0 >= weight.0);
                    let is_joined = |group: &Group, member: RecordIndex| {
                        is_made(group) && group.loose_weight(member).is_none_or(|reached| reached.0 >= weight.0)
                    };
                    CurvePoint {
                        weight,
                        probability: weight.probability(),
                        groups: groups.iter().filter(|group| is_made(group)).count() as u64,
                        scores: scores(&is_joined),
                    }
                })
                .collect(),
            keys: keys(linkage, &person, truth.len()),
        }
    }

    /// Share of the groups of several records that wait for a person, from 0 to 1.
    #[must_use]
    pub fn review_share(&self) -> f64 {
        if self.groups_of_several == 0 {
            0.0
        } else {
            super::tally::share(self.groups_to_review, self.groups_of_several)
        }
    }
}

/// Numbers people from 0 in the order they are met, whatever numbers the caller chose.
fn numbered(truth: &[Option<u32>]) -> Vec<Option<u32>> {
    let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
    let mut number = |person: u32| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(person).or_insert(next)
    };
    truth.iter().map(|person| person.map(&mut number)).collect()
}

fn wrong_merges(
    groups: &[&Group],
    tallies: &[Tally],
    person: &dyn Fn(&RecordIndex) -> Option<u32>,
    largest: usize,
) -> Vec<WrongMerge> {
    let mut wrong: Vec<(&Group, &Tally)> = groups
        .iter()
        .zip(tallies)
        .filter(|(_, tally)| tally.parts.len() > 1)
        .map(|(group, tally)| (*group, tally))
        .collect();
    let false_pairs = |tally: &Tally| tally.found() - tally.right();
    wrong.sort_by_key(|(group, tally)| (std::cmp::Reverse(false_pairs(tally)), group.id));
    wrong.truncate(largest);
    let described = wrong.into_iter().map(|(group, tally)| {
        let mut parts: Vec<u64> = tally.parts.iter().map(|(_, count)| *count).collect();
        parts.sort_unstable_by(|one, other| other.cmp(one));
        parts.truncate(PARTS);
        let mut seen = Vec::new();
        let mut examples = Vec::new();
        for member in &group.members {
            if let Some(somebody) = person(member)
                && examples.len() < EXAMPLES
                && !seen.contains(&somebody)
            {
                seen.push(somebody);
                examples.push(*member);
            }
        }
        WrongMerge {
            group: group.id,
            band: group.band,
            weight: group.weight,
            rows: tally.rows,
            people: tally.parts.len() as u64,
            false_pairs: false_pairs(tally),
            largest_parts: parts,
            examples,
        }
    });
    described.collect()
}

/// Whole bits from the loosest group to the tightest, and the two thresholds in force.
fn thresholds(linkage: &Linkage) -> Vec<MatchWeight> {
    let weights = || linkage.groups.iter().filter_map(|group| group.weight).map(|weight| weight.0);
    let lowest = weights().fold(f64::INFINITY, f64::min);
    let highest = weights().fold(f64::NEG_INFINITY, f64::max);
    if !lowest.is_finite() || !highest.is_finite() {
        return Vec::new();
    }
    let (lowest, highest) = (lowest.floor(), highest.floor());
    let mut step = 1.0;
    #[expect(clippy::cast_precision_loss, reason = "a small constant")]
    while (highest - lowest) / step >= POINTS as f64 {
        step *= 2.0;
    }
    let mut points = vec![linkage.model.review_weight.0, linkage.model.auto_weight.0];
    let mut at = lowest;
    while at <= highest {
        points.push(at);
        at += step;
    }
    points.sort_by(f64::total_cmp);
    points.dedup_by(|one, other| (*one - *other).abs() < 1e-9);
    points.into_iter().map(MatchWeight).collect()
}

fn keys(linkage: &Linkage, person: &dyn Fn(&RecordIndex) -> Option<u32>, records: usize) -> Vec<KeyTruth> {
    let group_of = super::frame::group_of(linkage, records);
    let mut found: FxHashMap<BlockingKey, KeyTruth> = FxHashMap::default();
    for pair in &linkage.pairs {
        let (Some(one), Some(other)) = (person(&pair.left), person(&pair.right)) else { continue };
        let is_joined = super::frame::same_group(&group_of, pair.left, pair.right);
        let empty = KeyTruth { key: pair.found_by, pairs: 0, right: 0, right_and_joined: 0, wrong_and_joined: 0 };
        let counts = found.entry(pair.found_by).or_insert(empty);
        counts.pairs += 1;
        counts.right += u64::from(one == other);
        counts.right_and_joined += u64::from(one == other && is_joined);
        counts.wrong_and_joined += u64::from(one != other && is_joined);
    }
    let mut keys: Vec<KeyTruth> = found.into_values().collect();
    keys.sort_by_key(|key| (std::cmp::Reverse(key.pairs), key.key));
    keys
}
