//! A record as bytes: which fields it has, where it comes from and what it is called by, then the fields in order.
//!
//! Longer than 400 lines because packing, unpacking and reading parts of it name the same fields in the same order, and are
//! read side by side.

use std::sync::Arc;

use thin_vec::ThinVec;

use super::{Column, Pack, Packer, Unpacker};
use crate::contact::{
    Birthday, Email, ExternalId, Facts, Field, IntercomId, Origin, PersonName, Phone, Record, Role, Side, SourceId,
};

/// What a record has, one bit each.
mod has {
    pub(super) const EXISTING: u64 = 1;
    pub(super) const ROLE: u64 = 1 << 1;
    pub(super) const USER: u64 = 1 << 2;
    pub(super) const EMAILS: u64 = 1 << 3;
    pub(super) const NAME: u64 = 1 << 4;
    pub(super) const PHONES: u64 = 1 << 5;
    pub(super) const COMPANIES: u64 = 1 << 6;
    pub(super) const CREATED_AT: u64 = 1 << 7;
    pub(super) const JOB_TITLE: u64 = 1 << 8;
    pub(super) const CITY: u64 = 1 << 9;
    pub(super) const COUNTRY: u64 = 1 << 10;
    pub(super) const CUSTOM: u64 = 1 << 11;
    pub(super) const TAGS: u64 = 1 << 12;
    pub(super) const ID: u64 = 1 << 13;
    pub(super) const STREET: u64 = 1 << 14;
    pub(super) const POSTCODE: u64 = 1 << 15;
    pub(super) const REGION: u64 = 1 << 16;
    pub(super) const WEBSITE: u64 = 1 << 17;
    pub(super) const BIRTHDAY: u64 = 1 << 18;
    pub(super) const EXTERNAL_ID: u64 = 1 << 19;
    pub(super) const UPDATED_AT: u64 = 1 << 20;
    pub(super) const LAST_SEEN_AT: u64 = 1 << 21;
    pub(super) const SIGNED_UP_AT: u64 = 1 << 22;
    pub(super) const NOTES: u64 = 1 << 23;
    pub(super) const IDENTIFIERS: u64 = 1 << 24;
    pub(super) const TEXTS: u64 = 1 << 25;
    pub(super) const UNPARSED: u64 = 1 << 26;
    /// Two bits each, from here: not said, no, yes.
    pub(super) const UNSUBSCRIBED_AT: u32 = 27;
    pub(super) const HARD_BOUNCED_AT: u32 = 29;
    pub(super) const MARKED_AS_SPAM_AT: u32 = 31;
}

type Named = (Arc<str>, Arc<str>);

impl Pack for Record {
    fn pack(&self, into: &mut Packer<'_>) {
        into.number(contents(self));
        into.number(self.origin.source.0);
        into.number(self.origin.row);
        // Rows of one line each follow the header
        into.signed(self.origin.line.wrapping_sub(u64::from(self.origin.row)).cast_signed());
        if let Some(id) = &self.id {
            pack_id(&id.0, into);
        }
        if let Some(id) = &self.external_id {
            into.text(&id.0);
        }
        if let Some(at) = self.created_at {
            into.time(at);
        }
        if !self.companies.is_empty() {
            into.list(&self.companies, Packer::company);
        }

        if !self.emails.is_empty() {
            into.list(&self.emails, |into, email| email.pack(into));
        }
        if let Some(name) = &self.name {
            name.pack(into);
        }
        if !self.phones.is_empty() {
            into.list(&self.phones, |into, phone| phone.pack(into));
        }
        for (column, text) in [
            (Column::JobTitle, &self.job_title),
            (Column::City, &self.city),
            (Column::Region, &self.region),
            (Column::Country, &self.country),
        ] {
            if let Some(text) = text {
                into.shared(column, text);
            }
        }
        for text in [&self.website, &self.street, &self.postcode].into_iter().flatten() {
            into.text(text);
        }
        if let Some(day) = self.birthday {
            into.number(day.year);
            into.byte(day.month);
            into.byte(day.day);
            into.byte(day.ambiguous.into());
        }
        for at in [self.updated_at, self.last_seen_at, self.signed_up_at].into_iter().flatten() {
            into.time(at);
        }
        if !self.tags.is_empty() {
            into.list(&self.tags, |into, tag| {
                into.shared(Column::Tag, tag);
            });
        }
        if !self.notes.is_empty() {
            into.list(&self.notes, |into, note| into.text(note));
        }
        for named in [&self.identifiers, &self.texts] {
            if !named.is_empty() {
                into.list(named, |into, (name, value)| {
                    into.shared(Column::Name, name);
                    into.text(value);
                });
            }
        }
        if !self.custom.is_empty() {
            into.list(&self.custom, |into, (name, value)| {
                let column = into.shared(Column::Name, name).and_then(|number| usize::try_from(number).ok());
                into.shared(Column::Of(column.unwrap_or(usize::MAX)), value);
            });
        }
        if !self.unparsed.is_empty() {
            into.list(&self.unparsed, |into, (field, text)| {
                field.pack(into);
                into.text(text);
            });
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let (had, mut record) = head(from)?;
        let has = |what: u64| had & what != 0;
        if has(has::EMAILS) {
            record.emails = items(from, Email::unpack)?;
        }
        if has(has::NAME) {
            record.name = Some(PersonName::unpack(from)?);
        }
        if has(has::PHONES) {
            record.phones = items(from, Phone::unpack)?;
        }
        for (what, slot) in [
            (has::JOB_TITLE, &mut record.job_title),
            (has::CITY, &mut record.city),
            (has::REGION, &mut record.region),
            (has::COUNTRY, &mut record.country),
        ] {
            if has(what) {
                *slot = Some(from.shared()?);
            }
        }
        for (what, slot) in [
            (has::WEBSITE, &mut record.website),
            (has::STREET, &mut record.street),
            (has::POSTCODE, &mut record.postcode),
        ] {
            if has(what) {
                *slot = Some(from.text()?.into());
            }
        }
        if has(has::BIRTHDAY) {
            record.birthday = Some(birthday(from)?);
        }
        for (what, slot) in [
            (has::UPDATED_AT, &mut record.updated_at),
            (has::LAST_SEEN_AT, &mut record.last_seen_at),
            (has::SIGNED_UP_AT, &mut record.signed_up_at),
        ] {
            if has(what) {
                *slot = Some(from.time()?);
            }
        }
        if has(has::TAGS) {
            record.tags = items(from, Unpacker::shared)?;
        }
        if has(has::NOTES) {
            record.notes = items(from, |from| from.text().map(Into::into))?;
        }
        for (what, slot) in [(has::IDENTIFIERS, &mut record.identifiers), (has::TEXTS, &mut record.texts)] {
            if has(what) {
                *slot = items(from, |from| -> Option<Named> { Some((from.shared()?, from.text()?.into())) })?;
            }
        }
        if has(has::CUSTOM) {
            record.custom = items(from, |from| -> Option<Named> { Some((from.shared()?, from.shared()?)) })?;
        }
        if has(has::UNPARSED) {
            record.unparsed = items(from, |from| Some((Field::unpack(from)?, from.text()?.into())))?;
        }
        Some(record)
    }
}

/// What [`super::Records::head`] promises, and no more.
pub(super) fn unpack_head(from: &mut Unpacker<'_>) -> Option<Record> {
    head(from).map(|(_, record)| record)
}

/// What [`super::Records::contact`] promises.
pub(super) fn unpack_contact(from: &mut Unpacker<'_>) -> Option<IntercomId> {
    let wanted = has::EXISTING | has::ID;
    if from.number()? & wanted != wanted {
        return None;
    }
    // Input, row and line
    for _ in 0..3 {
        from.number()?;
    }
    unpack_id(from)
}

/// What [`super::Records::facts`] promises.
pub(super) fn unpack_facts<'a>(from: &mut Unpacker<'a>) -> Option<Facts<'a>> {
    let had = from.number()?;
    let has = |what: u64| had & what != 0;
    let mut facts = Facts::default();
    for _origin in 0..3 {
        from.number()?;
    }
    if has(has::ID) {
        skip_id(from)?;
    }
    if has(has::EXTERNAL_ID) {
        facts.external_id = from.text()?;
    }
    if has(has::CREATED_AT) {
        from.number()?;
    }
    if has(has::COMPANIES) {
        facts.companies = from.list(Unpacker::company_key)?;
    }
    if has(has::EMAILS) {
        facts.emails = from.list(Email::unpack_facts)?;
    }
    if has(has::NAME) {
        facts.name = Some(PersonName::unpack_facts(from)?);
    }
    if has(has::PHONES) {
        facts.phones = from.list(Phone::unpack_facts)?;
    }
    for (what, slot) in [
        (has::JOB_TITLE, &mut facts.job_title),
        (has::CITY, &mut facts.city),
        (has::REGION, &mut facts.region),
        (has::COUNTRY, &mut facts.country),
    ] {
        if has(what) {
            *slot = from.shared_text()?;
        }
    }
    for (what, slot) in
        [(has::WEBSITE, &mut facts.website), (has::STREET, &mut facts.street), (has::POSTCODE, &mut facts.postcode)]
    {
        if has(what) {
            *slot = from.text()?;
        }
    }
    if has(has::BIRTHDAY) {
        facts.birthday = Some(birthday(from)?);
    }
    if !has(has::IDENTIFIERS) && !has(has::TEXTS) {
        return Some(facts);
    }
    for what in [has::UPDATED_AT, has::LAST_SEEN_AT, has::SIGNED_UP_AT] {
        if has(what) {
            from.number()?;
        }
    }
    if has(has::TAGS) {
        from.list::<_, Vec<&str>>(Unpacker::shared_text)?;
    }
    if has(has::NOTES) {
        from.list::<_, Vec<&str>>(Unpacker::text)?;
    }
    for (what, slot) in [(has::IDENTIFIERS, &mut facts.identifiers), (has::TEXTS, &mut facts.texts)] {
        if has(what) {
            *slot = from.list(|from| Some((from.shared_text()?, from.text()?)))?;
        }
    }
    Some(facts)
}

fn birthday(from: &mut Unpacker<'_>) -> Option<Birthday> {
    let (year, month, day) = (from.small()?, from.byte()?, from.byte()?);
    Some(Birthday { year, month, day, ambiguous: from.byte()? != 0 })
}

fn contents(record: &Record) -> u64 {
    let flags = [
        (record.side == Side::Existing, has::EXISTING),
        (record.role.is_some(), has::ROLE),
        (record.role == Some(Role::User), has::USER),
        (!record.emails.is_empty(), has::EMAILS),
        (record.name.is_some(), has::NAME),
        (!record.phones.is_empty(), has::PHONES),
        (!record.companies.is_empty(), has::COMPANIES),
        (record.created_at.is_some(), has::CREATED_AT),
        (record.job_title.is_some(), has::JOB_TITLE),
        (record.city.is_some(), has::CITY),
        (record.country.is_some(), has::COUNTRY),
        (!record.custom.is_empty(), has::CUSTOM),
        (!record.tags.is_empty(), has::TAGS),
        (record.id.is_some(), has::ID),
        (record.street.is_some(), has::STREET),
        (record.postcode.is_some(), has::POSTCODE),
        (record.region.is_some(), has::REGION),
        (record.website.is_some(), has::WEBSITE),
        (record.birthday.is_some(), has::BIRTHDAY),
        (record.external_id.is_some(), has::EXTERNAL_ID),
        (record.updated_at.is_some(), has::UPDATED_AT),
        (record.last_seen_at.is_some(), has::LAST_SEEN_AT),
        (record.signed_up_at.is_some(), has::SIGNED_UP_AT),
        (!record.notes.is_empty(), has::NOTES),
        (!record.identifiers.is_empty(), has::IDENTIFIERS),
        (!record.texts.is_empty(), has::TEXTS),
        (!record.unparsed.is_empty(), has::UNPARSED),
    ];
    let said = |flag: Option<bool>, at: u32| flag.map_or(0, |yes| (1 + u64::from(yes)) << at);
    flags.into_iter().filter(|(has, _)| *has).fold(0, |all, (_, bit)| all | bit)
        | said(record.unsubscribed, has::UNSUBSCRIBED_AT)
        | said(record.hard_bounced, has::HARD_BOUNCED_AT)
        | said(record.marked_as_spam, has::MARKED_AS_SPAM_AT)
}

/// What a record has, and its beginning.
fn head(from: &mut Unpacker<'_>) -> Option<(u64, Record)> {
    let had = from.number()?;
    let has = |what: u64| had & what != 0;
    let said = |at: u32| match (had >> at) & 3 {
        0 => None,
        yes => Some(yes > 1),
    };
    let (source, row) = (SourceId(from.small()?), from.small()?);
    let origin = Origin { source, row, line: u64::from(row).wrapping_add_signed(from.signed()?) };
    let mut record = Record {
        origin,
        side: if has(has::EXISTING) { Side::Existing } else { Side::Incoming },
        role: has(has::ROLE).then(|| if has(has::USER) { Role::User } else { Role::Lead }),
        unsubscribed: said(has::UNSUBSCRIBED_AT),
        hard_bounced: said(has::HARD_BOUNCED_AT),
        marked_as_spam: said(has::MARKED_AS_SPAM_AT),
        ..Record::default()
    };
    if has(has::ID) {
        record.id = Some(unpack_id(from)?);
    }
    if has(has::EXTERNAL_ID) {
        record.external_id = Some(ExternalId(from.text()?.into()));
    }
    if has(has::CREATED_AT) {
        record.created_at = Some(from.time()?);
    }
    if has(has::COMPANIES) {
        record.companies = items(from, Unpacker::company)?;
    }
    Some((had, record))
}

/// A list with exactly the room it needs.
fn items<'a, T>(from: &mut Unpacker<'a>, mut each: impl FnMut(&mut Unpacker<'a>) -> Option<T>) -> Option<ThinVec<T>> {
    let length = from.length()?;
    let mut list = ThinVec::with_capacity(length);
    for _ in 0..length {
        list.push(each(from)?);
    }
    Some(list)
}

/// 24 hexadecimal digits, as all ids of Intercom are, take 12 bytes.
fn pack_id(id: &str, into: &mut Packer<'_>) {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, odd) = id.as_bytes().as_chunks::<2>();
    if odd.is_empty() && !pairs.is_empty() && id.bytes().all(|byte| digit(byte).is_some()) {
        into.length(pairs.len());
        for [high, low] in pairs {
            into.byte(digit(*high).unwrap_or_default() << 4 | digit(*low).unwrap_or_default());
        }
    } else {
        into.byte(0);
        into.text(id);
    }
}

fn skip_id(from: &mut Unpacker<'_>) -> Option<()> {
    let length = from.length()?;
    if length == 0 { from.text().map(|_| ()) } else { from.raw(length).map(|_| ()) }
}

fn unpack_id(from: &mut Unpacker<'_>) -> Option<IntercomId> {
    let length = from.length()?;
    if length == 0 {
        return Some(IntercomId(from.text()?.into()));
    }
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + value - 10 };
    let bytes = from.raw(length)?;
    let mut room = [0; 24];
    let mut longer = Vec::new();
    let digits = if let Some(digits) = room.get_mut(..2 * length) {
        digits
    } else {
        longer.resize(2 * length, 0);
        longer.as_mut_slice()
    };
    for (byte, pair) in bytes.iter().zip(digits.as_chunks_mut::<2>().0) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    Some(IntercomId(str::from_utf8(digits).ok()?.into()))
}
