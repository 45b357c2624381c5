//! One record as ids, a cache line long.
//!
//! Comparing two records whose places in memory have nothing to do with each other costs what fetching them costs, and
//! that is one line each: everything a record has one of stands in it, and its lists as well while they are short.

use super::NONE;
use crate::contact::Birthday;

/// Ids that fit into the row itself.
const INLINE: usize = 6;

/// A list of a record.
#[derive(Clone, Copy, Debug)]
pub(super) enum List {
    Emails,
    Phones,
    Companies,
    Domains,
}

/// What a record carries; [`NONE`] where it has none.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(in crate::link) struct Row {
    pub(in crate::link) name: u32,
    pub(in crate::link) street: u32,
    pub(in crate::link) city: u32,
    pub(in crate::link) postcode: u32,
    pub(in crate::link) job_title: u32,
    pub(in crate::link) external_id: u32,
    /// Place in the order of content.
    pub(in crate::link) rank: u32,
    /// Year, month and day in a number; 0 when unknown.
    birthday: u32,
    pub(in crate::link) country: u16,
    /// One of the numbers has an extension, which makes it a switchboard.
    pub(in crate::link) extension: bool,
    /// The lists stand elsewhere: `items` holds where they begin, and the ends of each.
    spilled: bool,
    /// End of each list among `items`.
    ends: [u8; 4],
    items: [u32; INLINE],
}

impl Default for Row {
    fn default() -> Self {
        Self {
            name: NONE,
            street: NONE,
            city: NONE,
            postcode: NONE,
            job_title: NONE,
            external_id: NONE,
            rank: 0,
            birthday: 0,
            country: u16::MAX,
            extension: false,
            spilled: false,
            ends: [0; 4],
            items: [0; INLINE],
        }
    }
}

impl Row {
    pub(super) fn set_birthday(&mut self, day: Option<Birthday>) {
        let number = |day: Birthday| u32::from(day.year) << 16 | u32::from(day.month) << 8 | u32::from(day.day);
        self.birthday = day.map_or(0, number);
    }

    /// Year, month and day of birth.
    pub(in crate::link) fn birthday(&self) -> Option<(u16, u8, u8)> {
        let [day, month, low, high] = self.birthday.to_le_bytes();
        (self.birthday != 0).then_some((u16::from_le_bytes([low, high]), month, day))
    }

    /// Puts the lists into the row, or behind those in `spill` when they are too long.
    pub(super) fn set_lists(&mut self, lists: [&[u32]; 4], spill: &mut Vec<u32>) {
        let length: usize = lists.iter().map(|list| list.len()).sum();
        if let Some(room) = self.items.get_mut(..length) {
            let mut end = 0;
            for (list, stored) in lists.into_iter().zip(&mut self.ends) {
                room[end..end + list.len()].copy_from_slice(list);
                end += list.len();
                *stored = u8::try_from(end).unwrap_or(u8::MAX);
            }
            return;
        }
        self.spilled = true;
        let place = |place: usize| u32::try_from(place).unwrap_or(NONE);
        self.items[0] = place(spill.len());
        for (at, list) in lists.into_iter().enumerate() {
            spill.extend(list);
            self.items[at + 1] = place(spill.len());
        }
    }

    /// One of the lists.
    pub(super) fn list<'r>(&'r self, list: List, spill: &'r [u32]) -> &'r [u32] {
        let at = list as usize;
        if self.spilled {
            return &spill[self.items[at] as usize..self.items[at + 1] as usize];
        }
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.items[usize::from(start)..usize::from(self.ends[at])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_row_fills_one_cache_line() {
        assert_eq!(size_of::<Row>(), 64);
    }

    proptest! {
        #[test]
        fn lists_read_back_whether_they_fit_or_not(
            rows in prop::collection::vec(prop::array::uniform4(prop::collection::vec(0..9_u32, 0..5)), 0..20),
        ) {
            let mut spill = Vec::new();
            let put = |lists: &[Vec<u32>; 4]| {
                let mut row = Row::default();
                row.set_lists([&lists[0], &lists[1], &lists[2], &lists[3]], &mut spill);
                row
            };
            let stored: Vec<Row> = rows.iter().map(put).collect();
            for (row, lists) in stored.iter().zip(&rows) {
                for (list, expected) in [List::Emails, List::Phones, List::Companies, List::Domains].into_iter().zip(lists) {
                    prop_assert_eq!(row.list(list, &spill), expected.as_slice());
                }
            }
        }

        #[test]
        fn a_birthday_reads_back(year in 1..3000_u16, month in 1..13_u8, day in 1..32_u8) {
            let mut row = Row::default();
            prop_assert_eq!(row.birthday(), None);
            row.set_birthday(Some(Birthday { year, month, day, ambiguous: false }));
            prop_assert_eq!(row.birthday(), Some((year, month, day)));
        }
    }
}
