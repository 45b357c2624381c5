//! The plan file, one SQLite database per run, and the mirror of a workspace. The only room that knows SQL.
//!
//! Is given a finished [`Plan`](crate::plan::Plan) and writes it whole or not at all; reads it back; keeps the journal
//! of an apply (one entry before and one after every request that writes, and the full state of every contact before
//! its first change), people's decisions and the outcomes. Format: `docs/plan-file.md`.
//! The mirror is a copy of a workspace that later pulls bring up to date; a scratch is a temporary file for what a run has no
//! room for in memory.

mod content;
mod create;
mod dictionary;
mod error;
mod figures;
mod file;
mod history;
mod journal;
mod lock;
mod mirror;
mod part;
mod read;
mod row;
mod schema;
mod scratch;
mod seal;
mod survey;
mod told;
mod value;
mod work;
mod write;

#[cfg(test)]
mod tests;

pub use error::Error;
pub use figures::{Prospect, Size};
pub use file::PlanFile;
pub use history::Pace;
pub use journal::{ActionState, Attempt, AttemptId, AttemptResult, BeforeImage, JournalEntry, RowOutcome, Run};
pub use mirror::{Contents, Fate, Mark, Mirror};
pub use part::Part;
pub use scratch::ScratchFile;
pub use survey::{Survey, SurveyError};
pub use work::{ActionWork, Choice, RowWork, Tally, last_place};
