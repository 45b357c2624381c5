//! A record as labelled values, and the members of a group side by side. Every report and the review page show
//! records through this one view. Values are made safe to show (no control characters or direction marks) but are
//! neither shortened nor escaped: that is the renderer's part.

use serde::Serialize;

use crate::contact::{Birthday, Record};
use crate::link::{Group, RecordIndex};
use crate::plan::Plan;

use super::lookup;
use super::sanitize::visible;
use super::words;

/// One labelled value of a record. Several values of one field are joined by ", ".
pub(super) struct Entry {
    /// The field's name, as in `--map`.
    pub(super) label: String,
    /// The value to show.
    pub(super) value: String,
}

fn birthday(date: Birthday) -> String {
    let doubt = if date.ambiguous { " (or day and month swapped)" } else { "" };
    format!("{date}{doubt}")
}

fn yes(flag: bool) -> String {
    if flag { "yes" } else { "no" }.to_owned()
}

/// The values of a record, in a fixed order; empty fields are left out.
pub(super) fn entries(record: &Record) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut put = |label: &str, value: &str| {
        let value = visible(value).trim().to_owned();
        if value.is_empty() {
            return;
        }
        let label = visible(label).into_owned();
        match entries.iter_mut().find(|entry| entry.label == label) {
            Some(entry) => {
                entry.value.push_str(", ");
                entry.value.push_str(&value);
            }
            None => entries.push(Entry { label, value }),
        }
    };
    if let Some(name) = &record.name {
        put("name", name.display());
    }
    for email in &record.emails {
        put("email", email.address());
    }
    for phone in &record.phones {
        put("phone", phone.to_send());
    }
    if let Some(id) = &record.external_id {
        put("external_id", &id.0);
    }
    for company in &record.companies {
        put("company", company.original());
    }
    for (label, text) in record.plain_texts() {
        put(label, text.unwrap_or_default());
    }
    if let Some(date) = record.birthday {
        put("birthday", &birthday(date));
    }
    let flags = [
        ("unsubscribed", record.unsubscribed),
        ("hard_bounced", record.hard_bounced),
        ("marked_as_spam", record.marked_as_spam),
    ];
    for (label, flag) in flags {
        put(label, &flag.map(yes).unwrap_or_default());
    }
    let times = [
        ("created_at", record.created_at),
        ("updated_at", record.updated_at),
        ("last_seen_at", record.last_seen_at),
        ("signed_up_at", record.signed_up_at),
    ];
    for (label, time) in times {
        put(label, &time.map(words::moment).unwrap_or_default());
    }
    for tag in &record.tags {
        put("tags", tag);
    }
    for note in &record.notes {
        put("note", note);
    }
    for (name, value) in record.identifiers.iter().chain(&record.texts).chain(&record.custom) {
        put(name, value);
    }
    for (field, text) in &record.unparsed {
        put(&format!("{field} (not understood)"), text);
    }
    entries
}

/// Who a record is, in two pieces: the name (or whatever says who it is), and the e-mail, which may be empty. Two
/// pieces, because a name written from right to left must not carry the address with it.
pub(super) fn headline_parts(record: &Record) -> (String, String) {
    let name = record.name.as_ref().map(|name| visible(name.display()).into_owned());
    let email = record.emails.first().map(|email| visible(email.address()).into_owned());
    match (name, email) {
        (Some(name), email) => (name, email.unwrap_or_default()),
        (None, Some(email)) => (email, String::new()),
        (None, None) => {
            let first = entries(record).into_iter().next();
            (first.map_or_else(|| "(no values)".to_owned(), |entry| entry.value), String::new())
        }
    }
}

/// The same in one piece: `Ada Marsh <ada.marsh@example.com>`.
pub(super) fn headline(record: &Record) -> String {
    match headline_parts(record) {
        (name, email) if email.is_empty() => name,
        (name, email) => format!("{name} <{email}>"),
    }
}

/// How a cell relates to the survivor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    /// Nothing there.
    Empty,
    /// The survivor's own value, or the same apart from case and spaces; also a time, which differs always.
    Same,
    /// The survivor has nothing here, or keeps the values of all (tags, notes).
    Adds,
    /// The survivor has something else.
    Differs,
}

/// One cell of the side-by-side view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SideCell {
    /// The value to show.
    pub value: String,
    /// How it relates to the survivor's.
    pub kind: CellKind,
}

/// One field of all members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SideRow {
    /// The field's name.
    pub field: String,
    /// One cell per member, in the order of the members.
    pub cells: Vec<SideCell>,
}

/// Who a member is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Its position among the plan's records.
    pub record: u32,
    /// The name of the file or workspace it came from.
    pub source: String,
    /// Its 1-based data row there.
    pub row: u32,
    /// `existing` or `incoming`.
    pub side: &'static str,
    /// `lead`, `user`, or empty when nobody said.
    pub role: &'static str,
    /// The value of its id column, or empty.
    pub id: String,
    /// Whether it is the one that stays.
    pub survivor: bool,
    /// Whether it waits for a person, while the others of its group are planned.
    pub loose: bool,
    /// Its name and e-mail, or what else says who it is.
    pub headline: String,
}

/// The members of a group side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SideBySide {
    /// The members: the survivor first, loose ones last.
    pub members: Vec<Member>,
    /// Their fields; fields nobody has are left out.
    pub rows: Vec<SideRow>,
}

/// The members of a group in the order they are shown: the survivor first, loose ones last.
#[must_use]
pub fn in_order(group: &Group) -> Vec<RecordIndex> {
    let mut indices = group.members.clone();
    indices.sort_by_key(|index| (*index != group.golden.survivor, group.loose_weight(*index).is_some(), *index));
    indices
}

/// The first `limit` members of a group side by side.
#[must_use]
pub fn side_by_side(plan: &Plan, group: &Group, limit: usize) -> SideBySide {
    let indices = in_order(group).into_iter();
    let shown: Vec<(RecordIndex, &Record)> =
        indices.filter_map(|index| Some((index, plan.record(index)?))).take(limit).collect();
    beside(plan, &shown, Some(group))
}

/// Two records side by side, whatever groups they are in.
pub(super) fn two_side_by_side(plan: &Plan, left: RecordIndex, right: RecordIndex) -> SideBySide {
    let shown: Vec<(RecordIndex, &Record)> =
        [left, right].into_iter().filter_map(|index| Some((index, plan.record(index)?))).collect();
    beside(plan, &shown, None)
}

fn beside(plan: &Plan, shown: &[(RecordIndex, &Record)], group: Option<&Group>) -> SideBySide {
    let members = shown.iter().map(|(index, record)| member(plan, *index, record, group)).collect();
    let values: Vec<Vec<Entry>> = shown.iter().map(|(_, record)| entries(record)).collect();
    // Fields in the order of the member that has them first; custom attributes of later members come after
    let mut labels: Vec<&str> = Vec::new();
    for entry in values.iter().flatten() {
        if !labels.contains(&entry.label.as_str()) {
            labels.push(&entry.label);
        }
    }
    labels.sort_by_key(|label| ORDER.iter().position(|known| known == label).unwrap_or(ORDER.len()));
    let rows = labels
        .into_iter()
        .map(|label| {
            let value = |entries: &Vec<Entry>| {
                entries.iter().find(|entry| entry.label == label).map(|entry| entry.value.clone()).unwrap_or_default()
            };
            let first = values.first().map(value).unwrap_or_default();
            let cells = values.iter().map(|entries| side_cell(label, &first, value(entries))).collect();
            SideRow { field: label.to_owned(), cells }
        })
        .collect();
    SideBySide { members, rows }
}

/// The order fields are shown in; others follow in the order they are met.
const ORDER: &[&str] = &[
    "name",
    "email",
    "phone",
    "external_id",
    "company",
    "job_title",
    "website",
    "street",
    "city",
    "region",
    "postcode",
    "country",
    "birthday",
    "unsubscribed",
    "hard_bounced",
    "marked_as_spam",
    "created_at",
    "updated_at",
    "last_seen_at",
    "signed_up_at",
    "tags",
    "note",
];

fn member(plan: &Plan, index: RecordIndex, record: &Record, group: Option<&Group>) -> Member {
    Member {
        record: index.0,
        source: visible(lookup::source_name(plan, record.origin.source)).into_owned(),
        row: record.origin.row,
        side: words::side(record.side),
        role: record.role.map_or("", words::role),
        id: record.id.as_ref().map(|id| visible(&id.0).into_owned()).unwrap_or_default(),
        survivor: group.is_some_and(|group| group.golden.survivor == index),
        loose: group.is_some_and(|group| group.loose_weight(index).is_some()),
        headline: headline(record),
    }
}

fn side_cell(label: &str, survivor: &str, value: String) -> SideCell {
    let kind = if value.is_empty() {
        CellKind::Empty
    } else if value.to_lowercase().split_whitespace().eq(survivor.to_lowercase().split_whitespace()) {
        CellKind::Same
    } else if survivor.is_empty() || ADDED_UP.contains(&label) {
        CellKind::Adds
    } else if TIMES.contains(&label) {
        CellKind::Same
    } else {
        CellKind::Differs
    };
    SideCell { value, kind }
}

/// Fields whose values of all members are kept.
const ADDED_UP: &[&str] = &["tags", "note"];

/// Fields that differ between any two contacts, so that a difference says nothing.
const TIMES: &[&str] = &["created_at", "updated_at", "last_seen_at", "signed_up_at"];
