//! Batches of rows → ids: every column has an interner of its own, so that columns are filled side by side.
//!
//! A column takes its texts in the order of the rows, so that an id does not depend on the number of threads.

use std::hint::black_box;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::batch::{Batch, PLACES, Several, Texts};
use super::row::Row;
use super::{EmailValue, Features, Interner, Lists, NONE, NameValue, Names, PhoneValue, StreetValue, Words};
use super::{row_id, values};

/// What only adding rows needs.
#[derive(Debug, Default)]
pub(super) struct Adding {
    /// Ids of addresses by the ids of local part and domain.
    emails: FxHashMap<u64, u32>,
    /// Ids of last digits.
    tails: FxHashMap<u32, u32>,
}

/// The ids of some rows.
#[derive(Debug, Default)]
struct Ids {
    names: Vec<u32>,
    emails: Lists,
    domains: Lists,
    phones: Lists,
    companies: Lists,
    external: Vec<u32>,
    streets: Vec<u32>,
    places: Vec<u32>,
    job_titles: Vec<u32>,
}

/// Texts that are looked up together.
const TEXTS_TO_FETCH: usize = 16;

/// The places of texts, some at a time, each time after what asking for their ids needs was brought into the cache.
fn fetched(places: Range<usize>, texts: &Texts, interner: &Interner) -> u64 {
    places.fold(0, |seen, at| seen ^ interner.fetch(texts.get(at).0))
}

fn pieces(length: usize) -> impl Iterator<Item = Range<usize>> {
    (0..length).step_by(TEXTS_TO_FETCH).map(move |from| from..(from + TEXTS_TO_FETCH).min(length))
}

/// Ids of texts; [`NONE`] for those that are empty. `new` sees each text that was not known.
fn single(texts: &Texts, interner: &mut Interner, ids: &mut Vec<u32>, mut new: impl FnMut(&str)) {
    for piece in pieces(texts.len()) {
        black_box(fetched(piece.clone(), texts, interner));
        for at in piece {
            let (hash, text) = texts.get(at);
            if text.is_empty() {
                ids.push(NONE);
                continue;
            }
            let known = interner.len();
            let id = interner.add((hash, text));
            if id as usize == known {
                new(text);
            }
            ids.push(id);
        }
    }
}

/// Ids of texts of which each row may have several. `each` sees every id, with its text and its place.
fn several(
    of: &Several,
    rows: usize,
    interner: &mut Interner,
    lists: &mut Lists,
    mut each: impl FnMut(u32, &str, usize),
) {
    let mut ids = Vec::with_capacity(of.texts.len());
    for piece in pieces(of.texts.len()) {
        black_box(fetched(piece.clone(), &of.texts, interner));
        for at in piece {
            let (hash, text) = of.texts.get(at);
            let id = interner.add((hash, text));
            each(id, text, at);
            ids.push(id);
        }
    }
    for row in 0..rows {
        lists.push(ids.get(of.of(row)).unwrap_or_default().iter().copied());
    }
}

fn names(batch: &Batch, names: &mut Names, tokens: &mut Words, ids: &mut Vec<u32>) {
    let mut words = Vec::with_capacity(batch.words.len());
    for piece in pieces(batch.words.len()) {
        black_box(piece.clone().fold(0, |seen, at| seen ^ tokens.fetch(batch.words.get(at).0)));
        words.extend(piece.map(|at| (tokens.id(batch.words.get(at)), batch.words.get(at).1.len())));
    }
    let mut rest = words.as_slice();
    let mut given: Vec<u32> = Vec::new();
    for name in &batch.names {
        let count = usize::from(name.given) + usize::from(name.family);
        let (own, others) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        let (suffix, others) = others.split_at_checked(usize::from(name.suffix)).unwrap_or((others, &[]));
        rest = others;
        given.clear();
        given.extend(own.iter().map(|(id, _)| *id));
        let (given, family) = given.split_at_checked(usize::from(name.given)).unwrap_or((&given, &[]));
        let letters: usize = own.iter().map(|(_, letters)| letters).sum();
        let value = NameValue {
            given,
            family,
            suffix: suffix.first().map_or(NONE, |(id, _)| *id),
            script: name.script,
            letters: u16::try_from(letters).unwrap_or(u16::MAX),
        };
        ids.push(names.add(value, tokens));
    }
}

/// Where addresses and domains go.
struct Mail<'f> {
    locals: &'f mut Interner,
    domains: &'f mut Interner,
    emails: &'f mut Vec<EmailValue>,
    ids: &'f mut FxHashMap<u64, u32>,
}

impl Mail<'_> {
    fn add(&mut self, batch: &Batch, emails: &mut Lists, domains: &mut Lists) {
        let mut ids = Vec::with_capacity(batch.email_heads.len());
        let mut company = 0;
        let mut done = 0;
        for row in 0..batch.len() {
            let own = batch.emails.of(row);
            while done < own.end {
                let piece = done..(done + TEXTS_TO_FETCH).min(batch.email_heads.len());
                black_box(fetched(piece.clone(), &batch.emails.texts, self.locals));
                done = piece.end;
            }
            for at in own.clone() {
                ids.push(self.address(batch, at, &mut company));
            }
            let ids = ids.get(own).unwrap_or_default();
            let companies = ids.iter().map(|id| self.emails[*id as usize].company_domain);
            let site = batch.websites.get(row);
            let site = (!site.1.is_empty()).then(|| self.domains.id(site));
            let of_row: Vec<u32> = companies.filter(|domain| *domain != NONE).chain(site).collect();
            for domain in &of_row {
                self.domains.count_one(*domain);
            }
            emails.push(ids.iter().copied());
            domains.push(of_row);
        }
    }

    /// The id of an address. `company` counts the addresses with a company's domain.
    fn address(&mut self, batch: &Batch, at: usize, company: &mut usize) -> u32 {
        let (local, domain) = (batch.emails.texts.get(at), batch.domains.get(at));
        let head = batch.email_heads[at];
        let (local_id, domain) = (self.locals.add(local), self.domains.id(domain));
        let new = row_id(self.emails.len());
        let id = *self.ids.entry(u64::from(local_id) << 32 | u64::from(domain)).or_insert(new);
        if id == new {
            let company = head.company.then(|| self.domains.id(batch.company_domains.get(*company)));
            self.emails.push(EmailValue::new((local_id, local.1), domain, company.unwrap_or(NONE), head.role));
        }
        *company += usize::from(head.company);
        // `info+fair@…` is as shared as `info@…`, whichever is read first.
        self.emails[id as usize].role |= head.role;
        id
    }
}

impl Features {
    /// Adds rows, column by column.
    pub(super) fn add(&mut self, batch: &Batch, adding: &mut Adding) {
        let rows = batch.len();
        let Self { tokens, locals, domains, emails, digits, phones, companies, job_titles, .. } = self;
        let Self { street_texts, streets, places, external_ids, identifiers, identifier, texts, text, .. } = self;
        let mut ids = Ids::default();
        let mut mail = Mail { locals, domains, emails, ids: &mut adding.emails };
        let tails = &mut adding.tails;
        rayon::scope(|columns| {
            columns.spawn(|_| names(batch, &mut self.names, tokens, &mut ids.names));
            columns.spawn(|_| mail.add(batch, &mut ids.emails, &mut ids.domains));
            columns.spawn(|_| {
                several(&batch.phones, rows, digits, &mut ids.phones, |id, digits, at| {
                    if id as usize == phones.len() {
                        let tail = row_id(tails.len());
                        let tail = *tails.entry(values::tail(digits)).or_insert(tail);
                        phones.push(PhoneValue::new(digits, tail));
                    }
                    // Of several ways to write a number any may tell its country; the first one read must not decide.
                    phones[id as usize].national |= batch.national[at];
                });
            });
            columns.spawn(|_| {
                several(&batch.companies, rows, companies, &mut ids.companies, |_, _, _| ());
                single(&batch.job_titles, job_titles, &mut ids.job_titles, |_| ());
            });
            columns.spawn(|_| {
                single(&batch.streets, street_texts, &mut ids.streets, |street| streets.push(StreetValue::new(street)));
            });
            columns.spawn(|_| {
                single(&batch.places, places, &mut ids.places, |_| ());
                single(&batch.external_ids, external_ids, &mut ids.external, |_| ());
                several(&batch.identifiers, rows, identifiers, identifier, |_, _, _| ());
                several(&batch.texts, rows, texts, text, |_, _, _| ());
            });
        });
        self.tails = adding.tails.len();
        self.add_rows(batch, &ids);
    }

    /// Puts the ids of each row together.
    fn add_rows(&mut self, batch: &Batch, ids: &Ids) {
        for at in 0..batch.len() {
            let row = row_id(at);
            let id = |column: &[u32], at: usize| column.get(at).copied().unwrap_or(NONE);
            let country = batch.countries[at].map(|region| {
                let code = region.code();
                self.countries.add((super::intern::hash(code), code))
            });
            let mut added = Row::default();
            added.name = id(&ids.names, at);
            added.street = id(&ids.streets, at);
            added.city = id(&ids.places, PLACES * at);
            added.postcode = id(&ids.places, PLACES * at + 2);
            added.job_title = id(&ids.job_titles, at);
            added.external_id = id(&ids.external, at);
            added.country = country.and_then(|country| u16::try_from(country).ok()).unwrap_or(u16::MAX);
            added.extension = batch.extension[at];
            let lists = [&ids.emails, &ids.phones, &ids.companies, &ids.domains].map(|lists| lists.of(row));
            added.set_lists(lists, &mut self.spill);
            added.set_birthday(batch.birthdays[at]);
            if let Some(day) = added.birthday() {
                *self.birthdays.entry(day).or_default() += 1;
            }
            self.rows.push(added);
        }
    }
}
