//! An index from a key to the contacts that have it, in order of creation.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

/// Contacts by some key of theirs. A key nobody has takes no room.
#[derive(Debug)]
pub(crate) struct Ordinals<K>(HashMap<K, BTreeSet<u64>>);

impl<K> Default for Ordinals<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

static NOBODY: BTreeSet<u64> = BTreeSet::new();

impl<K: Eq + Hash> Ordinals<K> {
    pub(crate) fn add(&mut self, key: K, ordinal: u64) {
        self.0.entry(key).or_default().insert(ordinal);
    }

    pub(crate) fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q, ordinal: u64)
    where
        K: Borrow<Q>,
    {
        if let Some(ordinals) = self.0.get_mut(key) {
            ordinals.remove(&ordinal);
            if ordinals.is_empty() {
                self.0.remove(key);
            }
        }
    }

    pub(crate) fn of<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> &BTreeSet<u64>
    where
        K: Borrow<Q>,
    {
        self.0.get(key).unwrap_or(&NOBODY)
    }
}
