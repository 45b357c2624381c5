//! Exact scores from contingency counts: how many records of which person are in which group.

use serde::Serialize;

/// Precision, recall, and their harmonic mean; each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rates {
    /// Share of what was found that is right.
    pub precision: f64,
    /// Share of what is right that was found.
    pub recall: f64,
    /// Harmonic mean; 0 when both are 0.
    pub f1: f64,
}

impl Rates {
    pub(super) fn new(precision: f64, recall: f64) -> Self {
        let sum = precision + recall;
        Self { precision, recall, f1: if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 } }
    }
}

/// Scores of one partition of the labelled records.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// Pairs of records that are one person.
    pub wanted_pairs: u64,
    /// Pairs of records in one group.
    pub found_pairs: u64,
    /// Pairs that are both.
    pub right_pairs: u64,
    /// Every pair counts the same.
    pub pairwise: Rates,
    /// Every record counts the same.
    pub b_cubed: Rates,
}

/// Unordered pairs among `count` things.
pub(super) fn pairs(count: u64) -> u64 {
    count * count.saturating_sub(1) / 2
}

#[expect(clippy::cast_precision_loss, reason = "counts of records and pairs stay far below 2^52")]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}

/// `part` of `whole`; 1 when there is nothing to be wrong about.
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { float(part) / float(whole) }
}

/// The labelled records of one group: for each person in it, how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// Person, records; by person.
    pub(super) parts: Vec<(u32, u64)>,
    /// All of them.
    pub(super) rows: u64,
}

impl Tally {
    pub(super) fn new(mut people: Vec<u32>) -> Self {
        people.sort_unstable();
        let mut parts: Vec<(u32, u64)> = Vec::new();
        for person in people {
            match parts.last_mut() {
                Some((last, count)) if *last == person => *count += 1,
                _ => parts.push((person, 1)),
            }
        }
        let rows = parts.iter().map(|(_, count)| count).sum();
        Self { parts, rows }
    }

    pub(super) fn found(&self) -> u64 {
        pairs(self.rows)
    }

    pub(super) fn right(&self) -> u64 {
        self.parts.iter().map(|(_, count)| pairs(*count)).sum()
    }
}

/// What a group is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// As it is.
    Joined,
    /// As if each of its records were alone.
    Apart,
}

/// How many records each person has, by person.
#[derive(Clone, Debug)]
pub(super) struct People {
    rows: Vec<u64>,
    wanted: u64,
    all: u64,
}

impl People {
    pub(super) fn new(tallies: &[Tally]) -> Self {
        let mut rows = Vec::new();
        for (person, count) in tallies.iter().flat_map(|tally| &tally.parts) {
            let at = *person as usize;
            if rows.len() <= at {
                rows.resize(at + 1, 0);
            }
            rows[at] += count;
        }
        let wanted = rows.iter().copied().map(pairs).sum();
        let all = rows.iter().sum();
        Self { rows, wanted, all }
    }

    pub(super) fn count(&self) -> u64 {
        self.rows.iter().map(|rows| u64::from(*rows > 0)).sum()
    }

    /// Scores of the partition in which each group is taken as `taken` says.
    pub(super) fn scores(&self, tallies: &[(Tally, Taken)]) -> Scores {
        let (mut found, mut right, mut precise, mut recalled) = (0, 0, 0.0, 0.0);
        for (tally, taken) in tallies {
            if *taken == Taken::Joined {
                found += tally.found();
                right += tally.right();
            }
            for (person, count) in &tally.parts {
                let of_person = float(self.rows[*person as usize]);
                let count = float(*count);
                match taken {
                    Taken::Joined => {
                        precise += count * count / float(tally.rows);
                        recalled += count * count / of_person;
                    }
                    Taken::Apart => {
                        precise += count;
                        recalled += count / of_person;
                    }
                }
            }
        }
        let rows = float(self.all.max(1));
        let cubed = |sum: f64| if self.all == 0 { 1.0 } else { (sum / rows).min(1.0) };
        Scores {
            wanted_pairs: self.wanted,
            found_pairs: found,
            right_pairs: right,
            pairwise: Rates::new(share(right, found), share(right, self.wanted)),
            b_cubed: Rates::new(cubed(precise), cubed(recalled)),
        }
    }
}
