//! Rows of a table as bytes: as the seal hashes them, and as they are handed from the thread that makes them to those that
//! write and hash them. Each value stands there with its type and length, so that no two contents look the same.

use std::io::Write as _;

use rusqlite::types::ValueRef;
use serde::Serialize;

use super::Error;
use super::value::Place;

const ROW: u8 = b'r';
const NULL: u8 = b'n';
const INTEGER: u8 = b'i';
const REAL: u8 = b'f';
const TEXT: u8 = b't';
const BLOB: u8 = b'b';

/// Rows one after the other.
#[derive(Debug, Default)]
pub(super) struct Told {
    bytes: Vec<u8>,
}

impl Told {
    /// Rows that are to be told into a buffer that was used before.
    pub(super) fn into(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// The bytes.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// What follows is this table's.
    pub(super) fn table(&mut self, name: &str) {
        self.bytes.extend_from_slice(name.as_bytes());
    }

    /// What follows is a row's.
    pub(super) fn row(&mut self) {
        self.bytes.push(ROW);
    }

    pub(super) fn value(&mut self, value: ValueRef<'_>) {
        let (kind, bytes): (u8, &[u8]) = match value {
            ValueRef::Null => (NULL, &[]),
            ValueRef::Integer(number) => {
                self.bytes.push(INTEGER);
                self.bytes.extend_from_slice(&number.to_le_bytes());
                return;
            }
            ValueRef::Real(number) => {
                self.bytes.push(REAL);
                self.bytes.extend_from_slice(&number.to_bits().to_le_bytes());
                return;
            }
            ValueRef::Text(text) => (TEXT, text),
            ValueRef::Blob(blob) => (BLOB, blob),
        };
        self.bytes.push(kind);
        self.bytes.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(bytes);
    }

    /// A value as JSON; nothing where it is `nothing`.
    pub(super) fn json(&mut self, place: Place<'_>, value: &impl Serialize, nothing: &str) -> Result<(), Error> {
        let before = self.bytes.len();
        self.bytes.push(TEXT);
        self.bytes.extend_from_slice(&[0; 8]);
        let from = self.bytes.len();
        place.write_json(&mut self.bytes, value)?;
        if self.bytes.get(from..) == Some(nothing.as_bytes()) {
            self.bytes.truncate(before);
            self.value(ValueRef::Null);
            return Ok(());
        }
        self.close_text(before);
        Ok(())
    }

    /// Numbers as a JSON list; nothing for none.
    pub(super) fn list(&mut self, numbers: impl ExactSizeIterator<Item = u32>) {
        if numbers.len() == 0 { self.value(ValueRef::Null) } else { self.numbers(numbers) }
    }

    /// Numbers as a JSON list, be it empty.
    pub(super) fn numbers(&mut self, numbers: impl Iterator<Item = u32>) {
        let before = self.bytes.len();
        self.bytes.push(TEXT);
        self.bytes.extend_from_slice(&[0; 8]);
        self.bytes.push(b'[');
        for (at, number) in numbers.enumerate() {
            if at > 0 {
                self.bytes.push(b',');
            }
            // Writing to bytes does not fail.
            let _ = write!(self.bytes, "{number}");
        }
        self.bytes.push(b']');
        self.close_text(before);
    }

    /// Says how long the text is that was begun there.
    fn close_text(&mut self, at: usize) {
        let from = at + 9;
        let length = self.bytes.len().saturating_sub(from) as u64;
        if let Some(slot) = self.bytes.get_mut(at + 1..from) {
            slot.copy_from_slice(&length.to_le_bytes());
        }
    }

    /// The rows, each of so many values.
    pub(super) fn rows<const COLUMNS: usize>(&self) -> impl Iterator<Item = [ValueRef<'_>; COLUMNS]> {
        let mut left: &[u8] = &self.bytes;
        std::iter::from_fn(move || {
            if taken(&mut left, 1)? != [ROW] {
                return None;
            }
            let mut row = [ValueRef::Null; COLUMNS];
            for value in &mut row {
                *value = next(&mut left)?;
            }
            Some(row)
        })
    }
}

fn next<'b>(left: &mut &'b [u8]) -> Option<ValueRef<'b>> {
    let &[kind] = taken(left, 1)? else { return None };
    let number = |left: &mut &'b [u8]| Some(u64::from_le_bytes(taken(left, 8)?.try_into().ok()?));
    Some(match kind {
        INTEGER => ValueRef::Integer(number(left)?.cast_signed()),
        REAL => ValueRef::Real(f64::from_bits(number(left)?)),
        _ => {
            let length = usize::try_from(number(left)?).ok()?;
            let bytes = taken(left, length)?;
            match kind {
                TEXT => ValueRef::Text(bytes),
                BLOB => ValueRef::Blob(bytes),
                _ => ValueRef::Null,
            }
        }
    })
}

fn taken<'b>(left: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, rest) = left.split_at_checked(length)?;
    *left = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn rows_come_back_as_they_were_told() {
        let place = Place::new(Path::new("a.plan"), "rows");
        let mut told = Told::default();
        let rows = [
            [ValueRef::Null, ValueRef::Integer(-7), ValueRef::Real(0.25)],
            [ValueRef::Text(b"Zo\xc3\xab"), ValueRef::Text(b""), ValueRef::Blob(b"r")],
        ];
        for row in rows {
            told.row();
            for value in row {
                told.value(value);
            }
            told.json(place, &vec!["r", "\""], "{}").unwrap();
            told.json(place, &serde_json::json!({}), "{}").unwrap();
            told.list([1, 20].into_iter());
            told.list([].into_iter());
        }
        let back: Vec<[ValueRef<'_>; 7]> = told.rows().collect();
        let (json, list) = (ValueRef::Text(br#"["r","\""]"#), ValueRef::Text(b"[1,20]"));
        let expected = rows.map(|[a, b, c]| [a, b, c, json, ValueRef::Null, list, ValueRef::Null]);
        assert_eq!(back, expected);
    }
}
