//! A record as the attributes Intercom would hold for it.
//!
//! Attributes that Intercom does not define become custom attributes under the names of [`crate::contact::Field`]:
//! `job_title`, `website`, `street`, `city`, `region`, `postcode`, `country`, `birthday` (as `1980-04-03`); columns with a
//! name of their own keep it. `created_at` and `updated_at` are Intercom's own and never written.

use std::collections::BTreeMap;

use super::{Attribute, AttributeValue, StandardAttribute};
use crate::contact::{Email, Field, Phone, Record};
use crate::link::{FieldRule, GoldenField, RecordIndex};

/// Longest text an attribute takes, in characters (Intercom's limit of a string attribute).
pub(super) const LONGEST_TEXT: usize = 255;

/// One value of a record, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "a value and the thing it is read from share the word")]
pub(super) struct Value {
    pub(super) attribute: Attribute,
    pub(super) value: AttributeValue,
    /// What makes two writings the same value: lower case, digits of a phone number.
    pub(super) key: String,
    /// The whole text, when the value had to be cut.
    pub(super) full: Option<String>,
    pub(super) from: RecordIndex,
    /// A person or a rule chose it, so that it replaces a value the contact has.
    pub(super) picked: bool,
    /// A rule says that nothing replaces a value the contact has.
    pub(super) kept: bool,
}

/// The values some contact has, one for each attribute.
pub(super) type Held = BTreeMap<Attribute, Value>;

/// One member of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'a> {
    pub(super) index: RecordIndex,
    pub(super) record: &'a Record,
}

/// What makes two writings of a value the same.
enum Key<'a> {
    Folded,
    Email(&'a Email),
    Phone(&'a Phone),
    AsWritten,
}

/// Shows every value of a record, the main one of each attribute first, with the whole text where it had to be cut.
fn visit(record: &Record, mut see: impl FnMut(Attribute, AttributeValue, Key<'_>, Option<&str>)) {
    let mut text = |attribute: Attribute, text: &str, key: Key<'_>| {
        if text.trim().is_empty() {
            return;
        }
        let cut: String =
            if text.len() <= LONGEST_TEXT { text.to_owned() } else { text.chars().take(LONGEST_TEXT).collect() };
        let full = (cut.len() < text.len()).then_some(text);
        see(attribute, AttributeValue::Text(cut), key, full);
    };
    let standard = Attribute::Standard;
    for email in &record.emails {
        text(standard(StandardAttribute::Email), email.address(), Key::Email(email));
    }
    for phone in &record.phones {
        text(standard(StandardAttribute::Phone), phone.to_send(), Key::Phone(phone));
    }
    if let Some(name) = &record.name {
        text(standard(StandardAttribute::Name), name.display(), Key::Folded);
    }
    if let Some(id) = &record.external_id {
        text(standard(StandardAttribute::ExternalId), &id.0, Key::AsWritten);
    }
    for (name, value) in record.plain_texts() {
        if let Some(value) = value {
            text(Attribute::Custom(name.to_owned()), value, Key::Folded);
        }
    }
    if let Some(day) = record.birthday {
        text(Attribute::Custom("birthday".to_owned()), &day.to_string(), Key::Folded);
    }
    for (name, value) in record.identifiers.iter().chain(&record.texts).chain(&record.custom) {
        text(Attribute::Custom(attribute_name(name)), value, Key::Folded);
    }
    for (attribute, time) in
        [(StandardAttribute::SignedUpAt, record.signed_up_at), (StandardAttribute::LastSeenAt, record.last_seen_at)]
    {
        if let Some(time) = time {
            see(standard(attribute), AttributeValue::Time(time.0), Key::AsWritten, None);
        }
    }
}

/// All values of a member, the main one of each attribute first. Further e-mail addresses and phone numbers follow
/// under the same attribute.
pub(super) fn values(member: Member<'_>) -> Vec<Value> {
    let mut found = Vec::new();
    visit(member.record, |attribute, value, key, full| {
        let key = match (key, &value) {
            (Key::Email(email), _) => email_key(email),
            (Key::Phone(phone), _) => phone_key(phone),
            (Key::Folded, AttributeValue::Text(text)) => folded(text),
            _ => full.map_or_else(|| value.to_string(), str::to_owned),
        };
        let full = full.map(str::to_owned);
        found.push(Value { attribute, value, key, full, from: member.index, picked: false, kept: false });
    });
    found
}

/// The values of a record that have an attribute each and fit it whole, in the order of their attributes; `None` when
/// something would be left over.
pub(super) fn all_in_place(record: &Record) -> Option<Vec<(Attribute, AttributeValue)>> {
    let mut found: Vec<(Attribute, AttributeValue)> = Vec::with_capacity(12);
    let mut whole = record.unparsed.is_empty();
    visit(record, |attribute, value, _, full| {
        whole &= full.is_none();
        found.push((attribute, value));
    });
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    let apart = |pair: &[(Attribute, AttributeValue)]| !matches!(pair, [(one, _), (other, _)] if one == other);
    (whole && found.windows(2).all(apart)).then_some(found)
}

/// What several records of one contact say together: the first value of each attribute.
pub(super) fn held<'a>(members: impl IntoIterator<Item = Member<'a>>) -> Held {
    let mut held = Held::new();
    for value in members.into_iter().flat_map(values) {
        held.entry(value.attribute.clone()).or_insert(value);
    }
    held
}

/// For each attribute the value that won: the golden record's choice; where it made none, the first one of `members`.
pub(super) fn chosen<'a>(golden: &[GoldenField], members: impl IntoIterator<Item = Member<'a>>) -> Held {
    let mut choices: BTreeMap<Attribute, &GoldenField> = BTreeMap::new();
    for field in golden {
        if let Some(attribute) = attribute_of(&field.field) {
            choices.entry(attribute).or_insert(field);
        }
    }
    let rank = |value: &Value| match choices.get(&value.attribute) {
        Some(choice) if choice.from == value.from && choice.value == value.value.to_string() => 3,
        Some(choice) if choice.from == value.from => 2,
        _ => 1,
    };
    let mut best: BTreeMap<Attribute, (u8, Value)> = BTreeMap::new();
    for value in members.into_iter().flat_map(values) {
        let rank = rank(&value);
        match best.get(&value.attribute) {
            Some((known, _)) if *known >= rank => {}
            _ => {
                best.insert(value.attribute.clone(), (rank, value));
            }
        }
    }
    let marked = |(attribute, (rank, value)): (Attribute, (u8, Value))| {
        let choice = choices.get(&attribute);
        let kept = choice.is_some_and(|field| field.rule == Some(FieldRule::Keep) && !field.chosen);
        let chosen = choice.is_some_and(|field| field.chosen || field.rule.is_some());
        (attribute, Value { picked: chosen && !kept && rank > 1, kept, ..value })
    };
    best.into_iter().map(marked).collect()
}

/// Fields that Intercom has no attribute for, and that are written to a custom attribute called like the field.
pub(super) fn has_attribute_of_its_name(field: &Field) -> bool {
    use Field::{Birthday, City, Country, JobTitle, Postcode, Region, Street, Website};
    matches!(field, JobTitle | Website | Street | City | Region | Postcode | Country | Birthday)
}

/// The attribute a field is written to; `None` for what is attached, computed or never written.
pub(super) fn attribute_of(field: &Field) -> Option<Attribute> {
    Some(Attribute::Standard(match field {
        Field::ExternalId => StandardAttribute::ExternalId,
        Field::Email => StandardAttribute::Email,
        Field::Phone => StandardAttribute::Phone,
        Field::FullName => StandardAttribute::Name,
        Field::SignedUpAt => StandardAttribute::SignedUpAt,
        Field::LastSeenAt => StandardAttribute::LastSeenAt,
        field if has_attribute_of_its_name(field) => return Some(Attribute::Custom(field.to_string())),
        Field::Identifier(name) | Field::Text(name) | Field::Custom(name) => {
            return Some(Attribute::Custom(attribute_name(name)));
        }
        _ => return None,
    }))
}

/// A column's name as Intercom takes it for an attribute. It refuses all but letters, digits, currency symbols and
/// hyphens (its error text; spaces and underscores occur in its own examples), and dots and dollar signs in keys: they
/// become underscores, since one refused name would keep the whole plan from being applied.
pub(super) fn attribute_name(column: &str) -> String {
    let currency = |letter| matches!(letter, '¢'..='¥' | '\u{20a0}'..='\u{20cf}');
    let allowed = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '_' | '-') || currency(letter);
    let name: String =
        column.trim().chars().take(LONGEST_TEXT).map(|letter| if allowed(letter) { letter } else { '_' }).collect();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}

/// A text without case and with single spaces, to compare.
pub(super) fn folded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_graphic();
    let mut words = text.as_bytes().split(|byte| *byte == b' ');
    if words.all(|word| !word.is_empty() && word.iter().copied().all(is_plain)) {
        return text.to_ascii_lowercase();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn email_key(email: &Email) -> String {
    email.address().to_lowercase()
}

/// `020 7946 0123` and `+44 20 7946 0123` are one number when ingest knew the country of both.
pub(super) fn phone_key(phone: &Phone) -> String {
    format!("{} {}", phone.digits(), phone.extension().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::RecordBuilder;

    fn member(record: &Record) -> Member<'_> {
        Member { index: RecordIndex(0), record }
    }

    #[test]
    fn every_value_has_its_attribute() {
        let record = RecordBuilder::user()
            .email("ann@hillside.example")
            .email("ann@home.example")
            .name("Ann Lee")
            .external_id("u-1")
            .job_title("Baker")
            .city("Leeds")
            .birthday(1980, 4, 3)
            .custom("Plan", "Gold")
            .identifier("Member no", "77")
            .signed_up_at(5)
            .build();
        let lines: Vec<String> =
            values(member(&record)).iter().map(|value| format!("{}={}", value.attribute, value.value)).collect();
        assert_eq!(
            lines,
            [
                "email=ann@hillside.example",
                "email=ann@home.example",
                "name=Ann Lee",
                "external_id=u-1",
                "custom:job_title=Baker",
                "custom:city=Leeds",
                "custom:birthday=1980-04-03",
                "custom:Member no=77",
                "custom:Plan=Gold",
                "signed_up_at=5"
            ]
        );
    }

    #[test]
    fn names_intercom_refuses_are_made_safe() {
        assert_eq!(attribute_name(" A.$b "), "A__b");
        assert_eq!(attribute_name("Very \"odd\" név (€/month)?"), "Very _odd_ név _€_month__");
        assert_eq!(attribute_name("  "), "unnamed");
        assert_eq!(attribute_name(&"ü".repeat(300)).chars().count(), 255);
    }

    #[test]
    fn long_text_is_cut_at_a_character_and_kept_whole_beside_it() {
        let text = "ü".repeat(300);
        let record = RecordBuilder::lead().custom("Story", &text).build();
        let found = values(member(&record));
        assert_eq!(found[0].value, AttributeValue::Text("ü".repeat(255)));
        assert_eq!(found[0].full.as_deref(), Some(text.as_str()));
    }
}
