//! Survivorship: which member stays, and which value wins for each field.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::RecordIndex;
use crate::contact::{Compact, Field, Pack, Packer, Unpacker};

/// One rule of the survivor order. Ties go to the next rule, at last to the smallest Intercom id, then the first row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurvivorRule {
    /// Existing before incoming.
    Existing,
    /// Users before leads.
    User,
    /// With an external id before without.
    ExternalId,
    /// Oldest `created_at` first (it can never be set again).
    Oldest,
    /// Most recently seen first.
    LastSeen,
    /// Most filled fields first.
    MostComplete,
}

/// The order in which rules decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SurvivorOrder(pub Vec<SurvivorRule>);

impl Default for SurvivorOrder {
    /// Existing, user, external id, oldest, last seen, most complete.
    fn default() -> Self {
        use SurvivorRule::{Existing, ExternalId, LastSeen, MostComplete, Oldest, User};
        Self(vec![Existing, User, ExternalId, Oldest, LastSeen, MostComplete])
    }
}

/// Which value of a field wins where several contacts are one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldRule {
    /// The contact that stays keeps its own, whatever a list brings.
    Keep,
    /// That of a list, where one brings any.
    Incoming,
    /// That of the contact that was changed, seen or created last.
    Newest,
    /// That of the contact that was created first.
    Oldest,
    /// The one with the most characters.
    Longest,
    /// The one most contacts have.
    MostCommon,
}

impl FieldRule {
    /// Its name in the settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Incoming => "incoming",
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Longest => "longest",
            Self::MostCommon => "most_common",
        }
    }
}

/// A value that did not win.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternative {
    /// The member it came from.
    pub from: RecordIndex,
    /// The value as it would be written to Intercom.
    pub value: String,
}

/// One field of the merged record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoldenField {
    /// Which field. Lists (tags, further e-mails and phones) have one entry per value.
    pub field: Field,
    /// The value as it would be written to Intercom.
    pub value: String,
    /// The member it came from.
    pub from: RecordIndex,
    /// Differing values of other members, without repeats.
    pub alternatives: Vec<Alternative>,
    /// A person chose it: it is written even where the contact has a value of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub chosen: bool,
    /// The saved rule that chose it: it is written even where the contact has a value of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<FieldRule>,
}

/// Rules by their number.
const RULES: [FieldRule; 6] = [
    FieldRule::Keep,
    FieldRule::Incoming,
    FieldRule::Newest,
    FieldRule::Oldest,
    FieldRule::Longest,
    FieldRule::MostCommon,
];

impl Pack for GoldenField {
    fn pack(&self, into: &mut Packer<'_>) {
        let Self { field, value, from, alternatives, chosen, rule } = self;
        field.pack(into);
        into.text(value);
        into.number(from.0);
        let rule = rule.and_then(|rule| RULES.iter().position(|known| *known == rule)).map_or(0, |place| place + 1);
        into.number((alternatives.len() * 2 + usize::from(*chosen)) as u64 * 8 + rule as u64);
        for other in alternatives {
            into.number(other.from.0);
            into.text(&other.value);
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let field = Field::unpack(from)?;
        let value = from.text()?.to_owned();
        let member = RecordIndex(from.small()?);
        let rest = from.number()?;
        let (others, rule) = (rest / 8, usize::try_from(rest % 8).ok()?);
        let other = |_| Some(Alternative { from: RecordIndex(from.small()?), value: from.text()?.to_owned() });
        let alternatives = (0..others / 2).map(other).collect::<Option<_>>()?;
        Some(Self {
            field,
            value,
            from: member,
            alternatives,
            chosen: others % 2 == 1,
            rule: rule.checked_sub(1).and_then(|place| RULES.get(place)).copied(),
        })
    }
}

/// The merged record of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Golden {
    /// The member that stays.
    pub survivor: RecordIndex,
    /// Why it was chosen, in words: "the only user", "oldest of 3 leads".
    pub reason: Cow<'static, str>,
    /// Fields in the order of [`Field`].
    pub fields: Compact<GoldenField>,
}
