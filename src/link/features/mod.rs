//! Records → compact columns: what the matcher compares.
//!
//! Every value is interned once per distinct text; a record is a row of ids. Blocking, comparing and clustering work on
//! these columns only, never on the texts of a [`crate::contact::Record`], so that the cost of a pair does not depend on how values are
//! stored. The record's id column, tags, notes and custom attributes are not here: they are no evidence.

mod batch;
mod columns;
mod intern;
mod names;
mod ranks;
mod row;
mod spelling;
mod text;
mod values;
mod words;

use batch::Batch;
use columns::Adding;
pub(super) use intern::{Interner, Lists, NONE};
pub(super) use names::{NameValue, Names};
use ranks::ranks;
use row::List;
pub(super) use row::Row;
pub(super) use spelling::Spelling;
pub(super) use values::{ALIKE, EmailValue, PhoneValue, StreetValue};
pub(super) use words::Words;

use std::hint::black_box;
use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::ablation::Without;
use super::memo::Memo;
use super::model::Scale;
use super::similarity;
use crate::contact::Records;

/// All records as columns.
#[derive(Debug, Default)]
pub(super) struct Features {
    /// Number of records.
    pub(super) len: usize,
    /// What each record carries.
    rows: Vec<Row>,
    /// Lists that do not fit into a row.
    spill: Vec<u32>,
    /// Words of person names.
    pub(super) tokens: Words,
    /// Distinct names.
    pub(super) names: Names,
    /// E-mail domains and the domains of web sites.
    pub(super) domains: Interner,
    /// Which domains look alike, as far as somebody asked.
    alike_domains: Memo,
    /// E-mail local parts.
    pub(super) locals: Interner,
    /// Distinct canonical addresses.
    pub(super) emails: Vec<EmailValue>,
    /// Phone digits.
    pub(super) digits: Interner,
    /// Distinct numbers, by the id of [`Self::digits`].
    pub(super) phones: Vec<PhoneValue>,
    /// Number of distinct last digits.
    pub(super) tails: usize,
    /// Company keys.
    pub(super) companies: Interner,
    /// In how many distinct company keys a word occurs.
    pub(super) company_words: FxHashMap<Box<str>, u32>,
    /// Job titles.
    pub(super) job_titles: Interner,
    /// Street lines.
    pub(super) street_texts: Interner,
    /// Distinct street lines, by the id of [`Self::street_texts`].
    pub(super) streets: Vec<StreetValue>,
    /// Cities, regions, postcodes.
    pub(super) places: Interner,
    /// Countries.
    pub(super) countries: Interner,
    /// How many records carry a birthday.
    pub(super) birthdays: FxHashMap<(u16, u8, u8), u32>,
    /// External ids.
    pub(super) external_ids: Interner,
    /// Declared identifiers: the column's name, a tab, the value as letters and digits.
    pub(super) identifiers: Interner,
    /// Identifiers of each record.
    pub(super) identifier: Lists,
    /// Declared texts: the column's name, a tab, the folded value.
    pub(super) texts: Interner,
    /// Texts of each record.
    pub(super) text: Lists,
    /// Ideas that a measurement switches off.
    pub(super) without: Without,
    /// Whether the records are organisations, so that the company is the name.
    pub(super) organisations: bool,
    /// Place of each record in the order of content: a permutation that does not depend on the order of the input.
    pub(super) rank: Vec<u32>,
}

impl Features {
    /// Reads all records.
    pub(super) fn new(records: &(impl Records + ?Sized), without: Without) -> Self {
        let records: &dyn Records = &records;
        let count = records.count();
        let mut features = Self { len: count, without, ..Self::default() };
        features.tokens.without = without;
        features.rows.reserve_exact(count);
        let mut content = Vec::with_capacity(count);
        let read = |rows: Range<usize>| {
            let parts = (0..rows.len().div_ceil(ROWS_IN_A_BATCH)).into_par_iter().map(|part| {
                let from = rows.start + part * ROWS_IN_A_BATCH;
                Batch::new(records, from..(from + ROWS_IN_A_BATCH).min(rows.end), without)
            });
            parts.collect::<Vec<Batch>>()
        };
        let mut adding = Adding::default();
        let mut chunks = (0..count).step_by(ROWS_AT_A_TIME);
        let mut ready: Vec<Batch> = Vec::new();
        // While the texts of some rows get their ids those of the next are folded: folded texts are not needed twice.
        while !ready.is_empty() || chunks.len() > 0 {
            let next = chunks.next().map_or(0..0, |from| from..(from + ROWS_AT_A_TIME).min(count));
            let add = || {
                for batch in &ready {
                    features.add(batch, &mut adding);
                    content.extend_from_slice(&batch.content);
                }
            };
            let (read, ()) = rayon::join(|| read(next), add);
            ready = read;
        }
        drop((ready, adding));
        features.close();
        for company in 0..row_id(features.companies.len()) {
            let mut words: Vec<&str> = features.companies.text(company).split(' ').collect();
            words.sort_unstable();
            words.dedup();
            for word in words {
                *features.company_words.entry(word.into()).or_default() += 1;
            }
        }
        features.tokens.put_in_order();
        features.forget_names_of_addresses();
        features.organisations = features.are_organisations();
        features.rank = ranks(records, &content);
        features.rows.iter_mut().zip(&features.rank).for_each(|(row, rank)| row.rank = *rank);
        features
    }

    /// What a record carries.
    pub(super) fn row(&self, row: u32) -> &Row {
        &self.rows[row as usize]
    }

    /// Addresses of a record; placeholders are left out.
    pub(super) fn emails_of(&self, row: u32) -> &[u32] {
        self.row(row).list(List::Emails, &self.spill)
    }

    /// Numbers of a record; placeholders are left out.
    pub(super) fn phones_of(&self, row: u32) -> &[u32] {
        self.row(row).list(List::Phones, &self.spill)
    }

    /// Last digits of a record's numbers, as ids.
    pub(super) fn phone_tails_of(&self, row: u32) -> Vec<u32> {
        distinct(self.phones_of(row).iter().map(|phone| self.phones[*phone as usize].tail).collect())
    }

    /// Companies of a record.
    pub(super) fn companies_of(&self, row: u32) -> &[u32] {
        self.row(row).list(List::Companies, &self.spill)
    }

    /// Company domains of a record, from its addresses and its web site.
    pub(super) fn company_domains_of(&self, row: u32) -> &[u32] {
        self.row(row).list(List::Domains, &self.spill)
    }

    /// Brings what comparing records asks for first into the cache. Their places in memory have nothing to do with each
    /// other, and waiting for them one by one is much of what a pair costs; reads that do not depend on each other wait
    /// together.
    pub(super) fn fetch(&self, rows: impl Iterator<Item = u32> + Clone) {
        let of_rows = rows.clone().fold(0, |seen, row| seen ^ self.row(row).name);
        let of_values = rows.fold(0, |seen, row| {
            let email = self.emails_of(row).first().and_then(|email| self.emails.get(*email as usize));
            let phone = self.phones_of(row).first().and_then(|phone| self.phones.get(*phone as usize));
            let letters = self.name_of(row).map_or(0, |name| u32::from(name.letters));
            seen ^ letters ^ email.map_or(0, |email| email.local) ^ phone.map_or(0, |phone| phone.tail)
        });
        black_box((of_rows, of_values));
    }

    /// Whether two domains look alike.
    pub(super) fn are_domains_alike(&self, one: u32, other: u32) -> bool {
        let alike = || similarity::jaro_winkler(self.domains.text(one), self.domains.text(other)) >= ALIKE;
        self.alike_domains.is(one.min(other), one.max(other), alike)
    }

    /// The name of a record.
    pub(super) fn name_of(&self, row: u32) -> Option<NameValue<'_>> {
        self.names.get(self.row(row).name)
    }

    /// An address as it is compared.
    pub(super) fn address(&self, email: u32) -> String {
        let part = |email: &EmailValue| (self.locals.text(email.local), self.domains.text(email.domain));
        let (local, domain) = self.emails.get(email as usize).map(part).unwrap_or_default();
        format!("{local}@{domain}")
    }

    /// Forgets what only adding rows needs.
    fn close(&mut self) {
        self.names.close();
        let Self { domains, locals, digits, companies, job_titles, street_texts, places, countries, .. } = self;
        let Self { external_ids, identifiers, texts, .. } = self;
        [domains, locals, digits, companies, job_titles, street_texts, places, countries]
            .into_iter()
            .chain([external_ids, identifiers, texts])
            .for_each(Interner::close);
    }

    /// Forgets names that are only the record's own address again ("nmishra" of `nmishra@…`), unless they are somebody's
    /// name elsewhere in the list.
    fn forget_names_of_addresses(&mut self) {
        let mut known = vec![false; self.tokens.len()];
        for name in self.names.iter().filter(|name| name.len() > 1) {
            name.tokens().for_each(|token| known[token as usize] = true);
        }
        for row in 0..row_id(self.len) {
            let Some(value) = self.names.get(self.rows[row as usize].name) else { continue };
            let mut tokens = value.tokens();
            let (Some(only), None) = (tokens.next(), tokens.next()) else { continue };
            let made = |email: &u32| {
                let local = self.locals.text(self.emails[*email as usize].local);
                local.chars().filter(char::is_ascii_alphabetic).eq(self.tokens.text(only).chars())
            };
            if !known[only as usize] && self.emails_of(row).iter().any(made) {
                self.rows[row as usize].name = NONE;
            }
        }
    }

    /// How large the list is, in all that frequencies are shares of.
    pub(super) fn scale(&self) -> Scale {
        Scale {
            records: row_id(self.len),
            names: row_id(self.names.len()),
            companies: row_id(self.companies.len()),
            organisations: self.organisations,
        }
    }

    /// Whether hardly any record names a person: then the records are organisations, and the company is the name.
    fn are_organisations(&self) -> bool {
        let named = self.rows.iter().filter(|row| row.name != NONE).count();
        let companies = (0..row_id(self.len)).filter(|row| !self.companies_of(*row).is_empty()).count();
        named * 20 < self.len && companies * 2 > self.len
    }
}

/// Rows whose texts are folded at a time.
const ROWS_AT_A_TIME: usize = 1 << 14;

/// Rows that are read together.
const ROWS_IN_A_BATCH: usize = 1 << 11;

/// Ids without repeats, in the order in which they come.
fn distinct(mut ids: Vec<u32>) -> Vec<u32> {
    let mut kept = 0;
    for at in 0..ids.len() {
        if !ids[..kept].contains(&ids[at]) {
            ids[kept] = ids[at];
            kept += 1;
        }
    }
    ids.truncate(kept);
    ids
}

/// A row number as a record id.
pub(super) fn row_id(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(NONE)
}
