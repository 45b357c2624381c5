//! How to decide. Every line of the truth table that can be changed has an option here.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::places::attribute_of;
use super::values::attribute_name;
use super::{ActionKind, Attribute, FieldRules};
use crate::contact::Role;

/// What to do with a group of leads and no user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadGroups {
    /// Keep the survivor, copy to it what it lacks, archive the others.
    #[default]
    Archive,
    /// Make the survivor a user, then merge the others into it. Changes billing and message targeting.
    Promote,
    /// As `Archive`, but delete the others for good.
    Delete,
    /// Only report.
    Report,
}

/// What to do with a group of several users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserGroups {
    /// Only report: they are different accounts to the customer's product.
    #[default]
    Report,
    /// Keep the survivor, copy to it what it lacks, archive the others.
    Archive,
}

/// Which value an existing contact keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// Only empty attributes are written.
    #[default]
    Empty,
    /// Incoming values replace existing ones.
    Overwrite,
}

/// Which rows may lead to something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Create and update.
    #[default]
    Upsert,
    /// Only create what is new (`--create-only`).
    CreateOnly,
    /// Only touch what exists (`--update-only`).
    UpdateOnly,
}

/// What becomes of values a merge or an archive would lose from the workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepDiscarded {
    /// One tidy note on the survivor.
    #[default]
    Note,
    /// The custom attributes that `keep_attributes` names; a note for everything else.
    Attribute,
    /// Nothing.
    Drop,
}

/// How to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Groups of leads.
    pub lead_groups: LeadGroups,
    /// Groups of users.
    pub user_groups: UserGroups,
    /// Empty or overwrite.
    pub fill: Fill,
    /// Upsert, create only, update only.
    pub mode: Mode,
    /// Kinds to plan; empty means all. Actions whose prerequisite is left out are left out too.
    pub only: BTreeSet<ActionKind>,
    /// Role of created contacts whose rows name none; `None` means lead.
    pub create_role: Option<Role>,
    /// What becomes of discarded values.
    pub keep: KeepDiscarded,
    /// With [`KeepDiscarded::Attribute`]: `email`, `phone`, `name`, `external_id`, `signed_up_at` or a custom attribute → the
    /// custom attribute that keeps its discarded values, as text.
    pub keep_attributes: BTreeMap<String, String>,
    /// Which value of a field wins where several contacts are one person; a field without a rule is only filled.
    pub rules: FieldRules,
    /// Custom attribute that gets the mark of the row on every contact that is created; `None` marks nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import_mark: Option<String>,
    /// Certain groups of more members are held back until a person accepts them: such a group is mostly chained by a value
    /// that many share, and a merge cannot be undone.
    pub largest_automatic_group: u32,
    /// Requests per 10-second window to forecast with; `None` means 1,666 (10,000 a minute).
    pub window_limit: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lead_groups: LeadGroups::default(),
            user_groups: UserGroups::default(),
            fill: Fill::default(),
            mode: Mode::default(),
            only: BTreeSet::new(),
            create_role: None,
            keep: KeepDiscarded::default(),
            keep_attributes: BTreeMap::new(),
            rules: FieldRules::default(),
            import_mark: None,
            largest_automatic_group: 20,
            window_limit: None,
        }
    }
}

/// Options that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOptions {
    /// Nothing says where values are to be kept.
    #[error(
        "plan.keep is \"attribute\", but nothing says which: add [plan.keep_attributes] email = \"Other emails\" or \
         --keep-attribute \"email=Other emails\""
    )]
    NoPlaces,
    /// A name no custom attribute can have.
    #[error(
        "plan.keep_attributes: '{place}' is no name of a custom attribute; Intercom takes letters, digits, spaces, \
         underscores and hyphens, 255 at most"
    )]
    Name {
        /// The name.
        place: String,
    },
    /// An attribute that would keep values and have its own kept elsewhere, or is the mark of imports.
    #[error("plan.keep_attributes: '{place}' cannot keep values: it is the attribute of {other}; name one of its own")]
    Taken {
        /// The attribute.
        place: String,
        /// What else it is for.
        other: String,
    },
}

impl Options {
    /// Whether they can be followed.
    pub fn check(&self) -> Result<(), InvalidOptions> {
        if self.keep != KeepDiscarded::Attribute {
            return Ok(());
        }
        if self.keep_attributes.is_empty() {
            return Err(InvalidOptions::NoPlaces);
        }
        for place in self.keep_attributes.values() {
            if attribute_name(place) != *place {
                return Err(InvalidOptions::Name { place: place.clone() });
            }
            let own = Attribute::Custom(place.clone());
            let kept = self.keep_attributes.keys().find(|kept| attribute_of(kept) == own);
            let mark = self.import_mark.as_ref().filter(|mark| *mark == place);
            if let Some(other) = kept.cloned().or_else(|| mark.map(|_| "plan.import_mark".to_owned())) {
                return Err(InvalidOptions::Taken { place: place.clone(), other });
            }
        }
        Ok(())
    }
}
