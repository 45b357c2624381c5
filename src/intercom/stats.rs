//! What a client has done so far, for progress bars and summaries.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use super::RateLimit;

/// Counters that every call bumps.
#[derive(Debug, Default)]
pub(super) struct Counters {
    calls: AtomicU64,
    sent: AtomicU64,
    answered: AtomicU64,
    rate_limited: AtomicU64,
    retries: AtomicU64,
    /// Seconds the server's clock is ahead of this machine's, by the last answer that said.
    server_ahead: AtomicI64,
}

impl Counters {
    /// An answer said what time it is.
    pub(super) fn told_the_time(&self, date: i64, here: i64) {
        self.server_ahead.store(date.saturating_sub(here), Ordering::Relaxed);
    }

    /// Seconds the server's clock is ahead of this machine's.
    pub(super) fn server_ahead(&self) -> i64 {
        self.server_ahead.load(Ordering::Relaxed)
    }

    /// A call begins; its number, starting at 1.
    pub(super) fn call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A request leaves; `again` when it is not the call's first.
    pub(super) fn sent(&self, again: bool) {
        self.sent.fetch_add(1, Ordering::Relaxed);
        self.retries.fetch_add(u64::from(again), Ordering::Relaxed);
    }

    /// An answer came.
    pub(super) fn answered(&self, rate_limited: bool) {
        self.answered.fetch_add(1, Ordering::Relaxed);
        self.rate_limited.fetch_add(u64::from(rate_limited), Ordering::Relaxed);
    }

    /// The counters, with what the pacer knows.
    pub(super) fn read(
        &self,
        limit: Option<RateLimit>,
        in_flight: u32,
        closed_for: Option<Duration>,
        share: f64,
    ) -> Stats {
        Stats {
            calls: self.calls.load(Ordering::Relaxed),
            sent: self.sent.load(Ordering::Relaxed),
            answered: self.answered.load(Ordering::Relaxed),
            rate_limited: self.rate_limited.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            in_flight,
            limit,
            rate_share: share,
            closed_for,
        }
    }
}

/// A client's figures at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    /// Calls begun; a call is one request and its retries.
    pub calls: u64,
    /// Requests sent, retries included.
    pub sent: u64,
    /// Answers received, of any status.
    pub answered: u64,
    /// Answers 429.
    pub rate_limited: u64,
    /// Requests that repeated an earlier one of the same call.
    pub retries: u64,
    /// Requests out without an answer.
    pub in_flight: u32,
    /// The limit as the last answer told it.
    pub limit: Option<RateLimit>,
    /// The share of it that may be used, above 0 and at most 1.
    pub rate_share: f64,
    /// How long nobody may send, when the limit is used up or a 429 came.
    pub closed_for: Option<Duration>,
}

impl Stats {
    /// Per cent of the window's limit that is used, by everybody, as the last answer told it.
    #[must_use]
    pub fn limit_used_percent(&self) -> Option<f64> {
        let limit = self.limit.filter(|limit| limit.limit > 0)?;
        Some(100.0 * f64::from(limit.limit.saturating_sub(limit.remaining)) / f64::from(limit.limit))
    }
}
