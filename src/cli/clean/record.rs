//! What is kept of every night: one line of the history, the same as the night's JSON document. Counts only: no value of any
//! contact is in it, so it may be sent to a webhook and kept for years.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::plan::ActionKind;

/// The document's name and version.
pub(in crate::cli) const SCHEMA: &str = "leadfold.clean/1";

/// How a night ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::cli) enum Ended {
    /// There was nothing to do.
    Nothing,
    /// Duplicates were found and reported; nothing may be applied, or what was found is not among what may.
    Reported,
    /// Everything that may be applied was.
    Applied,
    /// Applied, but some of it failed or could not be settled.
    Incomplete,
    /// A guardrail stopped it before anything was applied.
    Guardrail,
    /// It could not go on.
    #[default]
    Failed,
}

/// One night.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::cli) struct Night {
    /// [`SCHEMA`].
    pub(in crate::cli) schema: String,
    /// Its name: the time it began, as its folder is called.
    pub(in crate::cli) run: String,
    /// When it began, RFC 3339 in UTC.
    pub(in crate::cli) started_at: String,
    /// How long it took.
    pub(in crate::cli) seconds: f64,
    /// The workspace's id; empty when it was not reached.
    pub(in crate::cli) workspace: String,
    /// The workspace's name.
    pub(in crate::cli) workspace_name: String,
    /// How it ended.
    pub(in crate::cli) ended: Ended,
    /// The code the process ended with.
    pub(in crate::cli) exit_code: u8,
    /// Contacts in the workspace.
    pub(in crate::cli) contacts: u64,
    /// Contacts that were new or had changed since the last pull.
    pub(in crate::cli) changed: u64,
    /// Contacts that were archived, merged or deleted by others.
    pub(in crate::cli) departed: u64,
    /// Contacts a certain group has too many: they would be merged, archived or deleted.
    pub(in crate::cli) duplicates: u64,
    /// The night since which nothing changed: nothing was matched tonight, its groups and its plan stand.
    pub(in crate::cli) unchanged_since: Option<String>,
    /// Groups that wait for a person.
    pub(in crate::cli) to_review: u64,
    /// Groups that would do what `[clean] apply` does not name.
    pub(in crate::cli) held_back: u64,
    /// What may be applied tonight, by kind of action.
    pub(in crate::cli) planned: BTreeMap<ActionKind, u64>,
    /// Contacts merged away.
    pub(in crate::cli) merged: u64,
    /// Contacts archived.
    pub(in crate::cli) archived: u64,
    /// Actions that failed, were left alone or could not be settled.
    pub(in crate::cli) failed: u64,
    /// Requests sent.
    pub(in crate::cli) calls: u64,
    /// What changed since the last night that came to its end.
    pub(in crate::cli) since: Option<Since>,
    /// The night before that was finished first.
    pub(in crate::cli) recovered: Option<Recovered>,
    /// Why it ended as it did, where that needs words.
    pub(in crate::cli) reasons: Vec<String>,
    /// What to do next, command by command.
    pub(in crate::cli) advice: Vec<String>,
    /// The night's folder: plan, report, exports.
    pub(in crate::cli) folder: String,
}

/// What changed since another night.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::cli) struct Since {
    /// That night.
    pub(in crate::cli) run: String,
    /// Contacts more (or, negative, fewer).
    pub(in crate::cli) contacts: i64,
    /// Contacts that were created since.
    pub(in crate::cli) new_contacts: u64,
    /// Certain groups that were not there.
    pub(in crate::cli) new_groups: u64,
    /// Groups that wait for a person and did not then.
    pub(in crate::cli) new_to_review: u64,
    /// Groups that waited for a person and do not any more.
    pub(in crate::cli) left_review: u64,
}

/// A night that was broken off and finished later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::cli) struct Recovered {
    /// That night.
    pub(in crate::cli) run: String,
    /// Contacts merged away since, in all of that night's runs.
    pub(in crate::cli) merged: u64,
    /// Contacts archived.
    pub(in crate::cli) archived: u64,
}

impl Night {
    /// Actions that may be applied tonight.
    pub(in crate::cli) fn actions(&self) -> u64 {
        self.planned.values().sum()
    }

    /// Minutes, for a table.
    pub(in crate::cli) fn minutes(&self) -> f64 {
        self.seconds / 60.0
    }
}
