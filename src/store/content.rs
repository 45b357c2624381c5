//! What a record holds beyond the columns of its row, as one JSON object that leaves out everything empty.
//!
//! An address or a company whose text says all of it is not written twice: reading parses the text again, which gives the
//! same value. Names keep their parts, because the cells they came from decide those.

use std::borrow::Cow;
use std::sync::Arc;

use rusqlite::Row;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

use super::Error;
use super::read::Failure;
use super::told::Told;
use super::value::{Place, counted};
use crate::contact::{
    Birthday, Company, Email, ExternalId, Field, IntercomId, Origin, PersonName, Phone, Record, SourceId, Timestamp,
};

type Named<'a> = Cow<'a, [(Arc<str>, Arc<str>)]>;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Content<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    emails: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, PersonName>>,
    #[serde(skip_serializing_if = "is_empty")]
    phones: Cow<'a, [Phone]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    companies: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_title: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    website: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    street: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postcode: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birthday: Option<Birthday>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_up_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsubscribed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hard_bounced: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    marked_as_spam: Option<bool>,
    #[serde(skip_serializing_if = "is_empty")]
    tags: Cow<'a, [Arc<str>]>,
    #[serde(skip_serializing_if = "is_empty")]
    notes: Cow<'a, [Box<str>]>,
    #[serde(skip_serializing_if = "is_empty")]
    identifiers: Named<'a>,
    #[serde(skip_serializing_if = "is_empty")]
    texts: Named<'a>,
    #[serde(skip_serializing_if = "is_empty")]
    custom: Named<'a>,
    #[serde(skip_serializing_if = "is_empty")]
    unparsed: Cow<'a, [(Field, Box<str>)]>,
}

#[expect(clippy::ptr_arg, reason = "serde hands over the field as it is")]
fn is_empty<T: Clone>(list: &Cow<'_, [T]>) -> bool {
    list.is_empty()
}

/// Tells the content of a record; nothing when its columns say all.
pub(super) fn tell(place: Place<'_>, record: &Record, told: &mut Told) -> Result<(), Error> {
    let emails = match record.emails.as_slice() {
        [only] if only.original() == only.address() => Vec::new(),
        all => all.iter().map(|email| email.original().into()).collect(),
    };
    let companies = match record.companies.as_slice() {
        [_] => Vec::new(),
        all => all.iter().map(|company| company.original().into()).collect(),
    };
    let content = Content {
        emails,
        name: record.name.as_ref().map(Cow::Borrowed),
        phones: record.phones.as_slice().into(),
        companies,
        job_title: record.job_title.as_deref().map(Cow::Borrowed),
        website: record.website.as_deref().map(Cow::Borrowed),
        street: record.street.as_deref().map(Cow::Borrowed),
        city: record.city.as_deref().map(Cow::Borrowed),
        region: record.region.as_deref().map(Cow::Borrowed),
        postcode: record.postcode.as_deref().map(Cow::Borrowed),
        country: record.country.as_deref().map(Cow::Borrowed),
        birthday: record.birthday,
        created_at: record.created_at,
        updated_at: record.updated_at,
        last_seen_at: record.last_seen_at,
        signed_up_at: record.signed_up_at,
        unsubscribed: record.unsubscribed,
        hard_bounced: record.hard_bounced,
        marked_as_spam: record.marked_as_spam,
        tags: record.tags.as_slice().into(),
        notes: record.notes.as_slice().into(),
        identifiers: record.identifiers.as_slice().into(),
        texts: record.texts.as_slice().into(),
        custom: record.custom.as_slice().into(),
        unparsed: record.unparsed.as_slice().into(),
    };
    told.json(place, &content, "{}")
}

/// Turns rows of `rows` back into records. Column names are shared between records, as they are after reading a file.
pub(super) struct Records<'a> {
    place: Place<'a>,
    names: FxHashSet<Arc<str>>,
}

impl<'a> Records<'a> {
    pub(super) fn new(place: Place<'a>) -> Self {
        Self { place, names: FxHashSet::default() }
    }

    pub(super) fn record(&mut self, row: &Row<'_>) -> Result<Record, Failure> {
        let json = row.get_ref("content")?.as_str_or_null().map_err(rusqlite::Error::from)?;
        let content: Content<'_> = json.map_or_else(|| Ok(Content::default()), |json| self.place.parse_json(json))?;
        let email = row.get_ref("email")?.as_str_or_null().map_err(rusqlite::Error::from)?;
        let company = row.get_ref("company")?.as_str_or_null().map_err(rusqlite::Error::from)?;
        let emails: Vec<&str> = match content.emails.as_slice() {
            [] => email.into_iter().collect(),
            all => all.iter().map(AsRef::as_ref).collect(),
        };
        let companies: Vec<&str> = match content.companies.as_slice() {
            [] => company.into_iter().collect(),
            all => all.iter().map(AsRef::as_ref).collect(),
        };
        let broken = |what: &str| Failure::Value(self.place.broken(&format!("a row holds no valid {what}")));
        Ok(Record {
            origin: Origin {
                source: SourceId(row.get("source")?),
                row: row.get("row")?,
                line: counted(row.get("line")?),
            },
            side: self.place.parse_word(row.get("side")?)?,
            id: row.get::<_, Option<String>>("contact")?.map(|id| IntercomId(id.into())),
            role: row.get::<_, Option<String>>("role")?.map(|word| self.place.parse_word(word)).transpose()?,
            external_id: row.get::<_, Option<String>>("external_id")?.map(|id| ExternalId(id.into())),
            emails: emails.into_iter().map(Email::parse).collect::<Result<_, _>>().map_err(|_| broken("address"))?,
            name: content.name.map(Cow::into_owned),
            phones: content.phones.into_owned().into(),
            companies: companies
                .into_iter()
                .map(Company::parse)
                .collect::<Option<_>>()
                .ok_or_else(|| broken("company"))?,
            job_title: content.job_title.map(Into::into),
            website: content.website.map(Into::into),
            street: content.street.map(Into::into),
            city: content.city.map(Into::into),
            region: content.region.map(Into::into),
            postcode: content.postcode.map(Into::into),
            country: content.country.map(Into::into),
            birthday: content.birthday,
            created_at: content.created_at,
            updated_at: content.updated_at,
            last_seen_at: content.last_seen_at,
            signed_up_at: content.signed_up_at,
            unsubscribed: content.unsubscribed,
            hard_bounced: content.hard_bounced,
            marked_as_spam: content.marked_as_spam,
            tags: content.tags.into_owned().into(),
            notes: content.notes.into_owned().into(),
            identifiers: self.shared(content.identifiers),
            texts: self.shared(content.texts),
            custom: self.shared(content.custom),
            unparsed: content.unparsed.into_owned().into(),
        })
    }

    fn shared(&mut self, named: Named<'_>) -> ThinVec<(Arc<str>, Arc<str>)> {
        let mut named = named.into_owned();
        for (name, _) in &mut named {
            if let Some(known) = self.names.get(name) {
                *name = Arc::clone(known);
            } else {
                self.names.insert(Arc::clone(name));
            }
        }
        named.into()
    }
}
