//! What later phases ask of a list of records, whatever holds it.

use std::borrow::Cow;

use super::{Packed, record};
use crate::contact::{Facts, IntercomId, Record, Side};

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

    /// The id of the record at a place, where it is a contact of the workspace that has one.
    fn contact(&self, at: usize) -> Option<IntercomId> {
        self.head(at).filter(|record| record.side == Side::Existing).and_then(|record| record.id.clone())
    }

    /// Shows what of the record at a place is compared.
    fn facts(&self, at: usize, see: &mut dyn FnMut(&Facts<'_>)) {
        if let Some(record) = self.look(at) {
            see(&Facts::of(&record));
        }
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

    fn contact(&self, at: usize) -> Option<IntercomId> {
        (**self).contact(at)
    }

    fn facts(&self, at: usize, see: &mut dyn FnMut(&Facts<'_>)) {
        (**self).facts(at, see);
    }
}

impl Records for Packed<Record> {
    fn count(&self) -> usize {
        self.len()
    }

    /// A record that was set aside and cannot be had back is an empty one: whoever lent the [`super::Scratch`] knows, and
    /// throws away what comes of it.
    fn look(&self, at: usize) -> Option<Cow<'_, Record>> {
        (at < self.len()).then(|| Cow::Owned(self.look(at).unwrap_or_default()))
    }

    fn head(&self, at: usize) -> Option<Cow<'_, Record>> {
        (at < self.len()).then(|| Cow::Owned(self.read(at, record::unpack_head).unwrap_or_default()))
    }

    fn contact(&self, at: usize) -> Option<IntercomId> {
        self.read(at, record::unpack_contact)
    }

    fn facts(&self, at: usize, see: &mut dyn FnMut(&Facts<'_>)) {
        let seen = self.read(at, |from| record::unpack_facts(from).map(|facts| see(&facts)));
        if seen.is_none() && at < self.len() {
            see(&Facts::default());
        }
    }
}
