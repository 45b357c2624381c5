//! Distinct values and their ids, and lists of ids per record.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// Id of "no value".
pub(in crate::link) const NONE: u32 = u32::MAX;

/// Distinct texts with dense ids in order of first appearance. Ids are never evidence and never decide an order.
///
/// All texts stand in one string, and the table finds ids by hash: a text costs its bytes and some sixteen more.
#[derive(Debug, Default)]
pub(in crate::link) struct Interner {
    /// Ids by the lower bits of their hash, or [`FREE`]; a power of two long, at most three quarters full. Beside each id
    /// stands the lower half of the hash, which tells most texts apart without another look into memory, and where an id
    /// belongs when the table grows.
    table: Vec<u64>,
    text: String,
    /// End of each text.
    ends: Vec<usize>,
    counts: Vec<u32>,
}

/// A place in a table that holds no id.
const FREE: u64 = u64::MAX;

impl Interner {
    /// The id of a text, new or known; counts the occurrence.
    pub(super) fn add(&mut self, (hash, text): (u64, &str)) -> u32 {
        let id = self.id((hash, text));
        self.counts[id as usize] += 1;
        id
    }

    /// Brings what [`Self::id`] will ask for into the cache, and returns something that depends on it. Their places in
    /// memory have nothing to do with each other, and reads that do not depend on each other wait together.
    pub(super) fn fetch(&self, hash: u64) -> u64 {
        let tag = tag(hash);
        let Some(known) = self.table.get(tag as usize & self.table.len().wrapping_sub(1)) else { return 0 };
        let (other, id) = read(*known);
        if other != tag {
            return *known;
        }
        self.text(id).bytes().next().map_or(0, u64::from)
    }

    /// The id of a text with this [`hash`], without counting it.
    pub(super) fn id(&mut self, (hash, text): (u64, &str)) -> u32 {
        if (self.len() + 1) * 4 > self.table.len() * 3 {
            self.grow();
        }
        let tag = tag(hash);
        let slot = match self.slot(text, tag) {
            Ok(id) => return id,
            Err(slot) => slot,
        };
        // Four billion distinct values do not fit into memory before they fit into an id.
        let id = u32::try_from(self.len()).unwrap_or(NONE);
        self.table[slot] = entry(tag, id);
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.counts.push(0);
        id
    }

    /// The id of a text, or the free slot where it belongs.
    fn slot(&self, text: &str, tag: u32) -> Result<u32, usize> {
        let mask = self.table.len() - 1;
        let mut slot = tag as usize & mask;
        loop {
            let known = self.table[slot];
            if known == FREE {
                return Err(slot);
            }
            let (other, id) = read(known);
            if other == tag && self.text(id) == text {
                return Ok(id);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let length = (self.table.len() * 2).max(16);
        let known = std::mem::replace(&mut self.table, vec![FREE; length]);
        for entry in known.into_iter().filter(|entry| *entry != FREE) {
            let mut slot = read(entry).0 as usize & (length - 1);
            while self.table[slot] != FREE {
                slot = (slot + 1) & (length - 1);
            }
            self.table[slot] = entry;
        }
    }

    /// Forgets what only adding and finding texts needs: from now on ids have texts, and nothing else.
    pub(super) fn close(&mut self) {
        self.table = Vec::new();
    }

    /// Counts one more record with a known value.
    pub(super) fn count_one(&mut self, id: u32) {
        if let Some(count) = self.counts.get_mut(id as usize) {
            *count += 1;
        }
    }

    /// The id of a known text.
    pub(super) fn find(&self, (hashed, text): (u64, &str)) -> Option<u32> {
        if self.table.is_empty() {
            return None;
        }
        self.slot(text, tag(hashed)).ok()
    }

    /// The text of an id; empty for [`NONE`].
    pub(in crate::link) fn text(&self, id: u32) -> &str {
        let id = id as usize;
        let Some(end) = self.ends.get(id) else { return "" };
        let start = id.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..*end]
    }

    /// How many records carry the value.
    pub(in crate::link) fn count(&self, id: u32) -> u32 {
        self.counts.get(id as usize).copied().unwrap_or(0)
    }

    /// Number of distinct texts.
    pub(in crate::link) fn len(&self) -> usize {
        self.ends.len()
    }
}

/// An id with its tag.
fn entry(tag: u32, id: u32) -> u64 {
    u64::from(tag) << 32 | u64::from(id)
}

/// The tag and the id of an entry.
fn read(entry: u64) -> (u32, u32) {
    let half = |half: u64| u32::try_from(half & u64::from(u32::MAX)).unwrap_or(NONE);
    (half(entry >> 32), half(entry))
}

/// What of a hash stands in a table.
fn tag(hash: u64) -> u32 {
    read(hash).1
}

/// The hash of a text.
pub(super) fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// A list of ids for each record, in one allocation.
#[derive(Debug)]
pub(in crate::link) struct Lists {
    offsets: Vec<u32>,
    items: Vec<u32>,
}

impl Default for Lists {
    fn default() -> Self {
        Self { offsets: vec![0], items: Vec::new() }
    }
}

impl Lists {
    /// Appends the list of the next record.
    pub(super) fn push(&mut self, items: impl IntoIterator<Item = u32>) {
        let start = self.items.len();
        for item in items {
            if !self.items[start..].contains(&item) {
                self.items.push(item);
            }
        }
        self.offsets.push(u32::try_from(self.items.len()).unwrap_or(NONE));
    }

    /// The list of a record.
    pub(in crate::link) fn of(&self, record: u32) -> &[u32] {
        if self.items.is_empty() {
            // Most lists declare no such column; looking up where nothing stands would cost a look into memory each time.
            return &[];
        }
        let record = record as usize;
        &self.items[self.offsets[record] as usize..self.offsets[record + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_text_has_one_id_in_the_order_of_appearance(texts in prop::collection::vec("[a-c\u{e4}]{0,3}", 0..200)) {
            let mut interner = Interner::default();
            let mut known: Vec<&str> = Vec::new();
            for text in &texts {
                let expected = known.iter().position(|other| other == text).unwrap_or_else(|| {
                    known.push(text);
                    known.len() - 1
                });
                prop_assert_eq!(interner.add((hash(text), text)) as usize, expected);
            }
            prop_assert_eq!(interner.len(), known.len());
            for (id, text) in (0..).zip(&known) {
                prop_assert_eq!(interner.find((hash(text), text)), Some(id));
                prop_assert_eq!(interner.text(id), *text);
                let times = texts.iter().filter(|other| other == text).count();
                prop_assert_eq!(interner.count(id) as usize, times);
            }
            prop_assert_eq!(interner.find((hash("nobody"), "nobody")), None);
            prop_assert_eq!(interner.text(NONE), "");
        }
    }
}
