//! How to decide. Every line of the truth table that can be changed has an option here.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ActionKind;
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
    /// Nothing.
    Drop,
}

/// How to decide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Custom attribute that gets the mark of the row on every contact that is created; `None` marks nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import_mark: Option<String>,
    /// Requests per 10-second window to forecast with; `None` means 1,666 (10,000 a minute).
    pub window_limit: Option<u32>,
}
