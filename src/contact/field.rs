//! What a column can mean. The names are those of `--map 'Column=field'`, of the plan file and of the reports.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::packed::{Pack, Packer, Unpacker};

/// The meaning of one column or one cell.
///
/// Its text form is snake case (`first_name`); `identifier:NAME`, `text:NAME` and `custom:NAME` carry the column's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Field {
    /// Intercom's own id. A handle, never evidence.
    Id,
    /// `lead` or `user`.
    Role,
    /// The customer's own id of a user (`external_id`, formerly `user_id`).
    ExternalId,
    /// E-mail address, one or several in a cell.
    Email,
    /// Whole name in one cell.
    FullName,
    /// Given name.
    FirstName,
    /// Middle name or initial.
    MiddleName,
    /// Surname.
    LastName,
    /// "Dr", "Mrs".
    NamePrefix,
    /// "Jr", "III".
    NameSuffix,
    /// Phone number, one or several in a cell.
    Phone,
    /// Company or organisation name.
    Company,
    /// Job title.
    JobTitle,
    /// Web site or company domain.
    Website,
    /// House number, when it has a column of its own.
    StreetNumber,
    /// Street line.
    Street,
    /// Second address line.
    Street2,
    /// City or suburb.
    City,
    /// State, province, county.
    Region,
    /// Postal code.
    Postcode,
    /// Country, by name or ISO code.
    Country,
    /// Date of birth.
    Birthday,
    /// When the contact was created.
    CreatedAt,
    /// When the contact last changed.
    UpdatedAt,
    /// When the person was last seen.
    LastSeenAt,
    /// When the user signed up.
    SignedUpAt,
    /// Whether the person has unsubscribed from e-mails.
    Unsubscribed,
    /// Whether mail to the address bounced for good.
    HardBounced,
    /// Whether the person marked our mail as spam.
    MarkedAsSpam,
    /// Tags, several in a cell.
    Tags,
    /// A note on the contact.
    Note,
    /// A column declared to identify a person (`--identifier COLUMN`), for instance a member number.
    Identifier(Arc<str>),
    /// A column declared as free text to compare (`--text COLUMN`).
    Text(Arc<str>),
    /// Any other column: kept as a custom attribute, never compared.
    Custom(Arc<str>),
    /// Left out on purpose (`--map 'Column=ignore'`).
    Ignore,
}

const NAMES: &[(&str, Field)] = &[
    ("id", Field::Id),
    ("role", Field::Role),
    ("external_id", Field::ExternalId),
    ("email", Field::Email),
    ("name", Field::FullName),
    ("first_name", Field::FirstName),
    ("middle_name", Field::MiddleName),
    ("last_name", Field::LastName),
    ("name_prefix", Field::NamePrefix),
    ("name_suffix", Field::NameSuffix),
    ("phone", Field::Phone),
    ("company", Field::Company),
    ("job_title", Field::JobTitle),
    ("website", Field::Website),
    ("street_number", Field::StreetNumber),
    ("street", Field::Street),
    ("street2", Field::Street2),
    ("city", Field::City),
    ("region", Field::Region),
    ("postcode", Field::Postcode),
    ("country", Field::Country),
    ("birthday", Field::Birthday),
    ("created_at", Field::CreatedAt),
    ("updated_at", Field::UpdatedAt),
    ("last_seen_at", Field::LastSeenAt),
    ("signed_up_at", Field::SignedUpAt),
    ("unsubscribed", Field::Unsubscribed),
    ("hard_bounced", Field::HardBounced),
    ("marked_as_spam", Field::MarkedAsSpam),
    ("tags", Field::Tags),
    ("note", Field::Note),
    ("ignore", Field::Ignore),
];

/// A field name that is none of the known ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no field; the fields are {known}, identifier:NAME, text:NAME and custom:NAME", known = Field::known_names().join(", "))]
pub struct ParseFieldError(pub String);

impl Field {
    /// The names of all fields that carry no column name of their own, in the order of the documentation.
    #[must_use]
    pub fn known_names() -> Vec<&'static str> {
        NAMES.iter().map(|(name, _)| *name).collect()
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identifier(name) => write!(f, "identifier:{name}"),
            Self::Text(name) => write!(f, "text:{name}"),
            Self::Custom(name) => write!(f, "custom:{name}"),
            plain => {
                let name = NAMES.iter().find(|(_, field)| field == plain).map_or("ignore", |(name, _)| name);
                f.write_str(name)
            }
        }
    }
}

impl FromStr for Field {
    type Err = ParseFieldError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((kind, name)) = text.split_once(':')
            && !name.is_empty()
        {
            match kind {
                "identifier" => return Ok(Self::Identifier(name.into())),
                "text" => return Ok(Self::Text(name.into())),
                "custom" => return Ok(Self::Custom(name.into())),
                _ => {}
            }
        }
        NAMES
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, field)| field.clone())
            .ok_or_else(|| ParseFieldError(text.to_owned()))
    }
}

impl TryFrom<String> for Field {
    type Error = ParseFieldError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.to_string()
    }
}

/// Fields with a column's name are written beyond those without.
const NAMED_FROM: u8 = 0xf0;

impl Pack for Field {
    fn pack(&self, into: &mut Packer<'_>) {
        let (kind, name) = match self {
            Self::Identifier(name) => (0, name),
            Self::Text(name) => (1, name),
            Self::Custom(name) => (2, name),
            plain => {
                let place = NAMES.iter().position(|(_, field)| field == plain).unwrap_or(NAMES.len());
                return into.byte(u8::try_from(place).unwrap_or(NAMED_FROM));
            }
        };
        into.byte(NAMED_FROM + kind);
        into.text(name);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let kind = from.byte()?;
        if kind < NAMED_FROM {
            return NAMES.get(usize::from(kind)).map(|(_, field)| field.clone());
        }
        let name = from.text()?.into();
        Some(match kind - NAMED_FROM {
            0 => Self::Identifier(name),
            1 => Self::Text(name),
            _ => Self::Custom(name),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_name_reads_back_as_its_field() {
        for (name, field) in NAMES {
            assert_eq!(name.parse::<Field>().as_ref(), Ok(field), "{name}");
            assert_eq!(field.to_string(), *name);
        }
        let names = Field::known_names();
        let mut unique = names.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), names.len());
    }

    #[test]
    fn fields_that_carry_a_column_name_read_back_with_it() {
        for text in ["identifier:Member no", "text:Bio", "custom:plan", "custom:a:b", "custom:Größe"] {
            let field: Field = text.parse().unwrap();
            assert_eq!(field.to_string(), text);
            let json = serde_json::to_string(&field).unwrap();
            assert_eq!(serde_json::from_str::<Field>(&json).unwrap(), field);
        }
    }

    #[test]
    fn an_unknown_field_is_refused_with_the_list_of_fields() {
        for text in ["", "Email", "custom:", "note:x", "e-mail"] {
            assert_eq!(text.parse::<Field>(), Err(ParseFieldError(text.to_owned())));
        }
        let message = "mobile".parse::<Field>().unwrap_err().to_string();
        insta::assert_snapshot!(message, @"'mobile' is no field; the fields are id, role, external_id, email, name, first_name, middle_name, last_name, name_prefix, name_suffix, phone, company, job_title, website, street_number, street, street2, city, region, postcode, country, birthday, created_at, updated_at, last_seen_at, signed_up_at, unsubscribed, hard_bounced, marked_as_spam, tags, note, ignore, identifier:NAME, text:NAME and custom:NAME");
    }
}
