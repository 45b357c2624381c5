//! Some rows column by column, as texts folded and hashed: all that can be done with a row without knowing any other.
//!
//! Made of many rows side by side, while the rows before them get their ids; see [`super::columns`].

use std::hash::Hasher;
use std::ops::Range;

use rustc_hash::FxHasher;

use super::intern::hash;
use super::{text, values};
use crate::contact::{Birthday, Facts, MailboxKind, NameFacts, NameKind, Records, Region, Script};
use crate::link::ablation::Without;
use values::Mailbox;

/// Texts one behind the other, each with its hash.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: String,
    ends: Vec<u32>,
    hashes: Vec<u64>,
}

impl Texts {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A text, and its hash.
    pub(super) fn get(&self, at: usize) -> (u64, &str) {
        let end = |at: usize| self.ends.get(at).map_or(0, |end| *end as usize);
        let text = self.bytes.get(at.checked_sub(1).map_or(0, end)..end(at)).unwrap_or_default();
        (self.hashes.get(at).copied().unwrap_or_default(), text)
    }

    fn push(&mut self, text: &str) {
        self.put(|bytes| bytes.push_str(text));
    }

    /// Adds what `write` writes, and returns it.
    fn put(&mut self, write: impl FnOnce(&mut String)) -> &str {
        let start = self.bytes.len();
        write(&mut self.bytes);
        let text = self.bytes.get(start..).unwrap_or_default();
        self.hashes.push(hash(text));
        // Some thousand rows at a time are far from four gigabytes, unless a cell is: then no text of theirs is compared.
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        text
    }
}

/// Texts of which a row may have several.
#[derive(Debug, Default)]
pub(super) struct Several {
    pub(super) texts: Texts,
    /// End of each row's.
    ends: Vec<u32>,
}

impl Several {
    /// The places of a row's texts.
    pub(super) fn of(&self, row: usize) -> Range<usize> {
        let end = |row: usize| self.ends.get(row).map_or(0, |end| *end as usize);
        row.checked_sub(1).map_or(0, end)..end(row)
    }

    fn end_row(&mut self) {
        self.ends.push(super::row_id(self.texts.len()));
    }
}

/// What of an address is no text.
#[derive(Clone, Copy, Debug)]
pub(super) struct EmailHead {
    pub(super) role: bool,
    /// It has a company's domain.
    pub(super) company: bool,
}

/// What of a name is no text: how many of its words are given names, surnames and a suffix.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NameHead {
    pub(super) given: u16,
    pub(super) family: u16,
    pub(super) suffix: bool,
    pub(super) script: Script,
}

/// Some rows.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Hash of everything compared, by row.
    pub(super) content: Vec<u64>,
    /// By row; without words where there is no name.
    pub(super) names: Vec<NameHead>,
    /// Words of all names.
    pub(super) words: Texts,
    /// Local parts.
    pub(super) emails: Several,
    /// By address.
    pub(super) email_heads: Vec<EmailHead>,
    /// Domains by address.
    pub(super) domains: Texts,
    /// Companies' domains, of the addresses that have one.
    pub(super) company_domains: Texts,
    /// By row, as all single texts; empty where there is none.
    pub(super) websites: Texts,
    pub(super) phones: Several,
    /// By number: its country is known.
    pub(super) national: Vec<bool>,
    /// By row: a number has an extension.
    pub(super) extension: Vec<bool>,
    pub(super) companies: Several,
    pub(super) external_ids: Texts,
    pub(super) streets: Texts,
    /// City, region and postcode of each row.
    pub(super) places: Texts,
    pub(super) job_titles: Texts,
    pub(super) identifiers: Several,
    pub(super) texts: Several,
    pub(super) countries: Vec<Option<Region>>,
    pub(super) birthdays: Vec<Option<Birthday>>,
    /// Room for a text on its way.
    room: String,
}

/// Places of a row's texts among [`Batch::places`].
pub(super) const PLACES: usize = 3;

impl Batch {
    /// Reads some rows.
    pub(super) fn new(records: &dyn Records, rows: Range<usize>, without: Without) -> Self {
        let mut batch = Self::default();
        for row in rows {
            records.facts(row, &mut |facts| batch.add(facts, without));
        }
        batch
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.content.len()
    }

    fn add(&mut self, facts: &Facts<'_>, without: Without) {
        let mut content = Content::default();
        self.add_emails(facts, without, &mut content);
        content.put(facts.name.as_ref().map_or("", |name| name.display));
        self.add_name(facts);
        let mut extension = false;
        for phone in &facts.phones {
            content.put(phone.digits);
            extension |= phone.has_extension;
            if !phone.placeholder && !phone.digits.is_empty() {
                self.phones.texts.push(phone.digits);
                self.national.push(phone.has_country);
            }
        }
        self.phones.end_row();
        self.extension.push(extension);
        for company in &facts.companies {
            content.put(company);
            if !company.is_empty() {
                self.companies.texts.push(company);
            }
        }
        self.companies.end_row();
        content.put(facts.external_id);
        self.external_ids.push(facts.external_id.trim());
        let room = &mut self.room;
        content.put(self.streets.put(|to| text::street(facts.street, room, to)));
        content.put(self.places.put(|to| text::fold(facts.city, to)));
        content.put(self.places.put(|to| text::fold(facts.region, to)));
        content.put(self.places.put(|to| text::code(facts.postcode, to)));
        content.put(self.job_titles.put(|to| text::fold(facts.job_title, to)));
        content.put(self.websites.put(|to| values::site_domain(facts.website, to)));
        self.add_declared(facts, &mut content);
        content.put(facts.country);
        self.countries.push(Region::parse(facts.country.trim()));
        self.birthdays.push(facts.birthday);
        self.content.push(content.finish(facts.birthday));
    }

    fn add_emails(&mut self, facts: &Facts<'_>, without: Without, content: &mut Content) {
        for email in &facts.emails {
            content.put(email.canonical);
            if email.kind == MailboxKind::Placeholder {
                continue;
            }
            let mailbox = Mailbox::of(*email, without);
            self.emails.texts.push(mailbox.local);
            self.domains.push(mailbox.domain);
            let company = email.company_domain();
            if let Some(domain) = company {
                self.company_domains.push(domain);
            }
            self.email_heads.push(EmailHead { role: email.kind == MailboxKind::Role, company: company.is_some() });
        }
        self.emails.end_row();
    }

    /// The words of a name that names a person.
    fn add_name(&mut self, facts: &Facts<'_>) {
        let person = |name: &&NameFacts<'_>| name.kind == NameKind::Person && !values::is_company(name, facts);
        let named = |name: &&NameFacts<'_>| !(name.given.is_empty() && name.family.is_empty());
        let Some(name) = facts.name.as_ref().filter(named).filter(person) else {
            self.names.push(NameHead::default());
            return;
        };
        name.given.iter().chain(&name.family).copied().chain(name.suffix).for_each(|word| self.words.push(word));
        let count = |words: &[&str]| u16::try_from(words.len()).unwrap_or(u16::MAX);
        self.names.push(NameHead {
            given: count(&name.given),
            family: count(&name.family),
            suffix: name.suffix.is_some(),
            script: name.script,
        });
    }

    /// Values of declared columns, each behind the name of its column: "SSN" of one file is "ssn" of another.
    fn add_declared(&mut self, facts: &Facts<'_>, content: &mut Content) {
        for (column, value) in &facts.identifiers {
            self.room.clear();
            text::code(value, &mut self.room);
            if !self.room.is_empty() {
                let room = &self.room;
                content.put(self.identifiers.texts.put(|to| {
                    text::code(column, to);
                    to.push('\t');
                    to.push_str(room);
                }));
            }
        }
        self.identifiers.end_row();
        for (column, value) in &facts.texts {
            let mut keyed = String::new();
            text::code(column, &mut keyed);
            keyed.push('\t');
            let start = keyed.len();
            text::fold(value, &mut keyed);
            if keyed.len() > start
                && let Some(comparable) = values::comparable(keyed)
            {
                self.texts.texts.push(&comparable);
                content.put(&comparable);
            }
        }
        self.texts.end_row();
    }
}

/// A hash of everything compared of one row. Fixed seed: the order of content must be the same in every run.
#[derive(Default)]
struct Content(FxHasher);

impl Content {
    fn put(&mut self, text: &str) {
        self.0.write(text.as_bytes());
        self.0.write_u8(0xff);
    }

    fn finish(mut self, birthday: Option<Birthday>) -> u64 {
        if let Some(day) = birthday {
            self.0.write_u16(day.year);
            self.0.write_u8(day.month);
            self.0.write_u8(day.day);
        }
        self.0.finish()
    }
}
