//! Raw rows → records. One code path for CSV rows and workspace contacts.
//!
//! Is given cells with their meaning, hands on a [`Record`] of parsed values. Never fails: what cannot be understood is
//! carried in [`Record::unparsed`]. Keeps nothing from one row to the next.

use std::borrow::Cow;
use std::sync::Arc;

use thin_vec::ThinVec;

use super::cell;
use super::dates::DateOrders;
use super::known::Known;
use crate::contact::{
    Birthday, Email, ExternalId, Field, IntercomId, NameParts, Origin, PersonName, Phone, RawRow, Record, Region, Role,
    Side, Timestamp,
};

/// Turns raw rows into records.
#[derive(Clone, Debug, Default)]
pub struct Normalizer {
    /// Country of national phone numbers when the row names none.
    pub region: Option<Region>,
    /// Role when the row names none.
    pub default_role: Option<Role>,
    /// Side of every record made.
    pub side: Side,
}

impl Normalizer {
    /// Normalises one row. Never fails: what cannot be understood lands in [`Record::unparsed`].
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "a raw row is of no use once it is a record")]
    pub fn record(&self, row: RawRow) -> Record {
        let cells = row.cells.iter().map(|cell| (Cell { field: &cell.field, column: cell.column }, cell.text.as_str()));
        self.record_counting(row.origin, cells, &DateOrders::default(), &mut Tally::default(), &mut Known::default())
    }

    /// Normalises one row of a file whose columns write dates in the given orders, and counts cells.
    pub(super) fn record_counting<'a>(
        &self,
        origin: Origin,
        cells: impl Iterator<Item = (Cell<'a>, &'a str)>,
        orders: &DateOrders,
        tally: &mut Tally,
        known: &mut Known,
    ) -> Record {
        let record = Record { origin, side: self.side, role: self.default_role, ..Record::default() };
        let mut draft =
            Draft { record, orders, tally, known, parts: Parts::default(), streets: [const { Vec::new() }; 3] };
        let mut phones = Vec::new();
        for (raw, text) in cells {
            let text = cell::unwrap(text);
            if *raw.field == Field::Ignore || cell::is_filler(text, is_read(raw.field)) {
                continue;
            }
            draft.tally.filled.push(raw.column);
            if *raw.field == Field::Phone {
                // The country column may come later in the row
                phones.push((text, raw.column));
            } else {
                draft.cell(raw, text);
            }
        }
        let region = draft.record.country.as_deref().and_then(Region::parse).or(self.region);
        for (text, column) in phones {
            draft.phone(text, column, region);
        }
        draft.finish()
    }
}

/// Whose text a text is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<'a> {
    pub(super) field: &'a Field,
    pub(super) column: u32,
}

/// Columns of cells with a value, and of those that could not be understood.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) filled: Vec<u32>,
    pub(super) invalid: Vec<u32>,
}

/// Whether a field has a meaning to us, so that "unknown" in it says nothing.
fn is_read(field: &Field) -> bool {
    !matches!(field, Field::Custom(_) | Field::Text(_) | Field::Note | Field::Tags)
}

#[derive(Default)]
struct Parts<'t> {
    full: Cow<'t, str>,
    first: Cow<'t, str>,
    middle: Cow<'t, str>,
    last: Cow<'t, str>,
    prefix: Cow<'t, str>,
    suffix: Cow<'t, str>,
}

/// A record in the making.
struct Draft<'a, 't> {
    record: Record,
    orders: &'a DateOrders,
    tally: &'a mut Tally,
    known: &'a mut Known,
    parts: Parts<'t>,
    /// House number, street, second lines.
    streets: [Vec<String>; 3],
}

impl<'t> Draft<'_, 't> {
    fn cell(&mut self, raw: Cell<'_>, text: &'t str) {
        let record = &mut self.record;
        match raw.field {
            Field::Id => record.id = Some(IntercomId(text.into())),
            Field::ExternalId => record.external_id = Some(ExternalId(text.into())),
            Field::Role => match cell::role(text) {
                Some(role) => record.role = Some(role),
                None => self.not_understood(raw, text),
            },
            Field::Email => self.emails(raw, text),
            Field::Company => {
                for name in cell::split_companies(&cell::unescape(text)) {
                    self.company(raw, name);
                }
            }
            Field::FullName if may_be_address(text) && Email::parse(text).is_ok() => self.not_understood(raw, text),
            Field::FullName => self.parts.full = cell::unescape(text),
            Field::FirstName => self.parts.first = cell::unescape(text),
            Field::MiddleName => self.parts.middle = cell::unescape(text),
            Field::LastName => self.parts.last = cell::unescape(text),
            Field::NamePrefix => self.parts.prefix = cell::unescape(text),
            Field::NameSuffix => self.parts.suffix = cell::unescape(text),
            Field::JobTitle => record.job_title = Some(self.known.text(raw.column, &line(text))),
            Field::Website => record.website = Some(text.into()),
            Field::StreetNumber => self.streets[0].push(line(text).into()),
            Field::Street => self.streets[1].push(line(text).into()),
            Field::Street2 => self.streets[2].push(line(text).into()),
            Field::City => record.city = Some(self.known.text(raw.column, &line(text))),
            Field::Region => record.region = Some(self.known.text(raw.column, &line(text))),
            Field::Postcode => record.postcode = Some(line(text).into()),
            Field::Country => record.country = Some(self.known.text(raw.column, &line(text))),
            Field::Birthday | Field::CreatedAt | Field::UpdatedAt | Field::LastSeenAt | Field::SignedUpAt => {
                self.date(raw, text);
            }
            Field::Unsubscribed | Field::HardBounced | Field::MarkedAsSpam => self.flag(raw, text),
            Field::Tags => {
                record.tags.extend(cell::split_tags(text).into_iter().map(|tag| self.known.text(raw.column, tag)));
            }
            Field::Note => record.notes.push(text.into()),
            Field::Identifier(name) => push(&mut record.identifiers, (Arc::clone(name), text.into())),
            Field::Text(name) => push(&mut record.texts, (Arc::clone(name), text.into())),
            Field::Custom(name) => record.custom.push((Arc::clone(name), self.known.text(raw.column, text))),
            Field::Phone | Field::Ignore => {}
        }
    }

    fn not_understood(&mut self, raw: Cell<'_>, text: &str) {
        self.tally.invalid.push(raw.column);
        self.record.unparsed.push((raw.field.clone(), text.into()));
    }

    fn emails(&mut self, raw: Cell<'_>, text: &str) {
        let mut invalid = false;
        if let Ok(email) = Email::parse(text) {
            return self.email(email);
        }
        for part in cell::split_emails(text) {
            match Email::parse(part) {
                Ok(email) => self.email(email),
                Err(_) if cell::is_filler(part, true) => {}
                Err(_) => {
                    invalid = true;
                    self.record.unparsed.push((Field::Email, part.into()));
                }
            }
        }
        if invalid {
            self.tally.invalid.push(raw.column);
        }
    }

    fn email(&mut self, email: Email) {
        if !self.record.emails.iter().any(|known| known.address() == email.address()) {
            push(&mut self.record.emails, email);
        }
    }

    fn phone(&mut self, text: &str, column: u32, region: Option<Region>) {
        let mut invalid = false;
        for part in cell::split_phones(text) {
            // `447911123456.0`: a number that a program took for one with decimals
            let number = part.strip_suffix(".0").unwrap_or(part);
            let phone = if cell::is_scientific(number) { None } else { Phone::parse(number, region) };
            match phone {
                Some(phone) => {
                    let same =
                        |known: &Phone| known.digits() == phone.digits() && known.extension() == phone.extension();
                    if !self.record.phones.iter().any(same) {
                        push(&mut self.record.phones, phone);
                    }
                }
                None if cell::is_filler(part, true) => {}
                None => {
                    invalid = true;
                    self.record.unparsed.push((Field::Phone, part.into()));
                }
            }
        }
        if invalid {
            self.tally.invalid.push(column);
        }
    }

    fn company(&mut self, raw: Cell<'_>, name: &str) {
        match self.known.company(name) {
            Some(company) if self.record.companies.iter().any(|known| known.key() == company.key()) => {}
            Some(company) => push(&mut self.record.companies, company),
            None => self.not_understood(raw, name),
        }
    }

    fn date(&mut self, raw: Cell<'_>, text: &str) {
        let order = self.orders.of(raw.column);
        let understood = if *raw.field == Field::Birthday {
            Birthday::parse_with(text, order).is_some_and(|mut birthday| {
                birthday.ambiguous &= !self.orders.is_certain(raw.column);
                self.record.birthday = Some(birthday);
                true
            })
        } else {
            let time = Timestamp::parse_with(text, order);
            match raw.field {
                Field::CreatedAt => self.record.created_at = time.or(self.record.created_at),
                Field::UpdatedAt => self.record.updated_at = time.or(self.record.updated_at),
                Field::LastSeenAt => self.record.last_seen_at = time.or(self.record.last_seen_at),
                _ => self.record.signed_up_at = time.or(self.record.signed_up_at),
            }
            time.is_some()
        };
        if !understood {
            self.not_understood(raw, text);
        }
    }

    /// A yes or no. Some exports give the moment instead (`UNSUB_TIME`), or the reason of a bounce.
    fn flag(&mut self, raw: Cell<'_>, text: &str) {
        let yes = cell::boolean(text)
            .or_else(|| Timestamp::parse_with(text, self.orders.of(raw.column)).map(|_| true))
            .or_else(|| (*raw.field == Field::HardBounced && cell::is_bounce_reason(text)).then_some(true));
        let Some(yes) = yes else { return self.not_understood(raw, text) };
        let slot = match raw.field {
            Field::Unsubscribed => &mut self.record.unsubscribed,
            Field::HardBounced => &mut self.record.hard_bounced,
            _ => &mut self.record.marked_as_spam,
        };
        *slot = Some(yes);
    }

    fn finish(self) -> Record {
        let Self { mut record, parts, streets, .. } = self;
        record.name = PersonName::parse(&NameParts {
            full: &parts.full,
            first: &parts.first,
            middle: &parts.middle,
            last: &parts.last,
            prefix: &parts.prefix,
            suffix: &parts.suffix,
        });
        if record.name.is_none() {
            let cells = [(Field::FullName, parts.full), (Field::FirstName, parts.first), (Field::LastName, parts.last)];
            let written = cells.into_iter().filter(|(_, text)| !text.is_empty());
            record.unparsed.extend(written.map(|(field, text)| (field, text.as_ref().into())));
        }
        if streets.iter().any(|parts| !parts.is_empty()) {
            let street = streets.concat().join(" ");
            record.street = (!street.is_empty()).then(|| street.into());
        }
        if record.tags.len() > 1 {
            record.tags.sort_by_cached_key(|tag| (tag.to_lowercase(), tag.clone()));
            record.tags.dedup_by(|left, right| left.to_lowercase() == right.to_lowercase());
        }
        record.tags.shrink_to_fit();
        record.custom.shrink_to_fit();
        record
    }
}

/// Adds to a list that rarely grows beyond one: millions of records make room that is never used dear.
fn push<T>(list: &mut ThinVec<T>, value: T) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
    list.push(value);
}

/// Whether a text could be an address: a sign that looks like `@` may be another character.
fn may_be_address(text: &str) -> bool {
    text.contains('@') || !text.is_ascii()
}

/// The text on one line, entities replaced.
fn line(text: &str) -> Cow<'_, str> {
    let blank = |character: char| character.is_whitespace() && character != ' ';
    if !text.contains("  ") && !text.contains('&') && !text.contains(blank) && text.trim() == text {
        return text.into();
    }
    cell::unescape(text).split_whitespace().collect::<Vec<_>>().join(" ").into()
}
