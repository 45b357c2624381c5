//! How well the columns that are compared are filled, and how much of them could not be understood.

use std::collections::BTreeMap;

use crate::contact::Field;
use crate::ingest::Source;

use super::svg::Stack;

/// What the parts of a bar are called, with the class that colours them.
pub(super) const LEGEND: [(&str, &str); 3] =
    [("create", "filled"), ("danger", "filled, not understood"), ("track", "empty")];

/// For each meaning a column of a file can have, cells over all files. Columns kept as custom attributes are left out:
/// they are not compared.
pub(super) fn of(sources: &[Source]) -> Vec<Stack> {
    let mut counts: BTreeMap<&Field, [u64; 3]> = BTreeMap::new();
    for source in sources {
        let accepted = source.rows.saturating_sub(source.rejected);
        for column in source.columns.iter().filter(|column| is_compared(&column.field)) {
            let [good, bad, empty] = counts.entry(&column.field).or_default();
            *good += column.filled.saturating_sub(column.invalid);
            *bad += column.invalid;
            *empty += accepted.saturating_sub(column.filled);
        }
    }
    let filled = counts.into_iter().filter(|(_, [good, bad, _])| good + bad > 0);
    filled.map(|(field, parts)| Stack { label: field.to_string(), parts: parts.to_vec() }).collect()
}

fn is_compared(field: &Field) -> bool {
    use Field::{
        Birthday, City, Company, Country, Email, ExternalId, FirstName, FullName, Identifier, JobTitle, LastName,
        Phone, Postcode, Region, Street, Text, Website,
    };
    matches!(
        field,
        Birthday
            | City
            | Company
            | Country
            | Email
            | ExternalId
            | FirstName
            | FullName
            | Identifier(_)
            | JobTitle
            | LastName
            | Phone
            | Postcode
            | Region
            | Street
            | Text(_)
            | Website
    )
}
