//! Numbers divided into parts, each small enough to be sorted in the cache, in memory or set aside.
//!
//! One pass counts, a second puts every number where its part stands: the first step of a radix sort by the most significant
//! digit (Knuth 1973, 5.2.5), which leaves the rest to whoever looks at a part. Where there is a [`Scratch`], what was
//! divided goes there, and a part is fetched when it is its turn: of all numbers only one part is in memory.

use crate::contact::{Place, Scratch};

/// Bytes of a number that is set aside.
const BYTES: usize = size_of::<u64>();

/// Numbers, wherever they are.
#[derive(Debug)]
pub(super) enum Numbers {
    Here(Vec<u64>),
    Away(Place),
}

impl Default for Numbers {
    fn default() -> Self {
        Self::Here(Vec::new())
    }
}

impl Numbers {
    /// Sets numbers aside, if there is room for them.
    pub(super) fn new(numbers: Vec<u64>, scratch: Option<&dyn Scratch>) -> Self {
        let away = scratch.filter(|_| !numbers.is_empty()).and_then(|scratch| {
            let mut bytes = Vec::with_capacity(numbers.len() * BYTES);
            for number in &numbers {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            scratch.put(&bytes)
        });
        away.map_or(Self::Here(numbers), Self::Away)
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Here(numbers) => numbers.len(),
            Self::Away(place) => place.length() / BYTES,
        }
    }

    /// Adds the numbers from a place to another one to `into`. What the scratch cannot give back is left out; it knows.
    pub(super) fn read(&self, from: usize, to: usize, scratch: Option<&dyn Scratch>, into: &mut Vec<u64>) {
        match (self, scratch) {
            (Self::Here(numbers), _) => into.extend_from_slice(numbers.get(from..to).unwrap_or_default()),
            (Self::Away(place), Some(scratch)) if from < to => {
                let mut bytes = Vec::new();
                let part = place.part(from * BYTES, (to - from) * BYTES);
                if part.is_some_and(|part| scratch.get(part, &mut bytes)) {
                    into.extend(bytes.as_chunks().0.iter().copied().map(u64::from_le_bytes));
                }
            }
            (Self::Away(_), _) => {}
        }
    }
}

/// Numbers in parts.
#[derive(Debug)]
pub(super) struct Divided {
    numbers: Numbers,
    /// End of each part.
    ends: Vec<u32>,
}

impl Divided {
    /// Divides things into so many parts: `part` says where one belongs, `entry` what is kept of it.
    pub(super) fn new<T: Copy>(
        things: &[T],
        parts: usize,
        part: impl Fn(T) -> usize,
        entry: impl Fn(T) -> u64,
        scratch: Option<&dyn Scratch>,
    ) -> Self {
        let mut ends = vec![0_u32; parts];
        for thing in things {
            ends[part(*thing)] += 1;
        }
        let mut end = 0;
        for count in &mut ends {
            // For now where the part begins.
            end += std::mem::replace(count, end);
        }
        let mut numbers = vec![0; things.len()];
        for thing in things {
            let place = &mut ends[part(*thing)];
            numbers[*place as usize] = entry(*thing);
            *place += 1;
        }
        Self { numbers: Numbers::new(numbers, scratch), ends }
    }

    /// Where the numbers of a part stand.
    fn part(&self, part: usize) -> (usize, usize) {
        let end = |part: usize| self.ends.get(part).map_or(0, |end| *end as usize);
        let end_of_part = end(part);
        (part.checked_sub(1).map_or(0, end).min(end_of_part), end_of_part)
    }
}

/// One part of several, sorted.
pub(super) fn sorted(all: &[Divided], part: usize, scratch: Option<&dyn Scratch>) -> Vec<u64> {
    let mut numbers =
        Vec::with_capacity(all.iter().map(|divided| divided.part(part)).map(|(from, to)| to - from).sum());
    for divided in all {
        let (from, to) = divided.part(part);
        divided.numbers.read(from, to, scratch, &mut numbers);
    }
    numbers.sort_unstable();
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::Fragile;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_number_stands_in_its_part_and_nowhere_else(
            numbers in prop::collection::vec(0..5_000_u64, 0..300), pieces in 1..5_usize, aside in any::<bool>(),
        ) {
            let scratch = Fragile::after(i64::MAX, i64::MAX);
            let scratch: Option<&dyn Scratch> = if aside { Some(&*scratch) } else { None };
            let part = |number: u64| usize::try_from(number % 7).expect("small");
            let divide = |numbers: &[u64]| Divided::new(numbers, 7, part, |number| number, scratch);
            let divided: Vec<Divided> = numbers.chunks(numbers.len().div_ceil(pieces).max(1)).map(divide).collect();
            for at in 0..7 {
                let mut expected: Vec<u64> = numbers.iter().copied().filter(|number| part(*number) == at).collect();
                expected.sort_unstable();
                prop_assert_eq!(sorted(&divided, at, scratch), expected);
            }
            prop_assert_eq!(sorted(&divided, 7, scratch), Vec::<u64>::new());
            prop_assert_eq!(divided.iter().map(|divided| divided.numbers.len()).sum::<usize>(), numbers.len());
        }
    }
}
