//! A group made of members of former groups: its survivor and its merged record.
//!
//! What the former groups chose is kept as far as the members are still there; what they left out, because another
//! member said the same, comes from the records.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::values::{Member, attribute_name, has_attribute_of_its_name, values};
use super::{Attribute, StandardAttribute};
use crate::contact::{Field, Record, Records, Role, Side};
use crate::link::{Alternative, Band, Golden, GoldenField, Group, RecordIndex};

/// The group of these members. Number, weight and band are the caller's.
pub(super) fn part(
    records: &dyn Records,
    former: &[Group],
    members: &[RecordIndex],
    chosen: Option<RecordIndex>,
) -> Group {
    let (survivor, reason) = survivor(records, former, members, chosen);
    let fields = fields(records, former, members, survivor).into();
    Group {
        id: 0,
        members: members.to_vec(),
        loose: Vec::new(),
        band: Band::Single,
        weight: None,
        review_reason: None,
        golden: Golden { survivor, reason, fields },
    }
}

fn record(records: &dyn Records, index: RecordIndex) -> Option<Cow<'_, Record>> {
    records.look(usize::try_from(index.0).ok()?)
}

fn survivor(
    records: &dyn Records,
    former: &[Group],
    members: &[RecordIndex],
    chosen: Option<RecordIndex>,
) -> (RecordIndex, Cow<'static, str>) {
    if let Some(chosen) = chosen {
        return (chosen, "chosen by a person".into());
    }
    let mut kept = former.iter().filter(|group| members.contains(&group.golden.survivor));
    if let (Some(group), None) = (kept.next(), kept.next()) {
        return (group.golden.survivor, group.golden.reason.clone());
    }
    let of = |index: &RecordIndex| record(records, *index).map(|record| rank(&record));
    let best = members.iter().copied().min_by_key(of).unwrap_or(RecordIndex(0));
    (best, "existing before incoming, users before leads, then the oldest".into())
}

fn rank(record: &Record) -> impl Ord + use<> {
    (
        Reverse(record.side == Side::Existing),
        Reverse(record.role == Some(Role::User)),
        Reverse(record.external_id.is_some()),
        record.created_at.is_none(),
        record.created_at,
        record.id.clone(),
        record.origin,
    )
}

fn fields(records: &dyn Records, former: &[Group], members: &[RecordIndex], survivor: RecordIndex) -> Vec<GoldenField> {
    let mut found: Vec<GoldenField> = Vec::new();
    let mut ordered: Vec<RecordIndex> = members.to_vec();
    ordered.sort_by_key(|member| *member != survivor);

    for field in former.iter().flat_map(|group| &group.golden.fields) {
        let own = (field.from, &field.value);
        let others = field.alternatives.iter().map(|other| (other.from, &other.value));
        for (from, value) in std::iter::once(own).chain(others).filter(|(from, _)| members.contains(from)) {
            put(&mut found, field.field.clone(), from, value);
        }
    }
    for &index in &ordered {
        let Some(record) = record(records, index) else { continue };
        for value in values(Member { index, record: &record }) {
            let text = value.value.to_string();
            let field = declared(&found, &value.attribute).unwrap_or_else(|| field_of(&value.attribute));
            put(&mut found, field, index, &text);
        }
        for (field, texts) in [
            (Field::Tags, record.tags.iter().map(ToString::to_string).collect::<Vec<_>>()),
            (Field::Company, record.companies.iter().map(|company| company.original().to_owned()).collect()),
        ] {
            for text in texts {
                put(&mut found, field.clone(), index, &text);
            }
        }
    }
    // A person's choice of survivor is a choice of its values too.
    for field in &mut found {
        let survives = field.alternatives.iter().position(|other| other.from == survivor);
        if let (Some(place), true) = (survives, field.from != survivor) {
            let winner = field.alternatives.remove(place);
            let former = Alternative { from: field.from, value: std::mem::replace(&mut field.value, winner.value) };
            field.from = winner.from;
            field.alternatives.insert(0, former);
        }
    }
    found.sort_by(|one, other| one.field.cmp(&other.field));
    found
}

/// Adds a value: as an entry of its own in a list, as an alternative elsewhere. Differences of case alone are none.
fn put(found: &mut Vec<GoldenField>, field: Field, from: RecordIndex, value: &str) {
    let is_list = matches!(field, Field::Email | Field::Phone | Field::Company | Field::Tags | Field::Note);
    let known: BTreeSet<String> = found
        .iter()
        .filter(|entry| entry.field == field)
        .flat_map(|entry| std::iter::once(&entry.value).chain(entry.alternatives.iter().map(|other| &other.value)))
        .map(|text| text.to_lowercase())
        .collect();
    if known.contains(&value.to_lowercase()) {
        return;
    }
    let value = value.to_owned();
    match found.iter_mut().find(|entry| entry.field == field) {
        Some(entry) if !is_list => entry.alternatives.push(Alternative { from, value }),
        _ => found.push(GoldenField { field, value, from, alternatives: Vec::new(), chosen: false, rule: None }),
    }
}

/// The field of a column that was declared an identifier or text to compare, which its attribute does not tell.
fn declared(found: &[GoldenField], attribute: &Attribute) -> Option<Field> {
    let Attribute::Custom(attribute) = attribute else { return None };
    let mut fields = found.iter().map(|entry| &entry.field);
    let named = |name: &str| attribute_name(name) == *attribute;
    fields
        .find(|field| matches!(field, Field::Identifier(name) | Field::Text(name) | Field::Custom(name) if named(name)))
        .cloned()
}

fn field_of(attribute: &Attribute) -> Field {
    match attribute {
        Attribute::Standard(StandardAttribute::Role) => Field::Role,
        Attribute::Standard(StandardAttribute::ExternalId) => Field::ExternalId,
        Attribute::Standard(StandardAttribute::Email) => Field::Email,
        Attribute::Standard(StandardAttribute::Phone) => Field::Phone,
        Attribute::Standard(StandardAttribute::Name) => Field::FullName,
        Attribute::Standard(StandardAttribute::SignedUpAt) => Field::SignedUpAt,
        Attribute::Standard(StandardAttribute::LastSeenAt) => Field::LastSeenAt,
        Attribute::Standard(StandardAttribute::UnsubscribedFromEmails) => Field::Unsubscribed,
        Attribute::Custom(name) => match name.parse() {
            Ok(field) if has_attribute_of_its_name(&field) => field,
            _ => Field::Custom(name.as_str().into()),
        },
    }
}
