//! Filling a workspace from a CSV, with a reader of its own (not `ingest`: the sandbox is an independent witness).
//!
//! Header names are lower-cased and spaces become underscores. The columns it knows become fields, every other one a
//! custom attribute whose type follows from its values. Seeding goes past the uniqueness rules for e-mails, because
//! real workspaces hold such duplicates; an external id stays unique, and a later user loses its second use.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use crate::sandbox::clock::Moment;
use crate::sandbox::workspace::attribute::{DataType, Model};
use crate::sandbox::workspace::change::{TEXT_LIMIT, looks_like_email, stored_phone};
use crate::sandbox::workspace::company::Company;
use crate::sandbox::workspace::contact::{Applied, Contact, Role};
use crate::sandbox::workspace::state::Workspace;

/// What a seed file led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeedSummary {
    /// Contacts made.
    pub contacts: usize,
    /// Rows without any usable field, left out.
    pub skipped: usize,
    /// Ids that were no 24-hex id or were taken, and got replaced.
    pub ids_replaced: usize,
    /// External ids left out because another user has them already, or the row is a lead.
    pub external_ids_dropped: usize,
}

struct Table {
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Headers that are fields; every other column is a custom attribute.
fn field_of(header: &str) -> Option<&'static str> {
    Some(match header {
        "id" | "intercom_id" | "contact_id" => "id",
        "role" | "type" | "user_type" => "role",
        "external_id" | "user_id" => "external_id",
        "email" | "e-mail" | "email_address" => "email",
        "name" | "full_name" => "name",
        "first_name" => "first_name",
        "last_name" | "surname" => "last_name",
        "phone" | "phone_number" => "phone",
        "company" | "companies" | "company_name" => "company",
        "tags" | "tag" => "tags",
        "notes" | "note" => "notes",
        "created_at" | "first_seen" | "first_seen_(utc)" | "created_(utc)" | "created" => "created_at",
        "updated_at" | "last_updated" => "updated_at",
        "last_seen_at" | "last_seen" | "last_seen_(utc)" => "last_seen_at",
        "signed_up_at" | "signed_up" | "signed_up_(utc)" => "signed_up_at",
        "unsubscribed_from_emails" | "unsubscribed" => "unsubscribed",
        _ => return None,
    })
}

fn read_table(bytes: &[u8]) -> Result<Table, csv::Error> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(true).from_reader(bytes);
    let text = |cell: &[u8]| match std::str::from_utf8(cell) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(cell).0.trim().to_owned(),
    };
    let headers = reader.byte_headers()?.iter().map(text).collect();
    let rows: Result<Vec<_>, _> =
        reader.byte_records().map(|record| record.map(|record| record.iter().map(text).collect())).collect();
    Ok(Table { headers, rows: rows? })
}

/// Unix seconds, or a date with or without a time (UTC unless it says otherwise).
fn stamp(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds);
    }
    if let Ok(stamp) = text.parse::<jiff::Timestamp>() {
        return Some(stamp.as_second());
    }
    let clean = text.trim_end_matches("UTC").trim();
    let civil = clean.parse::<jiff::civil::DateTime>().ok()?;
    Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

fn is_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => None,
    }
}

/// The narrowest type all the values of a column fit.
fn column_type<'a>(values: impl Iterator<Item = &'a str>) -> DataType {
    let values: Vec<&str> = values.filter(|value| !value.is_empty()).collect();
    let whole = |value: &&str| value.parse::<i64>().is_ok_and(|number| number.to_string() == **value);
    if values.is_empty() {
        DataType::String
    } else if values.iter().all(|value| truth(value).is_some()) {
        DataType::Boolean
    } else if values.iter().all(whole) {
        DataType::Integer
    } else {
        DataType::String
    }
}

enum Column {
    Field(&'static str),
    Custom { name: String, kind: DataType },
}

fn columns(table: &Table) -> Vec<Column> {
    let mut used = HashSet::new();
    let custom = |index: usize, header: &str| {
        let values = table.rows.iter().filter_map(|row| row.get(index)).map(String::as_str);
        let allowed = |letter: char| if letter.is_alphanumeric() || " _-$".contains(letter) { letter } else { '_' };
        Column::Custom { name: header.chars().map(allowed).collect(), kind: column_type(values) }
    };
    let headers = table.headers.iter().enumerate();
    headers
        .map(|(index, header)| match field_of(&header.to_lowercase().replace(' ', "_")) {
            Some(field) if used.insert(field) => Column::Field(field),
            _ => custom(index, header),
        })
        .collect()
}

#[derive(Default)]
struct Row<'a> {
    fields: BTreeMap<&'static str, &'a str>,
    custom: BTreeMap<String, Value>,
}

impl<'a> Row<'a> {
    fn read(columns: &[Column], cells: &'a [String]) -> Self {
        let mut row = Self::default();
        for (column, cell) in columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            match column {
                Column::Field(field) => {
                    row.fields.insert(field, cell);
                }
                Column::Custom { name, kind } => {
                    if let Some(value) = custom_value(*kind, cell) {
                        row.custom.insert(name.clone(), value);
                    }
                }
            }
        }
        row
    }

    fn get(&self, field: &str) -> Option<&'a str> {
        self.fields.get(field).copied()
    }

    fn name(&self) -> Option<String> {
        let parts: Vec<&str> = [self.get("first_name"), self.get("last_name")].into_iter().flatten().collect();
        self.get("name").map(str::to_owned).or_else(|| (!parts.is_empty()).then(|| parts.join(" ")))
    }
}

fn custom_value(kind: DataType, cell: &str) -> Option<Value> {
    Some(match kind {
        DataType::Integer => Value::from(cell.parse::<i64>().ok()?),
        DataType::Boolean => Value::from(truth(cell)?),
        _ => Value::from(cell.chars().take(TEXT_LIMIT).collect::<String>()),
    })
}

/// Companies are separated by semicolons only: their names have commas.
fn listed<'a>(cell: Option<&'a str>, separators: &'a [char]) -> impl Iterator<Item = &'a str> {
    cell.unwrap_or_default().split(separators).map(str::trim).filter(|part| !part.is_empty())
}

impl Workspace {
    /// Adds every row of a CSV as a contact that has been there all along: visible to search at once.
    pub(crate) fn seed_csv(
        &mut self,
        now: Moment,
        bytes: &[u8],
        default_role: Option<Role>,
    ) -> Result<SeedSummary, csv::Error> {
        let table = read_table(bytes)?;
        let columns = columns(&table);
        for column in &columns {
            if let Column::Custom { name, kind } = column
                && !name.is_empty()
            {
                self.attributes.ensure(Model::Contact, name, *kind, now.seconds());
            }
        }
        let mut summary = SeedSummary::default();
        for cells in &table.rows {
            let row = Row::read(&columns, cells);
            if row.fields.is_empty() && row.custom.is_empty() {
                summary.skipped += 1;
            } else {
                self.seed_row(now, &row, default_role, &mut summary);
            }
        }
        Ok(summary)
    }

    fn seed_row(&mut self, now: Moment, row: &Row<'_>, default_role: Option<Role>, summary: &mut SeedSummary) {
        let said = row.get("role").and_then(|role| Role::read(&role.to_lowercase()));
        let guessed = if row.get("external_id").is_some() { Role::User } else { Role::Lead };
        let role = said.or(default_role).unwrap_or(guessed);
        let created_at = row.get("created_at").and_then(stamp).unwrap_or(now.seconds());
        let given = row.get("id").filter(|id| is_id(id) && !self.people.knows(id)).map(str::to_owned);
        summary.ids_replaced += usize::from(row.get("id").is_some() && given.is_none());
        let id = given.unwrap_or_else(|| self.new_id(Moment { millis: created_at.saturating_mul(1000) }));
        let mut contact = Contact::new(self.people.next_ordinal(), id, role, created_at);
        contact.updated_at = row.get("updated_at").and_then(stamp).unwrap_or(created_at);
        contact.signed_up_at = row.get("signed_up_at").and_then(stamp);
        contact.last_seen_at = row.get("last_seen_at").and_then(stamp);
        let external_id = row.get("external_id");
        contact.external_id = external_id
            .filter(|id| role == Role::User && self.people.user_by_external_id(id).is_none())
            .map(str::to_owned);
        summary.external_ids_dropped += usize::from(external_id.is_some() && contact.external_id.is_none());
        contact.email = row.get("email").filter(|email| looks_like_email(email)).map(str::to_owned);
        contact.phone = row.get("phone").map(stored_phone).filter(|phone| !phone.is_empty());
        contact.name = row.name();
        contact.unsubscribed_from_emails =
            row.get("unsubscribed").is_some_and(|cell| cell == "1" || truth(cell) == Some(true));
        contact.custom_attributes.clone_from(&row.custom);
        for name in listed(row.get("tags"), &[';', ',']) {
            if let Ok(tag) = self.tags.create_or_get(name)
                && !contact.wears(tag.id)
            {
                contact.tags.push(Applied { tag: tag.id, at: contact.updated_at });
            }
        }
        for name in listed(row.get("company"), &[';']) {
            let company = self.seed_company(now, name);
            if !contact.companies.contains(&company) {
                contact.companies.push(company);
            }
        }
        if let Some(text) = row.get("notes") {
            let admin = self.token_admin().map(|admin| admin.id);
            self.notes.add(&contact.id, admin, text, contact.updated_at);
        }
        let contact = self.people.insert(contact);
        self.search.show(contact.ordinal, Some(contact));
        summary.contacts += 1;
    }

    /// The company of this name; its own id is the name in lower case.
    fn seed_company(&mut self, now: Moment, name: &str) -> String {
        let company_id = name.to_lowercase();
        if let Some(company) = self.companies.by_company_id(&company_id) {
            return company.id.clone();
        }
        let id = self.new_id(now);
        let mut company = Company::new(id.clone(), company_id, now.seconds());
        company.name = Some(name.to_owned());
        self.companies.insert(company);
        id
    }
}
