//! What a create or update asks for, read from a JSON body and checked field by field.
//!
//! A key that is no field of a contact is ignored without a word, as Intercom does; a field with a value of the wrong
//! kind is refused with 400. Text fields take at most 255 characters (the limit users quote; unsure for names).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::attribute::{Attributes, Model};
use super::contact::{Contact, Role};
use super::refusal::Refusal;

/// Longest text the workspace stores in one field, in characters.
pub(crate) const TEXT_LIMIT: usize = 255;

/// What happens to one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Patch<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T> Patch<T> {
    fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }
}

/// How an owner's id is written in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnerForm {
    Number,
    Text,
    /// The 1.x dialect takes both.
    Either,
}

/// A checked request to create or update a contact.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Change {
    pub(crate) role: Option<Role>,
    pub(crate) external_id: Patch<String>,
    pub(crate) email: Patch<String>,
    pub(crate) phone: Patch<String>,
    pub(crate) name: Patch<String>,
    pub(crate) avatar: Patch<String>,
    pub(crate) owner: Patch<u64>,
    pub(crate) unsubscribed_from_emails: Option<bool>,
    pub(crate) signed_up_at: Patch<i64>,
    pub(crate) last_seen_at: Patch<i64>,
    /// `null` clears the value. Keys not named stay as they are.
    pub(crate) custom_attributes: BTreeMap<String, Value>,
}

impl Change {
    /// Reads a body. `knows_admin` says whether an owner exists.
    pub(crate) fn read(
        body: &Map<String, Value>,
        attributes: &Attributes,
        owner_form: OwnerForm,
        knows_admin: impl Fn(u64) -> bool,
    ) -> Result<Self, Refusal> {
        let custom_attributes = match body.get("custom_attributes") {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(Value::Object(values)) => attributes.check(Model::Contact, values)?,
            Some(_) => return Err(Refusal::invalid("custom_attributes", "custom_attributes must be an object")),
        };
        Ok(Self {
            role: role(body)?,
            external_id: text(body, "external_id")?,
            email: email(body)?,
            phone: phone(body)?,
            name: text(body, "name")?,
            avatar: text(body, "avatar")?,
            owner: owner(body, owner_form, knows_admin)?,
            unsubscribed_from_emails: match body.get("unsubscribed_from_emails") {
                None | Some(Value::Null) => None,
                Some(Value::Bool(value)) => Some(*value),
                Some(_) => return Err(wrong_kind("unsubscribed_from_emails", "a boolean")),
            },
            signed_up_at: seconds(body, "signed_up_at")?,
            last_seen_at: seconds(body, "last_seen_at")?,
            custom_attributes,
        })
    }

    /// Writes the change into a contact; rules between contacts were checked before.
    pub(crate) fn apply(self, contact: &mut Contact) {
        contact.role = self.role.unwrap_or(contact.role);
        self.external_id.apply(&mut contact.external_id);
        self.email.apply(&mut contact.email);
        self.phone.apply(&mut contact.phone);
        self.name.apply(&mut contact.name);
        self.avatar.apply(&mut contact.avatar);
        self.owner.apply(&mut contact.owner);
        self.signed_up_at.apply(&mut contact.signed_up_at);
        self.last_seen_at.apply(&mut contact.last_seen_at);
        contact.unsubscribed_from_emails = self.unsubscribed_from_emails.unwrap_or(contact.unsubscribed_from_emails);
        for (name, value) in self.custom_attributes {
            if value.is_null() {
                contact.custom_attributes.remove(&name);
            } else {
                contact.custom_attributes.insert(name, value);
            }
        }
    }
}

fn wrong_kind(field: &str, wanted: &str) -> Refusal {
    Refusal::invalid(field, format!("{field} must be {wanted}"))
}

fn role(body: &Map<String, Value>) -> Result<Option<Role>, Refusal> {
    match body.get("role") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_str().and_then(Role::read) {
            Some(role) => Ok(Some(role)),
            None => Err(Refusal::invalid("role", "role must be either user or lead")),
        },
    }
}

fn text(body: &Map<String, Value>, field: &str) -> Result<Patch<String>, Refusal> {
    match body.get(field) {
        None => Ok(Patch::Keep),
        Some(Value::Null) => Ok(Patch::Clear),
        Some(Value::String(value)) if value.trim().is_empty() => Ok(Patch::Clear),
        Some(Value::String(value)) if value.chars().count() > TEXT_LIMIT => {
            Err(Refusal::invalid(field, format!("{field} is too long (maximum is {TEXT_LIMIT} characters)")))
        }
        Some(Value::String(value)) => Ok(Patch::Set(value.trim().to_owned())),
        Some(_) => Err(wrong_kind(field, "a string")),
    }
}

fn email(body: &Map<String, Value>) -> Result<Patch<String>, Refusal> {
    let patch = text(body, "email")?;
    match &patch {
        Patch::Set(address) if !looks_like_email(address) => Err(Refusal::invalid("email", "Email is invalid")),
        _ => Ok(patch),
    }
}

/// Something before and after a single `@`, and no spaces.
pub(crate) fn looks_like_email(address: &str) -> bool {
    let clean = !address.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    let parts = address.split_once('@');
    clean && parts.is_some_and(|(mailbox, domain)| !mailbox.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

fn phone(body: &Map<String, Value>) -> Result<Patch<String>, Refusal> {
    Ok(match text(body, "phone")? {
        Patch::Set(number) => match stored_phone(&number) {
            stored if stored.is_empty() => return Err(Refusal::invalid("phone", "Phone is invalid")),
            stored => Patch::Set(stored),
        },
        other => other,
    })
}

/// Phones are kept without brackets, dashes, dots, slashes and spaces.
pub(crate) fn stored_phone(number: &str) -> String {
    number
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '(' | ')' | '-' | '.' | '/' | '‐' | '–'))
        .collect()
}

fn owner(body: &Map<String, Value>, form: OwnerForm, knows_admin: impl Fn(u64) -> bool) -> Result<Patch<u64>, Refusal> {
    let id = match (body.get("owner_id"), form) {
        (None, _) => return Ok(Patch::Keep),
        (Some(Value::Null), _) => return Ok(Patch::Clear),
        (Some(Value::Number(number)), OwnerForm::Number | OwnerForm::Either) => number.as_u64(),
        (Some(Value::String(text)), OwnerForm::Text | OwnerForm::Either) => text.parse().ok(),
        (Some(_), OwnerForm::Number | OwnerForm::Either) => return Err(wrong_kind("owner_id", "an integer")),
        (Some(_), OwnerForm::Text) => return Err(wrong_kind("owner_id", "a string")),
    };
    match id {
        Some(id) if knows_admin(id) => Ok(Patch::Set(id)),
        _ => Err(Refusal::invalid("owner_id", "owner_id is not the id of a teammate")),
    }
}

fn seconds(body: &Map<String, Value>, field: &str) -> Result<Patch<i64>, Refusal> {
    match body.get(field) {
        None => Ok(Patch::Keep),
        Some(Value::Null) => Ok(Patch::Clear),
        Some(Value::Number(number)) if number.as_i64().is_some_and(|value| value >= 0) => {
            Ok(number.as_i64().map_or(Patch::Keep, Patch::Set))
        }
        Some(_) => Err(wrong_kind(field, "a Unix timestamp in seconds")),
    }
}
