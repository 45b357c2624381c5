//! Guardrails: a plan that does more than expected is stopped as a whole, before anything is written.

use std::cell::LazyCell;
use std::fmt;
use std::str::FromStr;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::{Action, ActionBody, ActionId, ActionKind, Plan, Target};
use crate::contact::{IntercomId, Records};

/// A limit: a number of contacts, or a share of the existing ones. Text form `100` or `2.5%`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Limit {
    /// A number.
    Count(u64),
    /// Per cent of the existing contacts, 0 to 100; rounded down.
    Percent(f64),
}

/// A text that is no limit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no limit; write a number (100) or a share of the existing contacts (5%)")]
pub struct ParseLimitError(pub String);

impl FromStr for Limit {
    type Err = ParseLimitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ParseLimitError(text.to_owned());
        match text.trim().strip_suffix('%') {
            Some(share) => {
                let share: f64 = share.trim_end().parse().map_err(|_| wrong())?;
                if (0.0..=100.0).contains(&share) { Ok(Self::Percent(share)) } else { Err(wrong()) }
            }
            None => text.trim().parse().map(Self::Count).map_err(|_| wrong()),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(share) => write!(f, "{share}%"),
        }
    }
}

impl TryFrom<String> for Limit {
    type Error = ParseLimitError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Limit> for String {
    fn from(limit: Limit) -> Self {
        limit.to_string()
    }
}

/// How much a plan may do. `None` means as much as it wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Guardrails {
    /// Contacts archived.
    pub max_archive: Option<Limit>,
    /// Contacts deleted.
    pub max_delete: Option<Limit>,
    /// Leads merged.
    pub max_merge: Option<Limit>,
    /// Contacts made or changed in any way.
    pub max_changes: Option<Limit>,
}

/// A guardrail a plan runs into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Violation {
    /// The guardrail, as its flag is called: `max-archive`.
    pub guardrail: String,
    /// What it was set to.
    pub limit: Limit,
    /// Contacts that allows.
    pub allowed: u64,
    /// Contacts the plan wants.
    pub planned: u64,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { guardrail, limit, allowed, planned } = self;
        write!(f, "the plan exceeds --{guardrail} {limit}: it concerns {planned} contacts, {allowed} are allowed")
    }
}

/// The guardrails a plan runs into, in the order of [`Guardrails`]; none when it may be applied.
#[must_use]
pub fn check_guardrails(plan: &Plan, guardrails: &Guardrails) -> Vec<Violation> {
    let of_kind = |kind| plan.actions.iter().filter(|action| action.kind() == kind).count() as u64;
    violations(guardrails, &plan.records, of_kind, changed(&plan.actions))
}

/// The guardrails that actions run into: how many there are of a kind, and how many contacts they change.
pub(super) fn violations(
    guardrails: &Guardrails,
    records: &dyn Records,
    of_kind: impl Fn(ActionKind) -> u64,
    changed: u64,
) -> Vec<Violation> {
    let existing = LazyCell::new(|| existing(records));
    [
        ("max-archive", guardrails.max_archive, of_kind(ActionKind::Archive)),
        ("max-delete", guardrails.max_delete, of_kind(ActionKind::Delete)),
        ("max-merge", guardrails.max_merge, of_kind(ActionKind::Merge)),
        ("max-changes", guardrails.max_changes, changed),
    ]
    .into_iter()
    .filter_map(|(guardrail, limit, planned)| {
        let limit = limit?;
        let allowed = match limit {
            Limit::Count(count) => count,
            Limit::Percent(share) => share_of(*existing, share),
        };
        (planned > allowed).then(|| Violation { guardrail: guardrail.to_owned(), limit, allowed, planned })
    })
    .collect()
}

/// Contacts of the workspace.
fn existing(records: &dyn Records) -> u64 {
    let ids = (0..records.count()).filter_map(|at| records.contact(at));
    ids.collect::<FxHashSet<IntercomId>>().len() as u64
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a number of contacts, between 0 and that number"
)]
fn share_of(existing: u64, share: f64) -> u64 {
    (existing as f64 * share / 100.0 + 1e-9) as u64
}

/// Contacts made, written to or removed.
pub(super) fn changed(actions: &[Action]) -> u64 {
    let mut existing: FxHashSet<&IntercomId> = FxHashSet::default();
    let mut made: FxHashSet<ActionId> = FxHashSet::default();
    for action in actions {
        match &action.target {
            Target::Existing(id) => existing.insert(id),
            Target::CreatedBy(create) => made.insert(*create),
        };
        if let ActionBody::Merge { from } = &action.body {
            existing.insert(from);
        }
    }
    (existing.len() + made.len()) as u64
}
