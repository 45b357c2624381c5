//! Items of a packed list that share one book, in pieces of some neighbours each.
//!
//! Owns how a piece is laid out (a table of where each item begins, then the items) and where it is: in memory, or set
//! aside in a [`Scratch`] from which it is fetched when one of its items is looked at.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::bytes::Book;
use super::{Pack, Packer, Place, Scratch, Unpacker};

/// Items that are unpacked together when one of them is borrowed, and set aside together.
const PIECE: usize = 32;
/// Bytes of the table at the start of a piece: where each item begins behind it.
const TABLE: usize = PIECE * START;
const START: usize = size_of::<u32>();
/// Pieces that are fetched and stay at hand, so that going through a list fetches each of them once.
const RECENT: usize = 64;

#[derive(Clone)]
pub(super) struct Run<T> {
    /// Place of the first item in the list.
    pub(super) first: usize,
    pub(super) len: usize,
    pieces: Vec<Piece<T>>,
    open: Open<T>,
    book: Book,
    aside: Option<Aside>,
}

/// The items after the last full piece.
#[derive(Clone)]
struct Open<T> {
    bytes: Vec<u8>,
    starts: Vec<u32>,
    kept: OnceLock<Box<[T]>>,
}

#[derive(Clone)]
struct Piece<T> {
    held: Held,
    /// Its items, once one was borrowed.
    kept: OnceLock<Box<[T]>>,
}

#[derive(Clone)]
enum Held {
    Here(Box<[u8]>),
    Away(Place),
}

/// Where pieces are set aside.
struct Aside {
    scratch: Arc<dyn Scratch>,
    /// Each holds the last piece that was fetched of every so many.
    recent: Box<[Mutex<Fetched>]>,
}

#[derive(Default)]
struct Fetched {
    piece: Option<usize>,
    bytes: Vec<u8>,
}

impl Clone for Aside {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.scratch))
    }
}

impl Aside {
    fn new(scratch: Arc<dyn Scratch>) -> Self {
        Self { scratch, recent: std::iter::repeat_with(Mutex::default).take(RECENT).collect() }
    }

    fn read<V>(&self, piece: usize, place: Place, read: impl FnOnce(&[u8]) -> Option<V>) -> Option<V> {
        // Whoever stopped while holding it left a piece as it was fetched, or none
        let mut fetched = self.recent.get(piece % RECENT)?.lock().unwrap_or_else(PoisonError::into_inner);
        if fetched.piece != Some(piece) {
            fetched.piece = None;
            if !self.scratch.get(place, &mut fetched.bytes) {
                return None;
            }
            fetched.piece = Some(piece);
        }
        read(&fetched.bytes)
    }
}

fn item(block: &[u8], at: usize) -> Option<&[u8]> {
    let start = block.get(..TABLE)?.get(at * START..)?.first_chunk()?;
    block.get(TABLE..)?.get(usize::try_from(u32::from_le_bytes(*start)).ok()?..)
}

impl<T: Pack> Run<T> {
    pub(super) fn new(first: usize, scratch: Option<&Arc<dyn Scratch>>) -> Self {
        Self {
            first,
            len: 0,
            pieces: Vec::new(),
            open: Open { bytes: Vec::new(), starts: Vec::new(), kept: OnceLock::new() },
            book: Book::default(),
            aside: scratch.cloned().map(Aside::new),
        }
    }

    pub(super) fn push(&mut self, item: &T) {
        let Self { open, book, .. } = self;
        open.starts.push(u32::try_from(open.bytes.len()).unwrap_or(u32::MAX));
        item.pack(&mut Packer { bytes: &mut open.bytes, book });
        // What was borrowed lacks the new one
        open.kept.take();
        self.len += 1;
        if open.starts.len() < PIECE {
            return;
        }
        let mut block = Vec::with_capacity(TABLE + open.bytes.len());
        block.extend(open.starts.iter().flat_map(|start| start.to_le_bytes()));
        block.extend_from_slice(&open.bytes);
        open.bytes.clear();
        open.starts.clear();
        let away = self.aside.as_ref().and_then(|aside| aside.scratch.put(&block));
        let held = away.map_or_else(|| Held::Here(block.into()), Held::Away);
        self.pieces.push(Piece { held, kept: OnceLock::new() });
    }

    /// Moves everything but the last few items.
    pub(super) fn set_aside(&mut self, scratch: &Arc<dyn Scratch>) {
        if self.aside.is_some() {
            return;
        }
        for piece in &mut self.pieces {
            if let Held::Here(block) = &piece.held
                && let Some(place) = scratch.put(block)
            {
                piece.held = Held::Away(place);
            }
        }
        self.aside = Some(Aside::new(Arc::clone(scratch)));
    }

    /// Whether an item may have been lost.
    pub(super) fn is_lost(&self) -> bool {
        self.aside.as_ref().is_some_and(|aside| aside.scratch.failed())
    }

    pub(super) fn read<V>(&self, at: usize, read: impl FnOnce(&mut Unpacker<'_>) -> Option<V>) -> Option<V> {
        let at = at.checked_sub(self.first).filter(|at| *at < self.len)?;
        let read = |bytes: &[u8]| read(&mut Unpacker { bytes, book: &self.book });
        let (number, at) = (at / PIECE, at % PIECE);
        match self.pieces.get(number).map(|piece| &piece.held) {
            Some(Held::Here(block)) => read(item(block, at)?),
            Some(Held::Away(place)) => self.aside.as_ref()?.read(number, *place, |block| read(item(block, at)?)),
            None => read(self.open.bytes.get(usize::try_from(*self.open.starts.get(at)?).ok()?..)?),
        }
    }

    /// An item that stays unpacked from now on.
    pub(super) fn kept(&self, at: usize) -> Option<&T> {
        let at = at.checked_sub(self.first).filter(|at| *at < self.len)?;
        let from = self.first + at / PIECE * PIECE;
        let piece = self.pieces.get(at / PIECE);
        let kept = piece.map_or(&self.open.kept, |piece| &piece.kept);
        kept.get_or_init(|| (from..from + PIECE).map_while(|at| self.read(at, T::unpack)).collect()).get(at % PIECE)
    }

    /// Nothing is added any more.
    pub(super) fn close(&mut self) {
        self.book.close();
        self.pieces.shrink_to_fit();
    }
}
