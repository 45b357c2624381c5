//! Phase 4: a plan → what became of every row.
//!
//! Is given an open plan file and a workspace that can be written to, and does exactly what the plan says: preflight
//! first (seal, workspace, guardrails, custom attributes), then group by group, each contact read before its first
//! change. Every request that writes is in the journal before it is sent and after it was answered; a request whose end
//! is not known is looked up before it is sent again. Applying again goes on where a run stopped, and does nothing once
//! everything is done. Obeys the plan and nothing else: knows no files, records or links, and never the HTTP client,
//! only the traits.

mod breaker;
mod clock;
mod copy;
mod create;
mod crew;
mod crowd;
mod equals;
mod error;
mod executor;
mod fold;
mod freshness;
mod group;
mod guard;
mod holding;
mod job;
mod merge;
mod names;
mod note;
mod observer;
mod options;
mod outcome;
mod preflight;
mod reconcile;
mod rehearse;
mod remove;
mod request;
mod run;
mod scribe;
mod session;
mod summary;
mod undo;
mod undo_forecast;
mod unkept;
mod value;
mod write;

#[cfg(test)]
mod tests;

pub use clock::{Clock, SystemClock};
pub use error::Error;
pub use guard::Limits;
pub use observer::{Observer, Silent};
pub use options::Options;
pub use rehearse::{Rehearsal, rehearse};
pub use run::{Surroundings, run};
pub use summary::{Failure, MOST_FAILURES, Summary};
pub use undo::{UndoSummary, undo, was_undone};
pub use undo_forecast::{UndoForecast, forecast_undo, prospective_undo};

pub use crate::plan::Limit;
pub(crate) use value::{AttributeTypes, current, put, same};
