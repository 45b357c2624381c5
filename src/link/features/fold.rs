//! Texts of a record folded for comparison, and the order of content that follows from them.

use std::hash::Hasher;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHasher;

use super::{row_id, text, values};
use crate::contact::{Record, Records};

/// Texts of one record that need folding; made in parallel.
#[derive(Debug)]
pub(super) struct Folded {
    pub(super) street: String,
    pub(super) city: String,
    pub(super) region: String,
    pub(super) postcode: String,
    pub(super) job_title: String,
    pub(super) website: String,
    pub(super) identifiers: Vec<String>,
    pub(super) texts: Vec<String>,
    /// Of everything compared.
    pub(super) hash: u64,
}

impl Folded {
    pub(super) fn new(record: &Record) -> Self {
        let fold = |field: &Option<Arc<str>>| field.as_deref().map(text::fold).unwrap_or_default();
        let keyed = |pairs: &[(Arc<str>, Arc<str>)], fold: fn(&str) -> String| {
            let folded = pairs.iter().map(|(column, value)| (column, fold(value)));
            // "SSN" of one file is "ssn" of another.
            let named = |column: &str, value: &str| format!("{}\t{value}", text::code(column));
            folded.filter(|(_, value)| !value.is_empty()).map(|(column, value)| named(column, &value)).collect()
        };
        let mut folded = Self {
            street: record.street.as_deref().map(text::street).unwrap_or_default(),
            city: fold(&record.city),
            region: fold(&record.region),
            postcode: record.postcode.as_deref().map(text::code).unwrap_or_default(),
            job_title: fold(&record.job_title),
            website: record.website.as_deref().map(values::site_domain).unwrap_or_default(),
            identifiers: keyed(&record.identifiers, text::code),
            texts: keyed(&record.texts, text::fold).into_iter().filter_map(values::comparable).collect(),
            hash: 0,
        };
        folded.hash = folded.content_hash(record);
        folded
    }

    /// A hash of everything compared. Fixed seed: the order of content must be the same in every run.
    fn content_hash(&self, record: &Record) -> u64 {
        let mut hasher = FxHasher::default();
        let mut put = |text: &str| {
            hasher.write(text.as_bytes());
            hasher.write_u8(0xff);
        };
        record.emails.iter().for_each(|email| put(email.canonical()));
        put(record.name.as_ref().map_or("", |name| name.display()));
        record.phones.iter().for_each(|phone| put(phone.digits()));
        record.companies.iter().for_each(|company| put(company.key()));
        put(record.external_id.as_ref().map_or("", |id| &id.0));
        for text in [&self.street, &self.city, &self.region, &self.postcode, &self.job_title, &self.website] {
            put(text);
        }
        self.identifiers.iter().chain(&self.texts).for_each(|text| put(text));
        put(record.country.as_deref().unwrap_or_default());
        if let Some(day) = record.birthday {
            hasher.write_u16(day.year);
            hasher.write_u8(day.month);
            hasher.write_u8(day.day);
        }
        hasher.finish()
    }
}

/// Place of each record in an order made of content: hash, then the id handle, then what the record was read from.
pub(super) fn ranks(records: &dyn Records, hashes: &[u64]) -> Vec<u32> {
    let mut order: Vec<(u64, u32)> = hashes.iter().enumerate().map(|(row, hash)| (*hash, row_id(row))).collect();
    order.par_sort_unstable_by(|left, right| {
        left.0.cmp(&right.0).then_with(|| {
            let handle = |row: u32| {
                records.head(row as usize).map(|record| (record.id.clone(), record.created_at, record.origin))
            };
            handle(left.1).cmp(&handle(right.1)).then_with(|| left.1.cmp(&right.1))
        })
    });
    let mut ranks = vec![0; hashes.len()];
    for (rank, (_, row)) in order.into_iter().enumerate() {
        ranks[row as usize] = row_id(rank);
    }
    ranks
}
