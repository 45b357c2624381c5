//! Millions of records in little room: each packed into some hundred bytes, made whole where one is looked at.
//!
//! Owns [`Packed`], a list that can only grow, and [`Records`], what later phases ask of a list of records whatever holds
//! it. Texts that come again (companies, cities, tags, names of columns) are kept once for a list. An item that is borrowed
//! stays unpacked with its neighbours, so that borrowing all of them costs as much as a `Vec`; [`Packed::look`] and
//! [`Packed::unpacked`] keep nothing.

mod bytes;
mod compact;
mod record;
mod serial;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::ops::Index;
use std::sync::OnceLock;

use bytes::Book;
pub(crate) use bytes::Column;
pub use bytes::{Packer, Unpacker};
pub use compact::Compact;

use super::Record;

/// Items that are unpacked together when one of them is borrowed.
const PIECE: usize = 32;

/// What can be held as bytes.
pub trait Pack: Clone {
    /// Adds it to the bytes.
    fn pack(&self, into: &mut Packer<'_>);

    /// Takes it from the bytes; `None` when they are not what [`Self::pack`] wrote.
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self>;
}

/// A list of records, however they are kept.
pub trait Records: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// The record at a place.
    fn look(&self, at: usize) -> Option<Cow<'_, Record>>;

    /// Where the record at a place comes from, its side, role, ids, companies and day of creation. Of everything else it may
    /// have nothing.
    fn head(&self, at: usize) -> Option<Cow<'_, Record>> {
        self.look(at)
    }
}

impl Records for [Record] {
    fn count(&self) -> usize {
        self.len()
    }

    fn look(&self, at: usize) -> Option<Cow<'_, Record>> {
        self.get(at).map(Cow::Borrowed)
    }
}

impl Records for Vec<Record> {
    fn count(&self) -> usize {
        self.len()
    }

    fn look(&self, at: usize) -> Option<Cow<'_, Record>> {
        self.get(at).map(Cow::Borrowed)
    }
}

impl<const COUNT: usize> Records for [Record; COUNT] {
    fn count(&self) -> usize {
        COUNT
    }

    fn look(&self, at: usize) -> Option<Cow<'_, Record>> {
        self.get(at).map(Cow::Borrowed)
    }
}

impl<R: Records + ?Sized> Records for &R {
    fn count(&self) -> usize {
        (**self).count()
    }

    fn look(&self, at: usize) -> Option<Cow<'_, Record>> {
        (**self).look(at)
    }

    fn head(&self, at: usize) -> Option<Cow<'_, Record>> {
        (**self).head(at)
    }
}

impl Records for Packed<Record> {
    fn count(&self) -> usize {
        self.len()
    }

    fn look(&self, at: usize) -> Option<Cow<'_, Record>> {
        self.look(at).map(Cow::Owned)
    }

    fn head(&self, at: usize) -> Option<Cow<'_, Record>> {
        self.read(at, record::unpack_head).map(Cow::Owned)
    }
}

/// A list of packed items.
#[derive(Clone)]
pub struct Packed<T> {
    /// Each with a book of its own; only the last one grows.
    runs: Vec<Run<T>>,
    len: usize,
}

#[derive(Clone)]
struct Run<T> {
    first: usize,
    len: usize,
    pieces: Vec<Piece<T>>,
    open: Piece<T>,
    book: Book,
}

#[derive(Clone)]
struct Piece<T> {
    bytes: Vec<u8>,
    starts: Vec<u32>,
    /// Its items, once one was borrowed.
    kept: OnceLock<Box<[T]>>,
}

impl<T> Default for Piece<T> {
    fn default() -> Self {
        Self { bytes: Vec::new(), starts: Vec::new(), kept: OnceLock::new() }
    }
}

impl<T> Default for Packed<T> {
    fn default() -> Self {
        Self { runs: Vec::new(), len: 0 }
    }
}

impl<T: Pack> Piece<T> {
    fn read<'a, V>(
        &'a self,
        at: usize,
        book: &'a Book,
        read: impl FnOnce(&mut Unpacker<'_>) -> Option<V>,
    ) -> Option<V> {
        let start = usize::try_from(*self.starts.get(at)?).ok()?;
        read(&mut Unpacker { bytes: self.bytes.get(start..)?, book })
    }

    fn kept(&self, book: &Book) -> &[T] {
        self.kept.get_or_init(|| (0..self.starts.len()).map_while(|at| self.read(at, book, T::unpack)).collect())
    }
}

impl<T: Pack> Run<T> {
    fn new(first: usize) -> Self {
        Self { first, len: 0, pieces: Vec::new(), open: Piece::default(), book: Book::default() }
    }

    fn push(&mut self, item: &T) {
        let Self { open, book, .. } = self;
        open.starts.push(u32::try_from(open.bytes.len()).unwrap_or(u32::MAX));
        item.pack(&mut Packer { bytes: &mut open.bytes, book });
        self.len += 1;
        if open.starts.len() < PIECE {
            // What was borrowed lacks the new one
            open.kept.take();
            return;
        }
        self.pieces.push(Piece {
            bytes: open.bytes.as_slice().to_vec(),
            starts: open.starts.as_slice().to_vec(),
            kept: OnceLock::new(),
        });
        open.bytes.clear();
        open.starts.clear();
        open.kept.take();
    }

    /// The piece an item stands in, and its place there.
    fn piece(&self, at: usize) -> Option<(&Piece<T>, usize)> {
        let at = at.checked_sub(self.first).filter(|at| *at < self.len)?;
        Some((self.pieces.get(at / PIECE).unwrap_or(&self.open), at % PIECE))
    }

    fn close(&mut self) {
        self.book.close();
        self.pieces.shrink_to_fit();
    }
}

impl<T: Pack> Packed<T> {
    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds an item.
    pub fn push(&mut self, item: &T) {
        if self.runs.is_empty() {
            self.runs.push(Run::new(self.len));
        }
        if let Some(run) = self.runs.last_mut() {
            run.push(item);
            self.len += 1;
        }
    }

    /// Adds all items of another list, as they are.
    pub fn append(&mut self, other: Self) {
        if let Some(last) = self.runs.last_mut() {
            last.close();
        }
        for run in other.runs {
            let first = self.len;
            self.len += run.len;
            self.runs.push(Run { first, ..run });
        }
    }

    fn run(&self, at: usize) -> Option<&Run<T>> {
        match self.runs.as_slice() {
            [only] => Some(only),
            all => all.get(all.partition_point(|run| run.first <= at).checked_sub(1)?),
        }
    }

    fn read<V>(&self, at: usize, read: impl FnOnce(&mut Unpacker<'_>) -> Option<V>) -> Option<V> {
        let run = self.run(at)?;
        let (piece, place) = run.piece(at)?;
        piece.read(place, &run.book, read)
    }

    /// The item at a place, unpacked anew.
    #[must_use]
    pub fn look(&self, at: usize) -> Option<T> {
        self.read(at, T::unpack)
    }

    /// All items one after the other, each unpacked anew.
    pub fn unpacked(&self) -> impl ExactSizeIterator<Item = T> + '_
    where
        T: Default,
    {
        (0..self.len).map(|at| self.look(at).unwrap_or_default())
    }

    /// The item at a place, which stays unpacked from now on.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&T> {
        let run = self.run(at)?;
        let (piece, place) = run.piece(at)?;
        piece.kept(&run.book).get(place)
    }

    /// The first item.
    #[must_use]
    pub fn first(&self) -> Option<&T> {
        self.get(0)
    }

    /// Changes the items, all of them unpacked meanwhile.
    pub fn change<V>(&mut self, change: impl FnOnce(&mut Vec<T>) -> V) -> V {
        let mut items: Vec<T> = std::mem::take(self).into_iter().collect();
        let changed = change(&mut items);
        *self = items.into();
        changed
    }

    /// All items, which stay unpacked from now on.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { list: self, at: 0 }
    }
}

/// Borrows the items of a [`Packed`] one after the other.
#[derive(Clone)]
pub struct Iter<'a, T> {
    list: &'a Packed<T>,
    at: usize,
}

impl<'a, T: Pack> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.list.get(self.at)?;
        self.at += 1;
        Some(item)
    }

    fn nth(&mut self, places: usize) -> Option<Self::Item> {
        self.at = self.at.checked_add(places)?;
        self.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.list.len.saturating_sub(self.at);
        (left, Some(left))
    }
}

impl<T: Pack> ExactSizeIterator for Iter<'_, T> {}

impl<T> fmt::Debug for Iter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").field("at", &self.at).finish_non_exhaustive()
    }
}

impl<'a, T: Pack> IntoIterator for &'a Packed<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Pack> IntoIterator for Packed<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        (0..self.len).map_while(|at| self.look(at)).collect::<Vec<T>>().into_iter()
    }
}

impl<T: Pack> FromIterator<T> for Packed<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut packed = Self::default();
        items.into_iter().for_each(|item| packed.push(&item));
        packed
    }
}

impl<T: Pack> From<Vec<T>> for Packed<T> {
    fn from(items: Vec<T>) -> Self {
        items.into_iter().collect()
    }
}

impl<T: Pack> Extend<T> for Packed<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push(&item));
    }
}

impl<T: Pack> Index<usize> for Packed<T> {
    type Output = T;

    /// Panics beyond the end, like the index of a slice.
    fn index(&self, at: usize) -> &T {
        match self.get(at) {
            Some(item) => item,
            None => panic!("item {at} of {}", self.len),
        }
    }
}

impl<T: Pack + PartialEq> PartialEq for Packed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && (0..self.len).all(|at| self.look(at) == other.look(at))
    }
}

impl<T: Pack + fmt::Debug> fmt::Debug for Packed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.len).map_while(|at| self.look(at))).finish()
    }
}
