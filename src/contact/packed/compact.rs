//! A short list held as bytes, unpacked where it is borrowed.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::bytes::Book;
use super::{Pack, Packer, Unpacker};

/// A list of a few items in a tenth of their room. It is read like a slice; what was borrowed once stays unpacked, and
/// [`Compact::unpacked`] leaves it as it is.
///
/// Its items share no texts with those of other lists: their [`Pack`] writes texts where they stand.
pub struct Compact<T> {
    bytes: Box<[u8]>,
    kept: OnceLock<Box<[T]>>,
}

impl<T: Pack> Compact<T> {
    /// The items, unpacked anew.
    #[must_use]
    pub fn unpacked(&self) -> Vec<T> {
        let book = Book::default();
        let mut from = Unpacker { bytes: &self.bytes, book: &book };
        // Only what was packed here is ever unpacked
        if self.bytes.is_empty() { Vec::new() } else { from.list(T::unpack).unwrap_or_default() }
    }
}

impl<T: Pack> Compact<T> {
    /// Changes the items.
    pub fn change<V>(&mut self, change: impl FnOnce(&mut Vec<T>) -> V) -> V {
        let mut items = self.unpacked();
        let changed = change(&mut items);
        *self = items.into();
        changed
    }
}

impl<T> Default for Compact<T> {
    fn default() -> Self {
        Self { bytes: Box::default(), kept: OnceLock::new() }
    }
}

impl<T: Pack> From<Vec<T>> for Compact<T> {
    fn from(items: Vec<T>) -> Self {
        if items.is_empty() {
            return Self::default();
        }
        let mut bytes = Vec::with_capacity(16 * items.len());
        let mut book = Book::default();
        Packer { bytes: &mut bytes, book: &mut book }.list(&items, |into, item| item.pack(into));
        Self { bytes: bytes.into(), kept: OnceLock::new() }
    }
}

impl<T: Pack> FromIterator<T> for Compact<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().collect::<Vec<T>>().into()
    }
}

impl<T: Pack> Deref for Compact<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.kept.get_or_init(|| self.unpacked().into())
    }
}

impl<'a, T: Pack> IntoIterator for &'a Compact<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> Clone for Compact<T> {
    fn clone(&self) -> Self {
        Self { bytes: self.bytes.clone(), kept: OnceLock::new() }
    }
}

/// The same bytes are the same items: there is one way to write each.
impl<T> PartialEq for Compact<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<T> Eq for Compact<T> {}

impl<T: Pack + fmt::Debug> fmt::Debug for Compact<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.unpacked().fmt(f)
    }
}

impl<T: Pack + Serialize> Serialize for Compact<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.unpacked().serialize(serializer)
    }
}

impl<'de, T: Pack + Deserialize<'de>> Deserialize<'de> for Compact<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}
