//! Values that repeat: kept once, numbered from 1 in the order in which they are first asked for.

use std::hash::Hash;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::Error;
use super::value::Place;

/// Numbers of values.
#[derive(Debug)]
pub(super) struct Dictionary<K> {
    numbers: FxHashMap<K, i64>,
}

impl<K: Clone + Eq + Hash> Dictionary<K> {
    pub(super) fn new() -> Self {
        Self { numbers: FxHashMap::default() }
    }

    /// The number of a value, and whether it is new.
    pub(super) fn number<Q>(&mut self, value: &Q) -> (i64, bool)
    where
        K: std::borrow::Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        if let Some(number) = self.numbers.get(value) {
            return (*number, false);
        }
        let number = i64::try_from(self.numbers.len()).unwrap_or(i64::MAX - 1) + 1;
        self.numbers.insert(value.to_owned(), number);
        (number, true)
    }
}

/// The words of an enum, each made once.
pub(super) struct Words<'a, K> {
    place: Place<'a>,
    words: FxHashMap<K, String>,
}

impl<'a, K: Copy + Eq + Hash + Serialize> Words<'a, K> {
    pub(super) fn new(place: Place<'a>) -> Self {
        Self { place, words: FxHashMap::default() }
    }

    pub(super) fn of(&mut self, value: K) -> Result<&str, Error> {
        use std::collections::hash_map::Entry;
        Ok(match self.words.entry(value) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(self.place.word(&value)?),
        })
    }
}
