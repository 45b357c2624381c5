//! The merged record of a group: the survivor, and for each field the value that wins with those that did not.
//!
//! The survivor's own values stay. What it lacks comes from the other members, the most telling first: existing before
//! incoming, then the most recently seen, then the most complete. Opt-out wins over everything, the earliest creation
//! and the latest visit are kept.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::RecordIndex;
use super::survive::{Alternative, Golden, GoldenField, SurvivorOrder, SurvivorRule};
use crate::contact::{Compact, Company, Email, Field, PersonName, Phone, Record, Records, Role, Side};

/// A member of a group.
type Source<'r> = (u32, Cow<'r, Record>);

/// Merges the members of a group.
pub(super) fn merge(records: &dyn Records, members: &[u32], order: &SurvivorOrder) -> Golden {
    if let [only] = *members {
        return Golden { survivor: RecordIndex(only), reason: "the only record".into(), fields: Compact::default() };
    }
    let sources = sources(records, members.iter().copied());
    let (survivor, reason) = survivor(&sources, order);
    Golden { survivor: RecordIndex(survivor), reason, fields: merged(sources, survivor).into() }
}

/// The merged record linking gives these members when this one survives. None for a contact alone: it is what it is.
#[must_use]
pub fn merged_fields(
    records: &(impl Records + ?Sized),
    members: impl Iterator<Item = RecordIndex>,
    survivor: RecordIndex,
) -> Vec<GoldenField> {
    let members: Vec<u32> = members.map(|member| member.0).collect();
    if members.len() < 2 {
        return Vec::new();
    }
    merged(sources(&records, members.into_iter()), survivor.0)
}

fn sources(records: &dyn Records, members: impl Iterator<Item = u32>) -> Vec<Source<'_>> {
    members.filter_map(|row| Some((row, records.look(row as usize)?))).collect()
}

fn merged(sources: Vec<Source<'_>>, survivor: u32) -> Vec<GoldenField> {
    let (mut sources, others): (Vec<_>, Vec<_>) = sources.into_iter().partition(|(row, _)| *row == survivor);
    if others.is_empty() {
        return Vec::new();
    }
    sources.extend(others);
    if let Some(others) = sources.get_mut(1..) {
        others.sort_by(|(_, left), (_, right)| donor_order(left, right));
    }
    let sources: Vec<(u32, &Record)> = sources.iter().map(|(row, record)| (*row, &**record)).collect();
    fields(&sources)
}

/// Which other member fills an empty field first.
fn donor_order(left: &Record, right: &Record) -> Ordering {
    let existing = |record: &Record| record.side == Side::Existing;
    let seen = |record: &Record| record.last_seen_at.max(record.updated_at).max(record.created_at);
    existing(right)
        .cmp(&existing(left))
        .then_with(|| seen(right).cmp(&seen(left)))
        .then_with(|| filled(right).cmp(&filled(left)))
        .then_with(|| left.id.cmp(&right.id))
        .then_with(|| left.origin.cmp(&right.origin))
}

/// Number of filled fields.
fn filled(record: &Record) -> usize {
    let single = [
        record.external_id.is_some(),
        record.name.is_some(),
        record.job_title.is_some(),
        record.website.is_some(),
        record.street.is_some(),
        record.city.is_some(),
        record.region.is_some(),
        record.postcode.is_some(),
        record.country.is_some(),
        record.birthday.is_some(),
    ];
    single.iter().filter(|filled| **filled).count()
        + record.emails.len()
        + record.phones.len()
        + record.companies.len()
        + record.tags.len()
        + record.custom.len()
}

/// How a rule orders two records; the survivor is the smallest.
fn by_rule(rule: SurvivorRule, left: &Record, right: &Record) -> Ordering {
    let first = |left: bool, right: bool| right.cmp(&left);
    match rule {
        SurvivorRule::Existing => first(left.side == Side::Existing, right.side == Side::Existing),
        SurvivorRule::User => first(left.role == Some(Role::User), right.role == Some(Role::User)),
        SurvivorRule::ExternalId => first(left.external_id.is_some(), right.external_id.is_some()),
        SurvivorRule::Oldest => {
            let created = |record: &Record| record.created_at.map_or(i64::MAX, |at| at.0);
            created(left).cmp(&created(right))
        }
        SurvivorRule::LastSeen => right.last_seen_at.cmp(&left.last_seen_at),
        SurvivorRule::MostComplete => filled(right).cmp(&filled(left)),
    }
}

/// Chooses the survivor and says why, in the words of the rule that decided.
fn survivor(members: &[Source<'_>], order: &SurvivorOrder) -> (u32, Cow<'static, str>) {
    let mut left: Vec<(u32, &Record)> = members.iter().map(|(row, record)| (*row, &**record)).collect();
    let mut standing = "records";
    for rule in &order.0 {
        let best = left.iter().copied().min_by(|(_, one), (_, other)| by_rule(*rule, one, other));
        let Some((row, best)) = best else { break };
        let before = left.len();
        left.retain(|(_, record)| by_rule(*rule, record, best).is_eq());
        if left.len() == 1 {
            let reason = match rule {
                SurvivorRule::Existing => "the only existing contact".into(),
                SurvivorRule::User => "the only user".into(),
                SurvivorRule::ExternalId => format!("the only one of {before} {standing} with an external id").into(),
                SurvivorRule::Oldest => format!("the oldest of {before} {standing}").into(),
                SurvivorRule::LastSeen => format!("the most recently seen of {before} {standing}").into(),
                SurvivorRule::MostComplete => format!("the most complete of {before} {standing}").into(),
            };
            return (row, reason);
        }
        standing = match rule {
            SurvivorRule::User if best.role == Some(Role::User) => "users",
            SurvivorRule::User if best.role == Some(Role::Lead) => "leads",
            SurvivorRule::Existing if standing == "records" && best.side == Side::Existing => "existing contacts",
            _ => standing,
        };
    }
    let before = left.len();
    // A record without an id comes after those with one.
    let tie = |(_, record): &(u32, &Record)| (record.id.is_none(), record.id.clone(), record.origin);
    let Some((row, best)) = left.into_iter().min_by_key(tie) else { return (0, Cow::Borrowed("nobody")) };
    let rule = if best.id.is_some() { "the smallest id" } else { "the first row" };
    (row, format!("{rule} of {before} equal {standing}").into())
}

/// The value of one record for one field, as it would be written.
type Value = for<'r> fn(&'r Record) -> Option<Cow<'r, str>>;

/// The same for a field with a list of values: the one at a place in it.
type Listed = for<'r> fn(&'r Record, usize) -> Option<&'r str>;

fn one(text: Option<&str>) -> Option<Cow<'_, str>> {
    text.filter(|text| !text.trim().is_empty()).map(Cow::Borrowed)
}

/// Fields with one value: the first source that has one wins.
const SINGLE: &[(Field, Value)] = &[
    (Field::ExternalId, |record| one(record.external_id.as_ref().map(|id| id.0.as_ref()))),
    (Field::FullName, |record| one(record.name.as_ref().map(PersonName::display))),
    (Field::JobTitle, |record| one(record.job_title.as_deref())),
    (Field::Website, |record| one(record.website.as_deref())),
    (Field::Street, |record| one(record.street.as_deref())),
    (Field::City, |record| one(record.city.as_deref())),
    (Field::Region, |record| one(record.region.as_deref())),
    (Field::Postcode, |record| one(record.postcode.as_deref())),
    (Field::Country, |record| one(record.country.as_deref())),
    (Field::Birthday, |record| record.birthday.map(|day| day.to_string().into())),
];

/// Fields with a list of values: every distinct value has its own entry.
const LISTS: &[(Field, Listed)] = &[
    (Field::Email, |record, at| record.emails.get(at).map(Email::address)),
    (Field::Phone, |record, at| record.phones.get(at).map(Phone::to_send)),
    (Field::Company, |record, at| record.companies.get(at).map(Company::original)),
    (Field::Tags, |record, at| record.tags.get(at).map(AsRef::as_ref)),
    (Field::Note, |record, at| record.notes.get(at).map(AsRef::as_ref)),
];

fn fields(sources: &[(u32, &Record)]) -> Vec<GoldenField> {
    let mut fields = Vec::new();
    let role: Value = |record| {
        record.role.map(|role| match role {
            Role::User => "user".into(),
            Role::Lead => "lead".into(),
        })
    };
    // One user makes the merged contact a user.
    let users_first: Vec<(u32, &Record)> = {
        let (users, rest): (Vec<_>, Vec<_>) = sources.iter().partition(|(_, record)| record.role == Some(Role::User));
        users.into_iter().chain(rest).collect()
    };
    single(&Field::Role, &users_first, role, &mut fields);
    for (field, values) in SINGLE {
        single(field, sources, *values, &mut fields);
    }
    for (field, values) in LISTS {
        list(field, sources, *values, &mut fields);
    }
    times(sources, &mut fields);
    flags(sources, &mut fields);
    named(sources, |record| &record.identifiers, Field::Identifier, &mut fields);
    named(sources, |record| &record.texts, Field::Text, &mut fields);
    named(sources, |record| &record.custom, Field::Custom, &mut fields);
    // Stable: a list keeps its main value first.
    fields.sort_by(|left, right| left.field.cmp(&right.field));
    fields
}

fn single(field: &Field, sources: &[(u32, &Record)], value: Value, into: &mut Vec<GoldenField>) {
    let values = sources.iter().filter_map(|(row, record)| Some((*row, value(record)?)));
    into.extend(winner(field, values));
}

/// The first value, with those that differ from it.
fn winner<'r>(field: &Field, values: impl Iterator<Item = (u32, Cow<'r, str>)>) -> Option<GoldenField> {
    let mut found: Option<GoldenField> = None;
    for (row, value) in values {
        let from = RecordIndex(row);
        match &mut found {
            None => {
                let (field, value) = (field.clone(), value.into_owned());
                found = Some(GoldenField { field, value, from, alternatives: Vec::new(), chosen: false, rule: None });
            }
            Some(winner) => {
                let known = same_text(&winner.value, &value)
                    || winner.alternatives.iter().any(|other| same_text(&other.value, &value));
                if !known {
                    winner.alternatives.push(Alternative { from, value: value.into_owned() });
                }
            }
        }
    }
    found
}

fn list(field: &Field, sources: &[(u32, &Record)], value: Listed, into: &mut Vec<GoldenField>) {
    let start = into.len();
    for (row, record) in sources {
        for value in (0..).map_while(|at| value(record, at)) {
            if !into[start..].iter().any(|known| same_text(&known.value, value)) {
                into.push(GoldenField {
                    field: field.clone(),
                    value: value.to_owned(),
                    from: RecordIndex(*row),
                    alternatives: Vec::new(),
                    chosen: false,
                    rule: None,
                });
            }
        }
    }
}

/// Differences of case alone are no alternative worth keeping.
fn same_text(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(right);
    }
    left == right || left.to_lowercase() == right.to_lowercase()
}

fn times(sources: &[(u32, &Record)], into: &mut Vec<GoldenField>) {
    type Time = fn(&Record) -> Option<i64>;
    let earliest: [(Field, Time); 2] = [
        (Field::CreatedAt, |record| record.created_at.map(|at| at.0)),
        (Field::SignedUpAt, |record| record.signed_up_at.map(|at| at.0)),
    ];
    let latest: [(Field, Time); 2] = [
        (Field::UpdatedAt, |record| record.updated_at.map(|at| at.0)),
        (Field::LastSeenAt, |record| record.last_seen_at.map(|at| at.0)),
    ];
    let mut put = |field: Field, time: Time, sign: i64| {
        let timed = sources.iter().enumerate().filter_map(|(at, (row, record))| Some((sign * time(record)?, at, *row)));
        if let Some((value, _, row)) = timed.min() {
            into.push(GoldenField {
                field,
                value: (sign * value).to_string(),
                from: RecordIndex(row),
                alternatives: Vec::new(),
                chosen: false,
                rule: None,
            });
        }
    };
    for (field, time) in earliest {
        put(field, time, 1);
    }
    for (field, time) in latest {
        put(field, time, -1);
    }
}

fn flags(sources: &[(u32, &Record)], into: &mut Vec<GoldenField>) {
    type Flag = fn(&Record) -> Option<bool>;
    let all: [(Field, Flag); 3] = [
        (Field::Unsubscribed, |record| record.unsubscribed),
        (Field::HardBounced, |record| record.hard_bounced),
        (Field::MarkedAsSpam, |record| record.marked_as_spam),
    ];
    for (field, flag) in all {
        let known = || sources.iter().filter_map(move |(row, record)| Some((flag(record)?, *row)));
        // Opt-out wins: one member's "yes" is everybody's.
        if let Some((value, row)) = known().find(|(value, _)| *value).or_else(|| known().next()) {
            into.push(GoldenField {
                field,
                value: value.to_string(),
                from: RecordIndex(row),
                alternatives: Vec::new(),
                chosen: false,
                rule: None,
            });
        }
    }
}

/// Column name and value.
type Column = (std::sync::Arc<str>, std::sync::Arc<str>);

/// Columns that carry their own name.
fn named<'r>(
    sources: &[(u32, &'r Record)],
    columns: fn(&'r Record) -> &'r [Column],
    field: fn(std::sync::Arc<str>) -> Field,
    into: &mut Vec<GoldenField>,
) {
    let mut names: Vec<&std::sync::Arc<str>> =
        sources.iter().flat_map(|(_, record)| columns(record).iter().map(|(name, _)| name)).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let of_column = |(row, record): &(u32, &'r Record)| {
            let row = *row;
            let own = columns(record).iter().filter(move |(column, _)| column == name);
            own.map(move |(_, value)| (row, Cow::Borrowed(value.as_ref())))
        };
        into.extend(winner(&field(name.clone()), sources.iter().flat_map(of_column)));
    }
}
