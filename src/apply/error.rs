//! Why a run cannot go on. A refused action is no error: it is data in the journal.

use crate::intercom;
use crate::store;

/// A run that could not begin, or had to stop. Messages say what to do next and hold no contact's values.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The plan file refused. Nothing more was sent once it did.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The plan belongs to another workspace.
    #[error(
        "the plan was made for workspace {planned} ({planned_name}), the token belongs to {found} ({found_name}); \
         use a token of {planned}, or make a plan for {found}"
    )]
    OtherWorkspace {
        /// `app.id_code` in the plan.
        planned: String,
        /// Its name.
        planned_name: String,
        /// `app.id_code` of the token.
        found: String,
        /// Its name.
        found_name: String,
    },
    /// More would be changed than was allowed. Nothing was applied.
    #[error("{0}; nothing was applied: raise the limit if this is wanted, or review the plan")]
    Guardrail(String),
    /// Custom attributes the plan writes do not exist. Nothing was applied.
    #[error(
        "the workspace has no custom attribute {names}; nothing was applied: run again with --create-attributes, create \
         {them} in Intercom under Settings > Data > People, or plan without the columns",
        names = quoted(.names),
        them = if .names.len() == 1 { "it" } else { "them" }
    )]
    MissingAttributes {
        /// Their names.
        names: Vec<String>,
    },
    /// Custom attributes the plan writes exist but cannot be written. Nothing was applied.
    #[error(
        "the custom attribute {names} is archived or closed to the API; nothing was applied: restore it in Intercom under \
         Settings > Data > People, or plan without the column",
        names = quoted(.names)
    )]
    ClosedAttributes {
        /// Their names.
        names: Vec<String>,
    },
    /// Custom attributes that are to keep discarded values cannot hold text. Nothing was applied.
    #[error(
        "the custom attribute {names} is not of the type text, so it cannot keep what a merge discards; nothing was \
         applied: name another one in [plan.keep_attributes] and plan again",
        names = quoted(.names)
    )]
    NoText {
        /// Their names.
        names: Vec<String>,
    },
    /// Intercom no longer accepts the token or the tool's settings. What was done is in the journal.
    #[error("{message}; what was done is in the plan's journal: renew the token, then apply again to go on")]
    Refused {
        /// Intercom's words.
        message: String,
    },
    /// Too many failures of the network or the server in a row. What was done is in the journal.
    #[error(
        "stopped after {failures} failures in a row, the last one: {message}; apply again to go on where it stopped"
    )]
    Unreachable {
        /// Failures in a row.
        failures: u32,
        /// The last one.
        message: String,
    },
    /// Too many actions failed. What was done is in the journal.
    #[error(
        "stopped after {failed} failed actions, the last one: {message}; read leadfold show PLAN --outcomes, then apply \
         again to go on, with --max-failures if so many are expected"
    )]
    TooManyFailed {
        /// Failed actions of this run.
        failed: u64,
        /// The last one.
        message: String,
    },
    /// A question asked before the first write was not answered.
    #[error(transparent)]
    Wire(#[from] intercom::Error),
    /// A loose end inside the program, reported instead of guessed at.
    #[error("the plan is inconsistent: {0}; make it again with `leadfold plan`")]
    Inconsistent(String),
}

impl Error {
    /// The exit code that tells this error to a script (the table of exit codes in the documentation).
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Store(store::Error::Locked { .. }) => 7,
            Self::OtherWorkspace { .. }
            | Self::Store(store::Error::OtherWorkspace { .. } | store::Error::Edited { .. }) => 5,
            Self::Guardrail(_)
            | Self::MissingAttributes { .. }
            | Self::ClosedAttributes { .. }
            | Self::NoText { .. } => 4,
            Self::Refused { .. } => 8,
            Self::Unreachable { .. } | Self::TooManyFailed { .. } => 6,
            Self::Wire(error) => match error.disposition() {
                intercom::Disposition::Abort => 8,
                intercom::Disposition::Retry { .. } | intercom::Disposition::InDoubt => 6,
                intercom::Disposition::GiveUp => 1,
            },
            Self::Store(_) | Self::Inconsistent(_) => 1,
        }
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}
