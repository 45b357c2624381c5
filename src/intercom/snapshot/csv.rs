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

/// Writes contacts as CSV (UTF-8, comma, a header line): the columns above, then one per custom attribute, by name. Several
/// companies or tags share a cell, with `;` between them; times are ISO 8601 in UTC. A custom attribute named like a
/// column above is headed `custom_attributes.NAME`. Lists and objects are JSON text.
#[derive(Debug)]
pub struct CsvWriter<W: Write> {
    writer: csv::Writer<W>,
    custom: Vec<String>,
}

impl<W: Write> CsvWriter<W> {
    /// Writes the header; `custom` names every custom attribute that will come.
    pub fn new<'a>(out: W, custom: impl IntoIterator<Item = &'a str>) -> Result<Self, csv::Error> {
        let custom: BTreeSet<&str> = custom.into_iter().filter(|name| !PLACES.contains(name)).collect();
        let mut writer = csv::Writer::from_writer(out);
        let columns = COLUMNS.iter().map(|column| (*column).to_owned());
        writer.write_record(columns.chain(custom.iter().map(|name| heading(name))))?;
        Ok(Self { writer, custom: custom.into_iter().map(str::to_owned).collect() })
    }

    /// Writes one contact.
    pub fn write(&mut self, member: &Member) -> Result<(), csv::Error> {
        let held = |name: &String| member.contact.custom_attributes.get(name).map_or_else(String::new, cell);
        let values: Vec<String> = self.custom.iter().map(held).collect();
        self.writer.write_record(standard(member).into_iter().chain(values))
    }

    /// Writes what is left in the buffer.
    pub fn finish(mut self) -> Result<(), csv::Error> {
        Ok(self.writer.flush()?)
    }
}

impl Snapshot {
    /// Writes all contacts with a [`CsvWriter`].
    pub fn write_csv(&self, out: impl Write) -> Result<(), csv::Error> {
        let custom = self.members.iter().flat_map(|member| member.contact.custom_attributes.keys());
        let mut writer = CsvWriter::new(out, custom.map(String::as_str))?;
        self.members.iter().try_for_each(|member| writer.write(member))?;
        writer.finish()
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
