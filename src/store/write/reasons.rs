//! Sentences that say why, each written and numbered once, in the order in which they are first given.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::Writer;
use super::insert::{Insert, number, text};
use crate::store::Error;

/// The table of sentences while it grows.
pub(super) struct Reasons<'a, 'w> {
    table: Insert<'a, 'w, 2>,
    numbers: FxHashMap<Box<str>, u32>,
    /// Sentences of the program itself, by where they stand in it: most rows have one of them.
    own: FxHashMap<(usize, usize), u32>,
}

impl<'a, 'w> Reasons<'a, 'w> {
    pub(super) fn begin(writer: &'a Writer<'w>) -> Result<Self, Error> {
        let table = Insert::begin(writer, "reasons")?;
        Ok(Self { table, numbers: FxHashMap::default(), own: FxHashMap::default() })
    }

    /// The number of a sentence of the program itself.
    pub(super) fn own(&mut self, reason: &'static str) -> Result<u32, Error> {
        let place = (reason.as_ptr().addr(), reason.len());
        if let Some(number) = self.own.get(&place) {
            return Ok(*number);
        }
        let number = self.number(reason)?;
        self.own.insert(place, number);
        Ok(number)
    }

    /// The number of either kind.
    #[expect(clippy::ptr_arg, reason = "a sentence of the program itself is known by where it stands")]
    pub(super) fn of(&mut self, reason: &Cow<'static, str>) -> Result<u32, Error> {
        match reason {
            Cow::Borrowed(own) => self.own(own),
            Cow::Owned(made) => self.number(made),
        }
    }

    /// The number of a sentence.
    pub(super) fn number(&mut self, reason: &str) -> Result<u32, Error> {
        if let Some(number) = self.numbers.get(reason) {
            return Ok(*number);
        }
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX).saturating_add(1);
        self.table.row([number(next), text(reason)])?;
        self.numbers.insert(reason.into(), next);
        Ok(next)
    }
}
