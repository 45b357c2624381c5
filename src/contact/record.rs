//! A raw row on its way in, and the record every later phase works on.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

use super::{Birthday, Company, Email, Field, Origin, PersonName, Phone, Side, Timestamp};

/// One cell with its meaning. Empty cells are left out, so that empty never overwrites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawCell {
    /// What the column means.
    pub field: Field,
    /// Column of the file, starting at 1; 0 when there is no file.
    pub column: u32,
    /// The text, decoded, as written.
    pub text: String,
}

/// One row before it is normalised. CSV rows and workspace contacts both become one of these, so that one code path
/// normalises both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRow {
    /// Where it came from.
    pub origin: Origin,
    /// Its cells in column order; a field may occur several times (`Email`, `Email 2`).
    pub cells: Vec<RawCell>,
}

/// Lead or user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Somebody who wrote in or was imported, without an account.
    Lead,
    /// Somebody with an account in the customer's product.
    User,
}

/// Intercom's id of a contact: 24 hexadecimal digits. Unique within one workspace only.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IntercomId(pub Arc<str>);

/// The customer's own id of a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExternalId(pub Arc<str>);

/// One contact, normalised. Produced by `ingest`, read by everything after it. Made for millions: lists without an entry
/// have no room, and texts that many records share are one text.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Where it came from.
    pub origin: Origin,
    /// Already in the workspace, or to be brought in.
    pub side: Side,
    /// The text of the id column, whatever it holds. A handle: never evidence for a match.
    pub id: Option<IntercomId>,
    /// Lead or user, where the input says so.
    pub role: Option<Role>,
    /// The customer's own id.
    pub external_id: Option<ExternalId>,
    /// E-mail addresses, the main one first, without repeats.
    pub emails: ThinVec<Email>,
    /// The person's name.
    pub name: Option<PersonName>,
    /// Phone numbers, the main one first, without repeats.
    pub phones: ThinVec<Phone>,
    /// Company names, the main one first.
    pub companies: ThinVec<Company>,
    /// Job title, as written.
    pub job_title: Option<Arc<str>>,
    /// Web site, as written.
    pub website: Option<Arc<str>>,
    /// Street with house number and second line, as written, joined by one space.
    pub street: Option<Arc<str>>,
    /// City, as written.
    pub city: Option<Arc<str>>,
    /// State, province or county, as written.
    pub region: Option<Arc<str>>,
    /// Postal code, as written.
    pub postcode: Option<Arc<str>>,
    /// Country, as written.
    pub country: Option<Arc<str>>,
    /// Date of birth.
    pub birthday: Option<Birthday>,
    /// When the contact was created.
    pub created_at: Option<Timestamp>,
    /// When the contact last changed.
    pub updated_at: Option<Timestamp>,
    /// When the person was last seen.
    pub last_seen_at: Option<Timestamp>,
    /// When the user signed up.
    pub signed_up_at: Option<Timestamp>,
    /// Unsubscribed from e-mails.
    pub unsubscribed: Option<bool>,
    /// Mail to the address bounced for good.
    pub hard_bounced: Option<bool>,
    /// The person marked our mail as spam.
    pub marked_as_spam: Option<bool>,
    /// Tags, as written, sorted, without repeats (compared without case).
    pub tags: ThinVec<Arc<str>>,
    /// Notes, as written.
    pub notes: ThinVec<Box<str>>,
    /// Values of columns declared to identify a person: column name, value.
    pub identifiers: ThinVec<(Arc<str>, Arc<str>)>,
    /// Values of columns declared as free text: column name, value.
    pub texts: ThinVec<(Arc<str>, Arc<str>)>,
    /// Every other column with a value: attribute name, value as written.
    pub custom: ThinVec<(Arc<str>, Arc<str>)>,
    /// Values that could not be understood and are carried as written: the field and the text (an invalid e-mail
    /// address, a date nobody can read). They are reported and kept, never compared.
    pub unparsed: ThinVec<(Field, Box<str>)>,
}

impl Record {
    /// The fields that are one plain text each, by their names as in `--map`.
    pub(crate) fn plain_texts(&self) -> [(&'static str, Option<&str>); 7] {
        [
            ("job_title", self.job_title.as_deref()),
            ("website", self.website.as_deref()),
            ("street", self.street.as_deref()),
            ("city", self.city.as_deref()),
            ("region", self.region.as_deref()),
            ("postcode", self.postcode.as_deref()),
            ("country", self.country.as_deref()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::RecordBuilder;

    #[test]
    fn a_record_survives_serialisation() {
        let record = RecordBuilder::user()
            .existing("0123456789abcdef01234567")
            .origin(2, 7)
            .external_id("u-1")
            .email("Ann Lee <ann.lee+x@gmail.com>")
            .email("not an address")
            .name("Robert (Bob) Lee Jr.")
            .phone_in("0113 959 5348 ext 12", "UK")
            .company("Hillside GmbH")
            .birthday(1980, 3, 4)
            .created_at(1_709_363_474)
            .unsubscribed(true)
            .tag("vip")
            .note("called")
            .identifier("member", "42")
            .text("bio", "likes hills")
            .custom("plan", "team")
            .build();
        let json = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&json).unwrap(), record);
    }

    #[test]
    fn a_record_without_a_key_in_its_text_form_is_read_with_defaults() {
        let record: Record = serde_json::from_str("{\"role\":\"lead\"}").unwrap();
        assert_eq!(record, RecordBuilder::lead().build());
    }
}
