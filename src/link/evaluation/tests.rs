//! The exact scores against brute force, the curve against its definition, and the sample against what it must cover.

#![expect(clippy::cast_precision_loss, reason = "a dozen rows")]

use std::collections::BTreeSet;

use super::frame::{Frame, Stratum};
use super::tally::Scores;
use super::{Answer, Estimate, Evaluation, Sampled, wilson};
use crate::link::{Band, BlockingKey, Golden, Group, Linkage, MatchWeight, Model, RecordIndex, ScoredPair};

/// `SplitMix64`, replayed from its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(limit)).unwrap()
    }
}

fn group(id: u32, members: &[u32], band: Band, weight: f64) -> Group {
    Group {
        id,
        members: members.iter().copied().map(RecordIndex).collect(),
        loose: Vec::new(),
        band,
        weight: (members.len() > 1).then_some(MatchWeight(weight)),
        review_reason: None,
        golden: Golden {
            survivor: RecordIndex(members[0]),
            reason: "".into(),
            fields: crate::contact::Compact::default(),
        },
    }
}

fn pair(left: u32, right: u32, weight: f64) -> ScoredPair {
    ScoredPair {
        left: RecordIndex(left),
        right: RecordIndex(right),
        prior: MatchWeight(-10.0),
        terms: Vec::new(),
        weight: MatchWeight(weight),
        found_by: BlockingKey::Email,
    }
}

fn linkage(groups: Vec<Group>, pairs: Vec<ScoredPair>) -> Linkage {
    let model = Model { auto_weight: MatchWeight(6.0), review_weight: MatchWeight(0.0), ..Model::default() };
    Linkage { groups, pairs, model, ..Linkage::default() }
}

/// A random partition into groups with random bands and weights, and a random truth with gaps.
fn random_world(seed: u64) -> (Linkage, Vec<Option<u32>>) {
    let mut random = Random(seed);
    let rows = 1 + random.below(12);
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); 1 + random.below(rows) as usize];
    for row in 0..rows {
        let at = random.below(u32::try_from(members.len()).unwrap()) as usize;
        members[at].push(row);
    }
    members.retain(|members| !members.is_empty());
    let groups = members.iter().zip(1..).map(|(members, id)| {
        let weight = f64::from(random.below(24)) / 2.0 - 1.0;
        let band = match (members.len(), random.below(3)) {
            (1, _) => Band::Single,
            (_, 0) => Band::Review,
            _ => Band::Auto,
        };
        group(id, members, band, weight)
    });
    let linkage = linkage(groups.collect(), Vec::new());
    let truth = (0..rows).map(|_| (random.below(8) > 0).then(|| 7 * random.below(5))).collect();
    (linkage, truth)
}

/// The definitions, read literally, over every pair and every row.
fn brute_force(truth: &[Option<u32>], group: &[u32]) -> (u64, u64, u64, f64, f64) {
    let rows: Vec<usize> = (0..truth.len()).filter(|row| truth[*row].is_some()).collect();
    let (mut wanted, mut found, mut right) = (0, 0, 0);
    for (at, one) in rows.iter().enumerate() {
        for other in &rows[at + 1..] {
            let (is_wanted, is_found) = (truth[*one] == truth[*other], group[*one] == group[*other]);
            wanted += u64::from(is_wanted);
            found += u64::from(is_found);
            right += u64::from(is_wanted && is_found);
        }
    }
    let (mut precision, mut recall) = (0.0, 0.0);
    for one in &rows {
        let in_group: Vec<&usize> = rows.iter().filter(|other| group[**other] == group[*one]).collect();
        let of_person: Vec<&usize> = rows.iter().filter(|other| truth[**other] == truth[*one]).collect();
        let both = in_group.iter().filter(|other| truth[***other] == truth[*one]).count();
        precision += both as f64 / in_group.len() as f64;
        recall += both as f64 / of_person.len() as f64;
    }
    let mean = |sum: f64| if rows.is_empty() { 1.0 } else { sum / rows.len() as f64 };
    (wanted, found, right, mean(precision), mean(recall))
}

/// Group of each row when only some groups are made.
fn partition(linkage: &Linkage, rows: usize, is_made: impl Fn(&Group) -> bool) -> Vec<u32> {
    let mut group_of = vec![0; rows];
    for found in &linkage.groups {
        for member in &found.members {
            group_of[member.0 as usize] = if is_made(found) { found.id } else { 1000 + member.0 };
        }
    }
    group_of
}

#[track_caller]
fn assert_same(seed: u64, what: &str, scores: &Scores, expected: (u64, u64, u64, f64, f64)) {
    let (wanted, found, right, precision, recall) = expected;
    assert_eq!((scores.wanted_pairs, scores.found_pairs, scores.right_pairs), (wanted, found, right), "{what}, {seed}");
    let pair_precision = if found == 0 { 1.0 } else { right as f64 / found as f64 };
    let pair_recall = if wanted == 0 { 1.0 } else { right as f64 / wanted as f64 };
    let close = |one: f64, other: f64| (one - other).abs() < 1e-12;
    assert!(close(scores.pairwise.precision, pair_precision), "{what}, seed {seed}: {scores:?}");
    assert!(close(scores.pairwise.recall, pair_recall), "{what}, seed {seed}: {scores:?}");
    assert!(close(scores.b_cubed.precision, precision), "{what}, seed {seed}: {scores:?} but {precision}");
    assert!(close(scores.b_cubed.recall, recall), "{what}, seed {seed}: {scores:?} but {recall}");
    let harmonic = |p: f64, r: f64| if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
    assert!(close(scores.pairwise.f1, harmonic(pair_precision, pair_recall)), "{what}, seed {seed}");
    assert!(close(scores.b_cubed.f1, harmonic(precision, recall)), "{what}, seed {seed}");
}

#[test]
fn scores_are_those_of_brute_force_on_small_random_partitions() {
    for seed in 0..2_000 {
        let (linkage, truth) = random_world(seed);
        let evaluation = Evaluation::new(&linkage, &truth, 10);
        let all = brute_force(&truth, &partition(&linkage, truth.len(), |_| true));
        assert_same(seed, "all", &evaluation.all, all);
        let auto = brute_force(&truth, &partition(&linkage, truth.len(), |group| group.band == Band::Auto));
        assert_same(seed, "auto", &evaluation.auto, auto);
        for point in &evaluation.curve {
            let is_made = |group: &Group| group.weight.is_some_and(|weight| weight >= point.weight);
            let expected = brute_force(&truth, &partition(&linkage, truth.len(), is_made));
            assert_same(seed, &format!("curve at {}", point.weight.0), &point.scores, expected);
        }
        let wrong: u64 = evaluation.wrong_merges.iter().map(|merge| merge.false_pairs).sum();
        assert_eq!(wrong, evaluation.all.found_pairs - evaluation.all.right_pairs, "wrong merges, seed {seed}");
    }
}

#[test]
fn rows_nobody_labelled_count_nowhere() {
    let groups = vec![group(1, &[0, 1, 2], Band::Auto, 9.0), group(2, &[3], Band::Single, 0.0)];
    let evaluation = Evaluation::new(&linkage(groups, Vec::new()), &[Some(4), None, Some(4), Some(9)], 10);
    assert_eq!((evaluation.rows, evaluation.rows_without_truth, evaluation.people), (3, 1, 2));
    assert_eq!((evaluation.all.found_pairs, evaluation.all.right_pairs), (1, 1));
    assert_eq!(evaluation.wrong_merges, []);
}

#[test]
fn the_largest_wrong_merge_comes_first_and_names_one_record_of_each_person() {
    let groups = vec![
        group(1, &[0, 1], Band::Auto, 9.0),
        group(2, &[2, 3, 4, 5], Band::Review, 1.0),
        group(3, &[6, 7], Band::Auto, 9.0),
    ];
    let truth = [1, 2, 3, 3, 3, 4, 5, 5].map(Some);
    let evaluation = Evaluation::new(&linkage(groups, Vec::new()), &truth, 1);
    assert_eq!(evaluation.wrong_groups, 2);
    let [merge] = evaluation.wrong_merges.as_slice() else { panic!("one was asked for") };
    assert_eq!((merge.group, merge.rows, merge.people, merge.false_pairs), (2, 4, 2, 3));
    assert_eq!(merge.largest_parts, [3, 1]);
    assert_eq!(merge.examples, [RecordIndex(2), RecordIndex(5)]);
    assert_eq!((evaluation.groups_of_several, evaluation.groups_to_review, evaluation.rows_to_review), (3, 1, 4));
}

#[test]
fn blocking_keys_are_told_by_the_pairs_they_found() {
    let groups = vec![group(1, &[0, 1], Band::Auto, 9.0), group(2, &[2, 3], Band::Auto, 9.0)];
    let pairs = vec![pair(0, 1, 9.0), pair(0, 2, -1.0), pair(2, 3, 9.0)];
    let evaluation = Evaluation::new(&linkage(groups, pairs), &[1, 1, 1, 2].map(Some), 1);
    let [key] = evaluation.keys.as_slice() else { panic!("one key") };
    assert_eq!((key.pairs, key.right, key.right_and_joined, key.wrong_and_joined), (3, 2, 1, 1));
}

#[test]
fn wilson_intervals_are_those_of_the_textbook() {
    // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for (successes, trials, low, high) in
        [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
    {
        let found = wilson(successes, trials);
        assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{found:?}");
    }
    assert_eq!((wilson(0, 0).low, wilson(0, 0).high), (0.0, 1.0));
    assert!((wilson(20, 20).high - 1.0).abs() < 1e-12);
}

/// Two certain groups, one near the threshold, one in review, three pairs apart.
fn strata() -> Linkage {
    let groups = vec![
        group(1, &[0, 1, 2, 3], Band::Auto, 20.0),
        group(2, &[4, 5, 6], Band::Auto, 20.0),
        group(3, &[7, 8, 9], Band::Auto, 7.0),
        group(4, &[10, 11], Band::Review, 2.0),
        group(5, &[12], Band::Single, 0.0),
    ];
    let pairs = vec![pair(0, 1, 20.0), pair(0, 4, -1.0), pair(7, 12, -1.5), pair(10, 11, 2.0), pair(10, 12, 0.5)];
    linkage(groups, pairs)
}

#[test]
fn a_full_draw_asks_about_every_pair_of_the_frame_once() {
    let linkage = strata();
    let frame = Frame::new(&linkage, 13);
    let sizes = Stratum::ALL.map(|stratum| frame.pairs(stratum));
    assert_eq!(sizes, [3, 1, 3, 9]);
    let drawn = frame.draw(1_000, 1);
    let different: BTreeSet<_> = drawn.iter().map(|pair| (pair.left, pair.right)).collect();
    assert_eq!((drawn.len(), different.len()), (16, 16));
    for pair in &drawn {
        assert!(pair.left < pair.right);
        assert_eq!(frame.stratum(pair.left, pair.right), Some(pair.stratum));
        assert_eq!(frame.stratum(pair.right, pair.left), Some(pair.stratum), "the order of the two says nothing");
    }
    assert_eq!(frame.stratum(RecordIndex(1), RecordIndex(12)), None, "never close");
    assert_eq!(frame.stratum(RecordIndex(1), RecordIndex(1)), None);
}

#[test]
fn a_small_draw_takes_the_same_from_every_stratum_and_is_repeatable() {
    let linkage = strata();
    let frame = Frame::new(&linkage, 13);
    let drawn = frame.draw(8, 5);
    let of = |stratum| drawn.iter().filter(|pair| pair.stratum == stratum).count();
    // The one pair in review leaves its second question to the others.
    assert_eq!(Stratum::ALL.map(of).iter().sum::<usize>(), 8);
    assert_eq!(of(Stratum::Review), 1);
    assert!(Stratum::ALL.into_iter().all(|stratum| of(stratum) >= 1 && of(stratum) <= 3), "{drawn:?}");
    assert_eq!(drawn, frame.draw(8, 5));
    assert_ne!(drawn, frame.draw(8, 6), "another seed asks other questions");
    let first: BTreeSet<Stratum> = drawn.iter().take(4).map(|pair| pair.stratum).collect();
    assert_eq!(first.len(), 4, "the first questions are about all strata");
}

#[test]
fn every_pair_is_as_likely_as_any_other_of_its_stratum() {
    let linkage = strata();
    let frame = Frame::new(&linkage, 13);
    let mut asked = std::collections::BTreeMap::new();
    for seed in 0..3_000_u64 {
        for pair in frame.draw(4, seed.wrapping_mul(0x1234_5678_9abc_def1)) {
            *asked.entry((pair.stratum, pair.left, pair.right)).or_insert(0_u64) += 1;
        }
    }
    for ((stratum, ..), times) in asked {
        let expected = 3_000 / frame.pairs(stratum);
        assert!(times > expected * 7 / 10 && times < expected * 13 / 10, "{stratum:?}: {times} instead of {expected}");
    }
}

#[test]
fn answers_to_every_pair_give_the_exact_precision_and_recall() {
    let linkage = strata();
    let frame = Frame::new(&linkage, 13);
    // One person: 0–3, 4–6; 7 and 8 but not 9; 10, 11 and 12.
    let person = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 4, 4];
    let answers: Vec<Answer> = frame
        .draw(1_000, 3)
        .iter()
        .map(|pair| Answer {
            left: pair.right,
            right: pair.left,
            is_match: person[pair.left.0 as usize] == person[pair.right.0 as usize],
        })
        .collect();
    let sampled = Sampled::new(&frame, &answers);
    let close = |found: f64, exact: f64| (found - exact).abs() < 1e-12;
    let is_exactly = |found: Option<Estimate>, exact: f64| {
        found.is_some_and(|found| [found.value, found.low, found.high].into_iter().all(|end| close(end, exact)))
    };
    assert!(is_exactly(sampled.auto.precision, 10.0 / 12.0), "{sampled:?}");
    assert!(is_exactly(sampled.all.precision, 11.0 / 13.0), "{sampled:?}");
    // 10 joined of auto, 1 in review, and 10–12 kept apart; 11–12 never came close and cannot be known.
    assert!(is_exactly(sampled.all.recall, 11.0 / 12.0), "{sampled:?}");
    assert!(is_exactly(sampled.auto.recall, 10.0 / 12.0), "{sampled:?}");
    assert_eq!((sampled.answered, sampled.outside), (16, 0));
}

#[test]
fn a_stratum_without_an_answer_leaves_the_figures_open() {
    let linkage = strata();
    let frame = Frame::new(&linkage, 13);
    let answer = |left, right, is_match| Answer { left: RecordIndex(left), right: RecordIndex(right), is_match };
    let sampled = Sampled::new(&frame, &[answer(0, 1, true), answer(7, 8, true), answer(7, 8, false)]);
    assert_eq!(sampled.answered, 2, "a pair answered twice counts once, by its last answer");
    let precision = sampled.auto.precision.unwrap();
    assert!((precision.value - 9.0 / 12.0).abs() < 1e-12, "{precision:?}");
    assert!(precision.low < 0.5 && precision.high > 0.8, "two answers say little: {precision:?}");
    assert_eq!((sampled.all.precision, sampled.all.recall), (None, None));
    let outside = Sampled::new(&frame, &[answer(1, 12, true)]);
    assert_eq!((outside.answered, outside.outside, outside.outside_matches), (0, 1, 1));
}
