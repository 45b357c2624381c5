//! What people said before about who is one person, for this list.
//!
//! Is told decision by decision how the records it is about were divided, the oldest first, and answers for two records:
//! one person, two people, or nothing known. The last decision that was about both of them counts. Linking never joins
//! what a person kept apart and always joins what a person joined. How a record is known again in another list is the
//! caller's part.

use rustc_hash::FxHashMap;

use super::RecordIndex;
use super::cluster::Join;
use super::compare::Comparer;

/// Members of larger parts are tied one to the next in input order, instead of along their strongest pairs.
const LARGEST_WEIGHED: usize = 100;

/// A record a decision was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The record.
    pub record: RecordIndex,
    /// Records of one part are one person, those of two parts are two people. `None`: the decision was taken back.
    pub part: Option<u32>,
    /// Whether what is compared changed since. Such a record stays apart from others, but is not joined any more: the
    /// person did not see what it says today.
    pub changed: bool,
}

/// What people decided, by record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decided {
    /// For each decision the records it places in the same part, those that changed left out.
    parts: Vec<Vec<RecordIndex>>,
    decisions: u32,
    /// Number of the decision and the record's place in it, the oldest first.
    of: FxHashMap<RecordIndex, Vec<(u32, Placed)>>,
}

impl Decided {
    /// Adds a decision; it outweighs those added before for every two of its records.
    pub fn add(&mut self, placed: &[Placed]) {
        self.decisions += 1;
        let mut parts: std::collections::BTreeMap<u32, Vec<RecordIndex>> = std::collections::BTreeMap::new();
        for place in placed {
            self.of.entry(place.record).or_default().push((self.decisions, *place));
            if let (Some(part), false) = (place.part, place.changed) {
                parts.entry(part).or_default().push(place.record);
            }
        }
        self.parts.extend(parts.into_values().filter(|part| part.len() > 1));
    }

    /// Whether nothing was decided.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Whether two records were said to be one person (`true`) or two (`false`).
    #[must_use]
    pub fn says(&self, left: RecordIndex, right: RecordIndex) -> Option<bool> {
        let (one, other) = (self.of.get(&left)?, self.of.get(&right)?);
        let (mut one, mut other) = (one.iter().rev().peekable(), other.iter().rev().peekable());
        // Both run from the newest decision back; the first number they share is the last decision about both
        loop {
            let ((newer, a), (older, b)) = (one.peek()?, other.peek()?);
            match newer.cmp(older) {
                std::cmp::Ordering::Greater => drop(one.next()),
                std::cmp::Ordering::Less => drop(other.next()),
                std::cmp::Ordering::Equal => {
                    return match (a.part, b.part) {
                        (Some(a_part), Some(b_part)) if a_part != b_part => Some(false),
                        (Some(_), Some(_)) => (!a.changed && !b.changed).then_some(true),
                        _ => None,
                    };
                }
            }
        }
    }

    /// The joins people made: along the strongest pairs of each part.
    pub(super) fn joins(&self, comparer: &Comparer<'_>) -> Vec<Join> {
        let mut joins: Vec<Join> = Vec::new();
        for part in &self.parts {
            let weighed = |(left, right): (RecordIndex, RecordIndex)| Join {
                left: left.0,
                right: right.0,
                weight: comparer.weight(left.0, right.0),
            };
            let said = |pair: &(RecordIndex, RecordIndex)| self.says(pair.0, pair.1) == Some(true);
            let from = joins.len();
            if part.len() <= LARGEST_WEIGHED {
                let pairs = part.iter().enumerate().flat_map(|(at, left)| {
                    part.iter().skip(at + 1).map(move |right| ((*left).min(*right), (*left).max(*right)))
                });
                joins.extend(pairs.filter(said).map(weighed));
            } else {
                let neighbours = part.iter().zip(part.iter().skip(1)).map(|(left, right)| (*left, *right));
                joins.extend(neighbours.filter(said).map(weighed));
            }
            let rank = &comparer.features.rank;
            if let Some(added) = joins.get_mut(from..) {
                added.sort_by_key(|join| {
                    let (one, other) = (rank[join.left as usize], rank[join.right as usize]);
                    (std::cmp::Reverse(join.weight), one.min(other), one.max(other))
                });
            }
        }
        joins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(places: &[(u32, Option<u32>)]) -> Vec<Placed> {
        let place =
            |(record, part): &(u32, Option<u32>)| Placed { record: RecordIndex(*record), part: *part, changed: false };
        places.iter().map(place).collect()
    }

    fn says(decided: &Decided, left: u32, right: u32) -> Option<bool> {
        let there = decided.says(RecordIndex(left), RecordIndex(right));
        assert_eq!(there, decided.says(RecordIndex(right), RecordIndex(left)));
        there
    }

    #[test]
    fn the_last_decision_about_two_records_counts() {
        let mut decided = Decided::default();
        decided.add(&placed(&[(0, Some(0)), (1, Some(0)), (2, Some(1))]));
        assert_eq!((says(&decided, 0, 1), says(&decided, 0, 2), says(&decided, 0, 9)), (Some(true), Some(false), None));
        decided.add(&placed(&[(0, Some(0)), (1, Some(1))]));
        decided.add(&placed(&[(4, Some(0)), (0, Some(0))]));
        assert_eq!(
            (says(&decided, 0, 1), says(&decided, 0, 2), says(&decided, 0, 4)),
            (Some(false), Some(false), Some(true))
        );
        decided.add(&placed(&[(0, None), (1, None)]));
        assert_eq!((says(&decided, 0, 1), says(&decided, 1, 2)), (None, Some(false)), "taken back");
    }

    #[test]
    fn a_record_that_changed_stays_apart_but_is_not_joined() {
        let mut decided = Decided::default();
        let mut places = placed(&[(0, Some(0)), (1, Some(0)), (2, Some(1))]);
        places[0].changed = true;
        decided.add(&places);
        assert_eq!((says(&decided, 0, 1), says(&decided, 0, 2)), (None, Some(false)));
    }
}
