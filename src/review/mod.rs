//! Deciding on doubtful groups: on a local page, or by plain questions on a terminal.
//!
//! Is given a plan and the decisions made so far, asks about the groups of the review band, loosest first, and saves
//! every answer at once through a [`DecisionSink`], so that a review can be left and taken up at any time. Finishing
//! decides the plan anew. The page is served on loopback only, to whoever holds the one-time token of its address; it
//! loads nothing from outside. Knows nothing of the workspace and writes nothing to it.

mod applied;
mod error;
mod guard;
mod page;
mod queue;
mod remembered;
mod server;
mod session;
mod terminal;

#[cfg(test)]
mod tests;

pub use applied::{AppliedSink, remembered_about};
pub use error::Error;
pub use queue::Progress;
pub use remembered::DecisionsFile;
pub use server::{Running, serve};
pub use session::{DecisionSink, Finished, PlanSink, Session, is_unfinished};
pub use terminal::terminal;
