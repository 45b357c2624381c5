//! NAME=VALUE → a patch: standard and custom attributes told apart, types checked before anything is sent.

use serde_json::Value;

use super::Noun;
use crate::apply::{self, AttributeTypes};
use crate::cli::exit;
use crate::intercom::{Contact, ContactPatch};
use crate::plan::{Attribute, AttributeValue, StandardAttribute};
use crate::report::visible;

/// Suggestions made for a name nobody knows.
const SUGGESTIONS: usize = 3;

/// Names of the legacy dialect, and what they are called here.
const OLD_NAMES: [(&str, StandardAttribute); 2] =
    [("user_id", StandardAttribute::ExternalId), ("last_request_at", StandardAttribute::LastSeenAt)];

/// Names that are Intercom's own, or set in another way, and what to do instead.
const NOT_SET_HERE: [(&str, &str); 12] = [
    ("id", "Intercom gives it"),
    ("role", "a lead becomes a user with: leadfold lead convert"),
    ("created_at", "Intercom sets it and nobody can change it"),
    ("updated_at", "Intercom sets it and nobody can change it"),
    ("tags", "use: leadfold lead tag WHO TAG"),
    ("notes", "use: leadfold lead note WHO TEXT"),
    ("companies", "use: leadfold lead company WHO COMPANY"),
    ("custom_attributes", "name each one: plan=pro"),
    ("location", "Intercom derives it from the person's visits"),
    ("has_hard_bounced", "Intercom sets it and nobody can change it"),
    ("marked_email_as_spam", "Intercom sets it and nobody can change it"),
    ("segments", "Intercom fills segments by their own rules"),
];

/// Standard attributes that only this room writes.
const OTHERS: [&str; 3] = ["owner_id", "avatar", USER_AGENT];
/// The browser somebody was last seen with; 1.x alone takes it.
const USER_AGENT: &str = "last_seen_user_agent";

/// The attributes of a workspace.
#[derive(Debug)]
pub(super) struct Book {
    types: AttributeTypes,
    noun: Noun,
}

/// One attribute and its value as the wire wants it; `null` clears.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Assigned {
    pub(super) name: Name,
    pub(super) value: Value,
}

/// An attribute by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// One the rest of leadfold knows, or a custom one.
    Known(Attribute),
    /// A standard one only this room writes.
    Other(&'static str),
}

impl Name {
    /// For people.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Known(Attribute::Standard(attribute)) => attribute.name().to_owned(),
            Self::Known(Attribute::Custom(name)) => format!("{} (custom)", visible(name)),
            Self::Other(name) => (*name).to_owned(),
        }
    }

    /// What the contact has now.
    pub(super) fn held_by(&self, contact: &Contact) -> Option<Value> {
        match self {
            Self::Known(attribute) => apply::current(contact, attribute),
            Self::Other("owner_id") => contact.owner_id.clone().map(Value::String),
            Self::Other(name) => contact
                .raw
                .get(if *name == USER_AGENT { "user_agent_data" } else { name })
                .filter(|value| !value.is_null())
                .cloned(),
        }
    }
}

impl Assigned {
    /// Whether the contact has the value already.
    pub(super) fn is_held_by(&self, contact: &Contact) -> bool {
        let held = self.name.held_by(contact);
        match &self.name {
            Name::Known(attribute) => apply::same(attribute, held.as_ref(), Some(&self.value)),
            Name::Other("owner_id") => digits(held.as_ref()) == digits(Some(&self.value)),
            Name::Other(USER_AGENT) => held.as_ref() == Some(&self.value),
            // An avatar is sent as an address and comes back as an object that holds another
            Name::Other(_) => false,
        }
    }

    /// Whether a read after the write can tell that it was kept.
    pub(super) fn can_be_checked(&self) -> bool {
        self.name != Name::Other("avatar")
    }
}

fn digits(value: Option<&Value>) -> String {
    value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default()
}

/// All values as one patch.
pub(super) fn patch(values: &[Assigned]) -> ContactPatch {
    let mut patch = ContactPatch::default();
    for assigned in values {
        match &assigned.name {
            Name::Known(attribute) => apply::put(&mut patch, attribute, assigned.value.clone()),
            Name::Other(name) => {
                patch.standard.insert((*name).to_owned(), assigned.value.clone());
            }
        }
    }
    patch
}

/// What one of the two dialects does not have; it would take the value without a word and forget it.
pub(super) fn check_dialect(values: &[Assigned], noun: Noun, version: &str) -> anyhow::Result<()> {
    let legacy = version.starts_with("1.");
    let has = |wanted: &Name| values.iter().any(|assigned| assigned.name == *wanted);
    if !legacy && has(&Name::Other(USER_AGENT)) {
        return Err(exit::usage(format!(
            "{USER_AGENT}: version {version} of the API does not take it; nothing was sent"
        )));
    }
    let signed_up = Name::Known(Attribute::Standard(StandardAttribute::SignedUpAt));
    if legacy && noun == Noun::Lead && has(&signed_up) {
        return Err(exit::usage(format!(
            "signed_up_at: version {version} of the API keeps it for users only; nothing was sent"
        )));
    }
    Ok(())
}

impl Book {
    /// The attributes, for contacts of this kind.
    pub(super) fn new(types: AttributeTypes, noun: Noun) -> Self {
        Self { types, noun }
    }

    /// Reads one `NAME=VALUE`.
    pub(super) fn read(&self, text: &str) -> anyhow::Result<Assigned> {
        let (name, value) =
            text.split_once('=').ok_or_else(|| exit::usage(format!("'{}': write it as NAME=VALUE", visible(text))))?;
        self.assign(name.trim(), value.trim())
    }

    /// Reads a name and a value.
    pub(super) fn assign(&self, name: &str, value: &str) -> anyhow::Result<Assigned> {
        let name = self.name(name)?;
        if value.is_empty() {
            return Ok(Assigned { name, value: Value::Null });
        }
        let value = match &name {
            Name::Known(attribute) => self
                .types
                .wire(attribute, &AttributeValue::Text(value.to_owned()))
                .map_err(|problem| exit::usage(format!("{problem}; nothing was sent")))?,
            Name::Other("owner_id") if value.parse::<u64>().is_err() => {
                return Err(exit::usage("owner_id: the id of a teammate is a number; nothing was sent"));
            }
            Name::Other(_) => Value::String(value.to_owned()),
        };
        Ok(Assigned { name, value })
    }

    fn name(&self, name: &str) -> anyhow::Result<Name> {
        if let Some(custom) = name.strip_prefix("custom_attributes.").or_else(|| name.strip_prefix("custom:")) {
            return self.custom(custom);
        }
        let standard = settable().find(|standard| standard.name() == name);
        let standard =
            standard.or_else(|| OLD_NAMES.iter().find(|(old, _)| *old == name).map(|(_, standard)| *standard));
        if let Some(standard) = standard {
            if standard == StandardAttribute::ExternalId && self.noun == Noun::Lead {
                return Err(exit::usage(
                    "a lead has no external id of its own; make a user of it: leadfold lead convert WHO --external-id ID",
                ));
            }
            return Ok(Name::Known(Attribute::Standard(standard)));
        }
        if let Some(other) = OTHERS.into_iter().find(|other| *other == name) {
            return Ok(Name::Other(other));
        }
        if let Some((name, instead)) = NOT_SET_HERE.iter().find(|(read_only, _)| *read_only == name)
            && !self.types.contains(name)
        {
            return Err(exit::usage(format!("{name} cannot be set here: {instead}")));
        }
        self.custom(name)
    }

    fn custom(&self, name: &str) -> anyhow::Result<Name> {
        if self.types.contains(name) {
            return Ok(Name::Known(Attribute::Custom(name.to_owned())));
        }
        let near = nearest(name, self.known());
        let hint = if near.is_empty() {
            "the workspace has nothing like it".to_owned()
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        Err(exit::usage(format!(
            "'{}' is neither a standard attribute nor a custom one of the workspace; {hint} (--create-attributes makes a new one)",
            visible(name)
        )))
    }

    fn known(&self) -> impl Iterator<Item = &str> {
        let standard = settable().map(|standard| -> &str { standard.name() });
        standard.chain(OTHERS).chain(self.types.names())
    }
}

/// Attributes Intercom defines that an assignment may name: a role is given by converting.
fn settable() -> impl Iterator<Item = StandardAttribute> {
    StandardAttribute::ALL.into_iter().filter(|standard| *standard != StandardAttribute::Role)
}

/// The names among `known` that are spelled most like `name`, nearest first.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = name.to_lowercase();
    let within = (wanted.chars().count() / 3).max(2);
    let mut near: Vec<(usize, &str)> = known
        .map(|known| (strsim::damerau_levenshtein(&wanted, &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= within || known.to_lowercase().contains(&wanted) && wanted.len() > 2)
        .collect();
    near.sort_unstable();
    near.into_iter().take(SUGGESTIONS).map(|(_, known)| known).collect()
}

/// The custom attributes named in these assignments that the workspace lacks.
pub(super) fn missing(assignments: &[String], types: &AttributeTypes) -> Vec<String> {
    let mut missing: Vec<String> = assignments
        .iter()
        .filter_map(|text| text.split_once('='))
        .map(|(name, _)| name.trim())
        .filter(|name| {
            let standard = settable().any(|standard| standard.name() == *name)
                || OLD_NAMES.iter().any(|(old, _)| old == name)
                || NOT_SET_HERE.iter().any(|(other, _)| other == name)
                || OTHERS.contains(name);
            !standard
        })
        .map(|name| name.strip_prefix("custom_attributes.").or_else(|| name.strip_prefix("custom:")).unwrap_or(name))
        .filter(|name| !name.is_empty() && !types.contains(name))
        .map(str::to_owned)
        .collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;
    use crate::intercom::{DataAttribute, DataType};

    fn book(noun: Noun) -> Book {
        let attribute = |name: &str, data_type| DataAttribute {
            name: name.to_owned(),
            data_type,
            custom: true,
            api_writable: true,
            archived: false,
            options: Vec::new(),
        };
        let attributes = [attribute("Published", DataType::String), attribute("seats", DataType::Integer)];
        Book::new(AttributeTypes::new(&attributes), noun)
    }

    fn refusal(noun: Noun, text: &str) -> String {
        book(noun).read(text).unwrap_err().to_string()
    }

    #[test]
    fn standard_and_custom_attributes_are_told_apart_without_being_asked() {
        let book = book(Noun::User);
        let values: Vec<Assigned> =
            ["name=Plato", "Published=The Republic", "seats=3", "user_id=1942", "phone=", "last_request_at=2016-05-31"]
                .iter()
                .map(|text| book.read(text).unwrap())
                .collect();
        let patch = patch(&values);
        assert_eq!(
            serde_json::Value::Object(patch.standard),
            json!({"name": "Plato", "external_id": "1942", "phone": null, "last_seen_at": 1_464_652_800})
        );
        assert_eq!(serde_json::Value::Object(patch.custom), json!({"Published": "The Republic", "seats": 3}));
    }

    #[test]
    fn what_cannot_be_written_says_what_to_do_instead() {
        assert_snapshot!(refusal(Noun::Lead, "Publishd=x"), @"'Publishd' is neither a standard attribute nor a custom one of the workspace; did you mean Published? (--create-attributes makes a new one)");
        assert_snapshot!(refusal(Noun::Lead, "shoe_size=44"), @"'shoe_size' is neither a standard attribute nor a custom one of the workspace; the workspace has nothing like it (--create-attributes makes a new one)");
        assert_snapshot!(refusal(Noun::Lead, "seats=many"), @"custom:seats: the value does not fit the attribute's type, whole number; nothing was sent");
        assert_snapshot!(refusal(Noun::Lead, "created_at=2016-05-31"), @"created_at cannot be set here: Intercom sets it and nobody can change it");
        assert_snapshot!(refusal(Noun::Lead, "user_id=7"), @"a lead has no external id of its own; make a user of it: leadfold lead convert WHO --external-id ID");
        assert_snapshot!(refusal(Noun::User, "owner_id=me"), @"owner_id: the id of a teammate is a number; nothing was sent");
        assert_snapshot!(refusal(Noun::User, "name"), @"'name': write it as NAME=VALUE");
    }

    #[test]
    fn only_custom_attributes_can_be_missing() {
        let book = book(Noun::Lead);
        let texts = ["name=x", "Published=y", "role=user", "custom:name=z", "new one=1"].map(str::to_owned);
        assert_eq!(missing(&texts, &book.types), ["name", "new one"]);
    }
}
