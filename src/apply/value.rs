//! From the plan's values to the wire's and back: types of attributes, and when two values are the same. Pure.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use crate::contact::{Role, is_filler};
use crate::intercom::{Contact, ContactPatch, DataAttribute, DataType, is_read};
use crate::plan::{Attribute, AttributeValue, StandardAttribute};

/// The workspace's custom attributes that can be written, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct AttributeTypes {
    types: BTreeMap<String, (DataType, Vec<String>)>,
}

impl AttributeTypes {
    pub(crate) fn new(attributes: &[DataAttribute]) -> Self {
        let types = attributes
            .iter()
            .filter(|attribute| attribute.custom && !attribute.archived && attribute.api_writable)
            .map(|attribute| (attribute.name.clone(), (attribute.data_type, attribute.options.clone())))
            .collect();
        Self { types }
    }

    /// With attributes that do not exist yet and would be made as text.
    pub(crate) fn with_texts(mut self, names: &[String]) -> Self {
        for name in names {
            self.types.entry(name.clone()).or_insert((DataType::String, Vec::new()));
        }
        self
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.types.contains_key(name)
    }

    /// The names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(String::as_str)
    }

    /// The value as the wire wants it. The message names the attribute and its type, not the value.
    pub(crate) fn wire(&self, attribute: &Attribute, value: &AttributeValue) -> Result<Value, String> {
        let wanted = match attribute {
            Attribute::Standard(attribute) => return standard_wire(*attribute, value),
            Attribute::Custom(name) => self.types.get(name),
        };
        let Some((data_type, options)) = wanted else {
            return Err(format!("{attribute} does not exist in the workspace"));
        };
        let converted = match data_type {
            DataType::String => Some(Value::String(value.to_string())),
            DataType::Integer => integer(value).map(|number| Value::Number(number.into())),
            DataType::Float => float(value).map(Value::Number),
            DataType::Boolean => flag(value).map(Value::Bool),
            DataType::Date => seconds(value).map(|seconds| Value::Number(seconds.into())),
            DataType::Options => {
                let text = value.to_string();
                let chosen = options.iter().find(|option| option.trim().eq_ignore_ascii_case(text.trim()));
                chosen.map(|option| Value::String(option.clone()))
            }
        };
        converted
            .ok_or_else(|| format!("{attribute}: the value does not fit the attribute's type, {}", name_of(*data_type)))
    }
}

fn name_of(data_type: DataType) -> &'static str {
    match data_type {
        DataType::String => "text",
        DataType::Integer => "whole number",
        DataType::Float => "number",
        DataType::Boolean => "true or false",
        DataType::Date => "date",
        DataType::Options => "one of a list",
    }
}

fn standard_wire(attribute: StandardAttribute, value: &AttributeValue) -> Result<Value, String> {
    let converted = match attribute {
        StandardAttribute::SignedUpAt | StandardAttribute::LastSeenAt => {
            seconds(value).map(|seconds| Value::Number(seconds.into()))
        }
        StandardAttribute::UnsubscribedFromEmails => flag(value).map(Value::Bool),
        StandardAttribute::Role => match value.to_string().trim().to_ascii_lowercase().as_str() {
            role @ ("lead" | "user") => Some(Value::String(role.to_owned())),
            _ => None,
        },
        StandardAttribute::ExternalId
        | StandardAttribute::Email
        | StandardAttribute::Phone
        | StandardAttribute::Name => Some(Value::String(value.to_string())),
    };
    converted.ok_or_else(|| format!("{}: the value does not fit the attribute", attribute.name()))
}

fn integer(value: &AttributeValue) -> Option<i64> {
    match value {
        AttributeValue::Flag(_) => None,
        AttributeValue::Time(seconds) => Some(*seconds),
        AttributeValue::Text(text) => text.trim().parse().ok(),
    }
}

fn float(value: &AttributeValue) -> Option<Number> {
    match value {
        AttributeValue::Flag(_) => None,
        AttributeValue::Time(seconds) => Some(Number::from(*seconds)),
        AttributeValue::Text(text) => {
            let text = text.trim();
            match text.parse::<i64>() {
                Ok(whole) => Some(Number::from(whole)),
                Err(_) => text.parse().ok().and_then(Number::from_f64),
            }
        }
    }
}

fn flag(value: &AttributeValue) -> Option<bool> {
    match value {
        AttributeValue::Flag(flag) => Some(*flag),
        AttributeValue::Time(_) => None,
        AttributeValue::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        },
    }
}

/// Unix seconds: a number of at least nine digits, RFC 3339, or a day (midnight UTC).
fn seconds(value: &AttributeValue) -> Option<i64> {
    match value {
        AttributeValue::Flag(_) => None,
        AttributeValue::Time(seconds) => Some(*seconds),
        AttributeValue::Text(text) => {
            let text = text.trim();
            if text.len() >= 9
                && let Ok(seconds) = text.parse()
            {
                return Some(seconds);
            }
            if let Ok(moment) = text.parse::<jiff::Timestamp>() {
                return Some(moment.as_second());
            }
            let moment: jiff::civil::DateTime = text.parse().ok()?;
            Some(moment.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
        }
    }
}

/// What the contact has for an attribute; `None` when it is empty.
pub(crate) fn current(contact: &Contact, attribute: &Attribute) -> Option<Value> {
    let text = |text: &Option<String>| text.as_ref().filter(|text| !text.trim().is_empty()).cloned().map(Value::String);
    match attribute {
        Attribute::Standard(standard) => match standard {
            StandardAttribute::Role => Some(Value::String(role_name(contact.role).to_owned())),
            StandardAttribute::ExternalId => text(&contact.external_id),
            StandardAttribute::Email => text(&contact.email),
            StandardAttribute::Phone => text(&contact.phone),
            StandardAttribute::Name => text(&contact.name),
            StandardAttribute::SignedUpAt => contact.signed_up_at.map(Value::from),
            StandardAttribute::LastSeenAt => contact.last_seen_at.map(Value::from),
            // Everybody is subscribed until told otherwise, so `false` is the empty state
            StandardAttribute::UnsubscribedFromEmails => contact.unsubscribed_from_emails.then_some(Value::Bool(true)),
        },
        Attribute::Custom(name) => contact.custom_attributes.get(name).filter(|value| !is_empty(value)).cloned(),
    }
}

/// Whether a value only says that there is none, such as `n/a` in a name. It is empty to whoever reads the workspace, so it is
/// to the plan.
pub(super) fn says_nothing(attribute: &Attribute, value: &Value) -> bool {
    let read = match attribute {
        Attribute::Standard(_) => true,
        Attribute::Custom(name) => is_read(name),
    };
    value.as_str().is_some_and(|text| is_filler(text.trim(), read))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

pub(super) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Lead => "lead",
        Role::User => "user",
    }
}

/// Whether two values of an attribute are the same to Intercom: e-mail without case, phone by its digits (Intercom
/// strips the punctuation), times with or without the time of day they were exported with, texts without surplus space.
pub(crate) fn same(attribute: &Attribute, left: Option<&Value>, right: Option<&Value>) -> bool {
    let empty_as_none = |value: Option<&Value>| -> Option<Value> {
        let value = value.filter(|value| !is_empty(value))?;
        let subscribed = *attribute == Attribute::Standard(StandardAttribute::UnsubscribedFromEmails)
            && *value == Value::Bool(false);
        (!subscribed).then(|| value.clone())
    };
    let (left, right) = match (empty_as_none(left), empty_as_none(right)) {
        (None, None) => return true,
        (Some(left), Some(right)) => (left, right),
        _ => return false,
    };
    if let (Some(left), Some(right)) = (left.as_f64(), right.as_f64()) {
        // Bit equality is what "unchanged" means for a number that was only stored
        return left.to_bits() == right.to_bits() || left.total_cmp(&right).is_eq();
    }
    let (left, right) = (as_text(&left), as_text(&right));
    match attribute {
        Attribute::Standard(StandardAttribute::Email) => left.to_lowercase() == right.to_lowercase(),
        Attribute::Standard(StandardAttribute::Phone) => digits(&left) == digits(&right),
        Attribute::Standard(StandardAttribute::Role) => left.eq_ignore_ascii_case(&right),
        _ => left == right,
    }
}

/// Whether a contact can still have what the plan saw it have. An export writes names, numbers and letter case in its
/// own way, and the plan keeps a tidied form, so this is more lenient than [`same`]: it must notice that somebody changed
/// a value, not how it is spelled.
pub(super) fn alike(attribute: &Attribute, left: Option<&Value>, right: Option<&Value>) -> bool {
    if same(attribute, left, right) {
        return true;
    }
    let (Some(left), Some(right)) = (left, right) else { return false };
    let (left, right) = (as_text(left).to_lowercase(), as_text(right).to_lowercase());
    match attribute {
        Attribute::Standard(StandardAttribute::Name) => {
            let words = |text: &str| {
                let mut words: Vec<String> = text
                    .split(|c: char| !c.is_alphanumeric())
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned)
                    .collect();
                words.sort();
                words
            };
            words(&left) == words(&right)
        }
        Attribute::Standard(StandardAttribute::Phone) => {
            // 020 7946 0123 and +44 20 7946 0123: one ends with the other, without its leading zeros
            let (left, right) = (digits(&left), digits(&right));
            let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
            left.len().min(right.len()) >= 7 && (left.ends_with(right) || right.ends_with(left))
        }
        _ => left == right,
    }
}

pub(super) fn as_text(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Adds a value to a patch under the attribute's place.
pub(crate) fn put(patch: &mut ContactPatch, attribute: &Attribute, value: Value) {
    match attribute {
        Attribute::Standard(attribute) => {
            patch.standard.insert(attribute.name().to_owned(), value);
        }
        Attribute::Custom(name) => {
            patch.custom.insert(name.clone(), value);
        }
    }
}

pub(super) fn is_nothing(patch: &ContactPatch) -> bool {
    patch.standard.is_empty() && patch.custom.is_empty()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{AttributeTypes, alike, same};
    use crate::intercom::{DataAttribute, DataType};
    use crate::plan::{Attribute, AttributeValue, StandardAttribute};

    fn types(data_type: DataType) -> AttributeTypes {
        AttributeTypes::new(&[DataAttribute {
            name: "it".to_owned(),
            data_type,
            custom: true,
            api_writable: true,
            archived: false,
            options: vec!["Gold".to_owned(), "Silver".to_owned()],
        }])
    }

    fn convert(data_type: DataType, text: &str) -> Option<Value> {
        types(data_type).wire(&Attribute::Custom("it".to_owned()), &AttributeValue::Text(text.to_owned())).ok()
    }

    #[test]
    fn a_text_becomes_what_the_attribute_is() {
        assert_eq!(convert(DataType::String, "007"), Some(json!("007")));
        assert_eq!(convert(DataType::Integer, " 42 "), Some(json!(42)));
        assert_eq!(convert(DataType::Float, "4.5"), Some(json!(4.5)));
        assert_eq!(convert(DataType::Float, "4"), Some(json!(4)));
        assert_eq!(convert(DataType::Boolean, "Yes"), Some(json!(true)));
        assert_eq!(convert(DataType::Date, "2024-01-02"), Some(json!(1_704_153_600)));
        assert_eq!(convert(DataType::Date, "2024-01-02 10:00"), Some(json!(1_704_189_600)));
        assert_eq!(convert(DataType::Date, "2024-01-02T10:00:00+02:00"), Some(json!(1_704_182_400)));
        assert_eq!(convert(DataType::Date, "1704153600"), Some(json!(1_704_153_600)));
        assert_eq!(convert(DataType::Options, "gold"), Some(json!("Gold")));
    }

    #[test]
    fn a_text_that_does_not_fit_is_refused_without_repeating_it() {
        for (data_type, text) in [
            (DataType::Integer, "4.5"),
            (DataType::Float, "NaN"),
            (DataType::Boolean, "maybe"),
            (DataType::Date, "2024"),
            (DataType::Options, "Bronze"),
        ] {
            let message = types(data_type)
                .wire(&Attribute::Custom("it".to_owned()), &AttributeValue::Text(text.to_owned()))
                .unwrap_err();
            assert!(!message.contains(text), "{message}");
        }
        insta::assert_snapshot!(
            types(DataType::Date).wire(&Attribute::Custom("it".to_owned()), &AttributeValue::Text("soon".to_owned())).unwrap_err(),
            @"custom:it: the value does not fit the attribute's type, date"
        );
    }

    #[test]
    fn spelling_that_intercom_does_not_keep_makes_no_difference() {
        let standard = Attribute::Standard;
        assert!(same(
            &standard(StandardAttribute::Email),
            Some(&json!("Ann@Example.com")),
            Some(&json!("ann@example.com"))
        ));
        assert!(same(&standard(StandardAttribute::Phone), Some(&json!("+44 (20) 123")), Some(&json!("+4420123"))));
        assert!(same(&standard(StandardAttribute::Name), Some(&json!("Ann  Lee ")), Some(&json!("Ann Lee"))));
        assert!(!same(&standard(StandardAttribute::Name), Some(&json!("Ann Lee")), Some(&json!("ann lee"))));
        assert!(same(&standard(StandardAttribute::Name), Some(&json!("")), None));
        assert!(same(&standard(StandardAttribute::UnsubscribedFromEmails), Some(&json!(false)), None));
        assert!(!same(&standard(StandardAttribute::UnsubscribedFromEmails), Some(&json!(true)), None));
        assert!(same(&Attribute::Custom("it".to_owned()), Some(&json!(4)), Some(&json!(4.0))));
        assert!(same(&Attribute::Custom("it".to_owned()), Some(&json!(4)), Some(&json!("4"))));
    }

    #[test]
    fn an_export_spells_values_in_its_own_way() {
        let standard = Attribute::Standard;
        let name = standard(StandardAttribute::Name);
        assert!(alike(&name, Some(&json!("Lee, ANN")), Some(&json!("Ann Lee"))));
        assert!(!alike(&name, Some(&json!("Ann Lee")), Some(&json!("Ann Leigh"))));
        assert!(!alike(&name, Some(&json!("Ann")), None));
        let phone = standard(StandardAttribute::Phone);
        assert!(alike(&phone, Some(&json!("020 7946 0123")), Some(&json!("+442079460123"))));
        assert!(!alike(&phone, Some(&json!("020 7946 0123")), Some(&json!("+442079460124"))));
        assert!(!alike(&phone, Some(&json!("23")), Some(&json!("+442079460123"))));
        assert!(alike(&Attribute::Custom("it".to_owned()), Some(&json!("Gold")), Some(&json!("gold"))));
    }
}
