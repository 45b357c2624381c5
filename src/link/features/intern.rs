//! Distinct values and their ids, and lists of ids per record.

use rustc_hash::FxHashMap;

use crate::contact::{nickname_sets, spelling_key};
use crate::link::ablation::{Idea, Without};

/// Id of "no value".
pub(in crate::link) const NONE: u32 = u32::MAX;

/// Distinct texts with dense ids in order of first appearance. Ids are never evidence and never decide an order.
#[derive(Debug, Default)]
pub(in crate::link) struct Interner {
    ids: FxHashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
    counts: Vec<u32>,
}

impl Interner {
    /// The id of a text, new or known; counts the occurrence.
    pub(super) fn add(&mut self, text: &str) -> u32 {
        let id = self.id(text);
        self.counts[id as usize] += 1;
        id
    }

    /// The id of a text without counting it.
    pub(super) fn id(&mut self, text: &str) -> u32 {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        // Four billion distinct values do not fit into memory before they fit into an id.
        let id = u32::try_from(self.texts.len()).unwrap_or(NONE);
        self.ids.insert(text.into(), id);
        self.texts.push(text.into());
        self.counts.push(0);
        id
    }

    /// Counts one more record with a known value.
    pub(super) fn count_one(&mut self, id: u32) {
        if let Some(count) = self.counts.get_mut(id as usize) {
            *count += 1;
        }
    }

    /// The id of a known text.
    pub(in crate::link) fn find(&self, text: &str) -> Option<u32> {
        self.ids.get(text).copied()
    }

    /// The text of an id; empty for [`NONE`].
    pub(in crate::link) fn text(&self, id: u32) -> &str {
        self.texts.get(id as usize).map_or("", |text| text)
    }

    /// How many records carry the value.
    pub(in crate::link) fn count(&self, id: u32) -> u32 {
        self.counts.get(id as usize).copied().unwrap_or(0)
    }

    /// Number of distinct texts.
    pub(in crate::link) fn len(&self) -> usize {
        self.texts.len()
    }
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
        let record = record as usize;
        &self.items[self.offsets[record] as usize..self.offsets[record + 1] as usize]
    }
}

/// Words of person names, with what is known about each.
#[derive(Debug, Default)]
pub(in crate::link) struct Words {
    texts: Interner,
    /// Id of the key under which spellings of one name are equal.
    keys: Vec<u32>,
    key_ids: Interner,
    /// Sets of nicknames the word is in, ascending.
    nicknames: Vec<&'static [u16]>,
    /// Ideas that a measurement switches off.
    pub(super) without: Without,
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
