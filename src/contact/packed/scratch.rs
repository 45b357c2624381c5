//! Room outside of memory, for what a phase does not need at once.
//!
//! Owns the contract only: phases that decide are handed a [`Scratch`] and know nothing of files. What cannot be written or
//! read back is no `Result` that every phase would have to pass on: the scratch remembers that something went wrong, the
//! phase goes on with less, and whoever lent the scratch asks it at the end and throws the outcome away.

use std::fmt;

/// Takes bytes, and gives them back later. What it holds is gone when it is dropped.
pub trait Scratch: fmt::Debug + Send + Sync {
    /// Keeps these bytes; `None` when it cannot, and then keeps none of them.
    fn put(&self, bytes: &[u8]) -> Option<Place>;

    /// Puts the bytes of a place into `into`, instead of what is there; leaves it empty and says `false` when it cannot.
    fn get(&self, place: Place, into: &mut Vec<u8>) -> bool;

    /// Whether anything could not be kept or given back so far: what was decided since is not to be trusted.
    fn failed(&self) -> bool;
}

/// One scratch is the same as another when it is that one.
impl PartialEq for dyn Scratch {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::addr_eq(self, other)
    }
}

impl Eq for dyn Scratch {}

/// Where bytes are in a [`Scratch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    start: u64,
    length: usize,
}

impl Place {
    /// So many bytes from `start`, counted from 0.
    #[must_use]
    pub fn new(start: u64, length: usize) -> Self {
        Self { start, length }
    }

    /// Offset of the first byte.
    #[must_use]
    pub fn start(self) -> u64 {
        self.start
    }

    /// How many bytes there are.
    #[must_use]
    pub fn length(self) -> usize {
        self.length
    }

    /// `length` of its bytes, from the one at `from` on; `None` beyond its end.
    #[must_use]
    pub fn part(self, from: usize, length: usize) -> Option<Self> {
        (from.checked_add(length)? <= self.length).then_some(Self { start: self.start + from as u64, length })
    }
}

/// A scratch in memory that stops working after some calls.
#[cfg(test)]
#[derive(Debug, Default)]
pub(crate) struct Fragile {
    bytes: std::sync::Mutex<Vec<u8>>,
    puts: std::sync::atomic::AtomicI64,
    gets: std::sync::atomic::AtomicI64,
    failed: std::sync::atomic::AtomicBool,
}

#[cfg(test)]
impl Fragile {
    /// Breaks after so many calls of each kind.
    pub(crate) fn after(puts: i64, gets: i64) -> std::sync::Arc<Self> {
        std::sync::Arc::new(Self { puts: puts.into(), gets: gets.into(), ..Self::default() })
    }

    /// Bytes it was given.
    pub(crate) fn held(&self) -> usize {
        self.bytes.lock().unwrap().len()
    }

    fn breaks(&self, left: &std::sync::atomic::AtomicI64) -> bool {
        use std::sync::atomic::Ordering::Relaxed;
        let broken = left.fetch_sub(1, Relaxed) <= 0;
        self.failed.fetch_or(broken, Relaxed);
        broken
    }
}

#[cfg(test)]
impl Scratch for Fragile {
    fn put(&self, bytes: &[u8]) -> Option<Place> {
        if self.breaks(&self.puts) {
            return None;
        }
        let mut all = self.bytes.lock().unwrap();
        let start = all.len() as u64;
        all.extend_from_slice(bytes);
        Some(Place::new(start, bytes.len()))
    }

    fn get(&self, place: Place, into: &mut Vec<u8>) -> bool {
        into.clear();
        if self.breaks(&self.gets) {
            return false;
        }
        let start = usize::try_from(place.start).unwrap();
        into.extend_from_slice(&self.bytes.lock().unwrap()[start..start + place.length]);
        true
    }

    fn failed(&self) -> bool {
        self.failed.load(std::sync::atomic::Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_place_lies_within_it() {
        let place = Place::new(100, 10);
        assert_eq!(place.part(4, 6), Some(Place::new(104, 6)));
        assert_eq!(place.part(0, 0).map(Place::length), Some(0));
        assert_eq!(place.part(4, 7), None);
        assert_eq!(place.part(usize::MAX, 1), None);
    }
}
