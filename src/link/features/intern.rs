//! Distinct values and their ids, and lists of ids per record.

use std::hash::Hasher;

use rayon::prelude::*;
use rustc_hash::FxHasher;

use crate::contact::{nickname_sets, spelling_key};
use crate::link::ablation::{Idea, Without};
use crate::link::memo::Memo;

/// Id of "no value".
pub(in crate::link) const NONE: u32 = u32::MAX;

/// Distinct texts with dense ids in order of first appearance. Ids are never evidence and never decide an order.
///
/// All texts stand in one string, and the table finds ids by hash: a text costs its bytes and some sixteen more.
#[derive(Debug, Default)]
pub(in crate::link) struct Interner {
    /// Ids by the lower bits of their hash, or [`FREE`]; a power of two long, at most three quarters full. Beside each id
    /// stands the upper half of the hash, which tells most texts apart without another look into memory.
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
    pub(super) fn add(&mut self, text: &str) -> u32 {
        let id = self.id(text);
        self.counts[id as usize] += 1;
        id
    }

    /// Brings what [`Self::add`] will ask for into the cache, and returns something that depends on it.
    pub(super) fn fetch(&self, text: &str) -> u64 {
        let (place, tag) = hash(text);
        let Some(known) = self.table.get(place & self.table.len().wrapping_sub(1)) else { return 0 };
        if known >> 32 != u64::from(tag) {
            return *known;
        }
        let [.., a, b, c, d] = known.to_be_bytes();
        self.text(u32::from_be_bytes([a, b, c, d])).bytes().next().map_or(0, u64::from)
    }

    /// The id of a text without counting it.
    pub(super) fn id(&mut self, text: &str) -> u32 {
        if (self.len() + 1) * 4 > self.table.len() * 3 {
            self.grow();
        }
        let (place, tag) = hash(text);
        let slot = match self.slot(text, place, tag) {
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
    fn slot(&self, text: &str, place: usize, tag: u32) -> Result<u32, usize> {
        let mask = self.table.len() - 1;
        let mut slot = place & mask;
        loop {
            let known = self.table[slot];
            if known == FREE {
                return Err(slot);
            }
            let [.., a, b, c, d] = known.to_be_bytes();
            let id = u32::from_be_bytes([a, b, c, d]);
            if known == entry(tag, id) && self.text(id) == text {
                return Ok(id);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let length = (self.table.len() * 2).max(16);
        self.table = vec![FREE; length];
        for id in 0..self.len() {
            let id = u32::try_from(id).unwrap_or(NONE);
            let (place, tag) = hash(self.text(id));
            let mut slot = place & (length - 1);
            while self.table[slot] != FREE {
                slot = (slot + 1) & (length - 1);
            }
            self.table[slot] = entry(tag, id);
        }
    }

    /// Counts one more record with a known value.
    pub(super) fn count_one(&mut self, id: u32) {
        if let Some(count) = self.counts.get_mut(id as usize) {
            *count += 1;
        }
    }

    /// The id of a known text.
    pub(in crate::link) fn find(&self, text: &str) -> Option<u32> {
        if self.table.is_empty() {
            return None;
        }
        let (place, tag) = hash(text);
        self.slot(text, place, tag).ok()
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

/// Where a text belongs in a table, and its tag.
fn hash(text: &str) -> (usize, u32) {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    let hash = hasher.finish();
    // The hash is used in halves: the lower bits choose the slot, the upper half is the tag.
    #[expect(clippy::cast_possible_truncation, reason = "a part of a hash is as good as the whole")]
    (hash as usize, (hash >> 32) as u32)
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

/// Words of person names, with what is known about each.
#[derive(Debug)]
pub(in crate::link) struct Words {
    texts: Interner,
    /// Id of the key under which spellings of one name are equal.
    keys: Vec<u32>,
    key_ids: Interner,
    /// Sets of nicknames the word is in, ascending.
    nicknames: Vec<&'static [u16]>,
    /// Place of each word among all words in the order of their letters.
    order: Vec<u32>,
    /// How two words relate, see [`crate::link::names`].
    pub(in crate::link) relations: Memo,
    /// Ideas that a measurement switches off.
    pub(super) without: Without,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            texts: Interner::default(),
            keys: Vec::new(),
            key_ids: Interner::default(),
            nicknames: Vec::new(),
            order: Vec::new(),
            relations: Memo::new(18),
            without: Without::default(),
        }
    }
}

impl Words {
    /// The id of a word without counting it.
    pub(super) fn id(&mut self, word: &str) -> u32 {
        let id = self.texts.id(word);
        if id as usize == self.keys.len() {
            let spelling = if self.without.lacks(Idea::Spellings) { word.to_owned() } else { spelling_key(word) };
            self.keys.push(self.key_ids.id(&spelling));
            self.nicknames.push(if self.without.lacks(Idea::Nicknames) { &[] } else { nickname_sets(word) });
        }
        id
    }

    /// Counts one more name with the word.
    pub(super) fn count_one(&mut self, id: u32) {
        self.texts.count_one(id);
    }

    /// Puts the words in order, once all are known.
    pub(super) fn put_in_order(&mut self) {
        let mut order: Vec<u32> = (0..u32::try_from(self.len()).unwrap_or(NONE)).collect();
        order.par_sort_unstable_by_key(|id| self.texts.text(*id));
        self.order = vec![0; order.len()];
        for (place, id) in (0..).zip(order) {
            self.order[id as usize] = place;
        }
    }

    /// Place of a word in the order of letters: compares as the words do.
    pub(in crate::link) fn place(&self, id: u32) -> u32 {
        self.order.get(id as usize).copied().unwrap_or(NONE)
    }

    /// The id of a known word.
    pub(in crate::link) fn find(&self, word: &str) -> Option<u32> {
        self.texts.find(word)
    }

    /// The word.
    pub(in crate::link) fn text(&self, id: u32) -> &str {
        self.texts.text(id)
    }

    /// In how many distinct names it occurs.
    pub(in crate::link) fn count(&self, id: u32) -> u32 {
        self.texts.count(id)
    }

    /// Number of distinct words.
    pub(in crate::link) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The key under which spellings of the word are equal.
    pub(in crate::link) fn spelling(&self, id: u32) -> &str {
        self.keys.get(id as usize).map_or("", |key| self.key_ids.text(*key))
    }

    /// Whether two words are spellings of one name.
    pub(in crate::link) fn same_spelling(&self, left: u32, right: u32) -> bool {
        self.keys[left as usize] == self.keys[right as usize]
    }

    /// Whether two words are forms of one given name.
    pub(in crate::link) fn are_nicknames(&self, left: u32, right: u32) -> bool {
        let (left, right) = (self.nicknames[left as usize], self.nicknames[right as usize]);
        left.iter().any(|set| right.binary_search(set).is_ok())
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
                prop_assert_eq!(interner.add(text) as usize, expected);
            }
            prop_assert_eq!(interner.len(), known.len());
            for (id, text) in (0..).zip(&known) {
                prop_assert_eq!(interner.find(text), Some(id));
                prop_assert_eq!(interner.text(id), *text);
                let times = texts.iter().filter(|other| other == text).count();
                prop_assert_eq!(interner.count(id) as usize, times);
            }
            prop_assert_eq!(interner.find("nobody"), None);
            prop_assert_eq!(interner.text(NONE), "");
        }
    }
}
