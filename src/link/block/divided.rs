//! Numbers divided into parts, each small enough to be sorted in the cache.
//!
//! One pass counts, a second puts every number where its part stands: the first step of a radix sort by the most significant
//! digit (Knuth 1973, 5.2.5), which leaves the rest to whoever looks at a part.

/// Numbers in parts.
#[derive(Debug)]
pub(super) struct Divided {
    entries: Vec<u64>,
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
        let mut entries = vec![0; things.len()];
        for thing in things {
            let place = &mut ends[part(*thing)];
            entries[*place as usize] = entry(*thing);
            *place += 1;
        }
        Self { entries, ends }
    }

    /// The numbers of a part.
    pub(super) fn part(&self, part: usize) -> &[u64] {
        let end = |part: usize| self.ends.get(part).map_or(0, |end| *end as usize);
        self.entries.get(part.checked_sub(1).map_or(0, end)..end(part)).unwrap_or_default()
    }
}

/// One part of several, sorted.
pub(super) fn sorted(all: &[Divided], part: usize) -> Vec<u64> {
    let mut numbers = Vec::with_capacity(all.iter().map(|divided| divided.part(part).len()).sum());
    for divided in all {
        numbers.extend_from_slice(divided.part(part));
    }
    numbers.sort_unstable();
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_number_stands_in_its_part_and_nowhere_else(
            numbers in prop::collection::vec(0..5_000_u64, 0..300), pieces in 1..5_usize,
        ) {
            let part = |number: u64| usize::try_from(number % 7).expect("small");
            let divide = |numbers: &[u64]| Divided::new(numbers, 7, part, |number| number);
            let divided: Vec<Divided> = numbers.chunks(numbers.len().div_ceil(pieces).max(1)).map(divide).collect();
            for at in 0..7 {
                let mut expected: Vec<u64> = numbers.iter().copied().filter(|number| part(*number) == at).collect();
                expected.sort_unstable();
                prop_assert_eq!(sorted(&divided, at), expected);
            }
            prop_assert_eq!(sorted(&divided, 7), Vec::<u64>::new());
        }
    }
}
