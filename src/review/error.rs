//! Why a review cannot go on.

use std::path::PathBuf;

use crate::store;

/// Every message says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The plan file refused.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// There is no group at that place of the queue.
    #[error("there is no such group in this review; reload the page")]
    NoSuchGroup,
    /// The group was decided elsewhere since it was shown.
    #[error("this group was decided in another window meanwhile; look at it again")]
    Moved,
    /// The verdict does not fit the group.
    #[error("{0}")]
    Verdict(&'static str),
    /// The file of decisions is there, but cannot be read.
    #[error("{path}: the decisions cannot be read: {source}", path = path.display())]
    DecisionsUnreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line of the file of decisions is none.
    #[error("{path}, line {line}: {problem}; restore the file, or name another with --decisions", path = path.display())]
    DecisionsLine {
        /// The file.
        path: PathBuf,
        /// The line, starting at 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// An answer cannot be added to the file of decisions.
    #[error("{path}: the answer cannot be remembered: {source}; nothing was saved", path = path.display())]
    DecisionsUnwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No address could be listened on.
    #[error("cannot open a page on 127.0.0.1: {0}; use `leadfold review --terminal`")]
    Listen(#[source] std::io::Error),
    /// The system gives no random numbers, so no safe address can be made.
    #[error("the system gives no random numbers: {0}; use `leadfold review --terminal`")]
    Random(#[source] getrandom::Error),
    /// Reading answers or writing questions failed.
    #[error("the terminal cannot be used: {0}")]
    Terminal(#[source] std::io::Error),
}
