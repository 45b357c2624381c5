//! Why a review cannot go on.

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
