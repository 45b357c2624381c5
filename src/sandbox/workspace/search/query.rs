//! The query language: filters with operators per type, in groups of at most two levels and fifteen filters.
//!
//! Field and operator tables: `POST /contacts/search` of Intercom's description 2.14. Texts are compared without regard
//! to case (unsure in the description). Timestamps are compared by whole days of the workspace's time zone, by the
//! second in the preview version.

use jiff::tz::TimeZone;
use serde_json::Value;

use crate::sandbox::workspace::attribute::{Attributes, DataType, Model};
use crate::sandbox::workspace::contact::Contact;
use crate::sandbox::workspace::refusal::Refusal;

const GROUP_LIMIT: usize = 15;
const LEVEL_LIMIT: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Integer,
    Boolean,
    Date,
    Float,
    Tag,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    In,
    NotIn,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    NotContains,
    StartsWith,
    EndsWith,
}

impl Operator {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "=" => Self::Equal,
            "!=" => Self::NotEqual,
            "IN" => Self::In,
            "NIN" => Self::NotIn,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            "~" => Self::Contains,
            "!~" => Self::NotContains,
            "^" => Self::StartsWith,
            "$" => Self::EndsWith,
            _ => return None,
        })
    }

    fn suits(self, kind: Kind) -> bool {
        use Operator::{
            Contains, EndsWith, Equal, Greater, GreaterOrEqual, In, Less, LessOrEqual, NotContains, NotEqual, NotIn,
            StartsWith,
        };
        match kind {
            Kind::Text => {
                matches!(self, Equal | NotEqual | In | NotIn | Contains | NotContains | StartsWith | EndsWith)
            }
            Kind::Integer | Kind::Float => {
                matches!(self, Equal | NotEqual | In | NotIn | Less | LessOrEqual | Greater | GreaterOrEqual)
            }
            Kind::Boolean => matches!(self, Equal | NotEqual | In | NotIn),
            Kind::Date => matches!(self, Equal | Less | Greater),
            Kind::Tag => matches!(self, Equal | NotEqual),
        }
    }
}

/// A value that can be compared: of a filter, or of a contact.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(super) enum Comparable {
    /// Lower case.
    Text(String),
    Number(f64),
    Boolean(bool),
    /// Days since the epoch in the workspace's time zone.
    Day(i64),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filter {
    pub(super) field: String,
    pub(super) operator: Operator,
    kind: Kind,
    /// One value, or several for `IN` and `NIN`. `None` stands for `null`.
    pub(super) values: Vec<Option<Comparable>>,
}

/// A checked query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Query {
    #[expect(private_interfaces, reason = "filters are made and read inside this folder only")]
    One(Filter),
    All(Vec<Query>),
    Any(Vec<Query>),
}

/// How finely a query sees timestamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stamps {
    /// By whole days of the workspace's time zone, as up to 2.17.
    WholeDays,
    /// By the second, and with every comparison; date attributes by days in UTC, as in the preview.
    Seconds,
}

/// What a query needs to know about the workspace it is asked of.
#[derive(Debug, Clone)]
pub(crate) struct Fields<'a> {
    pub(crate) attributes: &'a Attributes,
    pub(crate) zone: &'a TimeZone,
    pub(crate) stamps: Stamps,
}

impl Fields<'_> {
    fn kind(&self, field: &str) -> Result<Kind, Refusal> {
        let unknown = || Refusal::invalid("field", format!("'{field}' is not a field that can be searched"));
        if let Some(name) = field.strip_prefix("custom_attributes.") {
            let attribute = self.attributes.named(Model::Contact, name).ok_or_else(unknown)?;
            return Ok(match attribute.data_type {
                DataType::String => Kind::Text,
                DataType::Integer => Kind::Integer,
                DataType::Float => Kind::Float,
                DataType::Boolean => Kind::Boolean,
                DataType::Date => Kind::Date,
            });
        }
        Ok(match field {
            "tag_id" => Kind::Tag,
            "owner_id" => Kind::Integer,
            "unsubscribed_from_emails" | "marked_email_as_spam" | "has_hard_bounced" => Kind::Boolean,
            "created_at"
            | "signed_up_at"
            | "updated_at"
            | "last_seen_at"
            | "last_contacted_at"
            | "last_replied_at"
            | "last_email_opened_at"
            | "last_email_clicked_at"
            | "ios_last_seen_at"
            | "android_last_seen_at" => match self.stamps {
                Stamps::WholeDays => Kind::Date,
                Stamps::Seconds => Kind::Integer,
            },
            "id"
            | "role"
            | "name"
            | "avatar"
            | "email"
            | "email_domain"
            | "phone"
            | "external_id"
            | "language_override"
            | "browser"
            | "browser_language"
            | "os"
            | "location.country"
            | "location.region"
            | "location.city"
            | "ios_app_version"
            | "ios_device"
            | "ios_app_device"
            | "ios_os_version"
            | "ios_app_name"
            | "ios_sdk_version"
            | "android_app_version"
            | "android_device"
            | "android_app_name"
            | "andoid_sdk_version"
            | "segment_id" => Kind::Text,
            _ => return Err(unknown()),
        })
    }

    /// The contact's value in a field, `None` where it has none.
    pub(super) fn value(&self, contact: &Contact, field: &str) -> Option<Comparable> {
        let text = |value: &str| Some(Comparable::Text(value.to_lowercase()));
        let day = |stamp: Option<i64>| stamp.map(|seconds| Comparable::Day(self.day(seconds)));
        let second = |seconds: i64| u32::try_from(seconds).ok().map(|seconds| Comparable::Number(f64::from(seconds)));
        let stamp = |seconds: Option<i64>| match self.stamps {
            Stamps::WholeDays => day(seconds),
            Stamps::Seconds => seconds.and_then(second),
        };
        if let Some(name) = field.strip_prefix("custom_attributes.") {
            let value = contact.custom_attributes.get(name)?;
            let is_date = self.attributes.named(Model::Contact, name)?.data_type == DataType::Date;
            return match value {
                Value::String(value) => text(value),
                Value::Bool(value) => Some(Comparable::Boolean(*value)),
                Value::Number(number) if is_date => day(number.as_i64()),
                Value::Number(number) => number.as_f64().map(Comparable::Number),
                _ => None,
            };
        }
        match field {
            "id" => text(&contact.id),
            "role" => text(contact.role.as_str()),
            "name" => contact.name.as_deref().and_then(text),
            "avatar" => contact.avatar.as_deref().and_then(text),
            "email" => contact.email.as_deref().and_then(text),
            "email_domain" => contact.email_domain().and_then(text),
            "phone" => contact.phone.as_deref().and_then(text),
            "external_id" => contact.external_id.as_deref().and_then(text),
            "owner_id" => contact.owner.and_then(whole).map(Comparable::Number),
            "unsubscribed_from_emails" => Some(Comparable::Boolean(contact.unsubscribed_from_emails)),
            "marked_email_as_spam" => Some(Comparable::Boolean(contact.marked_email_as_spam)),
            "has_hard_bounced" => Some(Comparable::Boolean(contact.has_hard_bounced)),
            "created_at" => stamp(Some(contact.created_at)),
            "updated_at" => stamp(Some(contact.updated_at)),
            "signed_up_at" => stamp(contact.signed_up_at),
            "last_seen_at" => stamp(contact.last_seen_at),
            "last_contacted_at" => stamp(contact.last_contacted_at),
            "last_replied_at" => stamp(contact.last_replied_at),
            _ => None,
        }
    }

    fn day(&self, seconds: i64) -> i64 {
        if self.stamps == Stamps::Seconds {
            return seconds.div_euclid(86_400);
        }
        let Ok(stamp) = jiff::Timestamp::from_second(seconds) else { return seconds.div_euclid(86_400) };
        let offset = self.zone.to_offset(stamp).seconds();
        (seconds + i64::from(offset)).div_euclid(86_400)
    }
}

/// An id as a number that compares exactly.
fn whole(id: u64) -> Option<f64> {
    u32::try_from(id).ok().map(f64::from)
}

impl Query {
    pub(crate) fn read(query: &Value, fields: &Fields<'_>) -> Result<Self, Refusal> {
        Self::read_level(query, fields, 0)
    }

    fn read_level(query: &Value, fields: &Fields<'_>, level: usize) -> Result<Self, Refusal> {
        let Some(object) = query.as_object() else {
            return Err(Refusal::invalid("query", "query must be an object with a filter or a group of filters"));
        };
        let operator = object.get("operator").and_then(Value::as_str);
        let Some(operator) = operator else { return Err(Refusal::invalid("query", "operator not specified")) };
        if operator != "AND" && operator != "OR" {
            let filter = Filter::read(object.get("field"), operator, object.get("value"), fields)?;
            return Ok(Self::One(filter));
        }
        if level == LEVEL_LIMIT {
            return Err(Refusal::invalid("query", "Nested filters are limited to 2 levels"));
        }
        let Some(members) = object.get("value").and_then(Value::as_array).filter(|members| !members.is_empty()) else {
            return Err(Refusal::invalid("query", "A group of filters needs a list of filters as its value"));
        };
        if members.len() > GROUP_LIMIT {
            return Err(Refusal::invalid("query", "A group is limited to 15 filters"));
        }
        let members: Result<Vec<_>, _> =
            members.iter().map(|member| Self::read_level(member, fields, level + 1)).collect();
        Ok(if operator == "AND" { Self::All(members?) } else { Self::Any(members?) })
    }

    pub(crate) fn matches(&self, contact: &Contact, fields: &Fields<'_>) -> bool {
        match self {
            Self::One(filter) => filter.matches(contact, fields),
            Self::All(members) => members.iter().all(|member| member.matches(contact, fields)),
            Self::Any(members) => members.iter().any(|member| member.matches(contact, fields)),
        }
    }
}

impl Filter {
    fn read(
        field: Option<&Value>,
        operator: &str,
        value: Option<&Value>,
        fields: &Fields<'_>,
    ) -> Result<Self, Refusal> {
        let Some(field) = field.and_then(Value::as_str) else {
            return Err(Refusal::invalid("query", "field not specified"));
        };
        let kind = fields.kind(field)?;
        let Some(parsed) = Operator::read(operator) else {
            return Err(Refusal::invalid("operator", format!("'{operator}' is not an operator")));
        };
        if !parsed.suits(kind) {
            let message = format!("operator '{operator}' is not supported for field '{field}'");
            return Err(Refusal::invalid("operator", message));
        }
        let Some(value) = value else { return Err(Refusal::invalid("query", "value not specified")) };
        let several = matches!(parsed, Operator::In | Operator::NotIn);
        let wrong = || Refusal::invalid("value", format!("value is not valid for field '{field}'"));
        let values = match (several, value) {
            (true, Value::Array(values)) => values
                .iter()
                .map(|value| comparable(kind, value, fields).ok_or_else(wrong))
                .collect::<Result<_, _>>()?,
            (true, _) => {
                return Err(Refusal::invalid("value", format!("operator '{operator}' needs an array of values")));
            }
            (false, value) => vec![comparable(kind, value, fields).ok_or_else(wrong)?],
        };
        Ok(Self { field: field.to_owned(), operator: parsed, kind, values })
    }

    fn matches(&self, contact: &Contact, fields: &Fields<'_>) -> bool {
        if self.kind == Kind::Tag {
            let wears = self.values.iter().flatten().any(|value| match value {
                Comparable::Text(id) => id.parse().is_ok_and(|id| contact.wears(id)),
                _ => false,
            });
            return wears == (self.operator == Operator::Equal);
        }
        let held = fields.value(contact, &self.field);
        let wanted = self.values.first().and_then(Option::as_ref);
        let text = |test: fn(&str, &str) -> bool| match (&held, wanted) {
            (Some(Comparable::Text(held)), Some(Comparable::Text(wanted))) => test(held, wanted),
            _ => false,
        };
        let order = |accept: fn(std::cmp::Ordering) -> bool| match (&held, wanted) {
            (Some(held), Some(wanted)) => held.partial_cmp(wanted).is_some_and(accept),
            _ => false,
        };
        match self.operator {
            Operator::Equal | Operator::In => self.values.contains(&held),
            Operator::NotEqual | Operator::NotIn => !self.values.contains(&held),
            Operator::Less => order(std::cmp::Ordering::is_lt),
            Operator::LessOrEqual => order(std::cmp::Ordering::is_le),
            Operator::Greater => order(std::cmp::Ordering::is_gt),
            Operator::GreaterOrEqual => order(std::cmp::Ordering::is_ge),
            Operator::Contains => text(|held, wanted| held.contains(wanted)),
            Operator::NotContains => !text(|held, wanted| held.contains(wanted)),
            Operator::StartsWith => text(|held, wanted| held.starts_with(wanted)),
            Operator::EndsWith => text(|held, wanted| held.ends_with(wanted)),
        }
    }
}

/// Outer `None`: the value does not suit the field. Inner `None`: `null`, a field without a value.
#[expect(clippy::option_option, reason = "not valid and not set are two answers")]
fn comparable(kind: Kind, value: &Value, fields: &Fields<'_>) -> Option<Option<Comparable>> {
    let integer = |value: &Value| match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let number = |value: &Value| match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    };
    Some(Some(match (kind, value) {
        (_, Value::Null) => return Some(None),
        (Kind::Text | Kind::Tag, Value::String(text)) => Comparable::Text(text.trim().to_lowercase()),
        (Kind::Text | Kind::Tag, Value::Number(number)) => Comparable::Text(number.to_string()),
        (Kind::Boolean, Value::Bool(value)) => Comparable::Boolean(*value),
        (Kind::Boolean, Value::String(text)) => Comparable::Boolean(text.parse().ok()?),
        (Kind::Date, value) => Comparable::Day(fields.day(integer(value)?)),
        (Kind::Integer | Kind::Float, value) => Comparable::Number(number(value)?),
        _ => return None,
    }))
}
