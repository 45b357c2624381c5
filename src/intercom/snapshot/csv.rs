//! A snapshot as CSV that can be read back.

use std::collections::BTreeSet;
use std::io::Write;

use jiff::Timestamp;
use serde_json::Value;

use super::rows::{custom_text, place, role};
use super::{Member, Snapshot};

/// The columns every file has, in order. `city`, `region` and `country` also hold the custom attributes of that name.
const COLUMNS: &[&str] = &[
    "id",
    "role",
    "external_id",
    "email",
    "name",
    "phone",
    "companies",
    "tags",
    "created_at",
    "updated_at",
    "last_seen_at",
    "signed_up_at",
    "unsubscribed_from_emails",
    "has_hard_bounced",
    "marked_email_as_spam",
    "city",
    "region",
    "country",
];

/// Custom attributes that are in a column of [`COLUMNS`] already.
const PLACES: &[&str] = &["city", "region", "country"];

impl Snapshot {
    /// Writes all contacts as CSV (UTF-8, comma, a header line): the columns above, then one per custom attribute any
    /// contact has, by name. Several companies or tags share a cell, with `;` between them; times are ISO 8601 in UTC.
    /// A custom attribute named like a column above is headed `custom_attributes.NAME`. Lists and objects are JSON text.
    pub fn write_csv(&self, out: impl Write) -> Result<(), csv::Error> {
        let mut writer = csv::Writer::from_writer(out);
        let custom = self.custom_names();
        let header = COLUMNS.iter().map(|column| (*column).to_owned()).chain(custom.iter().map(|name| heading(name)));
        writer.write_record(header)?;
        for member in &self.members {
            let values =
                custom.iter().map(|name| member.contact.custom_attributes.get(*name).map_or_else(String::new, cell));
            writer.write_record(standard(member).into_iter().chain(values))?;
        }
        writer.flush()?;
        Ok(())
    }

    fn custom_names(&self) -> BTreeSet<&str> {
        let names = self.members.iter().flat_map(|member| member.contact.custom_attributes.keys());
        names.map(String::as_str).filter(|name| !PLACES.contains(name)).collect()
    }
}

fn heading(name: &str) -> String {
    if COLUMNS.iter().any(|column| column.eq_ignore_ascii_case(name)) {
        format!("custom_attributes.{name}")
    } else {
        name.to_owned()
    }
}

fn standard(member: &Member) -> Vec<String> {
    let contact = &member.contact;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    vec![
        contact.id.0.to_string(),
        role(contact.role).to_owned(),
        text(&contact.external_id),
        text(&contact.email),
        text(&contact.name),
        text(&contact.phone),
        member.companies.join("; "),
        member.tags.join("; "),
        time(contact.created_at),
        time(contact.updated_at),
        time(contact.last_seen_at),
        time(contact.signed_up_at),
        contact.unsubscribed_from_emails.to_string(),
        contact.has_hard_bounced.to_string(),
        contact.marked_email_as_spam.to_string(),
        place(member, "city").unwrap_or_default(),
        place(member, "region").unwrap_or_default(),
        place(member, "country").unwrap_or_default(),
    ]
}

/// ISO 8601 in UTC, or the number itself where no calendar reaches.
fn time(seconds: Option<i64>) -> String {
    let Some(seconds) = seconds else { return String::new() };
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

fn cell(value: &Value) -> String {
    custom_text(value).unwrap_or_else(|| match value {
        Value::Array(_) | Value::Object(_) => value.to_string(),
        _ => String::new(),
    })
}
