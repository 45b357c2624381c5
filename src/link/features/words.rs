//! Words of person names: their spellings, their short forms, and what tells most of them apart at a glance.

use rayon::prelude::*;

use super::intern::hash;
use super::{Interner, NONE};
use crate::contact::{nickname_sets, spelling_key};
use crate::link::ablation::{Idea, Without};
use crate::link::memo::Memo;
use crate::link::similarity::Letters;

/// Words of person names, with what is known about each.
#[derive(Debug)]
pub(in crate::link) struct Words {
    texts: Interner,
    /// Id of the key under which spellings of one name are equal.
    keys: Vec<u32>,
    key_ids: Interner,
    /// What tells most words apart, once all are known.
    letters: Vec<Letters>,
    /// Which texts are certainly none of the words, once all are known.
    strange: Strange,
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
            letters: Vec::new(),
            strange: Strange::default(),
            nicknames: Vec::new(),
            order: Vec::new(),
            relations: Memo::new(18),
            without: Without::default(),
        }
    }
}

impl Words {
    /// The id of a word without counting it.
    pub(super) fn id(&mut self, (hashed, word): (u64, &str)) -> u32 {
        let id = self.texts.id((hashed, word));
        if id as usize == self.keys.len() {
            let spelling = if self.without.lacks(Idea::Spellings) { word.to_owned() } else { spelling_key(word) };
            self.keys.push(self.key_ids.id((hash(&spelling), &spelling)));
            self.nicknames.push(if self.without.lacks(Idea::Nicknames) { &[] } else { nickname_sets(word) });
        }
        id
    }

    /// Brings what [`Self::id`] will ask for into the cache.
    pub(super) fn fetch(&self, hash: u64) -> u64 {
        self.texts.fetch(hash)
    }

    /// Counts one more name with the word.
    pub(super) fn count_one(&mut self, id: u32) {
        self.texts.count_one(id);
    }

    /// Puts the words in order, once all are known.
    pub(super) fn put_in_order(&mut self) {
        let ids = 0..u32::try_from(self.len()).unwrap_or(NONE);
        self.strange = Strange::but(ids.clone().map(|id| hash(self.texts.text(id))));
        self.letters = ids.into_par_iter().map(|id| Letters::of(self.texts.text(id))).collect();
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
        let hashed = hash(word);
        if self.strange.has(hashed) { None } else { self.texts.find((hashed, word)) }
    }

    /// What the letters of a word say.
    pub(super) fn letters(&self, id: u32) -> Letters {
        self.letters.get(id as usize).copied().unwrap_or_default()
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

    /// Whether two words have nothing in common, told by their letters alone.
    pub(in crate::link) fn are_strangers(&self, left: u32, right: u32) -> bool {
        self.letters(left).are_strangers(self.letters(right))
            && !self.same_spelling(left, right)
            && !self.are_nicknames(left, right)
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

/// The hashes of texts that are in no set of words, and of a few that are (Bloom 1970): most pieces of an address are no
/// words, and this is small enough to stay in the cache.
#[derive(Debug, Default)]
struct Strange {
    /// Bits that are set where a word is; a power of two of them.
    known: Vec<u64>,
}

impl Strange {
    /// All but these.
    fn but(words: impl ExactSizeIterator<Item = u64>) -> Self {
        // Sixteen bits a word: of what is none, one in sixteen is taken for one and looked up.
        let mut known = vec![0; words.len().div_ceil(4).next_power_of_two()];
        for word in words {
            let (place, bit) = Self::place(word, known.len());
            known[place] |= 1 << bit;
        }
        Self { known }
    }

    fn has(&self, text: u64) -> bool {
        let (place, bit) = Self::place(text, self.known.len());
        self.known.get(place).is_some_and(|bits| bits & 1 << bit == 0)
    }

    fn place(hash: u64, length: usize) -> (usize, u32) {
        let mask = u64::try_from(length).unwrap_or_default().wrapping_sub(1);
        let place = usize::try_from(hash >> 6 & mask).unwrap_or_default();
        (place, u32::from(hash.to_le_bytes()[0] & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_word_is_strange(words in prop::collection::vec("[a-f]{1,6}", 0..200), other in "[g-k]{1,6}") {
            let mut known = Words::default();
            for word in &words {
                known.id((hash(word), word));
            }
            prop_assert_eq!(known.find(&other), None);
            known.put_in_order();
            for word in &words {
                prop_assert_eq!(known.find(word).map(|id| known.text(id)), Some(word.as_str()));
            }
            prop_assert_eq!(known.find(&other), None);
        }

        #[test]
        fn most_texts_are_strange(words in prop::collection::hash_set("[a-f]{4,9}", 100..200)) {
            let strange = Strange::but(words.iter().map(|word| hash(word)).collect::<Vec<u64>>().into_iter());
            let others = (0..400).filter(|number| strange.has(hash(&format!("x{number}")))).count();
            prop_assert!(others > 300, "{others}");
        }
    }
}
