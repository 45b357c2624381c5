//! Millions of records in little room: each packed into some hundred bytes, made whole where one is looked at.
//!
//! Owns [`Packed`], a list that can only grow, and [`Records`], what later phases ask of a list of records whatever holds
//! it. Texts that come again (companies, cities, tags, names of columns) are kept once for a list. An item that is borrowed
//! stays unpacked with its neighbours, so that borrowing all of them costs as much as a `Vec`; [`Packed::look`] and
//! [`Packed::unpacked`] keep nothing. A list can also leave memory altogether, for a [`Scratch`].

mod bytes;
mod compact;
mod record;
mod records;
mod run;
mod scratch;
mod serial;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Index;
use std::sync::Arc;

pub(crate) use bytes::Column;
pub use bytes::{Packer, Unpacker};
pub use compact::Compact;
pub use records::Records;
use run::Run;
#[cfg(test)]
pub(crate) use scratch::Fragile;
pub use scratch::{Place, Scratch};

/// What can be held as bytes.
pub trait Pack: Clone {
    /// Adds it to the bytes.
    fn pack(&self, into: &mut Packer<'_>);

    /// Takes it from the bytes; `None` when they are not what [`Self::pack`] wrote.
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self>;
}

/// A list of packed items.
#[derive(Clone)]
pub struct Packed<T> {
    /// Each with a book of its own; only the last one grows.
    runs: Vec<Run<T>>,
    len: usize,
    scratch: Option<Arc<dyn Scratch>>,
}

impl<T> Default for Packed<T> {
    fn default() -> Self {
        Self { runs: Vec::new(), len: 0, scratch: None }
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
            self.runs.push(Run::new(self.len, self.scratch.as_ref()));
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
        for mut run in other.runs {
            if let Some(scratch) = &self.scratch {
                run.set_aside(scratch);
            }
            run.first = self.len;
            self.len += run.len;
            self.runs.push(run);
        }
    }

    /// Moves the items out of memory, and those that are added later. Looking at one fetches its neighbours too, so that
    /// going through the list costs little more than before; what is borrowed stays in memory as ever.
    pub fn set_aside(&mut self, scratch: &Arc<dyn Scratch>) {
        for run in &mut self.runs {
            run.set_aside(scratch);
        }
        self.scratch = Some(Arc::clone(scratch));
    }

    /// Where items go that memory has no room for.
    #[must_use]
    pub fn scratch(&self) -> Option<&Arc<dyn Scratch>> {
        self.scratch.as_ref()
    }

    /// Whether items that were set aside may not come back: what is made of the list is not to be trusted then.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.runs.iter().any(Run::is_lost)
    }

    fn run(&self, at: usize) -> Option<&Run<T>> {
        match self.runs.as_slice() {
            [only] => Some(only),
            all => all.get(all.partition_point(|run| run.first <= at).checked_sub(1)?),
        }
    }

    fn read<V>(&self, at: usize, read: impl FnOnce(&mut Unpacker<'_>) -> Option<V>) -> Option<V> {
        self.run(at)?.read(at, read)
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
        self.run(at)?.kept(at)
    }

    /// The first item.
    #[must_use]
    pub fn first(&self) -> Option<&T> {
        self.get(0)
    }

    /// Changes the items, all of them unpacked meanwhile.
    pub fn change<V>(&mut self, change: impl FnOnce(&mut Vec<T>) -> V) -> V {
        let scratch = self.scratch.clone();
        let mut items: Vec<T> = std::mem::take(self).into_iter().collect();
        let changed = change(&mut items);
        self.scratch = scratch;
        self.extend(items);
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
