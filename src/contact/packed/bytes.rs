//! Values as bytes: numbers as LEB128, texts with their length before them, and texts that many items share as numbers.
//!
//! Owns the alphabet that [`super::Pack`] is written in. What is read is never trusted: whatever does not make sense is
//! `None`.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::contact::{Company, Timestamp};

/// Distinct texts of one column that are shared; what comes after them is written where it stands.
const SHARED: usize = 16_384;
/// Distinct companies that are shared.
const SHARED_COMPANIES: usize = 1 << 18;
/// Longest text that is shared, in bytes.
const LONGEST: usize = 64;
/// Texts with a column of their own before those of named columns.
const OWN_COLUMNS: usize = 8;

/// Texts and companies that items share.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    texts: Vec<Arc<str>>,
    companies: Vec<Company>,
    numbers: Numbers,
}

/// Where the texts of a book stand in it.
#[derive(Clone, Debug, Default)]
struct Numbers {
    texts: Vec<FxHashMap<Arc<str>, u32>>,
    companies: FxHashMap<Company, u32>,
}

impl Book {
    /// Nothing is added any more.
    pub(super) fn close(&mut self) {
        self.numbers = Numbers::default();
        self.texts.shrink_to_fit();
        self.companies.shrink_to_fit();
    }

    fn number(&mut self, column: usize, text: &Arc<str>) -> Option<u32> {
        let known = &mut self.numbers.texts;
        if known.len() <= column {
            known.resize_with(column + 1, FxHashMap::default);
        }
        let known = known.get_mut(column)?;
        if let Some(number) = known.get(text) {
            return Some(*number);
        }
        if known.len() >= SHARED || text.len() > LONGEST {
            return None;
        }
        let number = u32::try_from(self.texts.len()).ok()?;
        known.insert(Arc::clone(text), number);
        self.texts.push(Arc::clone(text));
        Some(number)
    }

    fn company(&mut self, company: &Company) -> Option<u32> {
        if let Some(number) = self.numbers.companies.get(company) {
            return Some(*number);
        }
        if self.companies.len() >= SHARED_COMPANIES {
            return None;
        }
        let number = u32::try_from(self.companies.len()).ok()?;
        self.numbers.companies.insert(company.clone(), number);
        self.companies.push(company.clone());
        Some(number)
    }
}

/// A column whose texts come again in many items.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    /// Names of columns, tags and the like.
    Name,
    /// Job titles.
    JobTitle,
    /// Cities.
    City,
    /// Regions.
    Region,
    /// Countries.
    Country,
    /// Tags.
    Tag,
    /// Values of the column with that number.
    Of(usize),
}

impl Column {
    fn place(self) -> usize {
        match self {
            Self::Name => 0,
            Self::JobTitle => 1,
            Self::City => 2,
            Self::Region => 3,
            Self::Country => 4,
            Self::Tag => 5,
            // Beyond any number of columns a file has, values share one place
            Self::Of(number) => OWN_COLUMNS + number.min(4_096),
        }
    }
}

/// Takes values.
#[derive(Debug)]
pub struct Packer<'a> {
    pub(super) bytes: &'a mut Vec<u8>,
    pub(super) book: &'a mut Book,
}

impl Packer<'_> {
    pub(crate) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn number(&mut self, number: impl Into<u64>) {
        let mut rest = number.into();
        while rest >= 0x80 {
            self.bytes.push(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest.to_le_bytes()[0]);
    }

    pub(crate) fn numbers(&mut self, numbers: &[u16]) {
        for number in numbers {
            self.number(*number);
        }
    }

    pub(crate) fn length(&mut self, length: usize) {
        self.number(length as u64);
    }

    pub(crate) fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    pub(crate) fn time(&mut self, time: Timestamp) {
        self.signed(time.0);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.length(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// A text that other items are likely to have in the same column. Gives its number where it has one.
    pub(crate) fn shared(&mut self, column: Column, text: &Arc<str>) -> Option<u32> {
        let number = self.book.number(column.place(), text);
        if let Some(number) = number {
            self.number(u64::from(number) + 1);
        } else {
            self.byte(0);
            self.text(text);
        }
        number
    }

    pub(crate) fn company(&mut self, company: &Company) {
        if let Some(number) = self.book.company(company) {
            self.number(u64::from(number) + 1);
        } else {
            self.byte(0);
            company.pack_whole(self);
        }
    }

    pub(crate) fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.length(items.len());
        for item in items {
            each(self, item);
        }
    }
}

/// Gives values back, in the order in which they were taken.
#[derive(Debug)]
pub struct Unpacker<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) book: &'a Book,
}

impl<'a> Unpacker<'a> {
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    pub(crate) fn raw(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(crate) fn small<T: TryFrom<u64>>(&mut self) -> Option<T> {
        T::try_from(self.number()?).ok()
    }

    pub(crate) fn length(&mut self) -> Option<usize> {
        // Whatever is as long as that takes a byte each
        self.small().filter(|length| *length <= self.bytes.len())
    }

    pub(crate) fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    pub(crate) fn time(&mut self) -> Option<Timestamp> {
        self.signed().map(Timestamp)
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let length = self.length()?;
        str::from_utf8(self.raw(length)?).ok()
    }

    pub(crate) fn shared(&mut self) -> Option<Arc<str>> {
        match self.small::<usize>()?.checked_sub(1) {
            Some(number) => self.book.texts.get(number).cloned(),
            None => self.text().map(Arc::from),
        }
    }

    /// A shared text, borrowed.
    pub(crate) fn shared_text(&mut self) -> Option<&'a str> {
        match self.small::<usize>()?.checked_sub(1) {
            Some(number) => self.book.texts.get(number).map(|text| &**text),
            None => self.text(),
        }
    }

    /// The key of a company.
    pub(crate) fn company_key(&mut self) -> Option<&'a str> {
        match self.small::<usize>()?.checked_sub(1) {
            Some(number) => self.book.companies.get(number).map(Company::key),
            None => Company::unpack_key(self),
        }
    }

    pub(crate) fn company(&mut self) -> Option<Company> {
        match self.small::<usize>()?.checked_sub(1) {
            Some(number) => self.book.companies.get(number).cloned(),
            None => Company::unpack_whole(self),
        }
    }

    pub(crate) fn list<T, L: FromIterator<T>>(&mut self, mut each: impl FnMut(&mut Self) -> Option<T>) -> Option<L> {
        let length = self.length()?;
        (0..length).map(|_| each(self)).collect()
    }
}
