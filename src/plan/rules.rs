//! Saved rules for single fields: whose value wins where several contacts are one person.
//!
//! Without a rule the contact that stays keeps its values and takes from the others what it lacks. Is given groups whose
//! merged record linking made, moves the value a rule names to the front of its field and marks it, so that the decision
//! writes it even over a value of the contact's own. A rule never speaks of what is not the owner's to choose: opting out,
//! accounts, and what Intercom finds out itself.
//!
//! After the plan was applied the contact that stays holds what a rule chose, and every rule then chooses that again;
//! rows of a list that name several values are therefore asked in input order, and the workspace before them.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::fmt::Write as _;

use rayon::prelude::*;
use serde::{Deserialize, Deserializer, Serialize};

use super::values::{Member, attribute_of, values};
use super::{Attribute, Change};
use crate::contact::{Field, Records, Side, Timestamp};
use crate::link::{Alternative, FieldRule, GoldenField, Group};

/// A rule for each field somebody set one for; `[plan.rules]` in the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FieldRules(BTreeMap<Field, FieldRule>);

/// Fields that can have a rule, besides columns with a name of their own.
const RULED: [Field; 8] = [
    Field::Email,
    Field::FullName,
    Field::Phone,
    Field::JobTitle,
    Field::Website,
    Field::Street,
    Field::Postcode,
    Field::Birthday,
];

impl<'de> Deserialize<'de> for FieldRules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let named = BTreeMap::<Ruled, FieldRule>::deserialize(deserializer)?;
        let rules = Self(named.into_iter().map(|(Ruled(field), rule)| (field, rule)).collect());
        let mut attributes: Vec<(Attribute, &Field)> = rules.attributes().collect();
        attributes.sort();
        match attributes.windows(2).find(|two| matches!(two, [one, other] if one.0 == other.0)) {
            Some([one, other]) => Err(serde::de::Error::custom(format!(
                "{} and {} are one attribute of a contact: keep one of the two rules",
                one.1, other.1
            ))),
            _ => Ok(rules),
        }
    }
}

/// A field that can have a rule. A key of its own, so that a refusal names the line.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Ruled(Field);

impl<'de> Deserialize<'de> for Ruled {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ruled(&String::deserialize(deserializer)?).map(Self).map_err(serde::de::Error::custom)
    }
}

/// The field of that name, when it can have a rule; else why not.
fn ruled(name: &str) -> Result<Field, String> {
    let Ok(field) = name.parse::<Field>() else {
        let known: Vec<String> = RULED.iter().map(|field| format!("`{field}`")).collect();
        return Err(format!(
            "unknown field `{name}`, expected one of {}, or the name of a custom attribute as `custom:NAME`",
            known.join(", ")
        ));
    };
    let why = match &field {
        Field::Unsubscribed | Field::HardBounced | Field::MarkedAsSpam => {
            "who opted out anywhere has opted out, whatever else is set"
        }
        Field::Tags | Field::Company | Field::Note => "those of all contacts are kept, so there is nothing to choose",
        Field::Id | Field::Role | Field::ExternalId => "it says which account a contact is, and a user's always stays",
        Field::City | Field::Region | Field::Country => "Intercom finds it out from where the person is",
        Field::CreatedAt | Field::UpdatedAt | Field::LastSeenAt | Field::SignedUpAt => {
            "the earliest sign-up and the latest visit are kept"
        }
        Field::FirstName | Field::MiddleName | Field::LastName | Field::NamePrefix | Field::NameSuffix => {
            "the parts of a name go together: set a rule for `name`"
        }
        Field::StreetNumber | Field::Street2 => "the parts of a street go together: set a rule for `street`",
        Field::Ignore => "it is no field of a contact",
        _ => return Ok(field),
    };
    Err(format!("`{field}` can have no rule: {why}"))
}

impl FieldRules {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The attribute of each rule, with the field it was set for.
    pub fn attributes(&self) -> impl Iterator<Item = (Attribute, &Field)> {
        self.0.keys().filter_map(|field| Some((attribute_of(field)?, field)))
    }

    /// The rules by attribute.
    pub(super) fn by_attribute(&self) -> Rules {
        Rules(self.0.iter().filter_map(|(field, rule)| Some((attribute_of(field)?, *rule))).collect())
    }
}

/// The rule of each attribute.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules(BTreeMap<Attribute, FieldRule>);

impl Rules {
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rules by which merged records were made.
    pub(super) fn behind(groups: &[Group]) -> Self {
        let fields = groups.iter().flat_map(|group| &group.golden.fields);
        Self(fields.filter_map(|field| Some((attribute_of(&field.field)?, field.rule?))).collect())
    }

    /// Makes the rules' values win in every group. Doing it twice changes nothing.
    pub(super) fn settle_all(&self, records: &dyn Records, groups: &mut [Group]) {
        if !self.0.is_empty() {
            groups.par_iter_mut().filter(|group| group.members.len() > 1).for_each(|group| self.settle(records, group));
        }
    }

    /// Makes the rules' values win in one group.
    pub(super) fn settle(&self, records: &dyn Records, group: &mut Group) {
        if self.0.is_empty() {
            return;
        }
        let party: Vec<Said> = group
            .core()
            .filter_map(|index| Some((index, records.look(usize::try_from(index.0).ok()?)?)))
            .flat_map(|(index, record)| said(Member { index, record: &record }))
            .collect();
        let mut fields = group.golden.fields.unpacked();
        for (attribute, rule) in &self.0 {
            let candidates = candidates(&fields, attribute);
            let Some(first) = candidates.first().map(|candidate| candidate.field) else { continue };
            let party = party.iter().filter(|said| said.attribute == *attribute);
            let standing = party.filter_map(|said| {
                let text = said.text.to_lowercase();
                let place = candidates.iter().position(|candidate| candidate.text.to_lowercase() == text)?;
                Some(Standing { said, place })
            });
            let chosen = winner(*rule, &standing.collect::<Vec<_>>()).and_then(|place| candidates.get(place));
            if let Some((field, alternative)) = chosen.map(|candidate| (candidate.field, candidate.alternative)) {
                put_first(&mut fields, first, field, alternative);
                if let Some(field) = fields.get_mut(first) {
                    field.rule = Some(*rule);
                }
            }
        }
        group.golden.fields = fields.into();
    }
}

/// What a member says for an attribute.
struct Said {
    attribute: Attribute,
    text: String,
    side: Side,
    origin: crate::contact::Origin,
    touched_at: Option<Timestamp>,
    created_at: Option<Timestamp>,
}

/// The main value a member has for each attribute.
fn said(member: Member<'_>) -> Vec<Said> {
    let record = member.record;
    let mut found: Vec<Said> = Vec::new();
    for value in values(member) {
        if found.iter().all(|said| said.attribute != value.attribute) {
            found.push(Said {
                attribute: value.attribute,
                text: value.full.unwrap_or_else(|| value.value.to_string()),
                side: record.side,
                origin: record.origin,
                touched_at: record.updated_at.max(record.last_seen_at).max(record.created_at),
                created_at: record.created_at,
            });
        }
    }
    found
}

/// A member's value and its place among the field's values, the preferred one first.
struct Standing<'a> {
    said: &'a Said,
    place: usize,
}

/// A value that could win.
struct Candidate<'a> {
    /// The place of its field in the merged record.
    field: usize,
    /// Which of the field's alternatives it is; `None` for the value itself.
    alternative: Option<usize>,
    text: &'a str,
}

/// The values of an attribute, the one that wins so far first. A list has a field for every value, and columns whose names
/// Intercom does not tell apart are one attribute.
fn candidates<'a>(fields: &'a [GoldenField], attribute: &Attribute) -> Vec<Candidate<'a>> {
    let of_attribute =
        fields.iter().enumerate().filter(|(_, field)| attribute_of(&field.field).as_ref() == Some(attribute));
    let all = of_attribute.flat_map(|(at, field)| {
        let own = Candidate { field: at, alternative: None, text: &field.value };
        let others = field.alternatives.iter().enumerate();
        std::iter::once(own).chain(others.map(move |(place, other)| Candidate {
            field: at,
            alternative: Some(place),
            text: &other.value,
        }))
    });
    all.collect()
}

/// The place of the value a rule chooses; `None` when it has nothing to choose from.
fn winner(rule: FieldRule, standing: &[Standing<'_>]) -> Option<usize> {
    let best = |order: &dyn Fn(&Standing<'_>, &Standing<'_>) -> Ordering| {
        let tied = |one: &&Standing<'_>, other: &&Standing<'_>| order(one, other).then(one.place.cmp(&other.place));
        standing.iter().min_by(tied).map(|standing| standing.place)
    };
    match rule {
        // What wins so far: the contact's own value, else the one it takes
        FieldRule::Keep => standing.iter().map(|_| 0).next(),
        FieldRule::Incoming => {
            let rows = standing.iter().filter(|one| one.said.side == Side::Incoming);
            rows.min_by_key(|one| one.said.origin).map(|one| one.place)
        }
        FieldRule::Newest => best(&|one, other| other.said.touched_at.cmp(&one.said.touched_at)),
        FieldRule::Oldest => best(&|one, other| {
            let age = |one: &Standing<'_>| {
                (one.said.side == Side::Incoming, one.said.created_at.is_none(), one.said.created_at)
            };
            age(one).cmp(&age(other))
        }),
        FieldRule::Longest => {
            let length = |one: &Standing<'_>| Reverse(one.said.text.chars().count());
            best(&|one, other| length(one).cmp(&length(other)))
        }
        FieldRule::MostCommon => {
            let known = standing.iter().any(|one| one.said.side == Side::Existing);
            let votes = |place| {
                let counts = |one: &&Standing<'_>| one.place == place && (!known || one.said.side == Side::Existing);
                standing.iter().filter(counts).count()
            };
            best(&|one, other| votes(other.place).cmp(&votes(one.place)))
        }
    }
}

/// Makes a value the first one of its attribute.
fn put_first(fields: &mut Vec<GoldenField>, first: usize, field: usize, alternative: Option<usize>) {
    if let (Some(place), Some(field)) = (alternative, fields.get_mut(field)) {
        let winner = field.alternatives.remove(place);
        let former = Alternative { from: field.from, value: std::mem::replace(&mut field.value, winner.value) };
        field.from = winner.from;
        field.alternatives.insert(0, former);
    }
    if field != first {
        let field = fields.remove(field);
        fields.insert(first, field);
    }
}

/// Which of the values written a rule chose, in words to end a reason with; empty when none did.
pub(super) fn said_of(fields: &[GoldenField], written: &[Change]) -> String {
    let mut said = String::new();
    for change in written {
        let field = fields.iter().find(|field| attribute_of(&field.field).as_ref() == Some(&change.attribute));
        let rule = field.filter(|field| !field.chosen && field.from == change.from).and_then(|field| field.rule);
        if let Some(rule) = rule.filter(|rule| *rule != FieldRule::Keep) {
            let _ = write!(said, "; {} by the rule {}", change.attribute, rule.name());
        }
    }
    said
}
