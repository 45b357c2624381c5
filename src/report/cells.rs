//! The original columns of the inputs, put side by side in one file, and the cells of a record rebuilt from what was
//! read. Used for `errors.csv`, which a person mends and feeds again.

use crate::contact::{Field, Record, SourceId, Timestamp};
use crate::ingest::Source;

/// The columns of several inputs as one header. Columns of the same name share a place; a row with more cells than its
/// header gets columns of its own after them.
pub(super) struct OriginalColumns {
    headers: Vec<String>,
    places: Vec<(SourceId, Vec<usize>)>,
    extra: usize,
}

impl OriginalColumns {
    pub(super) fn new(sources: &[&Source]) -> Self {
        let mut headers: Vec<String> = Vec::new();
        let mut places = Vec::new();
        for source in sources {
            let mut taken: Vec<usize> = Vec::new();
            for column in &source.columns {
                let free = headers
                    .iter()
                    .enumerate()
                    .position(|(at, header)| *header == column.header && !taken.contains(&at));
                let at = free.unwrap_or_else(|| {
                    headers.push(column.header.clone());
                    headers.len() - 1
                });
                taken.push(at);
            }
            places.push((source.id, taken));
        }
        Self { headers, places, extra: 0 }
    }

    /// Makes sure a row of that many cells fits.
    pub(super) fn make_room(&mut self, source: SourceId, cells: usize) {
        let columns = self.places_of(source).len();
        self.extra = self.extra.max(cells.saturating_sub(columns));
    }

    fn places_of(&self, source: SourceId) -> &[usize] {
        self.places.iter().find(|(id, _)| *id == source).map_or(&[], |(_, places)| places.as_slice())
    }

    pub(super) fn headers(&self) -> Vec<String> {
        let extra = (1..=self.extra).map(|number| format!("leadfold_extra_{number}"));
        self.headers.iter().cloned().chain(extra).collect()
    }

    /// One row's cells under the common header.
    pub(super) fn place<'c>(&self, source: SourceId, cells: &'c [String]) -> Vec<&'c str> {
        let places = self.places_of(source);
        let mut row = vec![""; self.headers.len() + self.extra];
        for (number, cell) in cells.iter().enumerate() {
            let at = places.get(number).copied().unwrap_or(self.headers.len() + number.saturating_sub(places.len()));
            if let Some(slot) = row.get_mut(at) {
                *slot = cell;
            }
        }
        row
    }
}

/// The cells of an accepted row, one per column of its source, as far as the record still knows them: values are in
/// their normalised form, and a name in parts is split at its last space.
pub(super) fn rebuild(record: &Record, source: &Source) -> Vec<String> {
    source
        .columns
        .iter()
        .map(|column| {
            let same_field = || source.columns.iter().filter(|other| other.field == column.field);
            let nth = same_field().take_while(|other| other.column != column.column).count();
            let is_last = nth + 1 == same_field().count();
            let values = values(record, &column.field);
            // The last column of a field takes all values that are left, so that none is lost
            let mine = if is_last { values.get(nth..) } else { values.get(nth..=nth) };
            mine.unwrap_or_default().join(", ")
        })
        .collect()
}

fn time(at: Option<Timestamp>) -> Vec<String> {
    let text =
        |at: Timestamp| jiff::Timestamp::from_second(at.0).map_or_else(|_| at.0.to_string(), |time| time.to_string());
    at.map(text).into_iter().collect()
}

fn flag(value: Option<bool>) -> Vec<String> {
    value.map(|flag| flag.to_string()).into_iter().collect()
}

fn text(value: Option<&str>) -> Vec<String> {
    value.map(str::to_owned).into_iter().collect()
}

fn named(values: &[(std::sync::Arc<str>, std::sync::Arc<str>)], name: &str) -> Vec<String> {
    values.iter().filter(|(known, _)| **known == *name).map(|(_, value)| value.to_string()).collect()
}

fn values(record: &Record, field: &Field) -> Vec<String> {
    let name = record.name.as_ref().map(crate::contact::PersonName::display);
    let (first, last) = name.map_or((None, None), |name| match name.rsplit_once(' ') {
        Some((first, last)) => (Some(first), Some(last)),
        None => (Some(name), None),
    });
    let mut values = match field {
        Field::Id => text(record.id.as_ref().map(|id| &*id.0)),
        Field::Role => text(record.role.map(super::words::role)),
        Field::ExternalId => text(record.external_id.as_ref().map(|id| &*id.0)),
        Field::Email => record.emails.iter().map(|email| email.original().to_owned()).collect(),
        Field::FullName => text(name),
        Field::FirstName => text(first),
        Field::LastName => text(last),
        Field::Phone => record.phones.iter().map(|phone| phone.original().to_owned()).collect(),
        Field::Company => record.companies.iter().map(|company| company.original().to_owned()).collect(),
        Field::JobTitle => text(record.job_title.as_deref()),
        Field::Website => text(record.website.as_deref()),
        Field::Street => text(record.street.as_deref()),
        Field::City => text(record.city.as_deref()),
        Field::Region => text(record.region.as_deref()),
        Field::Postcode => text(record.postcode.as_deref()),
        Field::Country => text(record.country.as_deref()),
        Field::Birthday => record.birthday.map(|date| date.to_string()).into_iter().collect(),
        Field::CreatedAt => time(record.created_at),
        Field::UpdatedAt => time(record.updated_at),
        Field::LastSeenAt => time(record.last_seen_at),
        Field::SignedUpAt => time(record.signed_up_at),
        Field::Unsubscribed => flag(record.unsubscribed),
        Field::HardBounced => flag(record.hard_bounced),
        Field::MarkedAsSpam => flag(record.marked_as_spam),
        Field::Tags => vec![record.tags.join(", ")],
        Field::Note => record.notes.iter().map(ToString::to_string).collect(),
        Field::Identifier(name) => named(&record.identifiers, name),
        Field::Text(name) => named(&record.texts, name),
        Field::Custom(name) => named(&record.custom, name),
        // Part of the whole name or street, or left out on purpose
        Field::MiddleName
        | Field::NamePrefix
        | Field::NameSuffix
        | Field::StreetNumber
        | Field::Street2
        | Field::Ignore => Vec::new(),
    };
    values.extend(record.unparsed.iter().filter(|(unparsed, _)| unparsed == field).map(|(_, value)| value.to_string()));
    values
}
