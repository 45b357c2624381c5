//! The sandbox's time: one clock for stamps, search lag, rate windows and the `Date` header.
//!
//! The clock is handed in, so a test can move it and a run can pretend that the server's clock is ahead of ours.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where the sandbox reads the time from.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since the Unix epoch.
    fn unix_millis(&self) -> i64;
}

/// The machine's clock, shifted by a fixed number of milliseconds (negative: the server is behind).
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock {
    /// Added to every reading.
    pub skew_millis: i64,
}

impl Clock for SystemClock {
    fn unix_millis(&self) -> i64 {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX).saturating_add(self.skew_millis)
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Starts at this many Unix seconds.
    pub fn at_seconds(seconds: i64) -> Self {
        Self(AtomicI64::new(seconds.saturating_mul(1000)))
    }

    /// Moves the clock forward.
    pub fn advance_millis(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn unix_millis(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// One instant of the sandbox's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Moment {
    /// Milliseconds since the Unix epoch.
    pub(crate) millis: i64,
}

impl Moment {
    /// Whole Unix seconds, as every stamp in the API is given.
    pub(crate) fn seconds(self) -> i64 {
        self.millis.div_euclid(1000)
    }
}
