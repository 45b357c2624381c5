//! Survivorship: which member stays, and which value wins for each field.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::RecordIndex;
use crate::contact::Field;

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

/// The merged record of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Golden {
    /// The member that stays.
    pub survivor: RecordIndex,
    /// Why it was chosen, in words: "the only user", "oldest of 3 leads".
    pub reason: Cow<'static, str>,
    /// Fields in the order of [`Field`].
    pub fields: Vec<GoldenField>,
}
