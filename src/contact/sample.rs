//! Builds invented records the short way, for tests and examples.
//!
//! Owns [`RecordBuilder`], which parses texts by the same rules as `ingest` does but takes one value at a time. What
//! cannot be parsed lands in [`Record::unparsed`], as in a real run, so a builder never fails.

use std::sync::Arc;

use super::{
    Birthday, Company, Email, ExternalId, Field, IntercomId, NameParts, Origin, PersonName, Phone, Record, Region,
    Role, Side, SourceId, Timestamp,
};

/// Builds one [`Record`].
///
/// ```
/// use leadfold::contact::RecordBuilder;
///
/// let record = RecordBuilder::lead().email("ann@hillside.example").name("Ann Lee").build();
/// assert_eq!(record.emails[0].address(), "ann@hillside.example");
/// ```
#[derive(Clone, Debug, Default)]
pub struct RecordBuilder {
    record: Record,
}

impl RecordBuilder {
    /// A row of a list to import that does not say whether it is a lead or a user.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A lead of a list to import.
    #[must_use]
    pub fn lead() -> Self {
        Self::new().role(Role::Lead)
    }

    /// A user of a list to import.
    #[must_use]
    pub fn user() -> Self {
        Self::new().role(Role::User)
    }

    /// Makes it a contact that is already in the workspace, with its Intercom id.
    #[must_use]
    pub fn existing(mut self, id: &str) -> Self {
        self.record.side = Side::Existing;
        self.id(id)
    }

    /// The text of the id column.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.record.id = Some(IntercomId(id.into()));
        self
    }

    /// Lead or user.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.record.role = Some(role);
        self
    }

    /// Position of the input (from 0) and data row within it (from 1); the line is the row plus one.
    #[must_use]
    pub fn origin(mut self, source: u16, row: u32) -> Self {
        self.record.origin = Origin { source: SourceId(source), row, line: u64::from(row) + 1 };
        self
    }

    /// Data row within the first input, from 1.
    #[must_use]
    pub fn row(self, row: u32) -> Self {
        self.origin(0, row)
    }

    /// The customer's own id.
    #[must_use]
    pub fn external_id(mut self, id: &str) -> Self {
        self.record.external_id = Some(ExternalId(id.into()));
        self
    }

    /// Adds an e-mail address.
    #[must_use]
    pub fn email(mut self, text: &str) -> Self {
        match Email::parse(text) {
            Ok(email) => self.record.emails.push(email),
            Err(_) => self.record.unparsed.push((Field::Email, text.into())),
        }
        self
    }

    /// The whole name, as in one cell.
    #[must_use]
    pub fn name(self, full: &str) -> Self {
        self.name_parts(&NameParts { full, ..NameParts::default() })
    }

    /// Given name and surname, as in two cells.
    #[must_use]
    pub fn first_last(self, first: &str, last: &str) -> Self {
        self.name_parts(&NameParts { first, last, ..NameParts::default() })
    }

    /// The name, from whatever cells there are.
    #[must_use]
    pub fn name_parts(mut self, parts: &NameParts<'_>) -> Self {
        self.record.name = PersonName::parse(parts);
        self
    }

    /// Adds a phone number, read without a country.
    #[must_use]
    pub fn phone(self, text: &str) -> Self {
        self.phone_with(text, None)
    }

    /// Adds a phone number as dialled from the country with this ISO code or name.
    #[must_use]
    pub fn phone_in(self, text: &str, country: &str) -> Self {
        self.phone_with(text, Region::parse(country))
    }

    fn phone_with(mut self, text: &str, region: Option<Region>) -> Self {
        match Phone::parse(text, region) {
            Some(phone) => self.record.phones.push(phone),
            None => self.record.unparsed.push((Field::Phone, text.into())),
        }
        self
    }

    /// Adds a company.
    #[must_use]
    pub fn company(mut self, text: &str) -> Self {
        match Company::parse(text) {
            Some(company) => self.record.companies.push(company),
            None => self.record.unparsed.push((Field::Company, text.into())),
        }
        self
    }

    /// Job title.
    #[must_use]
    pub fn job_title(mut self, text: &str) -> Self {
        self.record.job_title = Some(text.into());
        self
    }

    /// Web site.
    #[must_use]
    pub fn website(mut self, text: &str) -> Self {
        self.record.website = Some(text.into());
        self
    }

    /// Street with house number.
    #[must_use]
    pub fn street(mut self, text: &str) -> Self {
        self.record.street = Some(text.into());
        self
    }

    /// City.
    #[must_use]
    pub fn city(mut self, text: &str) -> Self {
        self.record.city = Some(text.into());
        self
    }

    /// State, province or county.
    #[must_use]
    pub fn region(mut self, text: &str) -> Self {
        self.record.region = Some(text.into());
        self
    }

    /// Postal code.
    #[must_use]
    pub fn postcode(mut self, text: &str) -> Self {
        self.record.postcode = Some(text.into());
        self
    }

    /// Country, by name or code.
    #[must_use]
    pub fn country(mut self, text: &str) -> Self {
        self.record.country = Some(text.into());
        self
    }

    /// Date of birth; a date that does not exist leaves it empty.
    #[must_use]
    pub fn birthday(mut self, year: u16, month: u8, day: u8) -> Self {
        self.record.birthday = Birthday::new(year, month, day);
        self
    }

    /// When it was created, in Unix seconds.
    #[must_use]
    pub fn created_at(mut self, seconds: i64) -> Self {
        self.record.created_at = Some(Timestamp(seconds));
        self
    }

    /// When it last changed, in Unix seconds.
    #[must_use]
    pub fn updated_at(mut self, seconds: i64) -> Self {
        self.record.updated_at = Some(Timestamp(seconds));
        self
    }

    /// When the person was last seen, in Unix seconds.
    #[must_use]
    pub fn last_seen_at(mut self, seconds: i64) -> Self {
        self.record.last_seen_at = Some(Timestamp(seconds));
        self
    }

    /// When the user signed up, in Unix seconds.
    #[must_use]
    pub fn signed_up_at(mut self, seconds: i64) -> Self {
        self.record.signed_up_at = Some(Timestamp(seconds));
        self
    }

    /// Whether the person unsubscribed from e-mails.
    #[must_use]
    pub fn unsubscribed(mut self, yes: bool) -> Self {
        self.record.unsubscribed = Some(yes);
        self
    }

    /// Whether mail to the address bounced for good.
    #[must_use]
    pub fn hard_bounced(mut self, yes: bool) -> Self {
        self.record.hard_bounced = Some(yes);
        self
    }

    /// Whether the person marked our mail as spam.
    #[must_use]
    pub fn marked_as_spam(mut self, yes: bool) -> Self {
        self.record.marked_as_spam = Some(yes);
        self
    }

    /// Adds a tag; tags stay sorted and without repeats.
    #[must_use]
    pub fn tag(mut self, tag: &str) -> Self {
        let known = self.record.tags.iter().any(|other| other.to_lowercase() == tag.to_lowercase());
        if !known {
            self.record.tags.push(tag.into());
            self.record.tags.sort();
        }
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, text: &str) -> Self {
        self.record.notes.push(text.into());
        self
    }

    /// Adds the value of a column declared to identify a person.
    #[must_use]
    pub fn identifier(mut self, column: &str, value: &str) -> Self {
        self.record.identifiers.push((Arc::from(column), value.into()));
        self
    }

    /// Adds the value of a column declared as text to compare.
    #[must_use]
    pub fn text(mut self, column: &str, value: &str) -> Self {
        self.record.texts.push((Arc::from(column), value.into()));
        self
    }

    /// Adds a custom attribute.
    #[must_use]
    pub fn custom(mut self, attribute: &str, value: &str) -> Self {
        self.record.custom.push((Arc::from(attribute), value.into()));
        self
    }

    /// The record.
    #[must_use]
    pub fn build(self) -> Record {
        self.record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_lead_holds_what_was_said() {
        let record = RecordBuilder::lead()
            .row(3)
            .email("ann.lee@hillside.example")
            .name("Ann Lee")
            .phone("+44 20 7946 0123")
            .tag("vip")
            .tag("VIP")
            .build();
        assert_eq!(record.role, Some(Role::Lead));
        assert_eq!(record.origin.line, 4);
        assert_eq!(record.emails.len(), 1);
        assert_eq!(record.phones.len(), 1);
        assert_eq!(record.tags.len(), 1);
        assert_eq!(record.name.as_ref().map(PersonName::display), Some("Ann Lee"));
    }

    #[test]
    fn what_cannot_be_parsed_is_carried_as_unparsed() {
        let record = RecordBuilder::new().email("no address").phone("n/a").company("-").build();
        assert_eq!(record.emails, []);
        assert_eq!(record.unparsed.len(), 3);
    }

    #[test]
    fn an_existing_contact_has_an_id_and_its_side() {
        let record = RecordBuilder::user().existing("0123456789abcdef01234567").external_id("u-1").build();
        assert_eq!(record.side, Side::Existing);
        assert!(record.id.is_some());
    }
}
