//! A snapshot as raw rows: what a file with these contacts would hold.

use serde_json::Value;

use super::{Member, Snapshot};
use crate::contact::{Field, Origin, RawCell, RawRow, Role, SourceId};

/// Custom attributes that carry what Intercom has no standard attribute for, as leadfold writes them, and the field each
/// one is. Other names stay custom.
pub(super) const KNOWN_CUSTOM: [(&str, Field); 8] = [
    ("job_title", Field::JobTitle),
    ("website", Field::Website),
    ("street", Field::Street),
    ("city", Field::City),
    ("region", Field::Region),
    ("postcode", Field::Postcode),
    ("country", Field::Country),
    ("birthday", Field::Birthday),
];

/// Whether a custom attribute is read as a field of its own, not as the customer's.
pub(crate) fn is_read(custom: &str) -> bool {
    KNOWN_CUSTOM.iter().any(|(known, _)| *known == custom)
}

impl Snapshot {
    /// One row per contact, in order; `source` is the snapshot's place among the inputs. [`Origin::row`] is the position,
    /// starting at 1; [`Origin::line`] is 0. Times are Unix seconds, flags `true` or `false`.
    #[must_use]
    pub fn rows(&self, source: SourceId) -> Vec<RawRow> {
        self.members.iter().zip(1..).map(|(member, row)| member.clone().into_row(source, row)).collect()
    }
}

impl Member {
    /// The contact as a row; `row` is its position among the contacts, starting at 1.
    #[must_use]
    pub fn into_row(self, source: SourceId, row: u32) -> RawRow {
        RawRow { origin: Origin { source, row, line: 0 }, cells: cells(self) }
    }
}

/// The role as Intercom writes it.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Lead => "lead",
        Role::User => "user",
    }
}

/// A custom value as text; `None` for lists and objects, which are links to custom objects and no values.
pub(super) fn custom_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// City, region and country: what leadfold or the customer wrote as a custom attribute, else what Intercom guessed from
/// the network address.
pub(super) fn place(member: &Member, name: &str) -> Option<String> {
    let contact = &member.contact;
    let guessed = match name {
        "city" => &contact.city,
        "region" => &contact.region,
        "country" => &contact.country,
        _ => &None,
    };
    contact.custom_attributes.get(name).and_then(custom_text).or_else(|| guessed.clone())
}

fn cells(member: Member) -> Vec<RawCell> {
    let known = KNOWN_CUSTOM.map(|(name, field)| (field, place(&member, name)));
    let Member { contact, tags, companies, notes } = member;
    let mut cells = Vec::with_capacity(16 + contact.custom_attributes.len());
    let mut put = |field: Field, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            cells.push(RawCell { field, column: 0, text });
        }
    };
    let time = |seconds: Option<i64>| seconds.map(|seconds| seconds.to_string());
    put(Field::Id, Some(contact.id.0.to_string()));
    put(Field::Role, Some(role(contact.role).to_owned()));
    put(Field::ExternalId, contact.external_id);
    put(Field::Email, contact.email);
    put(Field::FullName, contact.name);
    put(Field::Phone, contact.phone);
    for company in companies {
        put(Field::Company, Some(company));
    }
    for tag in tags {
        put(Field::Tags, Some(tag));
    }
    for note in notes.iter().flatten() {
        put(Field::Note, Some(note.text()));
    }
    for (field, text) in known {
        put(field, text);
    }
    put(Field::CreatedAt, time(contact.created_at));
    put(Field::UpdatedAt, time(contact.updated_at));
    put(Field::LastSeenAt, time(contact.last_seen_at));
    put(Field::SignedUpAt, time(contact.signed_up_at));
    put(Field::Unsubscribed, Some(contact.unsubscribed_from_emails.to_string()));
    put(Field::HardBounced, Some(contact.has_hard_bounced.to_string()));
    put(Field::MarkedAsSpam, Some(contact.marked_email_as_spam.to_string()));
    for (name, value) in contact.custom_attributes {
        if !is_read(&name) {
            put(Field::Custom(name.as_str().into()), into_text(value));
        }
    }
    cells
}

/// The same of a value that is not needed any more.
fn into_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text),
        other => custom_text(&other),
    }
}
